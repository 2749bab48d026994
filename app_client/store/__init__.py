"""The phone's own database: the ledger, the outbox and what the server let it see. Talking to the server is sync's."""
