"""The rules of a month: which one of which unit, and whether its advisors are told apart or what is right below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.bulletins.queries import advisors_in
from app_server.month import queries
from app_server.org import queries as org
from app_server.tables import UnitRow
from app_server.team.queries import Split, count_stays
from app_server.team.service import EARLIEST_DAY, asked_unit
from app_server.team.sums import sums_of_days, with_beginnings, without_activities
from shared_models.bulletins import span_of
from shared_models.errors import BadInput
from shared_models.evidence import Grade
from shared_models.meetings import MOST_ADVISORS
from shared_models.month import Month, MonthFigures, MonthRow, count_day, no_figures, sum_of_figures
from shared_models.org import UnitKind
from shared_models.policy import Policies, Targets
from shared_models.team import Period, period_name


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is stored of an advisor-day, as far as it is drawn: as an AdvisorDay each would take a hundred microseconds."""

    met: bool
    calls_effective: int
    appointments: int
    visits: int
    products_bought: int
    targets: Targets
    calls_effective_graded: Mapping[Grade, int]
    visits_graded: Mapping[Grade, int]


def month_of(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    month: str | None,
    now: datetime,
    most_advisors: int = MOST_ADVISORS,
) -> Month:
    """A unit's month up to today; the caller's own unit and this month when left out.

    Raises NotFound outside the caller's subtree, BadInput for a month that has not come. Above `most_advisors` none is told apart.
    """
    first = checked_month(month or period_name(who.today, Period.MONTH), today=who.today)
    unit = asked_unit(session, who, unit_id)
    policies = org.policies(session)
    span = span_of(first, Period.MONTH).up_to(who.today)
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
    advisors = count_stays(session, path=unit.path, first=days[0], last=days[-1])
    is_listed = advisors <= most_advisors
    rows = (_advisors if is_listed else _right_below)(session, unit, days, policies)
    return Month(
        unit=org.as_unit(unit),
        month=span.period,
        days=days,
        working=[policies.is_working_day(day) for day in days],
        as_of=now,
        figures=sum_of_figures((row.figures for row in rows), days=len(days)),
        rows=rows,
        advisors_left_out=0 if is_listed else advisors,
    )


def checked_month(month: str, *, today: date) -> date:
    """The first day of a month written as 2026-11; raises BadInput for what is none, and for one that has not come."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise BadInput("A month is written as 2026-11.") from None
    if first < EARLIEST_DAY or len(month) != len("2026-11"):
        raise BadInput("A month is written as 2026-11.")
    if first > today:
        raise BadInput(f"That month has not come yet; today is {today.isoformat()}.")
    return first


def _advisors(session: Session, unit: UnitRow, days: Sequence[date], policies: Policies) -> list[MonthRow]:
    """A row for each advisor who belonged to the subtree on any of the days, of the days on which they did."""
    number_of = {day: number for number, day in enumerate(days)}
    found: dict[UUID, MonthRow] = {}
    for row in queries.advisor_days_drawn(session, path=unit.path, days=with_beginnings(days, policies)):
        of = found.get(row.staff_id)
        if of is None:
            of = MonthRow(id=row.staff_id, name=row.name, figures=no_figures(len(days)))
            found[row.staff_id] = of
        rule = policies.on(row.day)
        folded = _drawn(row) if row.folded else without_activities(rule, on_leave=row.on_leave)
        count_day(of.figures, number_of[row.day], folded, advisors=1, on_leave=row.on_leave, met=folded.met)
    return list(found.values())


def _drawn(row: Row[Any]) -> _Drawn:
    return _Drawn(
        met=row.met,
        calls_effective=row.calls_effective,
        appointments=row.appointments,
        visits=row.visits,
        products_bought=row.products_bought,
        targets=_targets(row.targets_calls, row.targets_visits),
        calls_effective_graded=_mix(row, "calls_effective"),
        visits_graded=_mix(row, "visits"),
    )


@lru_cache(maxsize=64)
def _targets(calls: int, visits: int) -> Targets:
    return Targets(calls=calls, visits=visits)


def _mix(row: Row[Any], figure: str) -> dict[Grade, int]:
    return {grade: getattr(row, f"{figure}_graded_{grade.value.lower()}") for grade in Grade}


def _right_below(session: Session, unit: UnitRow, days: Sequence[date], policies: Policies) -> list[MonthRow]:
    """A row for each child unit, and each of the unit's own advisors, who had advisors, or was one, on any of the days."""
    parts: dict[str, MonthFigures] = {}
    number_of = {day: number for number, day in enumerate(days)}
    for (day, part), totals in sums_of_days(
        session, path=unit.path, days=days, policies=policies, split=Split.BELOW
    ).items():
        of = parts.setdefault(part, no_figures(len(days)))
        count_day(
            of,
            number_of[day],
            totals,
            advisors=totals.advisors,
            on_leave=totals.advisors_on_leave,
            met=totals.advisors_met,
        )
    return [
        MonthRow(id=UUID(part), name=name, kind=kind, figures=parts[part])
        for part, (name, kind) in _named(session, unit, days).items()
        if part in parts
    ]


def _named(session: Session, unit: UnitRow, days: Sequence[date]) -> Mapping[str, tuple[str, UnitKind | None]]:
    units = {str(each.id): (each.name, each.kind) for each in org.children_of(session, unit.id, since=days[0])}
    own = advisors_in(session, unit.path, first=days[0], last=days[-1])
    return {**units, **{str(advisor_id): (name, None) for advisor_id, name in own.items()}}
