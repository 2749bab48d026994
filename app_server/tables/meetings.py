"""Meetings as they were frozen."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app_server.columns import JsonOf, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.meetings import MeetingClose, MeetingKind
from shared_models.org import StaffName
from shared_models.team import TeamDay, Totals


class MeetingRow(Row, table=True):
    """A closed meeting (夕会); nothing of it is ever changed.

    `document` is what the head sent, `frozen` the team's day of that instant, `totals` those of it, for lists. `marks`: how far each
    advisor's feed had come, by which what was received later is told apart without a clock.
    """

    __table_args__ = (Index("ix_meeting_unit_id_day", "unit_id", "day"),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    day: date
    kind: MeetingKind = Field(sa_type=text_enum(MeetingKind))
    held_by: UUID = Field(foreign_key="staff.id", index=True)
    frozen_at: datetime = Field(sa_type=UtcDateTime)
    document: MeetingClose = Field(sa_type=JsonOf(MeetingClose))
    attended: list[StaffName] = Field(sa_type=JsonOf(list[StaffName]))
    frozen: TeamDay = Field(sa_type=JsonOf(TeamDay))
    totals: Totals = Field(sa_type=JsonOf(Totals))
    marks: dict[UUID, int] = Field(sa_type=JsonOf(dict[UUID, int]))
