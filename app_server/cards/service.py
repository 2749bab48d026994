"""What the server finds out about a visit's card: opened in memory, compared by digests, and forgotten but for the last four digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app_server.cards import queries
from app_server.cards.keys import DigestKey, SealingKey
from app_server.cards.sealing import digest_of_card, open_card
from app_server.key_ring import KeyRing
from app_server.settings import Settings
from shared_models.sealing import CardKeys, CardNumber, NotSealed
from shared_models.visits import CardResult


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card once it was opened: its digest under each key, newest first, and its last four digits. No number any more.

    `trouble` says what there is instead of a card that can be compared.
    """

    digests: tuple[bytes, ...] = ()
    last4: str | None = None
    trouble: CardResult | None = None


class CardReader:
    """Opens the cards of visits with the keys in the data folder; one for the whole process."""

    def __init__(self, settings: Settings) -> None:
        self.sealing_keys = KeyRing(settings.card_keys_file, SealingKey)
        self.digest_keys = KeyRing(settings.card_digest_keys_file, DigestKey)

    def public_keys(self, now: datetime) -> CardKeys:
        """What phones seal to: the newest key, made with the first question for it."""
        return CardKeys(keys=[self.sealing_keys.newest(now).public()])

    def open(self, sealed: str, *, visit_id: UUID) -> OpenedCard:
        """Open one card; what is no card of this visit is a finding, never an error. Outside of any transaction: it computes."""
        try:
            card, nonce = open_card(sealed, self.sealing_keys.keys())
        except NotSealed:
            return OpenedCard(trouble=CardResult.UNREADABLE)
        if nonce != visit_id:
            return OpenedCard(last4=card.last4, trouble=CardResult.NONCE_MISMATCH)
        return OpenedCard(self.digests(card), card.last4)

    def digests(self, card: CardNumber) -> tuple[bytes, ...]:
        """The digest under every key that customers' cards may stand under."""
        return tuple(digest_of_card(card, key) for key in reversed(self.digest_keys.keys()))


def card_results(
    session: Session, opened: Mapping[UUID, OpenedCard], customers: Mapping[UUID, UUID]
) -> dict[UUID, CardResult]:
    """What came of each visit's card, by the visit's id; `customers` says whom each visit was with."""
    asked = {digest for card in opened.values() for digest in card.digests}
    known = queries.holders(session, asked) if asked else {}
    return {visit_id: _result(card, known, customers[visit_id]) for visit_id, card in opened.items()}


def _result(card: OpenedCard, known: Mapping[bytes, UUID], customer_id: UUID) -> CardResult:
    if card.trouble is not None:
        return card.trouble
    # Newest key first: a card that has moved to another customer stands under an older one as the former's.
    holder = next((known[digest] for digest in card.digests if digest in known), None)
    if holder is None:
        return CardResult.UNKNOWN_CARD
    return CardResult.MATCHED if holder == customer_id else CardResult.OTHER_CUSTOMER


def note_cards(session: Session, reader: CardReader, cards: Sequence[tuple[UUID, CardNumber]], *, now: datetime) -> int:
    """Note whose cards these are, under the newest key; returns how many stand otherwise than before."""
    key = reader.digest_keys.newest(now)
    rows = {digest_of_card(card, key): {"key_id": key.kid, "customer_id": customer_id} for customer_id, card in cards}
    before = queries.holders(session, rows.keys())
    changed = {digest: row for digest, row in rows.items() if before.get(digest) != row["customer_id"]}
    if changed:
        queries.put_cards(session, [{"digest": digest, **row} for digest, row in changed.items()])
    return len(changed)
