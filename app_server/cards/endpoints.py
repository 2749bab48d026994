"""HTTP of the keys that cards are sealed to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app_server.cards.service import CardReader
from app_server.dependencies import ClockDep
from shared_models.sealing import CardKeys

router = APIRouter(prefix="/api/v1", tags=["cards"])


async def _card_reader(request: Request) -> CardReader:
    reader = request.app.state.card_reader
    assert isinstance(reader, CardReader)
    return reader


@router.get("/keys")
def card_keys(reader: Annotated[CardReader, Depends(_card_reader)], clock: ClockDep) -> CardKeys:
    """The public key that phones seal card numbers to, as a JWK set; public as its name says, so nobody is asked to sign in."""
    return reader.public_keys(clock.now())
