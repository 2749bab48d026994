"""The exchange's records on their way into the ledger: whose customer each is with, and what became of it. Taking them is telephony's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from app_server.database import batches
from app_server.numbers import e164
from app_server.sync.acceptance import Known, KnownCustomer, Verdict
from app_server.sync.reading import Readable
from app_server.tables import RecordState, metadata
from shared_models.activity import Activity, ActivityKind, RejectCode, digest_of
from shared_models.customers import Pool, pool_on
from shared_models.sync import ResultStatus
from shared_models.telephony import PbxRecord, pbx_activity_id

RECORD, MEMBERSHIP, UNIT = (metadata.tables[name] for name in ("telephony_record", "membership", "unit"))

UNKNOWN_NUMBER = "unknown_number"
SEVERAL_CUSTOMERS = "several_customers"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange as the sender of what an advisor spoke through it."""

    id: UUID
    provider: str
    unit_path: str

    @property
    def device_id(self) -> str:
        """Which names it."""
        return f"pbx:{self.provider}"


class Place(NamedTuple):
    """Where an exchange's event stands, and why it does not enter the ledger, or not yet."""

    state: RecordState
    reason: str | None = None


class Waiting(NamedTuple):
    """A record as it will be in the ledger but for its customer, who has this number in E.164.

    `row_id` is what the event is kept under, `id` the activity's.
    """

    row_id: UUID
    id: UUID
    record: PbxRecord
    number: str

    def with_customer(self, customer_id: UUID) -> Readable:
        """As it enters the ledger: the same content whenever that is."""
        # Of parts that are valid already.
        activity = Activity.model_construct(
            id=self.id,
            kind=ActivityKind.PBX_RECORD,
            seq=1,  # an exchange counts nothing up; its own record ids tell of a lost one
            occurred_at=self.record.ended_at,
            clock_offset_ms=0,
            customer_id=customer_id,
            data=self.record,
        )
        content = activity.content()
        return Readable(activity, activity.corrected_at, content, digest_of(content))


def waiting_of(row_id: UUID, record: PbxRecord, number: str) -> Waiting:
    """A record with the id of its activity."""
    return Waiting(row_id, pbx_activity_id(record.provider, record.record_id), record, number)


def with_customers(
    waiting: Sequence[Waiting], known: Known, *, advisor_id: UUID
) -> tuple[dict[UUID, Readable], dict[UUID, Place]]:
    """The advisor's records as they enter the ledger, and where the others stand for want of a customer; both by row.

    A customer is of the number, and in the book when the call was, or since, or lent on its day: a record of one who has
    left it since then is the advisor's still. `known` are the customers with those numbers.
    """
    of_number: dict[str, list[tuple[UUID, KnownCustomer]]] = defaultdict(list)
    for customer_id, customer in known.customers.items():
        of_number[customer.number or ""].append((customer_id, customer))
    entering: dict[UUID, Readable] = {}
    staying: dict[UUID, Place] = {}
    for each in waiting:
        at = each.record.ended_at
        theirs = {
            customer_id: customer.managed_since
            for customer_id, customer in of_number[each.number]
            if customer.is_of(advisor_id, at=at, day=known.policies.today(at))
        }
        found = _the_one(theirs, known.policies.today(at))
        if isinstance(found, UUID):
            entering[each.row_id] = each.with_customer(found)
        else:
            staying[each.row_id] = Place(RecordState.WAITING, found)
    return entering, staying


def place_of(verdict: Verdict) -> Place:
    """Where a record stands that was judged."""
    if verdict.status is not ResultStatus.REJECTED:
        return Place(RecordState.ENTERED)
    if verdict.code is RejectCode.TOO_OLD:
        return Place(RecordState.LATE, RejectCode.TOO_OLD.value)
    return Place(RecordState.WAITING, verdict.code)


def advisors_waiting(session: Session) -> set[UUID]:
    """Whose records wait for a customer with their number."""
    r = RECORD.c
    found = session.connection().execute(
        select(r.advisor_id)
        .where(r.state == RecordState.WAITING, r.advisor_id.is_not(None), r.customer_number.is_not(None))
        .distinct()
    )
    return set(found.scalars())


def waiting_records(
    session: Session, advisor_id: UUID, *, phones: Iterable[str] | None
) -> list[tuple[Exchange, list[Waiting]]]:
    """The advisor's waiting records with these customers' numbers, or all of theirs, by exchange."""
    numbers = None if phones is None else {number for phone in phones if (number := e164(phone)) is not None}
    r = RECORD.c
    statement = (
        select(r.id, r.provider, r.line, r.document, r.customer_number)
        .where(r.advisor_id == advisor_id, r.state == RecordState.WAITING, r.customer_number.is_not(None))
        .order_by(r.id)
    )
    by_provider: dict[str, list[Waiting]] = defaultdict(list)
    for part in [None] if numbers is None else batches(sorted(numbers)):
        chosen = statement if part is None else statement.where(r.customer_number.in_(part))
        for row in session.connection().execute(chosen):
            record = PbxRecord.model_validate({**row.document, "provider": row.provider, "line": row.line})
            by_provider[row.provider].append(waiting_of(row.id, record, row.customer_number))
    path = _last_path(session, advisor_id) if by_provider else ""
    return [(Exchange(advisor_id, provider, path), waiting) for provider, waiting in sorted(by_provider.items())]


def note_places(session: Session, places: Mapping[UUID, Place]) -> None:
    """Note where records stand that are kept already, by row."""
    alike: dict[Place, list[UUID]] = defaultdict(list)
    for row_id, place in sorted(places.items()):
        alike[place].append(row_id)
    for place, row_ids in alike.items():
        for part in batches(row_ids):
            statement = update(RECORD).where(RECORD.c.id.in_(part)).values(state=place.state, reason=place.reason)
            session.connection().execute(statement)


def _the_one(theirs: Mapping[UUID, date | None], day: date) -> UUID | str:
    # By what was on the call's day and who was made first, never by who is known already: a phone may tell of a prospect
    # days later than the exchange of the call, and the outcome must be the same.
    managed = [customer_id for customer_id, since in theirs.items() if pool_on(since, day) is Pool.MANAGED]
    if len(managed) > 1:
        return SEVERAL_CUSTOMERS
    return next(iter(managed), None) or min(theirs, default=UNKNOWN_NUMBER)


def _last_path(session: Session, advisor_id: UUID) -> str:
    # Where they belonged on the record's day is asked per day; this stands in for days without any membership.
    found = session.connection().execute(
        select(UNIT.c.path)
        .join_from(MEMBERSHIP, UNIT, UNIT.c.id == MEMBERSHIP.c.unit_id)
        .where(MEMBERSHIP.c.staff_id == advisor_id)
        .order_by(MEMBERSHIP.c.starts_on.desc())
        .limit(1)
    )
    return found.scalar_one()
