"""HTTP of listening: a ticket for who is signed in, and the bytes for who holds it. Taking recordings in is telephony's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from app_server.auth.dependencies import Claims, CurrentStaff
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.problems import problem
from app_server.recordings import service
from app_server.recordings.ranges import Unsatisfiable
from app_server.recordings.service import Heard, RecordingShelf
from shared_models.recordings import RecordingTicket

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"])

_LISTEN = "/listen/{ticket}"
# Nothing of it runs, loads anything else or is kept, whatever it turns out to be: it came from outside. Its origin it keeps,
# or a browser's own player would take the recording for another site's.
_POLICY = (
    "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-same-origin"
)
_HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
}


@router.post("/{recording_id}/tickets")
def ticket(
    recording_id: UUID, request: Request, staff: CurrentStaff, claims: Claims, db: DatabaseDep, clock: ClockDep
) -> RecordingTicket:
    """A link that plays a recording for five minutes: of your own call, or of an advisor of your units on that day; noted."""
    text, expires_at = service.give_ticket(db, _shelf(request), staff, claims, recording_id, now=clock.now())
    return RecordingTicket(url=f"{router.prefix}{_LISTEN.format(ticket=text)}", expires_at=expires_at)


@router.get(
    _LISTEN,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"audio/*": {}}, "description": "The whole recording"},
        206: {"content": {"audio/*": {}}, "description": "The range of bytes asked for"},
        403: {"description": "The link was not made here, or has expired"},
        416: {"description": "The range lies beyond the end"},
    },
)
def listen(
    ticket: str,
    request: Request,
    db: DatabaseDep,
    clock: ClockDep,
    span: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header(alias="If-Range")] = None,
) -> Response:
    """The recording that a ticket is for, or one range of it; noted before the first byte is sent."""
    # We hand out no validators, so none that comes back can be right.
    asked = span if if_range is None else None
    try:
        heard = service.listen(db, _shelf(request), ticket, asked, now=clock.now())
    except Unsatisfiable as error:
        headers = {"Content-Range": f"bytes */{error.size}"}
        return problem(416, code=error.code, detail=error.detail, headers=headers)
    return StreamingResponse(
        heard.pieces,
        status_code=206 if heard.span.is_part else 200,
        media_type=heard.media_type,
        headers=_headers_of(heard),
    )


@router.head(_LISTEN, include_in_schema=False)
def look(ticket: str, request: Request, db: DatabaseDep, clock: ClockDep) -> Response:
    """How long it is and of what form; no byte of it is sent, so nothing is noted."""
    heard = service.look(db, _shelf(request), ticket, now=clock.now())
    return Response(media_type=heard.media_type, headers=_headers_of(heard))


def _headers_of(heard: Heard) -> dict[str, str]:
    span = heard.span
    headers = {**_HEADERS, "Content-Length": str(span.end - span.start)}
    if span.is_part:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{heard.size}"
    return headers


def _shelf(request: Request) -> RecordingShelf:
    shelf: RecordingShelf = request.app.state.recording_shelf
    return shelf
