"""Trainings (培训) and who was there."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row


class TrainingRow(Row, table=True):
    """A training: `unit_id` is the unit whose head entered it, in whose scope it is changed (`entered_by` None: the command line)."""

    id: UUID = Field(primary_key=True)
    title: str
    day: date = Field(index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    entered_by: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    entered_at: datetime = Field(sa_type=UtcDateTime)


class TrainedRow(Row, table=True):
    """That an advisor was at a training: of a unit those who belonged to it on the day, whoever joins it later was not there."""

    training_id: UUID = Field(primary_key=True, foreign_key="training.id")
    advisor_id: UUID = Field(primary_key=True, foreign_key="staff.id", index=True)
