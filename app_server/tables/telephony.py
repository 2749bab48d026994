"""The bank's lines and what its exchanges told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app_server.columns import Json, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.telephony import PbxEventKind, PbxLine


class RecordState(StrEnum):
    """What became of an exchange's event: kept beside its call · in the ledger · waiting for whose it is · too late to count."""

    KEPT = "kept"
    ENTERED = "entered"
    WAITING = "waiting"
    LATE = "late"


class LineRow(Row, table=True):
    """Whose a number of the bank's is, from `starts_on` up to, not including, `ends_on`; None: still. `provider` "": any."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        Index("ix_line_number_provider_starts_on", "number", "provider", "starts_on", unique=True),
    )

    id: UUID = Field(primary_key=True)
    provider: str = ""
    number: str
    line: PbxLine = Field(sa_type=text_enum(PbxLine))
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    starts_on: date
    ends_on: date | None = None


class TelephonyRecordRow(Row, table=True):
    """One event of an exchange as received, once; of an `ended` also whose call it was and what became of it.

    `advisor_id` and `line` are what the lines said on the day; `reason` is why it waits, or counts nowhere.
    """

    __table_args__ = (
        # Only what waits is looked for, and little does.
        Index(
            "ix_telephony_record_waiting_advisor",
            "advisor_id",
            "customer_number",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_telephony_record_waiting_line",
            "line_number",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    provider: str
    record_id: str
    event: PbxEventKind = Field(sa_type=text_enum(PbxEventKind))
    at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    digest: bytes = Field(sa_type=LargeBinary)
    document: dict[str, Any] = Field(sa_type=Json, repr=False)
    state: RecordState = Field(sa_type=text_enum(RecordState))
    reason: str | None = None
    line_number: str | None = Field(default=None, repr=False)
    customer_number: str | None = Field(default=None, repr=False)
    advisor_id: UUID | None = Field(default=None, foreign_key="staff.id")
    line: PbxLine | None = Field(default=None, sa_type=text_enum(PbxLine))
