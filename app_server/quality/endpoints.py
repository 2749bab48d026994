"""HTTP of the quality check. Advisors' tokens are refused by the type of `head`, and heads' by that of `admin` where the list is changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app_server.auth.dependencies import CurrentAdmin, CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.quality import service
from app_server.team.endpoints import Day
from shared_models.quality import FindingEdit, FindingState, QualityFinding, QualityFindings
from shared_models.text import NO_NUL
from shared_models.wordings import WordingEdit, WordingList

router = APIRouter(prefix="/api/v1", tags=["quality"])

Rule = Annotated[str, Query(max_length=64, pattern=NO_NUL)]
CursorText = Annotated[str, Query(max_length=200, pattern=NO_NUL)]
Version = Annotated[int, Query(ge=0, le=2**31 - 1)]


@router.get("/team/quality")
def findings(
    head: CurrentHead,
    db: DatabaseDep,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    unit_id: UUID | None = None,
    state: FindingState | None = None,
    rule: Rule | None = None,
    cursor: CursorText | None = None,
) -> QualityFindings:
    """What was found with a unit's advisors, newest first; your own unit and the last thirty days when left out."""
    return db.read(
        lambda session: service.findings(
            session, head, unit_id=unit_id, first=first, last=last, state=state, rule=rule, cursor=cursor
        )
    )


@router.put("/team/quality/{finding_id}")
def decide(head: CurrentHead, db: DatabaseDep, clock: ClockDep, finding_id: UUID, edit: FindingEdit) -> QualityFinding:
    """Say that a finding is so, or that it is a false alarm; every change is kept with who made it when."""
    return db.write(lambda session: service.decide(session, head, finding_id, edit, now=clock.now()))


@router.get("/quality/wordings")
def wordings(head: CurrentHead, db: DatabaseDep, version: Version | None = None) -> WordingList:  # noqa: ARG001 - any head may read it
    """The list of wordings that is in force, or an earlier version of it."""
    return db.read(lambda session: service.wordings(session, version))


@router.put(
    "/quality/wordings",
    responses={409: {"description": "`stale_version`: somebody has made a newer version than `base_version`"}},
)
def set_wordings(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, edit: WordingEdit) -> WordingList:
    """Put a new version of the list in force; what was found before stays as it was found."""
    return db.write(lambda session: service.set_wordings(session, edit, made_by=admin.id, now=clock.now()))
