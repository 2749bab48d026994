"""SQL of the team view: advisor-days by advisor, day and unit, and the activities behind them. Sums are service.py's."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Executable,
    Integer,
    Result,
    Row,
    String,
    Subquery,
    and_,
    case,
    cast,
    column,
    extract,
    func,
    label,
    or_,
    true,
    union,
    values,
)
from sqlalchemy import select as core_select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from app_server.columns import UtcDateTime
from app_server.org.queries import advisors_below, advisors_between, covers, is_leave_on, is_stay_on, leave_between
from app_server.tables import AdvisorDayRow, CustomerRow, DeviceRow, LeaveRow, LedgerRow, advisor_day_values
from shared_models.activity import Activity, ActivityKind
from shared_models.fold import AdvisorDay
from shared_models.org import StaffName


@dataclass(frozen=True, slots=True)
class AdvisorOnDay:
    """An advisor of the subtree on a day, on leave or not, their stored fold if any, and what their phones last said."""

    staff_id: UUID
    name: str
    unit_path: str
    last_sync_at: datetime | None
    waiting: int | None
    on_leave: bool
    day: AdvisorDayRow | None


class Split(StrEnum):
    """How the sums of a subtree are cut: not at all, by unit with its own advisors alone, or into what is right below it.

    Right below are its child units, each with its subtree, and its own advisors.
    """

    WHOLE = "whole"
    UNITS = "units"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Days:
    """Business days and the instants they begin at, as a table to join with."""

    table: CTE

    @property
    def day(self) -> ColumnElement[date]:
        """The business day."""
        return self.table.c.day


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A ledger row of an advisor's day with the names around it; `customer_name` None where the caller may not see it."""

    row: LedgerRow
    advisor_name: str
    customer_name: str | None
    managed_since: date | None


# Of an id with dashes, as it stands in a unit's path.
ID_LENGTH = 36
# Everything of an advisor-day that SQL can add up.
SUMMED: tuple[str, ...] = tuple(
    name
    for name in advisor_day_values(AdvisorDay())
    if name not in {"on_leave", "met", "declines", "called_customers", "fold_version"}
)


def rows_of(session: Session, statement: Executable) -> Result[*tuple[Any, ...]]:
    """The rows of a statement over columns and tables mixed; Any, as nothing declares their types."""
    return session.execute(statement)  # pyright: ignore[reportDeprecated] - exec takes SQLModel's own selects only


def advisors_on(session: Session, *, path: str, day: date) -> list[AdvisorOnDay]:
    """Every advisor who belonged to the subtree on that day, by unit and name; those without activities too."""
    advisors = advisors_below(path, day)
    phones = _phones(advisors_below(path, day))
    rows = rows_of(
        session,
        core_select(
            advisors.c.staff_id,
            advisors.c.name,
            advisors.c.unit_path,
            phones.c.last_sync_at,
            phones.c.waiting,
            is_leave_on(advisors.c.staff_id, day),
            AdvisorDayRow,
        )
        .select_from(advisors)
        .outerjoin(
            AdvisorDayRow,
            and_(
                col(AdvisorDayRow.advisor_id) == advisors.c.staff_id,
                col(AdvisorDayRow.business_day) == day,
            ),
        )
        .outerjoin(phones, phones.c.staff_id == advisors.c.staff_id)
        .order_by(advisors.c.unit_path, advisors.c.name, advisors.c.staff_id),
    )
    return [AdvisorOnDay(*row) for row in rows]


def _phones(advisors: Subquery) -> Subquery:
    """What the phones of these last said: of all of a bank's, to answer of an outlet, it would be read again and again."""
    return (
        core_select(
            col(DeviceRow.staff_id),
            func.max(col(DeviceRow.last_sync_at)).label("last_sync_at"),
            func.sum(col(DeviceRow.waiting)).label("waiting"),
        )
        .where(col(DeviceRow.staff_id).in_(core_select(advisors.c.staff_id)))
        .group_by(col(DeviceRow.staff_id))
        .subquery("phones")
    )


