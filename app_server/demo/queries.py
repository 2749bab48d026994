"""SQL of the demo bank: what is there already, and its rows. What they hold is the other modules' business."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert
from sqlalchemy import select as core_select
from sqlmodel import Session, SQLModel, col, select

from app_server.database import dialect_insert
from app_server.tables import (
    CustomerRow,
    DeviceRow,
    LedgerRow,
    LineRow,
    PlanRow,
    PlaybookCaseRow,
    ProductRow,
    RecordingRow,
    StaffRow,
    UnitRow,
    as_model,
    metadata,
)
from shared_models.activity import SERVER_KINDS, Activity, ActivityKind
from shared_models.customers import Customer
from shared_models.products import Product

DEVICE_PREFIX = "demo-"


@dataclass(frozen=True, slots=True)
class DayOnRecord:
    """A day of an advisor that the ledger has: the last instant of it, and whether a real phone recorded on it."""

    last_at: datetime
    by_a_person: bool


def has_bank(session: Session) -> bool:
    """Whether any unit is there."""
    return session.exec(select(UnitRow.id).limit(1)).first() is not None


def is_demo(session: Session) -> bool:
    """Whether the bank that is there is the demo's."""
    return session.exec(select(StaffRow.id).where(StaffRow.is_demo).limit(1)).first() is not None


def insert_rows(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows at once."""
    if rows:
        session.connection().execute(insert(table), list(rows))


def days_on_record(session: Session, since: date) -> dict[UUID, dict[date, DayOnRecord]]:
    """For each advisor, the days since then that have activities of their own; an exchange's records are not."""
    columns = metadata.tables["ledger"].c
    is_person = case((columns.device_id.like(f"{DEVICE_PREFIX}%"), 0), else_=1)
    statement = (
        core_select(columns.advisor_id, columns.business_day, func.max(columns.occurred_at), func.max(is_person))
        .where(columns.business_day >= since, columns.kind.not_in(SERVER_KINDS))
        .group_by(columns.advisor_id, columns.business_day)
    )
    found: dict[UUID, dict[date, DayOnRecord]] = defaultdict(dict)
    for advisor_id, day, last_at, by_a_person in session.connection().execute(statement):
        found[advisor_id][day] = DayOnRecord(last_at, bool(by_a_person))
    return found


def books(session: Session, advisor_ids: Iterable[UUID]) -> dict[UUID, list[Customer]]:
    """The customers of each of these advisors, in a fixed order."""
    found: dict[UUID, list[Customer]] = defaultdict(list)
    statement = (
        select(CustomerRow).where(col(CustomerRow.advisor_id).in_(list(advisor_ids))).order_by(col(CustomerRow.id))
    )
    for row in session.exec(statement):
        found[row.advisor_id].append(as_model(Customer, row))
    return found


def shelf(session: Session) -> list[Product]:
    """Every product, in a fixed order."""
    return [as_model(Product, row) for row in session.exec(select(ProductRow).order_by(col(ProductRow.code)))]


def ledger_of(session: Session, advisor_id: UUID) -> list[Activity]:
    """An advisor's whole ledger."""
    rows = session.exec(select(LedgerRow).where(LedgerRow.advisor_id == advisor_id))
    return [Activity.model_validate(row.model_dump(include=set(Activity.model_fields))) for row in rows]


def last_seqs(session: Session) -> dict[str, int]:
    """The last number each demo device gave."""
    statement = (
        select(LedgerRow.device_id, func.max(col(LedgerRow.seq)))
        .where(col(LedgerRow.device_id).like(f"{DEVICE_PREFIX}%"))
        .group_by(col(LedgerRow.device_id))
    )
    return dict(session.exec(statement).all())


def lists_for(session: Session, day: date) -> dict[UUID, list[UUID]]:
    """The lists that were set for that day, by advisor."""
    return {row.advisor_id: list(row.customer_ids) for row in session.exec(select(PlanRow).where(PlanRow.day == day))}


def note_syncs(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write when the demo devices last synced."""
    if not rows:
        return
    statement = dialect_insert(session, DeviceRow)
    later = {name: statement.excluded[name] for name in ("last_sync_at", "waiting")}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["staff_id", "device_id"], set_=later), list(rows)
    )


def numbers_of_books(session: Session) -> dict[UUID, list[str]]:
    """The customers' numbers of every demo advisor who has any, by the advisor, in the order of their logins."""
    statement = (
        select(StaffRow.id, CustomerRow.phone)
        .join(CustomerRow, col(CustomerRow.advisor_id) == col(StaffRow.id))
        .where(StaffRow.is_demo)
        .order_by(StaffRow.login, col(CustomerRow.id))
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for staff_id, phone in session.exec(statement):
        found[staff_id].append(phone)
    return found


def put_lines(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Make these lines, but for those that are there."""
    statement = dialect_insert(session, LineRow).on_conflict_do_nothing()
    session.connection().execute(statement, list(rows))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call or visit, and when it was."""

    id: UUID
    at: datetime


def has_case(session: Session, case_id: UUID) -> bool:
    """Whether that case is there."""
    return session.get(PlaybookCaseRow, case_id) is not None


def spoken(
    session: Session, advisor_id: UUID, *, kind: ActivityKind, topic: str, since: datetime, but: Collection[UUID]
) -> Spoken | None:
    """The advisor's latest activity of that kind, but for these: one refused for that reason, if there is one."""
    rows = session.exec(
        select(LedgerRow)
        .where(LedgerRow.advisor_id == advisor_id, LedgerRow.kind == kind, LedgerRow.occurred_at >= since)
        .order_by(col(LedgerRow.occurred_at).desc())
    )
    free = [row for row in rows if row.id not in but]
    refused = [row for row in free if row.data.get("decline_reason") == topic]
    return next((Spoken(row.id, row.occurred_at) for row in [*refused, *free]), None)


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call that an advisor logged when it was over: what an exchange would have seen of it."""

    id: UUID
    advisor_id: UUID
    ended_at: datetime
    phone: str
    channel: str
    talk_seconds: int


def calls_to_record(
    session: Session, logins: Sequence[str], *, since: date, seconds: int, a_day: int
) -> list[RecordedCall]:
    """Of each of these advisors and days the first few calls that lasted so long, to customers of theirs, as made up for the demo."""
    statement = (
        select(LedgerRow, CustomerRow.phone)
        .join(StaffRow, col(StaffRow.id) == col(LedgerRow.advisor_id))
        .join(CustomerRow, col(CustomerRow.id) == col(LedgerRow.customer_id))
        .where(
            col(StaffRow.login).in_(logins),
            StaffRow.is_demo,
            CustomerRow.advisor_id == LedgerRow.advisor_id,
            LedgerRow.kind == ActivityKind.CALL,
            col(LedgerRow.device_id).like(f"{DEVICE_PREFIX}%"),
            LedgerRow.business_day >= since,
        )
        .order_by(col(LedgerRow.occurred_at), col(LedgerRow.id))
    )
    taken: dict[tuple[UUID, date], int] = defaultdict(int)
    found: list[RecordedCall] = []
    for row, phone in session.exec(statement):
        place = row.advisor_id, row.business_day
        talked: int = row.data["talk_seconds"]
        if talked < seconds or taken[place] >= a_day:
            continue
        taken[place] += 1
        found.append(RecordedCall(row.id, row.advisor_id, row.occurred_at, phone, row.data["channel"], talked))
    return found


def recorded_already(session: Session, recording_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these recordings are there."""
    return set(session.exec(select(RecordingRow.id).where(col(RecordingRow.id).in_(recording_ids))))
