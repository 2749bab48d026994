"""An exchange's events read from JSON, each alone, so that a bad one holds back none of its neighbours."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, cast
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json

from shared_models.activity import digest_of
from shared_models.errors import BadInput, DomainError, TooLarge
from shared_models.instants import UtcInstant
from shared_models.quality import Transcript
from shared_models.telephony import PbxCall, PbxEventKind, RecordId
from shared_models.text import NO_NUL

MAX_EVENTS = 500
MAX_EVENT_BYTES = 16 * 1024
# An hour's talk, written down.
MAX_TRANSCRIPT_BYTES = 256 * 1024
MAX_ID_CHARS = 128
_NAMESPACE = UUID("0a6e2c3b-2053-5053-8053-205320532053")
_NUL = "\\u0000"
# The same text for the same content, in ASCII.
_to_text = json.JSONEncoder(sort_keys=True, ensure_ascii=True, allow_nan=False).encode

Number = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]


class UnreadableEvents(DomainError):
    """The body is not JSON, or nested beyond measure."""

    code = "bad_input"


class Ended(PbxCall):
    """A call that is over: all that an activity needs, whatever came of the call's other events.

    `own_number` is the advisor's extension or mobile, `other_number` the customer's, "" where it was withheld.
    """

    event: Literal[PbxEventKind.ENDED] = PbxEventKind.ENDED
    own_number: Annotated[Number, StringConstraints(min_length=1)]
    other_number: Number = ""


class Beside(BaseModel):
    """Any other event of a call, kept with whatever it carries."""

    model_config = ConfigDict(frozen=True, extra="allow")

    event: PbxEventKind
    record_id: RecordId
    at: UtcInstant


class TranscriptReady(Transcript):
    """A call as it was written down, kept with whatever else the exchange tells of it."""

    event: Literal[PbxEventKind.TRANSCRIPT_READY] = PbxEventKind.TRANSCRIPT_READY
    record_id: RecordId
    at: UtcInstant


class EventRequest(BaseModel):
    """What an exchange sends; each event is validated by itself, so they are raw JSON here."""

    events: list[Any] = Field(min_length=1)


class EventStatus(StrEnum):
    """taken and duplicate are promises: committed durably before the answer was written."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class EventResult(BaseModel):
    """The answer to one event, in the order sent. `code` of a taken one: why it counts nowhere, as far as the exchange may know."""

    record_id: str | None
    event: str | None
    status: EventStatus
    code: str | None = None
    detail: str | None = None


class EventResponse(BaseModel):
    """The answers to all events of a request."""

    results: list[EventResult]


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """A valid event, the id it is kept under, one of each kind a call; its content as JSON, and the digest of that."""

    id: UUID
    event: Ended | Beside | TranscriptReady
    content: str
    digest: bytes

    @property
    def document(self) -> dict[str, Any]:
        """Its content as JSON values."""
        return json.loads(self.content)

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.ended_at if isinstance(self.event, Ended) else self.event.at


def read_events(provider: str, body: bytes) -> list[ReadEvent | EventResult]:
    """Each event, or why it cannot be read, in order; raises UnreadableEvents, BadInput or TooLarge with none taken."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise UnreadableEvents("The body is not JSON, or nested too deep.") from None
    try:
        request = EventRequest.model_validate(raw)
    except ValidationError as error:
        raise BadInput(_why(error)) from None
    if len(request.events) > MAX_EVENTS:
        raise TooLarge(f"A request may carry {MAX_EVENTS} events; nothing was stored. Send fewer at a time.")
    return read_each(provider, request.events)


def transcripts_of(events: Iterable[ReadEvent]) -> dict[str, dict[str, Any]]:
    """The transcripts among these, by record id."""
    return {each.event.record_id: each.document for each in events if isinstance(each.event, TranscriptReady)}


def read_each(provider: str, raw: Sequence[object]) -> list[ReadEvent | EventResult]:
    """Each of these JSON values as an event, in order."""
    return [_read(provider, each) for each in raw]


def _read(provider: str, raw: object) -> ReadEvent | EventResult:
    fields = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    shape, most = _shape(fields.get("event"))
    try:
        event = shape.model_validate(raw)
        content = _to_text(event.model_dump(mode="json"))
    except ValidationError as error:
        return _bad(fields, _why(error))
    except (ValueError, RecursionError):
        return _bad(fields, "the event is no JSON that could be kept")
    if len(content) > most:
        return _bad(fields, f"the event is longer than {most} bytes")
    if _NUL in content:
        return _bad(fields, "the event has a NUL in it")
    kept_as = uuid5(_NAMESPACE, f"{provider}/{event.event.value}/{event.record_id}")
    return ReadEvent(kept_as, event, content, digest_of(content.encode()))


def _shape(kind: object) -> tuple[type[Ended | Beside | TranscriptReady], int]:
    """What an event of that kind looks like, and how long it may be, in bytes of ASCII JSON."""
    match kind:
        case PbxEventKind.ENDED:
            return Ended, MAX_EVENT_BYTES
        case PbxEventKind.TRANSCRIPT_READY:
            return TranscriptReady, MAX_TRANSCRIPT_BYTES
        case _:
            return Beside, MAX_EVENT_BYTES


def _bad(fields: dict[str, object], why: str) -> EventResult:
    return EventResult(
        record_id=_shown(fields.get("record_id")),
        event=_shown(fields.get("event")),
        status=EventStatus.REJECTED,
        code="bad_data",
        detail=f"{why}.",
    )


def _why(error: ValidationError) -> str:
    # Where and why, never the input: it may name a customer.
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"] if isinstance(part, str))[:100] or "event"
    return f"{where}: {first['msg']}"


def _shown(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= MAX_ID_CHARS and value.isprintable() else None