def days_table(days: Sequence[tuple[date, datetime]]) -> Days:
    """These days, each with the instant it begins at."""
    return Days(values(column("day", Date), column("begins_at", UtcDateTime()), name="days").data(days).cte("days"))


def sums_by_day(
    session: Session, *, path: str, days: Sequence[tuple[date, datetime]], split: Split
) -> Iterator[Row[Any]]:
    """A row for each day on which the subtree, or the part of it, had advisors.

    Columns `day`, `part` unless WHOLE (`part_of`), `advisors`, `advisors_on_leave`, `folded` (advisor-days stored),
    `missing_on_leave` (advisors on leave with none), `advisors_reported`, `advisors_met`, SUMMED.
    """
    table = days_table(days)
    stays = advisors_between(path, first=days[0][0], last=days[-1][0])
    phones = _phones(advisors_between(path, first=days[0][0], last=days[-1][0]))
    leave = _leave_days(path, table, first=days[0][0], last=days[-1][0])
    is_on_leave = leave.c.advisor_id.is_not(None)
    groups: tuple[ColumnElement[Any], ...] = (table.day, *part_of(stays, path, split))
    has_reported = or_(
        col(AdvisorDayRow.advisor_id).is_not(None),
        phones.c.last_sync_at >= table.table.c.begins_at,
    )
    statement = (
        core_select(
            *groups,
            func.count().label("advisors"),
            func.count(leave.c.advisor_id).label("advisors_on_leave"),
            func.count(col(AdvisorDayRow.advisor_id)).label("folded"),
            func.sum(case((and_(is_on_leave, col(AdvisorDayRow.advisor_id).is_(None)), 1), else_=0)).label(
                "missing_on_leave"
            ),
            func.sum(case((has_reported, 1), else_=0)).label("advisors_reported"),
            func.sum(case((col(AdvisorDayRow.met), 1), else_=0)).label("advisors_met"),
            *(func.sum(getattr(AdvisorDayRow, name)).label(name) for name in SUMMED),
        )
        .select_from(table.table)
        .join(stays, is_stay_on(stays, table.day))
        .outerjoin(AdvisorDayRow, day_of_stay(stays, table.day))
        .outerjoin(leave, and_(leave.c.advisor_id == stays.c.staff_id, leave.c.day == table.day))
        .outerjoin(phones, phones.c.staff_id == stays.c.staff_id)
        .group_by(*groups)
        .order_by(*groups)
    )
    return iter(rows_of(session, statement))


def _leave_days(path: str, table: Days, *, first: date, last: date) -> Subquery:
    """Each day of leave of the subtree's advisors, once: `advisor_id`, `day`."""
    leave = leave_between(path, first=first, last=last).subquery("leave_between")
    return (
        core_select(leave.c.advisor_id, table.day.label("day"))
        .distinct()
        .join_from(table.table, leave, and_(leave.c.first_day <= table.day, leave.c.last_day >= table.day))
        .subquery("leave_days")
    )


def part_of(stays: Subquery, path: str, split: Split) -> list[ColumnElement[str]]:
    """The column `part`: the path of a unit, or right below one the id of a child unit or an advisor as the database writes it."""
    match split:
        case Split.WHOLE:
            return []
        case Split.UNITS:
            return [label("part", stays.c.unit_path)]
        case Split.BELOW:
            child = func.substr(stays.c.unit_path, len(path) + 1, ID_LENGTH)
            return [label("part", func.coalesce(func.nullif(child, ""), cast(stays.c.staff_id, String)))]


def declines_by_day(session: Session, *, path: str, first: date, last: date, split: Split) -> Iterator[Row[Any]]:
    """Refusals: `day`, `part` unless WHOLE (`part_of`), `reason`, `refusals`."""
    stays = advisors_between(path, first=first, last=last)
    of_day = col(AdvisorDayRow.business_day)
    groups: tuple[ColumnElement[Any], ...] = (label("day", of_day), *part_of(stays, path, split))
    each = (
        func.json_each(col(AdvisorDayRow.declines))
        if _is_sqlite(session)
        else func.jsonb_each_text(col(AdvisorDayRow.declines))
    ).table_valued("key", "value", name="refusal")
    statement = (
        core_select(
            *groups,
            each.c.key.label("reason"),
            func.sum(cast(each.c.value, Integer)).label("refusals"),
        )
        .select_from(stays)
        .join(AdvisorDayRow, and_(col(AdvisorDayRow.advisor_id) == stays.c.staff_id, is_stay_on(stays, of_day)))
        .join(each, true())
        .where(of_day.between(first, last))
        .group_by(*groups, each.c.key)
    )
    return iter(rows_of(session, statement))


