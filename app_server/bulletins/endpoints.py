"""HTTP of bulletins. Advisors' tokens are refused by the type of `head`."""

from uuid import UUID

from fastapi import APIRouter

from app_server.auth.dependencies import CurrentHead
from app_server.bulletins import service
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.team.endpoints import Day
from shared_models.bulletins import Bulletin, Column
from shared_models.team import Period
from shared_models.text import Language

router = APIRouter(prefix="/api/v1/team", tags=["bulletins"])


@router.get("/bulletin")
def bulletin(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    unit_id: UUID | None = None,
    period: Period = Period.DAY,
    day: Day | None = None,
    rank: Column | None = None,
    lang: Language = "zh",
) -> Bulletin:
    """What is right below a unit in the day, ISO week or month of a day, ranked by a column or grouped; today when left out."""
    return db.read(
        lambda session: service.bulletin(
            session, head, unit_id=unit_id, by=period, day=day, ranked_by=rank, language=lang, now=clock.now()
        )
    )
