"""What a reply of the server means: the model that it holds, or the error that it stands for; nothing is sent here."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app_client.platform.http import HttpReply
from shared_models.errors import CursorExpired, DomainError, Throttled, TooLarge

T = TypeVar("T", bound=BaseModel)


class SignInAgain(DomainError):
    """The sign-in has ended on the server; only the password helps. Nothing kept here is lost by it."""

    code = "sign_in_again"


class SignInRefused(DomainError):
    """The server does not accept this login and password."""

    code = "invalid_grant"


class ServerSaid(DomainError):
    """The server refused or failed: its status, code and sentence. `retry_after` in seconds, if it named a time."""

    def __init__(self, detail: str, *, status: int, code: str, retry_after: float | None = None) -> None:
        super().__init__(detail, code=code)
        self.status = status
        self.retry_after = retry_after


class BadReply(DomainError):
    """An answer that is none of the contract's, from the server or from something between."""

    code = "bad_reply"


class _News(BaseModel):
    """What an event that something has moved carries."""

    token: str


def news_of(reply: HttpReply) -> str | None:
    """The token of the last event of a stream that has ended (WHATWG HTML §9.2.6); None where nothing was told."""
    told = [line.removeprefix(b"data:").strip() for line in reply.body.splitlines() if line.startswith(b"data:")]
    return parsed(HttpReply(reply.status, reply.headers, told[-1]), _News).token if told else None


def parsed(reply: HttpReply, model: type[T]) -> T:
    """What it says; raises BadReply."""
    try:
        return model.model_validate_json(reply.body)
    except ValidationError as error:
        raise BadReply("The server's answer cannot be read.") from error


def raise_for_status(reply: HttpReply) -> None:
    """Nothing where it is an answer; raises TooLarge, CursorExpired, Throttled, ServerSaid."""
    if 200 <= reply.status < 300:
        return
    problem = problem_of(reply)
    code = str(problem.get("code") or problem.get("error") or "http_error")
    detail = str(
        problem.get("detail") or problem.get("error_description") or f"The server answered with status {reply.status}."
    )
    retry_after = _retry_after(reply)
    if reply.status == 413:
        raise TooLarge(detail)
    if reply.status == 409 and code == CursorExpired.code:
        raise CursorExpired(detail)
    if reply.status == 429:
        raise Throttled(detail, retry_after=int(retry_after or 1))
    raise ServerSaid(detail, status=reply.status, code=code, retry_after=retry_after)


def problem_of(reply: HttpReply) -> dict[str, Any]:  # Any: another's JSON, of which only strings are used
    """The problem that it describes (RFC 9457, or RFC 6749 §5.2); empty where it is none."""
    try:
        found: Any = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType] - JSON


def _retry_after(reply: HttpReply) -> float | None:
    # RFC 9110 §10.2.3 also allows a date; ours sends seconds, and a date from elsewhere falls back to our own back-off.
    value = reply.headers.get("retry-after", "").strip()
    return float(value) if value.isdecimal() else None
