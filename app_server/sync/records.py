"""The exchange's records into the ledger, once it is known whose customer they are with. Taking them from outside is telephony's."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from app_server.database import batches
from app_server.numbers import e164
from app_server.org.queries import policies
from app_server.sync.acceptance import Verdict
from app_server.sync.queries import left_at
from app_server.sync.reading import Readable
from app_server.tables import RecordState, metadata
from shared_models.activity import Activity, ActivityKind, RejectCode, digest_of
from shared_models.customers import Pool, pool_on
from shared_models.sync import ResultStatus
from shared_models.telephony import PbxRecord, pbx_activity_id

RECORD, CUSTOMER = metadata.tables["telephony_record"], metadata.tables["customer"]
MEMBERSHIP, UNIT = metadata.tables["membership"], metadata.tables["unit"]

UNKNOWN_NUMBER = "unknown_number"
SEVERAL_CUSTOMERS = "several_customers"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange as the sender of what an advisor spoke through it; `device_id` names it."""

    id: UUID
    device_id: str
    unit_path: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: UUID
    managed_since: date | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A record that waits, as it will be in the ledger but for its customer, and their number."""

    id: UUID
    record: PbxRecord
    number: str

    def with_customer(self, customer_id: UUID) -> Readable:
        """As it enters the ledger: the same content whenever that is."""
        activity = Activity(
            id=pbx_activity_id(self.record.provider, self.record.record_id),
            kind=ActivityKind.PBX_RECORD,
            seq=1,  # an exchange counts nothing up; its own record ids tell of a lost one
            occurred_at=self.record.ended_at,
            customer_id=customer_id,
            data=self.record,
        )
        content = activity.content()
        return Readable(activity, activity.corrected_at, content, digest_of(content))


def enterable(
    session: Session, advisor_id: UUID, *, phones: Iterable[str] | None
) -> list[tuple[Exchange, dict[UUID, Readable]]]:
    """The advisor's waiting records with these customers' numbers, or all of theirs, as they enter the ledger: by exchange, by row.

    Of those that have to wait on it is noted why. A record of a customer who has left the book since then is the
    advisor's still.
    """
    numbers = None if phones is None else {number for phone in phones if (number := e164(phone)) is not None}
    waiting = _waiting(session, advisor_id, numbers)
    if not waiting:
        return []
    customers = _customers(session, advisor_id, waiting)
    by_provider: dict[str, dict[UUID, Readable]] = defaultdict(dict)
    trouble: dict[UUID, tuple[RecordState, str | None]] = {}
    for each in waiting:
        found = customers[each.id]
        if isinstance(found, UUID):
            by_provider[each.record.provider][each.id] = each.with_customer(found)
        else:
            trouble[each.id] = RecordState.WAITING, found
    _note(session, trouble)
    path = _last_path(session, advisor_id) if by_provider else ""
    return [(Exchange(advisor_id, f"pbx:{provider}", path), rows) for provider, rows in sorted(by_provider.items())]


def settle(session: Session, verdicts: Mapping[UUID, Verdict]) -> None:
    """Note what became of records, by row, that were given to the ledger."""
    settled: dict[UUID, tuple[RecordState, str | None]] = {}
    for row_id, verdict in verdicts.items():
        if verdict.status is not ResultStatus.REJECTED:
            settled[row_id] = RecordState.ENTERED, None
        elif verdict.code is RejectCode.TOO_OLD:
            settled[row_id] = RecordState.LATE, RejectCode.TOO_OLD.value
        else:
            settled[row_id] = RecordState.WAITING, verdict.code
    _note(session, settled)


def advisors_waiting(session: Session) -> set[UUID]:
    """Whose records wait for a customer with their number."""
    r = RECORD.c
    found = session.connection().execute(
        select(r.advisor_id)
        .where(r.state == RecordState.WAITING, r.advisor_id.is_not(None), r.customer_number.is_not(None))
        .distinct()
    )
    return set(found.scalars())


def _waiting(session: Session, advisor_id: UUID, numbers: Collection[str] | None) -> list[_Waiting]:
    r = RECORD.c
    statement = (
        select(r.id, r.provider, r.line, r.document, r.customer_number)
        .where(r.advisor_id == advisor_id, r.state == RecordState.WAITING, r.customer_number.is_not(None))
        .order_by(r.id)
    )
    found: list[_Waiting] = []
    for part in [None] if numbers is None else batches(sorted(numbers)):
        chosen = statement if part is None else statement.where(r.customer_number.in_(part))
        found += [
            _Waiting(
                row.id,
                PbxRecord.model_validate({**row.document, "provider": row.provider, "line": row.line}),
                row.customer_number,
            )
            for row in session.connection().execute(chosen)
        ]
    return found


def _customers(session: Session, advisor_id: UUID, waiting: Sequence[_Waiting]) -> dict[UUID, UUID | str]:
    """The customer that each record is with, or why there is none: of the number, and in the book when the call was, or since."""
    found: dict[str, list[_Candidate]] = defaultdict(list)
    strangers: list[UUID] = []
    for part in batches(sorted({each.number for each in waiting})):
        c = CUSTOMER.c
        rows = session.connection().execute(
            select(c.id, c.number, c.advisor_id, c.managed_since).where(c.number.in_(part))
        )
        for row in rows:
            found[row.number].append(_Candidate(row.id, row.managed_since, is_own=row.advisor_id == advisor_id))
            strangers += [row.id] if row.advisor_id != advisor_id else []
    left = left_at(session, strangers, advisor_id=advisor_id) if strangers else {}
    rules = policies(session)
    chosen: dict[UUID, UUID | str] = {}
    for each in waiting:
        at = each.record.ended_at
        theirs = [c for c in found[each.number] if c.is_own or (c.id in left and at <= left[c.id])]
        chosen[each.id] = _the_one(theirs, rules.today(at))
    return chosen


def _the_one(candidates: Sequence[_Candidate], day: date) -> UUID | str:
    # By what was on the call's day and who was made first, never by who is known already: a phone may tell of a prospect
    # days later than the exchange of the call, and the outcome must be the same.
    managed = [each.id for each in candidates if pool_on(each.managed_since, day) is Pool.MANAGED]
    if len(managed) > 1:
        return SEVERAL_CUSTOMERS
    return next(iter(managed), None) or min((each.id for each in candidates), default=UNKNOWN_NUMBER)


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


def _note(session: Session, settled: Mapping[UUID, tuple[RecordState, str | None]]) -> None:
    alike: dict[tuple[RecordState, str | None], list[UUID]] = defaultdict(list)
    for row_id, place in sorted(settled.items()):
        alike[place].append(row_id)
    for (state, reason), row_ids in alike.items():
        for part in batches(row_ids):
            statement = update(RECORD).where(RECORD.c.id.in_(part)).values(state=state, reason=reason)
            session.connection().execute(statement)
