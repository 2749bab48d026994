"""HTTP of notices. Advisors' tokens are refused by the type of `head`: their phones receive notices by syncing; heads read them in the morning's agenda."""

from uuid import UUID

from fastapi import APIRouter

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.notices import service
from app_server.team.endpoints import Day
from shared_models.notices import NoticeEdit, UnitNotice

router = APIRouter(prefix="/api/v1/team/notices", tags=["team"])


@router.put("/{unit_id}/{day}")
def say(head: CurrentHead, db: DatabaseDep, clock: ClockDep, unit_id: UUID, day: Day, edit: NoticeEdit) -> UnitNotice:
    """Say something to every advisor of a unit for today, or take it back; the same again is answered alike.

    409 `notice_changed` when it is at another version than the one given.
    """
    return db.write(lambda session: service.say(session, head, unit_id=unit_id, day=day, edit=edit, now=clock.now()))
