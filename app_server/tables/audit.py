"""The audit log: what people changed in the bank's own affairs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app_server.columns import Json, UtcDateTime
from app_server.tables.row import Row


class AuditEntryRow(Row, table=True):
    """One change: who made it (None: the command line), to what, and what of it was otherwise before.

    `unit_path` is the unit it is told to, and to those above it; None: to head office alone. Never updated, never deleted.
    """

    __table_args__ = (
        Index("ix_audit_entry_at_id", "at", "id"),
        Index("ix_audit_entry_subject_kind_subject_id_at", "subject_kind", "subject_id", "at"),
        Index(
            "ix_audit_entry_unit_path_at",
            "unit_path",
            "at",
            postgresql_ops={"unit_path": "text_pattern_ops"},
        ),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    action: str
    subject_kind: str
    subject_id: str
    unit_path: str | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
