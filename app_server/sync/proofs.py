"""What visits bring along to be proved, read with the keys in the data folder before any transaction: a sealed card, a customer's code."""

from uuid import UUID

from app_server.cards.service import CardReader, OpenedCard
from app_server.confirmations.service import Codes, HeardCode
from app_server.settings import Settings
from shared_models.visits import Confirmation


class ProofReader:
    """Both readers as one."""

    @classmethod
    def of(cls, settings: Settings) -> "ProofReader":
        """With keys of its own reading; it sends no codes."""
        return cls(CardReader(settings), Codes(settings, sender=None))

    def __init__(self, cards: CardReader, codes: Codes) -> None:
        self._cards = cards
        self._codes = codes

    def open(self, sealed: str, *, visit_id: UUID) -> OpenedCard:
        """The card, opened."""
        return self._cards.open(sealed, visit_id=visit_id)

    def hear(self, confirmation: Confirmation) -> HeardCode:
        """The code, with the keys it may stand under."""
        return self._codes.hear(confirmation)
