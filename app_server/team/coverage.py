"""SQL of coverage: which managed customers were effectively called within the window that ends on a day.

A customer counts for the advisor whose book they are in now and so for one unit, whoever called them: parts add up.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, groupby
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    Subquery,
    Uuid,
    case,
    cast,
    column,
    func,
    label,
    or_,
    select,
    true,
    type_coerce,
    union,
)
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app_server.org.queries import advisors_between, path_ids
from app_server.tables import AdvisorDayRow, ChangeRow, CustomerRow, LoanRow
from app_server.team.queries import rows_of
from shared_models.coverage import NotCalled
from shared_models.sync import Entity

# As values of one statement, of which SQLite takes 32,766; some of those who had the customers before come on top.
MOST_AT_ONCE = 10_000
# Before any bank kept such a ledger.
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Covered:
    """Managed customers, and how many of them were effectively called in the window."""

    managed_customers: int = 0
    called_in_window: int = 0

    def __add__(self, other: "Covered") -> "Covered":
        """Of both together, who have no customer in common."""
        return Covered(self.managed_customers + other.managed_customers, self.called_in_window + other.called_in_window)


def coverage_of(session: Session, advisors: Collection[UUID], *, day: date, window_days: int) -> dict[UUID, Covered]:
    """Of these advisors on that day, counted from the ledger's days; absent where nobody is managed."""
    found: dict[UUID, Covered] = {}
    ids = sorted(advisors)
    for start in range(0, len(ids), MOST_AT_ONCE):
        found |= _coverage_of(session, ids[start : start + MOST_AT_ONCE], day=day, window_days=window_days)
    return found


def _coverage_of(session: Session, whose: Sequence[UUID], *, day: date, window_days: int) -> dict[UUID, Covered]:
    calls = _calls(session, whose, first=_window_start(day, window_days), last=day)
    managed = (
        select(col(CustomerRow.advisor_id), func.count())
        .where(col(CustomerRow.managed_since) <= day, *_in(col(CustomerRow.advisor_id), whose))
        .group_by(col(CustomerRow.advisor_id))
    )
    # The fold keeps the calls to customers who were managed by then, so that none of these came too early.
    reached = managed.where(col(CustomerRow.id).in_(select(calls.c.customer_id)))
    called: dict[UUID, int] = {row[0]: row[1] for row in rows_of(session, reached)}
    return {advisor_id: Covered(count, called.get(advisor_id, 0)) for advisor_id, count in rows_of(session, managed)}


def not_called(session: Session, advisor_id: UUID, *, day: date, window_days: int, most: int) -> list[NotCalled]:
    """The first of an advisor's managed customers on that day whom no effective call reached in the window, the largest first."""
    calls = _calls(session, [advisor_id], first=_EARLIEST, last=day)
    last_call = select(calls.c.customer_id, func.max(calls.c.day, type_=Date).label("day")).group_by(
        calls.c.customer_id
    )
    last = last_call.subquery("last_call")
    statement = (
        select(
            col(CustomerRow.id),
            col(CustomerRow.name),
            col(CustomerRow.tier),
            col(CustomerRow.managed_since),
            last.c.day,
        )
        .outerjoin(last, last.c.customer_id == col(CustomerRow.id))
        .where(col(CustomerRow.advisor_id) == advisor_id, col(CustomerRow.managed_since) <= day)
        .where(or_(last.c.day.is_(None), last.c.day < _window_start(day, window_days)))
        .order_by(col(CustomerRow.aum).desc().nulls_last(), col(CustomerRow.id))
        .limit(most)
    )
    return [
        NotCalled(customer_id=customer_id, name=name, tier=tier, managed_since=since, last_called_on=called_on)
        for customer_id, name, tier, since, called_on in rows_of(session, statement)
    ]


def coverage_over(session: Session, *, path: str, days: Sequence[tuple[date, int]]) -> dict[date, Covered]:
    """Of the whole subtree at each of these days (ascending, each with its window in days), from two queries.

    A customer is covered at a day if their last call up to it is within the window. So it is enough to know of each
    call its day and the day of the customer's next one: such pairs are counted in SQL and read off for every day.
    """
    first, last = days[0][0], days[-1][0]
    stays = _clipped(advisors_between(path, first=first, last=last), first=first, last=last)
    earliest = min(_window_start(day, window) for day, window in days)
    calls = _calls(session, _books(session, path, stays), first=earliest, last=last)
    following = func.lead(calls.c.day, type_=Date).over(partition_by=calls.c.customer_id, order_by=calls.c.day)
    # Two advisors may have called one customer on one day: the first of such a pair ends as it begins, and adds nothing.
    pairs = (
        select(col(CustomerRow.advisor_id), calls.c.day.label("day"), following.label("next_day"))
        .join_from(calls, CustomerRow, col(CustomerRow.id) == calls.c.customer_id)
        .where(calls.c.day >= col(CustomerRow.managed_since))
        .subquery("pairs")
    )
    period = (stays.c.starts_on, stays.c.ends_on)
    called = rows_of(
        session,
        select(*period, pairs.c.day, pairs.c.next_day, func.count())
        .join_from(stays, pairs, pairs.c.advisor_id == stays.c.staff_id)
        .group_by(*period, pairs.c.day, pairs.c.next_day),
    )
    managed_since = col(CustomerRow.managed_since)
    managed = rows_of(
        session,
        select(*period, managed_since, func.count())
        .join_from(stays, CustomerRow, col(CustomerRow.advisor_id) == stays.c.staff_id)
        .where(managed_since <= last)
        .group_by(*period, managed_since),
    )
    managed_on = _Counts([day for day, _ in days])
    for starts, ends, since, count in managed:
        managed_on.add(count, starts=max(starts, since), ends=ends)
    found: dict[date, Covered] = {}
    pairs_found = called.all()
    for window, alike in groupby(days, key=lambda each: each[1]):
        called_on = _Counts([day for day, _ in alike])
        for starts, ends, day, next_day, count in pairs_found:
            until = min(each for each in (ends, next_day, day + timedelta(days=window)) if each is not None)
            called_on.add(count, starts=max(starts, day), ends=until)
        found |= {day: Covered(0, count) for day, count in called_on.by_day().items()}
    return {day: Covered(count, found[day].called_in_window) for day, count in managed_on.by_day().items()}


