"""A bank that answers a head's bulletins: two outlets and an advisor beneath the own unit, an advisor beneath an outlet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app_client.platform.http import HttpReply
from app_server.bulletins.definitions import definitions
from shared_models.bulletins import (
    Bulletin,
    BulletinFigures,
    BulletinRow,
    TrendPoint,
    score_of,
    score_words,
    span_before,
    span_of,
)
from shared_models.org import Unit, UnitKind
from shared_models.policy import Policies, Policy, Targets
from shared_models.team import Coverage, Period, Totals
from tests.sync.bank import UNIT
from tests.team.team_bank import CHILD, LIU, TeamBank

OTHER = UUID("01930000-0000-7000-8000-0000000000ee")
RULES = Policies([])


def figures(calls: int, covered: int) -> BulletinFigures:
    """So many of 20 effective calls, so many of 100 managed customers covered."""
    totals = Totals(
        calls=calls,
        calls_effective=calls,
        calls_effective_managed=calls,
        targets=Targets(calls=20, visits=5),
        advisors=1,
        coverage=Coverage(managed_customers=100, called_in_window=covered, window_days=90),
    )
    score = score_of(totals, Policy(effective_from=date(2020, 1, 1)))
    return BulletinFigures(totals=totals, target_days=1, met_days=0, score=score)


def row(of: UUID, name: str, kind: UnitKind | None, calls: int, covered: int, *, was: int | None) -> BulletinRow:
    now = figures(calls, covered)
    assert now.score is not None
    before = figures(was, covered) if was is not None else None
    return BulletinRow(id=of, name=name, kind=kind, figures=now, before=before, formula=score_words(now.score, "zh"))


@dataclass
class BulletinBank(TeamBank):
    """`told` are the questions for bulletins, in order; of the days in `nothing` there is nothing."""

    told: list[dict[str, str]] = field(default_factory=list)
    nothing: set[str] = field(default_factory=set)

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith("/api/v1/team/bulletin") or self.faults:
            return await super().send(method, path, headers=headers, params=params, body=body)
        self.told.append(dict(params or {}))
        if "." in path:
            return HttpReply(200, {}, path.rpartition(".")[2].encode())
        return HttpReply(200, {}, json.dumps(self._bulletin(self.told[-1])).encode())

    def _bulletin(self, asked: dict[str, str]) -> dict[str, Any]:
        by, day = Period(asked["period"]), date.fromisoformat(asked.get("day", "2026-11-23"))
        at_top = asked["unit_id"] == str(UNIT)
        rows = [
            row(CHILD, "二道网点", UnitKind.OUTLET, 12, 61, was=15),
            row(OTHER, "河东网点", UnitKind.OUTLET, 18, 40, was=None),
            row(LIU, "刘洋", None, 9, 50, was=9),
        ]
        rows = rows if at_top else rows[2:]
        name, kind = ("人民路支行", UnitKind.SUB_BRANCH) if at_top else ("二道网点", UnitKind.OUTLET)
        total = row(UUID(asked["unit_id"]), name, kind, 39, 50, was=40)
        is_empty = day.isoformat() in self.nothing
        told = bulletin_of([] if is_empty else rows, total=None if is_empty else total, by=by, day=day)
        unit = {"id": asked["unit_id"], "name": name, "kind": kind.value}
        is_over = day < date(2026, 11, 23)
        return {**told.model_dump(mode="json"), "unit": unit, "is_over": is_over, "as_of": self.as_of}


def bulletin_of(
    rows: list[BulletinRow],
    *,
    total: BulletinRow | None,
    by: Period = Period.DAY,
    day: date = date(2026, 11, 23),
) -> Bulletin:
    """The bulletin of these rows, with a trend of two periods."""
    span = span_of(day, by)
    before = span_before(span, by, RULES)
    return Bulletin(
        unit=Unit(id=UNIT, name="人民路支行", kind=UnitKind.SUB_BRANCH),
        by=by,
        span=span,
        is_over=True,
        as_of=datetime(2026, 11, 23, 9, 42, tzinfo=UTC),
        before=before,
        ranked_by=None,
        rows=rows,
        total=total,
        trend=[
            TrendPoint(span=before, figures=figures(40, 50)),
            TrendPoint(span=span, figures=total.figures if total is not None else None),
        ],
        definitions=definitions("zh"),
    )
