"""The lists of wordings, what was found by them, and what people decided of it. Rows are only ever added, but for where a finding stands."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from app_server.columns import UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.quality import FindingKind, FindingState
from shared_models.wordings import Severity


class WordingListRow(Row, table=True):
    """A version of the list as JSON text: read whole or not at all. `made_by` None: a command's. Version 0 has no row."""

    version: int = Field(primary_key=True)
    effective_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID | None = Field(default=None, foreign_key="staff.id")
    document: str = Field(repr=False)


class QualityFindingRow(Row, table=True):
    """A finding as it was made. No foreign key on `activity_id`: an exchange may tell of a call's transcript before the call."""

    id: UUID = Field(primary_key=True)
    activity_id: UUID = Field(index=True)
    kind: FindingKind = Field(sa_type=text_enum(FindingKind))
    rule: str
    name: str
    severity: Severity = Field(sa_type=text_enum(Severity))
    law: str
    list_version: int
    sentence: str = Field(repr=False)
    mark_start: int
    mark_end: int
    at_seconds: float | None = None
    measured: float | None = None
    allowed: float | None = None
    found_at: datetime = Field(sa_type=UtcDateTime)
    state: FindingState = Field(sa_type=text_enum(FindingState))


class QualityDecisionRow(Row, table=True):
    """What somebody decided of a finding; `number` counts a finding's decisions up from 1."""

    finding_id: UUID = Field(primary_key=True, foreign_key="quality_finding.id")
    number: int = Field(primary_key=True)
    state: FindingState = Field(sa_type=text_enum(FindingState))
    note: str = Field(repr=False)
    decided_by: UUID = Field(foreign_key="staff.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
