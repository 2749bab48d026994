"""HTTP of the team view. Advisors' tokens are refused by the type of `head`."""

import re
from collections.abc import AsyncGenerator
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BeforeValidator

from app_server.auth.dependencies import CurrentHead, HeadAgainDep
from app_server.dependencies import ClockDep, DatabaseDep, SettingsDep
from app_server.team import export, live, service
from app_server.team.live import Streams, Watch
from app_server.team.recount import Grades
from shared_models.coverage import NotCalledList, TeamCoverage
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
    most_advisors: Annotated[
        int | None, Query(ge=0, description="List the advisors if they are no more than so many, otherwise none.")
    ] = None,
) -> TeamDay:
    """A unit on a day: totals, its units and every advisor below it; your own unit and today when left out."""
    service.keep_coverage_of(db, head, unit_id=unit_id, day=day)
    return db.read(
        lambda session: service.team_day(
            session,
            head,
            unit_id=unit_id,
            day=day,
            now=clock.now(),
            grades=grades,
            most_advisors=most_advisors,
        )
    )


@router.get("/coverage")
def coverage(head: CurrentHead, db: DatabaseDep, unit_id: UUID | None = None, day: Day | None = None) -> TeamCoverage:
    """How much of each advisor's book was effectively called within the window; none is listed where they are too many."""
    return db.read(lambda session: service.team_coverage(session, head, unit_id=unit_id, day=day))


@router.get("/coverage/{advisor_id}")
def not_called(advisor_id: UUID, head: CurrentHead, db: DatabaseDep, day: Day | None = None) -> NotCalledList:
    """Whom of an advisor's managed customers no effective call reached within the window, the largest first."""
    return db.read(lambda session: service.not_called_by(session, head, advisor_id=advisor_id, day=day))


async def _watch(
    request: Request,
    head: CurrentHead,
    again: HeadAgainDep,
    db: DatabaseDep,
    unit_id: UUID | None = None,
    day: Day | None = None,
) -> AsyncGenerator[Watch]:
    of = await to_thread.run_sync(
        lambda: db.read(lambda session: live.watched(session, head, unit_id=unit_id, day=day))
    )
    streams: Streams = request.app.state.streams
    with streams.place(head.id):
        yield Watch(db, of, again)


@router.get("/stream", response_class=EventSourceResponse)
async def stream(
    watch: Annotated[Watch, Depends(_watch)],
    settings: SettingsDep,
    after: Annotated[
        str | None, Query(max_length=64, description="The token that you know; nothing is told until there is another.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
    events: Annotated[int | None, Query(ge=1, le=1000, description="End after so many events.")] = None,
    seconds: Annotated[int | None, Query(ge=1, le=3600, description="End after so many seconds.")] = None,
) -> AsyncGenerator[ServerSentEvent]:
    """Server-sent events that a unit's day has moved: `changed`, with a token and nothing else; ask for the day then.

    It ends when your access token does. A comment every 15 seconds says that it is open. With `events=1` and `seconds` it is a
    question that waits for its answer, for whoever reads whole answers only.
    """
    life = settings.access_token_life.total_seconds()
    known = watch.tokens(
        after=after or last_event_id,
        every=settings.stream_look_seconds,
        seconds=min(seconds or life, life),
    )
    told = 0
    async for token in known:
        yield ServerSentEvent(event="changed", id=token, data={"token": token})
        told += 1
        if told == events:
            return


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
