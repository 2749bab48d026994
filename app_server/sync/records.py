"""The exchange's records into the ledger, once it is known whose customer they are with. Taking them from outside is telephony's."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app_server.numbers import e164
from app_server.sync.feed import take_numbers
from app_server.sync.keeping import judged, keep
from app_server.sync.queries import left_at
from app_server.sync.reading import Readable
from app_server.tables import RecordState, metadata
from shared_models.activity import Activity, ActivityKind, RejectCode, digest_of
from shared_models.sync import ResultStatus
from shared_models.telephony import PbxRecord, pbx_activity_id

RECORD, CUSTOMER = metadata.tables["telephony_record"], metadata.tables["customer"]
MEMBERSHIP, UNIT = metadata.tables["membership"], metadata.tables["unit"]

UNKNOWN_NUMBER = "unknown_number"
SEVERAL_CUSTOMERS = "several_customers"
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Sender:
    id: UUID
    device_id: str
    unit_path: str


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
        return Readable(activity, content, digest_of(content))


def enter_waiting(session: Session, advisor_id: UUID, *, phones: Iterable[str] | None, now: datetime) -> None:
    """Enter the advisor's waiting records with these customers' numbers, or all of theirs, for which there is one customer.

    A record of a customer who has left the book since then is the advisor's still. What comes too late by the policy
    stays out for good. Call it within `write_batches`, after what brought the customers; it takes the advisor's feed.
    """
    numbers = None if phones is None else {number for phone in phones if (number := e164(phone)) is not None}
    head = take_numbers(session, str(advisor_id), 0)
    waiting = _waiting(session, advisor_id, numbers)
    if not waiting:
        return
    customers = _customers(session, advisor_id, waiting)
    items: dict[UUID, Readable] = {}
    reasons: dict[UUID, str] = {}
    for each in waiting:
        candidates = customers[each.id]
        if len(candidates) == 1:
            items[each.id] = each.with_customer(candidates[0])
        else:
            reasons[each.id] = SEVERAL_CUSTOMERS if candidates else UNKNOWN_NUMBER
    by_provider: dict[str, list[UUID]] = defaultdict(list)
    for each in waiting:
        if each.id in items:
            by_provider[each.record.provider].append(each.id)
    settled: dict[UUID, tuple[RecordState, str | None]] = {
        row_id: (RecordState.WAITING, reason) for row_id, reason in reasons.items()
    }
    path = _last_path(session, advisor_id) if items else ""
    for provider, row_ids in sorted(by_provider.items()):
        who = _Sender(advisor_id, f"pbx:{provider}", path)
        settled |= _enter(session, who, {row_id: items[row_id] for row_id in row_ids}, first=head + 1, now=now)
        head += len(row_ids)
    _settle(session, settled)


def advisors_waiting(session: Session) -> set[UUID]:
    """Whose records wait for a customer with their number."""
    r = RECORD.c
    found = session.connection().execute(
        select(r.advisor_id)
        .where(r.state == RecordState.WAITING, r.advisor_id.is_not(None), r.customer_number.is_not(None))
        .distinct()
    )
    return set(found.scalars())


def _enter(
    session: Session, who: _Sender, items: Mapping[UUID, Readable], *, first: int, now: datetime
) -> dict[UUID, tuple[RecordState, str | None]]:
    take_numbers(session, str(who.id), len(items))
    batch = judged(session, who, list(items.values()), former=None, now=now, from_exchange=True)
    if batch.kept:
        keep(session, who, batch, first=first, now=now)
    settled: dict[UUID, tuple[RecordState, str | None]] = {}
    for row_id, verdict in zip(items, batch.verdicts, strict=True):
        if verdict.status is not ResultStatus.REJECTED:
            settled[row_id] = RecordState.ENTERED, None
        elif verdict.code is RejectCode.TOO_OLD:
            settled[row_id] = RecordState.LATE, RejectCode.TOO_OLD.value
        else:
            settled[row_id] = RecordState.WAITING, verdict.code
    return settled


def _waiting(session: Session, advisor_id: UUID, numbers: Collection[str] | None) -> list[_Waiting]:
    r = RECORD.c
    statement = (
        select(r.id, r.provider, r.line, r.document, r.customer_number)
        .where(r.advisor_id == advisor_id, r.state == RecordState.WAITING, r.customer_number.is_not(None))
        .order_by(r.id)
    )
    found: list[_Waiting] = []
    for part in [None] if numbers is None else _parts(sorted(numbers)):
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


def _customers(session: Session, advisor_id: UUID, waiting: Sequence[_Waiting]) -> dict[UUID, list[UUID]]:
    """The customers that each record may be with: those of the number in the book, or else who left it after the call."""
    own: dict[str, list[UUID]] = defaultdict(list)
    others: dict[str, list[UUID]] = defaultdict(list)
    for part in _parts(sorted({each.number for each in waiting})):
        c = CUSTOMER.c
        for row in session.connection().execute(select(c.id, c.number, c.advisor_id).where(c.number.in_(part))):
            (own if row.advisor_id == advisor_id else others)[row.number].append(row.id)
    strangers = [customer for number, ids in others.items() if number not in own for customer in ids]
    left = left_at(session, strangers, advisor_id=advisor_id) if strangers else {}
    return {
        each.id: own.get(each.number)
        or [
            customer
            for customer in others.get(each.number, [])
            if customer in left and each.record.ended_at <= left[customer]
        ]
        for each in waiting
    }


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


def _settle(session: Session, settled: Mapping[UUID, tuple[RecordState, str | None]]) -> None:
    statement = (
        update(RECORD)
        .where(RECORD.c.id == bindparam("of_id"))
        .values(state=bindparam("now_is"), reason=bindparam("because"))
    )
    rows: list[dict[str, Any]] = [
        {"of_id": row_id, "now_is": state, "because": reason} for row_id, (state, reason) in sorted(settled.items())
    ]
    session.connection().execute(statement, rows)


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + BATCH] for start in range(0, len(values), BATCH)]
