"""What a person can do with customers: add a prospect, promise a day; the shared models check every word."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app_client.calls.actions import Recorded
from app_client.customers.queries import phone_digits
from app_client.session import AppSession
from app_client.store.ledger import Draft, append_activities
from shared_models.activity import ActivityKind
from shared_models.customers import Prospect
from shared_models.errors import BadInput
from shared_models.follow_ups import FollowUp, FollowUpReason

MOST_NAME = 100
_DIGITS = range(5, 16)
_PHONE_LETTERS = frozenset("0123456789+*()- ")


class ProspectSource(StrEnum):
    """Where an advisor meets people; the wire takes any code."""

    REFERRAL = "referral"
    WALK_IN = "walk_in"
    EVENT = "event"
    PAYROLL = "payroll"
    NEIGHBOURHOOD = "neighbourhood"
    OTHER = "other"


class FieldTrouble(StrEnum):
    """What is wrong with a field of the form."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_PHONE = "no_phone"


@dataclass(frozen=True, slots=True)
class ProspectEntry:
    """What the form collected, as typed."""

    name: str = ""
    phone: str = ""
    source: ProspectSource | None = None
    note: str = ""


def prospect_troubles(entry: ProspectEntry) -> dict[str, FieldTrouble]:
    """What is wrong with the form, by field; empty when it can be saved."""
    found: dict[str, FieldTrouble] = {}
    if not entry.name.strip():
        found["name"] = FieldTrouble.MISSING
    elif len(entry.name.strip()) > MOST_NAME:
        found["name"] = FieldTrouble.TOO_LONG
    if not entry.phone.strip():
        found["phone"] = FieldTrouble.MISSING
    elif len(phone_digits(entry.phone)) not in _DIGITS or not set(entry.phone.strip()) <= _PHONE_LETTERS:
        found["phone"] = FieldTrouble.NO_PHONE
    if entry.source is None:
        found["source"] = FieldTrouble.MISSING
    return found


async def add_prospect(session: AppSession, entry: ProspectEntry) -> UUID:
    """Record a prospect and return their id; they are in the book at once, without a network.

    Raises BadInput when the form has troubles, StoreWriteFailed when nothing could be written.
    """
    if prospect_troubles(entry) or entry.source is None:
        raise BadInput("Name, phone and source are needed.")
    data = Prospect(
        name=entry.name.strip(),
        phone=entry.phone.strip(),
        source=entry.source,
        note=entry.note.strip() or None,
    )
    now = session.now()
    written = await session.store.write(
        lambda tx: append_activities(tx, [Draft(kind=ActivityKind.PROSPECT, data=data)], now=now)
    )
    return written[0].id


async def promise_day(session: AppSession, customer_id: UUID, due_on: date, *, reason: FollowUpReason) -> Recorded:
    """Promise to come back to the customer on that day; it comes up on that day's list. Raises StoreWriteFailed."""
    draft = Draft(kind=ActivityKind.FOLLOW_UP, data=FollowUp(due_on=due_on, reason=reason), customer_id=customer_id)
    now = session.now()
    written = await session.store.write(lambda tx: append_activities(tx, [draft], now=now))
    return Recorded(tuple(activity.id for activity in written))
