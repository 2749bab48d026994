"""The notices (给全队的话) of units."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row


class NoticeRow(Row, table=True):
    """What a head said to a unit on a day, "" once it was taken back, and who did last."""

    __table_args__ = (UniqueConstraint("unit_id", "day"),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    day: date
    words: str
    version: int
    said_by: UUID = Field(foreign_key="staff.id", index=True)
    said_at: datetime = Field(sa_type=UtcDateTime)
