"""HTTP of meetings. Advisors' tokens are refused by the type of `head`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.meetings import service
from app_server.team.endpoints import Day, Metric
from shared_models.meetings import LateActivities, Meeting, MeetingClose, Meetings

router = APIRouter(prefix="/api/v1/team/meetings", tags=["team"])


@router.get("")
def meetings(
    head: CurrentHead,
    db: DatabaseDep,
    first: Annotated[Day, Query()],
    last: Annotated[Day, Query()],
    unit_id: UUID | None = None,
) -> Meetings:
    """The meetings of a unit on these days, the latest first: their totals as they were frozen, and as they are now."""
    return db.read(lambda session: service.meetings(session, head, unit_id=unit_id, first=first, last=last))


@router.post("/{meeting_id}/close")
def close(head: CurrentHead, db: DatabaseDep, clock: ClockDep, meeting_id: UUID, close: MeetingClose) -> Meeting:
    """Freeze a unit's day under an id of your own making. The same again is answered alike; other content is a conflict."""
    now = clock.now()
    return db.write(
        lambda session: service.close_meeting(session, head, meeting_id, close=close, now=now), one_snapshot=True
    )


@router.get("/{meeting_id}")
def meeting(head: CurrentHead, db: DatabaseDep, clock: ClockDep, meeting_id: UUID) -> Meeting:
    """What was frozen, and what it is now."""
    return db.read(lambda session: service.meeting(session, head, meeting_id, now=clock.now()))


@router.get("/{meeting_id}/activities")
def late_activities(
    head: CurrentHead, db: DatabaseDep, meeting_id: UUID, advisor_id: UUID | None = None, metric: Metric | None = None
) -> LateActivities:
    """What was received after the freeze; with a figure, what moved it and by how much."""
    return db.read(
        lambda session: service.late_activities(session, head, meeting_id, advisor_id=advisor_id, metric=metric)
    )
