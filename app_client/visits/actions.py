"""What a person can do with visits: find the place once, check in, take it back; the shared models check every word."""

import sqlite3
import unicodedata
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from app_client.session import AppSession
from app_client.store.card_keys import card_key
from app_client.store.ledger import Draft, append_activities
from app_client.visits.queries import read_visited
from shared_models.activity import ActivityKind, Void, uuid7
from shared_models.confirmations import CODE_DIGITS, CodeRequest, CodeSent, CodeTried, CodeTry
from shared_models.errors import BadInput, DomainError
from shared_models.sealing import clear_text, read_card
from shared_models.visits import Confirmation, Fix, Visit, VisitPlace

CARD_DIGITS = 4


class NoCardKey(DomainError):
    """There is nothing to seal a card with on this device."""

    code = "no_card_key"


@dataclass(frozen=True, slots=True)
class SealedCard:
    """What is left of a card's number: its last four digits, and the whole of it for the server alone, at this one visit."""

    visit_id: UUID
    sealed: str = field(repr=False)
    last4: str


class Sealing(Enum):
    """Whether a whole card can be taken on this device now."""

    READY = "ready"
    NO_KEY = "no_key"
    NO_SEALER = "no_sealer"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What the check-in sheet collected; `fix` None when none was obtained.

    `visit_id` the id to record it under, where a card or a code was taken for that; None: any. `card` the whole card, or
    else `card_last4` as typed: four digits, or empty. `confirmation`: the code that the customer read out.
    """

    customer_id: UUID
    place: VisitPlace
    visit_id: UUID | None = None
    fix: Fix | None = None
    confirmation: Confirmation | None = None
    card: SealedCard | None = None
    card_last4: str = ""
    note: str = ""


async def locate(session: AppSession) -> Fix | None:
    """One location fix, asked for once (PIPL art. 28); None when the device gives none or the person refuses."""
    return await session.platform.location.fix()


def is_card_end(text: str) -> bool:
    """Whether these are the last four digits of a card, or nothing at all."""
    digits = text.strip()
    return digits == "" or (len(digits) == CARD_DIGITS and digits.isascii() and digits.isdecimal())


def sealing_of(session: AppSession) -> Sealing:
    """Whether this device can seal a card, and the bank's key is on it."""
    if session.platform.sealer is None:
        return Sealing.NO_SEALER
    return Sealing.NO_KEY if session.store.read(card_key) is None else Sealing.READY


async def seal_card(session: AppSession, text: str, *, visit_id: UUID | None = None) -> SealedCard:
    """Seal a number as typed or swiped for a visit that is still to be recorded, under that id or one of its own.

    Nothing here holds the number afterwards.

    Raises CardRefused when it is none, SealingFailed, NoCardKey where `sealing_of` is not READY.
    """
    sealer, key = session.platform.sealer, session.store.read(card_key)
    if sealer is None or key is None:
        raise NoCardKey("A card cannot be sealed on this device yet.")
    card = read_card(text)
    visit_id = visit_id or uuid7(session.now())
    return SealedCard(visit_id, await sealer.seal(clear_text(card, visit_id), key), card.last4)


def new_visit_id(session: AppSession) -> UUID:
    """An id for a visit that is still to be recorded."""
    return uuid7(session.now())


async def send_code(session: AppSession, customer_id: UUID, visit_id: UUID) -> CodeSent:
    """Have a code sent to the customer for a visit that is still to be recorded; raises as any call to the server does."""
    return await session.transport.send_code(CodeRequest(visit_id=visit_id, customer_id=customer_id))


async def try_code(session: AppSession, customer_id: UUID, visit_id: UUID, code: str) -> CodeTried:
    """Whether that is the code the customer was sent; raises as any call to the server does."""
    return await session.transport.try_code(CodeTry(visit_id=visit_id, customer_id=customer_id, code=code))


def confirmation_code(text: str) -> str | None:
    """The six digits in what was typed, whatever keyboard they come from; None while it is not six."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain if len(plain) == CODE_DIGITS and plain.isascii() and plain.isdecimal() else None


async def check_in(session: AppSession, entry: CheckIn) -> UUID:
    """Record a visit at this moment and return its id. With a visit's id, or a sealed card, the same call again is the same visit.

    Raises BadInput when the card digits are not four, StoreWriteFailed when nothing could be written.
    """
    if not is_card_end(entry.card_last4):
        raise BadInput("The last four digits of the card are four digits.", code="bad_card_end")
    data = Visit(
        place=entry.place,
        fix=entry.fix,
        card=entry.card.sealed if entry.card else None,
        card_last4=entry.card.last4 if entry.card else entry.card_last4.strip() or None,
        note=entry.note.strip() or None,
        confirmation=entry.confirmation,
    )
    draft = Draft(
        kind=ActivityKind.VISIT,
        data=data,
        customer_id=entry.customer_id,
        id=entry.card.visit_id if entry.card else entry.visit_id,
    )
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
