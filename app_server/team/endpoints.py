"""HTTP of the team view. Advisors' tokens are refused by the type of `head`."""

import re
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BeforeValidator

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.team import export, service
from app_server.team.recount import Grades
from shared_models.errors import BadInput
from shared_models.evidence import Grade
from shared_models.team import Period, TeamActivities, TeamDay, TeamRange

router = APIRouter(prefix="/api/v1/team", tags=["team"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _iso_day(value: object) -> object:
    # pydantic would also read "20261123" as seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("expected a day as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]
Metric = Annotated[str, Query(max_length=100)]


def asked_grades(
    grades: Annotated[
        list[str] | None,
        Query(description="Count evidence of these grades only: A, or several, repeated or with commas.", max_length=8),
    ] = None,
) -> Grades | None:
    """The grades asked for; None where none is left out. Raises BadInput for one that there is not."""
    named = {name for each in grades or () for name in each.split(",")}
    if not named <= set(Grade):
        raise BadInput("grades are A, B, C and D.")
    return frozenset(map(Grade, named)) if 0 < len(named) < len(Grade) else None


GradesDep = Annotated[Grades | None, Depends(asked_grades)]


@router.get("/day")
def day(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    grades: GradesDep,
    unit_id: UUID | None = None,
    day: Day | None = None,
) -> TeamDay:
    """A unit on a day: totals, its units and every advisor below it; your own unit and today when left out."""
    return db.read(
        lambda session: service.team_day(session, head, unit_id=unit_id, day=day, now=clock.now(), grades=grades)
    )


@router.get("/range")
def period_totals(
    head: CurrentHead,
    db: DatabaseDep,
    grades: GradesDep,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    unit_id: UUID | None = None,
    by: Period = Period.DAY,
) -> TeamRange:
    """The totals of a unit by day, ISO week ("2026-W48") or month; 400 days at most."""
    return db.read(
        lambda session: service.team_range(session, head, unit_id=unit_id, first=first, last=last, by=by, grades=grades)
    )


@router.get("/export.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def sheet(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    grades: GradesDep,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    unit_id: UUID | None = None,
    lang: Literal["zh", "en"] = "zh",
) -> Response:
    """The same figures as a workbook: units by day, advisors by day, and what each figure means."""
    content = db.read(
        lambda session: export.workbook(
            session, head, unit_id=unit_id, first=first, last=last, language=lang, now=clock.now(), grades=grades
        )
    )
    part = f"-{''.join(sorted(grades))}" if grades is not None else ""
    name = f"day2053-{first.isoformat()}-{last.isoformat()}{part}.xlsx"
    return Response(
        content,
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.get("/activities")
def activities(
    head: CurrentHead,
    db: DatabaseDep,
    grades: GradesDep,
    unit_id: UUID | None = None,
    day: Day | None = None,
    advisor_id: UUID | None = None,
    metric: Metric | None = None,
) -> TeamActivities:
    """The activities behind a figure of a unit's or one advisor's day; all of that day without a metric."""
    return db.read(
        lambda session: service.team_activities(
            session, head, unit_id=unit_id, day=day, advisor_id=advisor_id, metric=metric, grades=grades
        )
    )
