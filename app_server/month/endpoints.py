"""HTTP of a month. Advisors' tokens are refused by the type of `head`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app_server.auth.dependencies import CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.month import service
from shared_models.month import Month

router = APIRouter(prefix="/api/v1/team", tags=["team"])


@router.get("/month")
def month(
    head: CurrentHead,
    db: DatabaseDep,
    clock: ClockDep,
    unit_id: UUID | None = None,
    month: Annotated[
        str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}$", description="2026-11; this one when left out.")
    ] = None,
) -> Month:
    """A unit's month by day: of every advisor below it, or, of more than 500, of what is right below it."""
    return db.read(lambda session: service.month_of(session, head, unit_id=unit_id, month=month, now=clock.now()))