def count_stays(session: Session, *, path: str, first: date, last: date) -> int:
    """How many stays of advisors in the subtree touch those days."""
    stays = advisors_between(path, first=first, last=last)
    return rows_of(session, core_select(func.count()).select_from(stays)).scalar_one()


def names_below(session: Session, *, path: str, day: date) -> list[StaffName]:
    """The advisors of the subtree on that day, by unit and name."""
    advisors = advisors_below(path, day)
    columns = (advisors.c.staff_id, advisors.c.name)
    found = rows_of(session, core_select(*columns).order_by(advisors.c.unit_path, advisors.c.name, advisors.c.staff_id))
    return [StaffName(id=staff_id, name=name) for staff_id, name in found]


def advisor_days_between(session: Session, *, path: str, days: Sequence[tuple[date, datetime]]) -> Iterator[Row[Any]]:
    """A row for each day and advisor of the subtree: `day`, `unit_path`, `staff_id`, `name`, `on_leave`, and the AdvisorDayRow or None."""
    table = days_table(days)
    stays = advisors_between(path, first=days[0][0], last=days[-1][0])
    statement = (
        core_select(
            table.day.label("day"),
            stays.c.unit_path,
            stays.c.staff_id,
            stays.c.name,
            is_leave_on(stays.c.staff_id, table.day).label("on_leave"),
            AdvisorDayRow,
        )
        .select_from(table.table)
        .join(stays, is_stay_on(stays, table.day))
        .outerjoin(AdvisorDayRow, day_of_stay(stays, table.day))
        .order_by(table.day, stays.c.unit_path, stays.c.name, stays.c.staff_id)
        .execution_options(yield_per=1000)
    )
    return iter(rows_of(session, statement))


def day_of_stay(stays: Subquery, day: ColumnElement[date]) -> ColumnElement[bool]:
    """To join with the advisor-day of that day of who stayed then."""
    return and_(col(AdvisorDayRow.advisor_id) == stays.c.staff_id, col(AdvisorDayRow.business_day) == day)


def entries_on(
    session: Session, *, path: str, scope_path: str, day: date, advisor_ids: Collection[UUID] | None, most: int
) -> list[LedgerEntry]:
    """The ledger rows of that day of the subtree's advisors then, or of these among them, at most `most` of them.

    A customer is named only while their advisor belonged to the caller's subtree, `scope_path`, on that day.
    """
    advisors, visible = advisors_below(path, day), advisors_below(scope_path, day).alias("visible")
    statement = (
        core_select(
            LedgerRow,
            advisors.c.name,
            case((visible.c.staff_id.is_not(None), col(CustomerRow.name))),
            col(CustomerRow.managed_since),
        )
        .select_from(advisors)
        .join(
            LedgerRow,
            and_(col(LedgerRow.advisor_id) == advisors.c.staff_id, col(LedgerRow.business_day) == day),
        )
        .outerjoin(CustomerRow, col(CustomerRow.id) == col(LedgerRow.customer_id))
        .outerjoin(visible, visible.c.staff_id == col(CustomerRow.advisor_id))
        .order_by(col(LedgerRow.occurred_at), col(LedgerRow.id))
        .limit(most)
    )
    if advisor_ids is not None:
        statement = statement.where(advisors.c.staff_id.in_(advisor_ids))
    return [LedgerEntry(*row) for row in rows_of(session, statement)]


