"""HTTP of plans. Advisors' tokens are refused by the type of `head`: they receive plans by syncing."""

from uuid import UUID

from fastapi import APIRouter

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.plans import service
from app_server.team.endpoints import Day
from shared_models.plans import Plan, PlanEdit

router = APIRouter(prefix="/api/v1/team/plans", tags=["team"])


@router.get("/{advisor_id}/{day}")
def plan(head: CurrentHead, db: DatabaseDep, advisor_id: UUID, day: Day) -> Plan:
    """The target list of an advisor and day; empty when none was set."""
    return db.read(lambda session: service.plan(session, head, advisor_id=advisor_id, day=day))


@router.put("/{advisor_id}/{day}")
def set_plan(head: CurrentHead, db: DatabaseDep, clock: ClockDep, advisor_id: UUID, day: Day, edit: PlanEdit) -> Plan:
    """Set the target list of an advisor and day; their phone receives it as a `plan` change."""
    return db.write(
        lambda session: service.set_plan(session, head, advisor_id=advisor_id, day=day, edit=edit, now=clock.now())
    )
