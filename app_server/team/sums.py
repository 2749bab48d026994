"""Sums of stored advisor-days by day and part of a subtree, and totals added up; which days and units are asked for is service.py's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from app_server.team import queries
from app_server.team.coverage import Covered
from app_server.team.queries import Split
from app_server.team.recount import DayOf
from shared_models.evidence import Grade
from shared_models.fold import MIXES, AdvisorDay, fold_day, sum_figures
from shared_models.policy import DayPolicy, Policies, Targets, zone
from shared_models.team import Coverage, Totals


def sums_of_days(
    session: Session,
    *,
    path: str,
    days: Sequence[date],
    policies: Policies,
    split: Split = Split.WHOLE,
    again: Mapping[DayOf, AdvisorDay] | None = None,
) -> dict[tuple[date, str], Totals]:
    """Totals without coverage, by day and part: the subtree's under `path`, each unit's own under its path, or, right below
    `path`, each child unit's and each advisor's under their ids.

    `again`: the subtree's days as they were counted anew, whose sums take the place of what is stored.
    """
    declines: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for row in queries.declines_by_day(session, path=path, first=days[0], last=days[-1], split=split):
        declines[row.day, _part_of_row(row, path, split)][row.reason] = row.refusals
    found: dict[tuple[date, str], Totals] = {}
    for row in queries.sums_by_day(session, path=path, days=with_beginnings(days, policies), split=split):
        key = row.day, _part_of_row(row, path, split)
        found[key] = _totals_of_row(row, declines[key], without_activities(policies.on(row.day)))
    if again is None:
        return found
    counted: dict[tuple[date, str], list[AdvisorDay]] = defaultdict(list)
    for of, folded in again.items():
        counted[of.day, _part_of_day(of, path, split)].append(folded)
    return {key: _counted_anew(totals, counted[key], policies.on(key[0])) for key, totals in found.items()}


def part_below(path: str, *, unit_path: str, advisor_id: UUID) -> str:
    """The part right below `path` that an advisor of the subtree counts in: a child unit's id, or their own where that is their unit."""
    return unit_path[len(path) :].partition("/")[0] or str(advisor_id)


def sum_of_totals(parts: Iterable[Totals], *, coverage: Coverage) -> Totals:
    """The sum of totals, with this coverage, which is of one day and no sum over days."""
    parts = list(parts)
    return Totals(
        **dict(sum_figures(parts)),
        advisors=sum(part.advisors for part in parts),
        advisors_on_leave=sum(part.advisors_on_leave for part in parts),
        advisors_met=sum(part.advisors_met for part in parts),
        advisors_reported=sum(part.advisors_reported for part in parts),
        coverage=coverage,
    )


def add_up(parts: Iterable[Totals]) -> Totals:
    """The sum of totals that carry no coverage."""
    return sum_of_totals(parts, coverage=Coverage())


def as_coverage(covered: Covered, *, window_days: int) -> Coverage:
    """As it is told, with its window."""
    return Coverage(
        managed_customers=covered.managed_customers,
        called_in_window=covered.called_in_window,
        window_days=window_days,
    )


def with_beginnings(days: Iterable[date], policies: Policies) -> list[tuple[date, datetime]]:
    """Each day with the instant it begins at in the bank's time zone."""
    return [(day, beginning_of(day, policies)) for day in days]


def _part_of_row(row: Row[Any], path: str, split: Split) -> str:
    match split:
        case Split.WHOLE:
            return path
        case Split.UNITS:
            return row.part
        case Split.BELOW:
            # One spelling of an id, whatever the database's own is.
            return str(UUID(row.part))


def _part_of_day(of: DayOf, path: str, split: Split) -> str:
    match split:
        case Split.WHOLE:
            return path
        case Split.UNITS:
            return of.unit_path
        case Split.BELOW:
            return part_below(path, unit_path=of.unit_path, advisor_id=of.advisor_id)


def _counted_anew(totals: Totals, days: Sequence[AdvisorDay], rule: DayPolicy) -> Totals:
    """The totals with other counts: who the advisors are, what they should reach and who has reported stays."""
    summed = sum_figures(days)
    summed.targets = totals.targets
    without = totals.advisors - totals.advisors_on_leave - sum(not day.on_leave for day in days)
    return Totals(
        **dict(summed),
        advisors=totals.advisors,
        advisors_on_leave=totals.advisors_on_leave,
        advisors_met=sum(day.met for day in days) + without * without_activities(rule).met,
        advisors_reported=totals.advisors_reported,
    )


def _totals_of_row(row: Row[Any], declines: dict[str, int], empty: AdvisorDay) -> Totals:
    # Any: a row of sums has no declared columns; `queries.sums_by_day` names them. Sums over no rows are None.
    sums: dict[str, Any] = {name: getattr(row, name) or 0 for name in queries.SUMMED}
    # Who is on leave has no targets, and nothing to meet.
    missing = row.advisors - row.folded - row.missing_on_leave
    mixes: dict[str, Any] = {
        name: {grade: sums.pop(f"{name}_{grade.value.lower()}") for grade in Grade} for name in MIXES
    }
    targets = Targets(
        **{name: sums.pop(f"targets_{name}") + missing * getattr(empty.targets, name) for name in Targets.model_fields}
    )
    amount: Decimal = sums.pop("amount_bought") or Decimal("0.00")
    return Totals(
        **sums,
        **mixes,
        amount_bought=amount,
        declines=dict(sorted(declines.items())),
        targets=targets,
        advisors=row.advisors,
        advisors_on_leave=row.advisors_on_leave,
        advisors_met=row.advisors_met + missing * empty.met,
        advisors_reported=row.advisors_reported,
    )


def beginning_of(day: date, policies: Policies) -> datetime:
    """The instant at which a day begins in the bank's time zone."""
    return datetime.combine(day, time.min, tzinfo=zone(policies.timezone))


def without_activities(rule: DayPolicy, *, on_leave: bool = False) -> AdvisorDay:
    """The day of an advisor who recorded nothing, at work or on leave."""
    return fold_day((), {}, replace(rule, on_leave=on_leave))
