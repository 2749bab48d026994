"""HTTP of confirmations: what an outlet's screen shows, a code for a customer, and whether one is right."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app_server.auth.dependencies import CurrentAdvisor, CurrentHead
from app_server.confirmations.service import Codes
from app_server.dependencies import ClockDep, DatabaseDep
from shared_models.confirmations import CodeRequest, CodeSent, CodeTried, CodeTry, OutletCodes

router = APIRouter(prefix="/api/v1", tags=["confirmations"])


async def _codes(request: Request) -> Codes:
    codes = request.app.state.codes
    assert isinstance(codes, Codes)
    return codes


CodesDep = Annotated[Codes, Depends(_codes)]


@router.get("/team/outlet-code")
def outlet_code(
    head: CurrentHead, db: DatabaseDep, clock: ClockDep, codes: CodesDep, response: Response, unit_id: UUID
) -> OutletCodes:
    """The codes that the screen of an outlet's hall shows in the next hours."""
    response.headers["Cache-Control"] = "no-store"
    return db.read(lambda session: codes.of_outlet(session, head, unit_id, now=clock.now()))


@router.post("/confirmations", status_code=201, responses={429: {"description": "Too many codes in the last hour"}})
def send_code(
    advisor: CurrentAdvisor, db: DatabaseDep, clock: ClockDep, codes: CodesDep, request: CodeRequest
) -> CodeSent:
    """Send a customer of one's own book a code, for a visit that is still to be recorded."""
    return codes.send(db, advisor, request, now=clock.now())


@router.post("/confirmations/check")
def check_code(advisor: CurrentAdvisor, db: DatabaseDep, clock: ClockDep, codes: CodesDep, tried: CodeTry) -> CodeTried:
    """Whether a code is the one that was sent; a wrong one costs one of three tries."""
    return db.write(lambda session: codes.try_code(session, advisor, tried, now=clock.now()))
