"""A phone's place in its feeds, as an opaque string. What lies beyond it is changes.py's."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared_models.errors import CursorExpired

VERSION = 1
Number = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]


class Heads(BaseModel):
    """How far the advisor's own feed and the bank's have been seen."""

    model_config = ConfigDict(frozen=True)

    own: Number
    bank: Number


class Place(BaseModel):
    """How far a first sync has come: which entity of the snapshot, and the last key of it that was sent."""

    model_config = ConfigDict(frozen=True)

    entity: Annotated[int, Field(ge=0, le=100, strict=True)]
    after: Annotated[str, Field(max_length=64)] = ""


class Cursor(BaseModel):
    """The heads seen; with `snapshot`, the heads remembered at its start and the place reached in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=VERSION, le=VERSION, strict=True)] = VERSION
    staff_id: UUID
    heads: Heads
    snapshot: Place | None = None

    def text(self) -> str:
        """As a phone keeps it."""
        return urlsafe_b64encode(self.model_dump_json(exclude_none=True).encode()).decode().rstrip("=")


def read_cursor(text: str, *, staff_id: UUID) -> Cursor:
    """The cursor a phone sent; raises CursorExpired for what is none, or somebody else's."""
    try:
        decoded = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        cursor = Cursor.model_validate_json(decoded)
    except (UnicodeEncodeError, binascii.Error, ValidationError):
        raise expired() from None
    if cursor.staff_id != staff_id:
        raise expired()
    return cursor


def expired() -> CursorExpired:
    """What a phone is told that must start again from the beginning."""
    return CursorExpired("This cursor is not known here; sync again from the beginning, nothing that waits is lost.")
