"""HTTP of an exchange's events. Who signed them is keys.py's to say, what they say is events.py's, what becomes of them service.py's."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Request

from app_server.dependencies import ClockDep, DatabaseDep
from app_server.health import Metrics
from app_server.telephony import service
from app_server.telephony.events import EventRequest, EventResponse, read_events
from app_server.telephony.keys import Signature, TelephonyKeyFile

router = APIRouter(prefix="/api/v1/telephony", tags=["telephony"])


@router.post(
    "/{provider}/events",
    responses={
        401: {"description": "Not signed by a key of this provider within the last five minutes"},
        413: {"description": "Too many events or bytes; nothing was stored"},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": EventRequest.model_json_schema()}},
        }
    },
)
async def events(
    provider: str,
    request: Request,
    db: DatabaseDep,
    clock: ClockDep,
    key: Annotated[str, Header(alias="Day2053-Key")] = "",
    timestamp: Annotated[str, Header(alias="Day2053-Timestamp")] = "",
    signature: Annotated[str, Header(alias="Day2053-Signature")] = "",
) -> EventResponse:
    """Take what an exchange tells of its calls; at least once, in any order."""
    body, now = await request.body(), clock.now()
    keys: TelephonyKeyFile = request.app.state.telephony_keys
    metrics: Metrics = request.app.state.metrics

    def take() -> EventResponse:
        # The signature before anything is read: nobody else's bytes are worth a parser's time.
        keys.check(provider, Signature(key, timestamp, signature), body, now=now)
        return EventResponse(results=service.take_events(db, provider, read_events(body), now=now))

    response = await to_thread.run_sync(take)
    for result in response.results:
        metrics.events.labels(result.status.value, result.code or "").inc()
    return response
