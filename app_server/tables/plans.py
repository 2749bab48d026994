"""The lists (名单) that heads set."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app_server.columns import JsonOf, UtcDateTime
from app_server.tables.row import Row
from shared_models.plans import Plan


class PlanRow(Plan, Row, table=True):
    """The list (名单) of one advisor and day, who changed it last, and who froze it."""

    __table_args__ = (UniqueConstraint("advisor_id", "day"),)

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id")
    customer_ids: list[UUID] = Field(default_factory=list[UUID], sa_type=JsonOf(list[UUID]))
    set_by: UUID = Field(foreign_key="staff.id", index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    frozen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    frozen_by: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
