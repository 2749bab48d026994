"""HTTP of plans. Advisors' tokens are refused by the type of `head`: they receive plans by syncing."""

from uuid import UUID

from fastapi import APIRouter

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.plans import service
from app_server.team.endpoints import Day
from shared_models.morning import PlanProposal
from shared_models.plans import Plan, PlanEdit, PlanThaw

router = APIRouter(prefix="/api/v1/team/plans", tags=["team"])


@router.get("/{advisor_id}/{day}")
def plan(head: CurrentHead, db: DatabaseDep, advisor_id: UUID, day: Day) -> Plan:
    """The target list of an advisor and day; empty when none was set."""
    return db.read(lambda session: service.plan(session, head, advisor_id=advisor_id, day=day))


@router.get("/{advisor_id}/{day}/proposal")
def proposal(head: CurrentHead, db: DatabaseDep, advisor_id: UUID, day: Day) -> PlanProposal:
    """The target list as the advisor has it, set or not, with the reasons, and who else could be on it."""
    return db.read(lambda session: service.proposal(session, head, advisor_id=advisor_id, day=day))


@router.put("/{advisor_id}/{day}")
def set_plan(head: CurrentHead, db: DatabaseDep, clock: ClockDep, advisor_id: UUID, day: Day, edit: PlanEdit) -> Plan:
    """Set the target list of an advisor and day, or set and freeze it; their phone receives it as a `plan` change.

    409 `plan_changed` when `version` is given and it is at another, `plan_frozen` when it is frozen.
    """
    return db.write(
        lambda session: service.set_plan(session, head, advisor_id=advisor_id, day=day, edit=edit, now=clock.now())
    )


@router.post("/{advisor_id}/{day}/unfreeze")
def thaw_plan(head: CurrentHead, db: DatabaseDep, clock: ClockDep, advisor_id: UUID, day: Day, thaw: PlanThaw) -> Plan:
    """Unfreeze a list with a word, which the log keeps."""
    return db.write(
        lambda session: service.thaw_plan(session, head, advisor_id=advisor_id, day=day, thaw=thaw, now=clock.now())
    )
