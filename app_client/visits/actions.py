"""What a person can do with visits: find the place once, check in, take it back; the shared models check every word."""

import sqlite3
from dataclasses import dataclass
from uuid import UUID

from app_client.session import AppSession
from app_client.store.ledger import Draft, append_activities
from app_client.visits.queries import read_visited
from shared_models.activity import ActivityKind, Void
from shared_models.errors import BadInput
from shared_models.visits import Fix, Visit, VisitPlace

CARD_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What the check-in sheet collected. `card_last4` as typed: four digits, or empty; `fix` None when none was obtained."""

    customer_id: UUID
    place: VisitPlace
    fix: Fix | None = None
    card_last4: str = ""
    note: str = ""


async def locate(session: AppSession) -> Fix | None:
    """One location fix, asked for once (PIPL art. 28); None when the device gives none or the person refuses."""
    return await session.platform.location.fix()


def is_card_end(text: str) -> bool:
    """Whether these are the last four digits of a card, or nothing at all."""
    digits = text.strip()
    return digits == "" or (len(digits) == CARD_DIGITS and digits.isascii() and digits.isdecimal())


async def check_in(session: AppSession, entry: CheckIn) -> UUID:
    """Record a visit at this moment and return its id.

    Raises BadInput when the card digits are not four, StoreWriteFailed when nothing could be written.
    """
    if not is_card_end(entry.card_last4):
        raise BadInput("The last four digits of the card are four digits.", code="bad_card_end")
    data = Visit(
        place=entry.place,
        fix=entry.fix,
        card_last4=entry.card_last4.strip() or None,
        note=entry.note.strip() or None,
    )
    draft = Draft(kind=ActivityKind.VISIT, data=data, customer_id=entry.customer_id)
    now = session.now()
    written = await session.store.write(lambda tx: append_activities(tx, [draft], now=now))
    return written[0].id


async def take_back_visit(session: AppSession, visit_id: UUID) -> None:
    """Void a visit and the proposals made at it, in one transaction; a visit that is void already stays so."""
    now = session.now()

    def work(tx: sqlite3.Connection) -> None:
        visit = read_visited(tx, visit_id)
        if visit is None or visit.is_voided:
            return
        append_activities(
            tx,
            [
                Draft(kind=ActivityKind.VOID, data=Void(activity_id=each, reason="mistake"))
                for each in (*visit.proposals, visit_id)
            ],
            now=now,
        )

    await session.store.write(work)
