"""HTTP of the morning. Advisors' tokens are refused by the type of `head`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import DatabaseDep
from app_server.morning import service
from app_server.team.endpoints import Day
from shared_models.morning import Agenda

router = APIRouter(prefix="/api/v1/team/agenda", tags=["team"])


@router.get("")
def agenda(
    head: CurrentHead, db: DatabaseDep, unit_id: UUID | None = None, day: Annotated[Day | None, Query()] = None
) -> Agenda:
    """Whose list is set and frozen, what was promised, and what falls due: of a unit on a day that is not over, today when left out."""
    return db.read(lambda session: service.agenda(session, head, unit_id=unit_id, day=day))
