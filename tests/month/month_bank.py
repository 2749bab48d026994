"""A bank that answers a head: a unit's month with three advisors, or, of too many, its outlets."""

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from app_client.platform.http import HttpReply
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, no_grades
from shared_models.month import Month, MonthFigures, MonthRow, count_day, no_figures, sum_of_figures
from shared_models.org import Unit, UnitKind
from shared_models.policy import Targets
from tests.factories import NOW
from tests.sync.bank import UNIT
from tests.team.team_bank import CHILD, LIU, MA, ZHOU, TeamBank

TODAY = NOW.date()
# By the day of the month; of others nothing. The 9th was leave, the 14th a Saturday.
CALLS = {ZHOU: {2: 20, 3: 22, 4: 20}, MA: {2: 20, 3: 8}, LIU: {2: 4, 14: 3}}
NAMES = {ZHOU: "周婷", MA: "马骏", LIU: "刘洋"}


def days_of(month: str) -> list[date]:
    first = date.fromisoformat(f"{month}-01")
    last = min(first.replace(day=calendar.monthrange(first.year, first.month)[1]), TODAY)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def figures_of(days: list[date], calls: Mapping[int, int], *, away: int | None = None) -> MonthFigures:
    """Of an advisor who made these calls, a tenth of them appointments, half of them recorded."""
    figures = no_figures(len(days))
    for number, day in enumerate(days):
        made, is_away = calls.get(day.day, 0), day.day == away
        targets = Targets() if is_away or day.weekday() > 4 else Targets(calls=20, visits=5, products_per_visit=3)
        graded = no_grades() | {Grade.A: made // 2, Grade.D: made - made // 2}
        folded = AdvisorDay(
            calls_effective=made,
            appointments=made // 10,
            visits=made // 4,
            calls_effective_graded=graded,
            targets=targets,
        )
        met = made >= 20
        count_day(figures, number, folded, advisors=1, on_leave=is_away, met=met)
    return figures


def month_of(unit: UUID, month: str, *, left_out: int = 0) -> Month:
    days = days_of(month)
    rows = [
        MonthRow(id=who, name=NAMES[who], figures=figures_of(days, calls, away=9 if who == LIU else None))
        for who, calls in CALLS.items()
    ]
    total = sum_of_figures((row.figures for row in rows), days=len(days))
    if left_out:
        rows = [MonthRow(id=CHILD, name="二道网点", kind=UnitKind.OUTLET, figures=total)]
    name, kind = ("人民路支行", UnitKind.SUB_BRANCH) if unit == UNIT else ("二道网点", UnitKind.OUTLET)
    return Month(
        unit=Unit(id=unit, name=name, kind=kind),
        month=month,
        days=days,
        working=[day.weekday() < 5 for day in days],
        as_of=NOW,
        figures=total,
        rows=rows,
        advisors_left_out=left_out,
    )


@dataclass
class MonthBank(TeamBank):
    """Answers months, too; `months` are the questions, of the units in `large` the outlets are told."""

    months: list[dict[str, str]] = field(default_factory=list)
    large: set[UUID] = field(default_factory=set)

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if path != "/api/v1/team/month" or self.faults:
            return await super().send(method, path, headers=headers, params=params, body=body)
        assert params is not None
        self.months.append(dict(params))
        unit = UUID(params["unit_id"])
        told = month_of(unit, params["month"], left_out=600 if unit in self.large else 0)
        return HttpReply(200, {}, json.dumps(told.model_dump(mode="json")).encode())
