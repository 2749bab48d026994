"""HTTP of exchanges. Who signed is keys.py's to say, what events say is events.py's, what becomes of them service.py's.

A recording's body is read here, and kept by recordings.
"""

import asyncio
import re
from collections import Counter
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from app_server.dependencies import ClockDep, DatabaseDep, SettingsDep
from app_server.health import Metrics
from app_server.recordings.arriving import Arrival
from app_server.recordings.service import KeepStatus, RecordingShelf, keep
from app_server.telephony import service
from app_server.telephony.events import EventRequest, EventResponse, read_events
from app_server.telephony.keys import NotSigned, Signature, TelephonyKeyFile, recording_text
from shared_models.errors import BadInput, DomainError, TooLarge
from shared_models.telephony import RecordId, pbx_activity_id

router = APIRouter(prefix="/api/v1/telephony", tags=["telephony"])

_UPLOAD = re.compile(r"/api/v1/telephony/[^/]+/recordings/.+", re.DOTALL)


class KeptRecording(BaseModel):
    """The answer to a recording; `taken` and `duplicate` are promises, as for events."""

    record_id: str
    status: KeepStatus


def is_upload(method: str, path: str) -> bool:
    """Whether a request carries a recording: its body is larger than any other's, and read in pieces."""
    return method == "PUT" and _UPLOAD.fullmatch(path) is not None


@router.post(
    "/{provider}/events",
    response_model=EventResponse,
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
) -> Response:
    """Take what an exchange tells of its calls; at least once, in any order."""
    body, now = await request.body(), clock.now()
    keys: TelephonyKeyFile = request.app.state.telephony_keys
    metrics: Metrics = request.app.state.metrics

    def take() -> EventResponse:
        # The signature before anything is read: nobody else's bytes are worth a parser's time.
        keys.check(provider, Signature(key, timestamp, signature), body, now=now)
        return EventResponse(results=service.take_events(db, provider, read_events(provider, body), now=now))

    response = await to_thread.run_sync(take)
    for (status, code), count in Counter((each.status.value, each.code or "") for each in response.results).items():
        metrics.events.labels(status, code).inc(count)
    # As it is: FastAPI would read it back before writing it.
    return Response(response.model_dump_json(), media_type="application/json")


@router.put(
    "/{provider}/recordings/{record_id:path}",
    responses={
        401: {"description": "Not signed by a key of this provider within the last five minutes"},
        409: {"description": "The call has another recording already"},
        413: {"description": "Too many bytes; nothing was stored"},
        422: {"description": "No audio that is taken here, or one that contradicts itself"},
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def recording(
    provider: str,
    record_id: RecordId,
    request: Request,
    db: DatabaseDep,
    clock: ClockDep,
    settings: SettingsDep,
    key: Annotated[str, Header(alias="Day2053-Key")] = "",
    timestamp: Annotated[str, Header(alias="Day2053-Timestamp")] = "",
    signature: Annotated[str, Header(alias="Day2053-Signature")] = "",
    sha256: Annotated[str, Header(alias="Day2053-Content-SHA256")] = "",
) -> KeptRecording:
    """Take the recording of a call, before or after its events; the same one again changes nothing."""
    keys: TelephonyKeyFile = request.app.state.telephony_keys
    shelf: RecordingShelf = request.app.state.recording_shelf
    metrics: Metrics = request.app.state.metrics
    # Before a byte of the body is read: only who signed for it may have us store anything, however briefly.
    signed = recording_text(record_id, sha256)
    await to_thread.run_sync(
        lambda: keys.check(provider, Signature(key, timestamp, signature), signed, now=clock.now())
    )
    with Arrival(pbx_activity_id(provider, record_id), most=settings.recording_bytes) as arrival:
        try:
            await _arrive(request, arrival, seconds=settings.recording_timeout_seconds)
            if arrival.digest.hex() != sha256.lower():
                raise NotSigned("The body is not the one that was signed.")
            status = await to_thread.run_sync(
                lambda: keep(db, shelf, arrival, provider=provider, record_id=record_id, now=clock.now())
            )
        except DomainError as error:
            metrics.recordings.labels("refused", error.code).inc()
            raise
    metrics.recordings.labels(status.value, "").inc()
    return KeptRecording(record_id=record_id, status=status)


async def _arrive(request: Request, arrival: Arrival, *, seconds: float) -> None:
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(415, "A recording comes without a Content-Encoding.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > arrival.most:
        raise TooLarge(f"A recording may have {arrival.most} bytes; nothing was stored.")
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                await to_thread.run_sync(arrival.add, piece)
    except TimeoutError:
        raise HTTPException(408, "The body took too long.") from None
    except ClientDisconnect:
        raise BadInput("The body ended before its end.") from None
    arrival.finish()