def pulse_of(session: Session, *, path: str, day: date) -> tuple[int, ...]:
    """What moves whenever something of that day of the subtree does: counts, and sums of instants.

    Of the advisors, their advisor-days and when these were folded, their leave, and of their phones, when they synced and what they still
    held. Sums, as commits may come in another order than their instants: the latest would miss one.
    """
    advisors, phones = advisors_below(path, day), advisors_below(path, day)
    folded = core_select(
        func.count(),
        func.count(col(AdvisorDayRow.advisor_id)),
        *_sums_of(session, col(AdvisorDayRow.folded_at)),
        *_sums_of(session, col(LeaveRow.entered_at)),
    ).select_from(
        advisors.outerjoin(
            AdvisorDayRow,
            and_(col(AdvisorDayRow.advisor_id) == advisors.c.staff_id, col(AdvisorDayRow.business_day) == day),
        ).outerjoin(LeaveRow, and_(col(LeaveRow.advisor_id) == advisors.c.staff_id, covers(day)))
    )
    synced = core_select(
        func.count(),
        *_sums_of(session, col(DeviceRow.last_sync_at)),
        func.sum(col(DeviceRow.waiting)),
    ).select_from(phones.join(DeviceRow, col(DeviceRow.staff_id) == phones.c.staff_id))
    parts = [*rows_of(session, folded).one(), *rows_of(session, synced).one()]
    return tuple(int(each or 0) for each in parts)


def _sums_of(session: Session, instant: Mapped[datetime] | Mapped[datetime | None]) -> tuple[ColumnElement[Any], ...]:
    """Sums that move whenever one of the instants does, by a microsecond: text with six places on SQLite, whose sums are of 64 bits."""
    if _is_sqlite(session):
        seconds, fraction = func.strftime("%s", instant), func.substr(instant, 21, 6)
        return func.sum(cast(seconds, BigInteger)), func.sum(cast(fraction, BigInteger))
    return (func.sum(cast(extract("epoch", instant) * 1_000_000, BigInteger)),)


def activities_between(session: Session, *, path: str, first: date, last: date, most: int) -> Sequence[Row[Any]]:
    """The activities of those days of whoever was an advisor of the subtree on the day, at most `most` of them.

    Columns: those of an Activity, `advisor_id`, `unit_path`, `business_day`, and the customer's `managed_since`.
    """
    stays, of_day = advisors_between(path, first=first, last=last), col(LedgerRow.business_day)
    statement = (
        core_select(
            *(getattr(LedgerRow, name) for name in Activity.model_fields),
            col(LedgerRow.advisor_id),
            stays.c.unit_path,
            of_day,
            col(CustomerRow.managed_since),
        )
        .select_from(stays)
        .join(LedgerRow, and_(col(LedgerRow.advisor_id) == stays.c.staff_id, is_stay_on(stays, of_day)))
        .outerjoin(CustomerRow, col(CustomerRow.id) == col(LedgerRow.customer_id))
        .where(of_day.between(first, last))
        .limit(most)
    )
    return rows_of(session, statement).all()


def remarks_between(
    session: Session, *, path: str, first: date, last: date, kinds: Collection[ActivityKind]
) -> Sequence[LedgerRow]:
    """The remarks of these kinds, of whatever day, aimed at something of those days or at a visit that a proposal of them is of."""
    stays = advisors_between(path, first=first, last=last)
    behind = aliased(LedgerRow)
    of_day = col(behind.business_day)
    on_days = and_(col(behind.advisor_id) == stays.c.staff_id, is_stay_on(stays, of_day), of_day.between(first, last))
    meant = union(
        core_select(label("id", col(behind.id))).join_from(stays, behind, on_days),
        core_select(col(behind.refers_to)).join_from(stays, behind, on_days).where(col(behind.refers_to).is_not(None)),
    ).subquery("meant")
    return session.exec(
        select(LedgerRow).join(meant, meant.c.id == col(LedgerRow.refers_to)).where(col(LedgerRow.kind).in_(kinds))
    ).all()


def as_activity(row: LedgerRow | Row[Any]) -> Activity:
    """The activity that a ledger row keeps, or its columns."""
    return Activity(
        id=row.id,
        kind=row.kind,
        seq=row.seq,
        occurred_at=row.occurred_at,
        clock_offset_ms=row.clock_offset_ms,
        customer_id=row.customer_id,
        data=row.data,  # pyright: ignore[reportArgumentType] - Activity reads plain JSON by its kind
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
