"""The exported outbox: the one file in which a phone hands over what it could not send. Saving it is the client's, taking it the server's."""

import hashlib
import json
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared_models.activity import MAX_CLOCK_OFFSET_MS
from shared_models.errors import BadInput
from shared_models.sync import DeviceId
from shared_models.text import Code

FORMAT = "day2053.outbox"
VERSION = 1


class NotAnOutbox(BadInput):
    """The file is no exported outbox, or is not as the phone wrote it."""

    code = "not_an_outbox"


class Outbox(BaseModel):
    """What one phone of one advisor has not got into the bank's ledger, in the order it was made.

    `exported_at` is what the phone's clock said, `clock_offset_ms` what a right clock was ahead of it. `activities` are
    JSON values exactly as a sync would send them; each is validated by itself, so that a bad one holds back no other.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["day2053.outbox"] = FORMAT
    version: Literal[1] = VERSION
    device_id: DeviceId
    staff_id: UUID
    login: Code
    exported_at: AwareDatetime
    clock_offset_ms: int = Field(ge=-MAX_CLOCK_OFFSET_MS, le=MAX_CLOCK_OFFSET_MS)
    activities: list[Any]


def write_outbox(outbox: Outbox) -> bytes:
    """The file: readable JSON in UTF-8 that ends in a digest of all before it."""
    document = outbox.model_dump(mode="json")
    return json.dumps({**document, "sha256": _digest(document)}, ensure_ascii=False, indent=1).encode()


def read_outbox(content: bytes) -> Outbox:
    """The file read back; raises NotAnOutbox with the reason.

    The digest tells of a slip of hand or a broken copy. It is no signature: whoever can make one could also send the
    same activities from the advisor's own phone.
    """
    document = _document(content)
    if document.get("format") != FORMAT:
        raise NotAnOutbox("it is not an outbox exported from the app")
    if document.get("version") != VERSION:
        raise NotAnOutbox("it was exported by another version of the app, update this program first")
    digest = document.pop("sha256", None)
    try:
        is_whole = digest == _digest(document)
        outbox = Outbox.model_validate(document)
    except ValidationError as error:
        # Where and why, never the input: it may name a customer.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise NotAnOutbox(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except (ValueError, OverflowError, RecursionError):
        is_whole, outbox = False, None
    if not is_whole or outbox is None:
        raise NotAnOutbox("it was changed after the export, take it as the phone saved it")
    return outbox


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotAnOutbox("it cannot be read as JSON") from None
    if not isinstance(document, dict):
        raise NotAnOutbox("it is not an outbox exported from the app")
    return document  # pyright: ignore[reportUnknownVariableType] - JSON; its keys are strings


def _digest(document: dict[str, Any]) -> str:
    # Over one spelling of the values: an editor that only reflows the file changes nothing.
    spelled = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(spelled.encode()).hexdigest()
