"""The dated policies as the store has them; below ledger and materialize, which both need them."""

import sqlite3

from shared_models.policy import Policies, Policy


def policies(tx: sqlite3.Connection) -> Policies:
    """All versions of the rule that came from the server; the contract's defaults before the first sync."""
    rows = tx.execute("SELECT doc FROM policies ORDER BY effective_from")
    return Policies(Policy.model_validate_json(row["doc"]) for row in rows)
