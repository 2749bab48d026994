"""Leave (休假) of advisors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row
from shared_models.leave import Leave


class LeaveRow(Leave, Row, table=True):
    """One advisor's leave, and who entered it last (None: the command line). No two of one advisor share a day: whoever writes holds their feed."""

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="period"),
        Index("ix_leave_advisor_id_first_day", "advisor_id", "first_day"),
    )

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id")
    entered_by: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    entered_at: datetime = Field(sa_type=UtcDateTime)
