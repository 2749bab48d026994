"""HTTP of cases. Advisors' tokens are refused by the type of `head`: their phones have cases by syncing, and answer so."""

from uuid import UUID

from fastapi import APIRouter

from app_server.auth.dependencies import CurrentHead, CurrentStaff
from app_server.cases import service
from app_server.dependencies import ClockDep, DatabaseDep
from shared_models.cases import CaseEdit, CaseMove, CaseState, CaseStep, Playbook, TeamCase, TeamCases

router = APIRouter(prefix="/api/v1", tags=["cases"])


@router.get("/playbook")
def playbook(staff: CurrentStaff, db: DatabaseDep) -> Playbook:  # noqa: ARG001 - a right: whoever is signed in may read
    """Every approved case of the bank."""
    return db.read(service.playbook)


@router.get("/team/cases")
def cases(head: CurrentHead, db: DatabaseDep, state: CaseState | None = None) -> TeamCases:
    """The cases of your subtree; with `state` those that stand so."""
    return db.read(lambda session: service.team_cases(session, head, state=state))


@router.get("/team/cases/{case_id}")
def case(head: CurrentHead, db: DatabaseDep, case_id: UUID) -> TeamCase:
    """One case with all its versions."""
    return db.read(lambda session: service.team_case(session, head, case_id))


@router.put("/team/cases/{case_id}")
def write_case(head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, edit: CaseEdit) -> TeamCase:
    """Begin a case of a call or visit under an id of your own making, or write its next version."""
    return db.write(lambda session: service.write_case(session, head, case_id, edit=edit, now=clock.now()))


@router.post("/team/cases/{case_id}/ask")
def ask(head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, move: CaseMove) -> TeamCase:
    """Ask the advisor; their phone receives the text as a `case_draft` and answers with a `case_consent`."""
    return _step(head, db, clock, case_id, CaseStep.ASK, move)


@router.post("/team/cases/{case_id}/approve")
def approve(head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, move: CaseMove) -> TeamCase:
    """Head office lets everybody's phone have it."""
    return _step(head, db, clock, case_id, CaseStep.APPROVE, move)


@router.post("/team/cases/{case_id}/send-back")
def send_back(head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, move: CaseMove) -> TeamCase:
    """Head office wants it written anew; `remark` says why."""
    return _step(head, db, clock, case_id, CaseStep.SEND_BACK, move)


@router.post("/team/cases/{case_id}/withdraw")
def withdraw(head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, move: CaseMove) -> TeamCase:
    """Drop a case that is not out yet, or, head office alone, take one that is from every phone."""
    return _step(head, db, clock, case_id, CaseStep.WITHDRAW, move)


def _step(
    head: CurrentHead, db: DatabaseDep, clock: ClockDep, case_id: UUID, step: CaseStep, move: CaseMove
) -> TeamCase:
    return db.write(lambda session: service.take_step(session, head, case_id, step=step, move=move, now=clock.now()))
