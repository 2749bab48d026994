"""Recordings of calls, the objects they lie in, and who listened."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import BigInteger, Field

from app_server.columns import UtcDateTime, text_enum
from app_server.tables.row import Row


class RecordingState(StrEnum):
    """Where a recording stands: told of and to be fetched · here · could not be had · deleted by the policy."""

    AWAITED = "awaited"
    KEPT = "kept"
    GIVEN_UP = "given_up"
    DELETED = "deleted"


class ListeningKind(StrEnum):
    """What is noted of somebody who listens: that they were given a link, and each time bytes were sent to it."""

    TICKET = "ticket"
    SENT = "sent"


class RecordingRow(Row, table=True):
    """The recording of one call; `id` is that of the activity which the call is in the ledger, or will be.

    While AWAITED `url` is where it lies and `due_at` when it is tried next; `reason` is why the last attempt failed.
    While KEPT `object_name` is where it lies, `sealed_key` its own key under `kid`, `size` its plain bytes.
    `digest` is the plain bytes' SHA-256 and stays after deletion, as do `size` and `kept_at`.
    """

    __table_args__ = (
        Index(
            "ix_recording_awaited",
            "due_at",
            sqlite_where=text("state = 'awaited'"),
            postgresql_where=text("state = 'awaited'"),
        ),
        Index(
            "ix_recording_kept", "kept_at", sqlite_where=text("state = 'kept'"), postgresql_where=text("state = 'kept'")
        ),
        Index("ix_recording_object_name", "object_name"),
    )

    id: UUID = Field(primary_key=True)
    provider: str
    record_id: str
    state: RecordingState = Field(sa_type=text_enum(RecordingState))
    noted_at: datetime = Field(sa_type=UtcDateTime)
    url: str | None = Field(default=None, repr=False)
    attempts: int = 0
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str | None = None
    kept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    object_name: str | None = None
    kid: str | None = None
    sealed_key: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    media_type: str | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    seconds: int | None = None
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecordingObjectRow(Row, table=True):
    """An object in the storage, noted before it is written and until it is deleted, so that none is ever forgotten there."""

    name: str = Field(primary_key=True)
    begun_at: datetime = Field(sa_type=UtcDateTime)


class ListeningRow(Row, table=True):
    """Who was given a recording to listen to, when, on which device, and which of its bytes: from `start` up to, not including, `end`."""

    __table_args__ = (Index("ix_listening_recording_id_at", "recording_id", "at"),)

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    kind: ListeningKind = Field(sa_type=text_enum(ListeningKind))
    recording_id: UUID = Field(foreign_key="recording.id")
    staff_id: UUID = Field(foreign_key="staff.id")
    device_id: str
    start: int | None = Field(default=None, sa_type=BigInteger)
    end: int | None = Field(default=None, sa_type=BigInteger)
