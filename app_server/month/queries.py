"""SQL of a month: the advisor-days of a subtree by who belonged to it on each day. Larger units are summed by team/."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, label
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from app_server.org.queries import advisors_between, is_leave_on, is_stay_on
from app_server.tables import AdvisorDayRow
from app_server.team.queries import day_of_stay, days_table, rows_of

# What is drawn of an advisor-day; all that is stored of one would be five times as much to read.
DRAWN: tuple[str, ...] = (
    "met",
    "calls_effective",
    "appointments",
    "visits",
    "products_bought",
    "targets_calls",
    "targets_visits",
    *(f"{figure}_graded_{grade}" for figure in ("calls_effective", "visits") for grade in "abcd"),
)


def advisor_days_drawn(session: Session, *, path: str, days: Sequence[tuple[date, datetime]]) -> Iterator[Row[Any]]:
    """A row for each advisor of the subtree and day on which they belonged to it.

    Columns `day`, `staff_id`, `name`, `on_leave`, `folded` (None: nothing is stored) and DRAWN. Any: mixed columns.
    """
    table = days_table(days)
    stays = advisors_between(path, first=days[0][0], last=days[-1][0])
    # Any: columns of several types.
    drawn: list[ColumnElement[Any]] = [getattr(AdvisorDayRow, name) for name in DRAWN]
    statement = (
        core_select(
            table.day.label("day"),
            stays.c.staff_id,
            stays.c.name,
            is_leave_on(stays.c.staff_id, table.day).label("on_leave"),
            label("folded", col(AdvisorDayRow.advisor_id)),
            *drawn,
        )
        .select_from(table.table)
        .join(stays, is_stay_on(stays, table.day))
        .outerjoin(AdvisorDayRow, day_of_stay(stays, table.day))
        .order_by(stays.c.name, stays.c.staff_id, table.day)
    )
    return iter(rows_of(session, statement))