class _Counts:
    """Adds up counts that each hold over a span of days."""

    def __init__(self, days: Sequence[date]) -> None:
        self._days = days
        self._steps = [0] * (len(days) + 1)

    def add(self, count: int, *, starts: date, ends: date | None) -> None:
        """From `starts` up to, not including, `ends`."""
        begin = bisect_left(self._days, starts)
        end = len(self._days) if ends is None else bisect_left(self._days, ends)
        if begin < end:
            self._steps[begin] += count
            self._steps[end] -= count

    def by_day(self) -> dict[date, int]:
        return dict(zip(self._days, accumulate(self._steps), strict=False))


def _clipped(stays: Subquery, *, first: date, last: date) -> Subquery:
    # Almost everybody stays throughout; clipped to the days asked for, their stays are one group.
    return select(
        stays.c.staff_id,
        case((stays.c.starts_on < first, first), else_=stays.c.starts_on).label("starts_on"),
        case((stays.c.ends_on <= last, stays.c.ends_on)).label("ends_on"),
    ).subquery("clipped")


def _window_start(day: date, window_days: int) -> date:
    return day - timedelta(days=window_days - 1)


def _books(session: Session, path: str, advisors: Subquery) -> list[UUID] | None:
    """Whose books are meant, as values: with their number known, PostgreSQL plans well. None for the whole bank's."""
    if len(path_ids(path)) == 1:
        return None
    return [row[0] for row in rows_of(session, select(advisors.c.staff_id).distinct())]


def _in(column: ColumnElement[UUID] | Mapped[UUID], ids: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def _calls(session: Session, whose: Collection[UUID] | None, *, first: date, last: date) -> Subquery:
    """Effective calls to managed customers, `customer_id` and `day`, by whoever may have called those of `whose` books."""
    callers = None if whose is None else {*whose, *_others(session, whose, since=first)}
    called, day = col(AdvisorDayRow.called_customers), col(AdvisorDayRow.business_day)
    if _is_sqlite(session):
        each = func.json_each(called).table_valued("value", name="each_call")
        customer_id = _id_of(session, each.c.value)
    else:
        each = func.unnest(called).table_valued(column("value", Uuid), name="each_call").render_derived()
        customer_id = each.c.value
    return (
        select(label("customer_id", customer_id), label("day", day))
        .join_from(AdvisorDayRow, each, true())
        .where(day.between(first, last), *_in(col(AdvisorDayRow.advisor_id), callers))
        .subquery("calls")
    )


def _others(session: Session, whose: Collection[UUID], *, since: date) -> Iterator[UUID]:
    """Advisors who had customers of these books before, or for a day; nobody else's calls to them are ever taken (sync/acceptance.py).

    The feed of each who had them before had to tell their phone. Who lost a customer before `since` has not called them after.
    """
    # A day of grace, as the bank's midnight is not UTC's.
    at = datetime.combine(since - timedelta(days=1), time.min, tzinfo=UTC)
    lost = (
        select(col(ChangeRow.scope))
        .join(CustomerRow, col(CustomerRow.id) == _id_of(session, col(ChangeRow.entity_id)))
        .where(
            col(ChangeRow.deleted),
            col(ChangeRow.at) >= at,
            col(ChangeRow.entity) == Entity.CUSTOMER,
            col(CustomerRow.advisor_id).in_(whose),
        )
    )
    lent = (
        select(cast(col(LoanRow.advisor_id), String))
        .join(CustomerRow, col(CustomerRow.id) == col(LoanRow.customer_id))
        .where(col(LoanRow.day) >= since, col(CustomerRow.advisor_id).in_(whose))
    )
    return (UUID(row[0]) for row in rows_of(session, union(lost, lent)))


def _id_of(session: Session, written: ColumnElement[str] | Mapped[str]) -> ColumnElement[UUID]:
    """An id from its text with dashes, which SQLite's own columns do not have."""
    return type_coerce(func.replace(written, "-", ""), Uuid) if _is_sqlite(session) else cast(written, Uuid)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
