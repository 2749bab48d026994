"""What went wrong, as HTTP says it: RFC 9457 problem details. Never a stack trace, never the input echoed back."""

import logging
import secrets
from collections.abc import Sequence
from traceback import extract_tb
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared_models.cases import TellsWhoItIs
from shared_models.errors import (
    BadInput,
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    NotReady,
    NotSignedIn,
    Throttled,
    TooLarge,
)

PROBLEM_JSON = "application/problem+json"
MAX_REPORTED_ERRORS = 20

# The first class that fits decides.
STATUS_OF: tuple[tuple[type[DomainError], int], ...] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (BadInput, 422),
    (Throttled, 429),
    (NotReady, 503),
    (DomainError, 400),
)
_CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 408: "timeout", 413: "too_large"}

_log = logging.getLogger("day2053.problems")


def problem(
    status: int, *, code: str, detail: str, headers: dict[str, str] | None = None, **more: object
) -> JSONResponse:
    """A problem answer. `code` is stable; `more` are members of their own (RFC 9457 §3.2)."""
    body = {
        "type": f"urn:day2053:problem:{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return JSONResponse(body, status_code=status, headers=headers, media_type=PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    # Not as a handler of Exception: Starlette would raise it again after answering, and the log would have its message.
    app.add_middleware(UnexpectedErrors)


def _domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    status = next(status for kind, status in STATUS_OF if isinstance(error, kind))
    headers: dict[str, str] = {}
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotSignedIn):
        # RFC 6750 §3: no error code when no token came at all.
        came = error.challenge.startswith("Bearer") and "authorization" in request.headers
        headers["WWW-Authenticate"] = error.challenge + (', error="invalid_token"' if came else "")
    more = {"errors": error.places} if isinstance(error, TellsWhoItIs) else {}
    return problem(status, code=error.code, detail=error.detail, headers=headers, **more)


def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    where = _places(error.errors())
    return problem(422, code="bad_input", detail="The request does not fit what is expected here.", errors=where)


def _places(errors: Sequence[Any]) -> list[dict[str, str]]:  # Any: pydantic's error dicts, as FastAPI types them
    # Where and why, without `input` and `ctx`: they would echo passwords and customers.
    return [
        {"where": ".".join(str(part) for part in each["loc"])[:200], "why": str(each["msg"])[:200]}
        for each in errors[:MAX_REPORTED_ERRORS]
    ]


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _CODE_OF_STATUS.get(error.status_code, "http_error")
    return problem(error.status_code, code=code, detail=str(error.detail), headers=dict(error.headers or {}))


class UnexpectedErrors:
    """Answers 500 with an id that is in the log, for whatever nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        has_begun = False

        async def note_begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, note_begin)
        except Exception as error:  # noqa: BLE001 - the last one to catch it, and it is logged
            incident = secrets.token_hex(6)
            # The route's template and the frames, not the path and the message: those may name a customer.
            route = getattr(scope.get("route"), "path", "unknown route")
            frames = " < ".join(
                f"{frame.name} ({frame.filename}:{frame.lineno})"
                for frame in reversed(extract_tb(error.__traceback__)[-8:])
            )
            _log.error("incident %s: %s at %s in %s", incident, type(error).__name__, route, frames)
            if has_begun or scope["type"] != "http":
                raise UnexpectedError(incident) from None
            detail = f"Something went wrong here; it is noted as {incident}."
            answer = problem(500, code="unexpected", detail=detail, incident=incident)
            await answer(scope, receive, send)


class UnexpectedError(Exception):
    """Breaks off an answer that has begun; the incident is in the log."""
