"""HTTP of leave. Advisors' tokens are refused by the type of `head`: their phones receive their own by syncing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.leave import service
from app_server.team.endpoints import Day
from shared_models.leave import AdvisorLeave, LeaveEdit, LeaveList

router = APIRouter(prefix="/api/v1/org/leave", tags=["org"])


@router.get("")
def leave(
    head: CurrentHead,
    db: DatabaseDep,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    unit_id: UUID | None = None,
    advisor_id: UUID | None = None,
) -> LeaveList:
    """Leave of a unit's advisors, or of one of them; your own unit, and as far as leave is entered, when left out."""
    return db.read(
        lambda session: service.leave_list(
            session, head, unit_id=unit_id, advisor_id=advisor_id, first=first, last=last
        )
    )


@router.put("/{leave_id}")
def enter(head: CurrentHead, db: DatabaseDep, clock: ClockDep, leave_id: UUID, edit: LeaveEdit) -> AdvisorLeave:
    """Enter an advisor's leave under an id of your own making, or give it other days. The same again is answered alike."""
    return db.write(lambda session: service.enter_leave(session, head, leave_id=leave_id, edit=edit, now=clock.now()))


@router.delete("/{leave_id}", status_code=status.HTTP_204_NO_CONTENT)
def take_back(head: CurrentHead, db: DatabaseDep, clock: ClockDep, leave_id: UUID) -> None:
    """Take leave back: on all of its days there are targets again."""
    db.write(lambda session: service.take_back_leave(session, head, leave_id=leave_id, now=clock.now()))
