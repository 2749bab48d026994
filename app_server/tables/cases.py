"""The cases of the playbook. Not `case` for a name: that is a word of SQL."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from app_server.columns import JsonOf, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.cases import CaseState, CaseText


class PlaybookCaseRow(Row, table=True):
    """A case (案例) as it stands: `document` is the text at `version`.

    `activity_id` is the work it is of, `review_id` the review in which it was proposed, if it was in one; neither leaves the
    server. `day` is the work's business day. `asked_version`: the
    latest that the advisor was asked about. `answer_…` is their newest word, `answer_id` the activity that said it. No foreign
    key into the ledger, which may be split into partitions.
    """

    id: UUID = Field(primary_key=True)
    activity_id: UUID = Field(index=True)
    review_id: UUID | None = Field(default=None, foreign_key="review.id", index=True)
    advisor_id: UUID = Field(foreign_key="staff.id", index=True)
    day: date
    state: CaseState = Field(sa_type=text_enum(CaseState), index=True)
    version: int
    document: CaseText = Field(sa_type=JsonOf(CaseText))
    proposed_by: UUID = Field(foreign_key="staff.id", index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    asked_version: int | None = None
    answer_id: UUID | None = None
    answer_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_version: int | None = None
    answer_granted: bool | None = None
    answer_with_name: bool | None = None
    answer_note: str | None = None
    remark: str | None = None
    credit: str | None = None
    approved_by: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    published_on: date | None = None


class PlaybookCaseVersionRow(Row, table=True):
    """Each version of a case's text, and who wrote it; none is ever changed."""

    case_id: UUID = Field(primary_key=True, foreign_key="playbook_case.id")
    version: int = Field(primary_key=True)
    document: CaseText = Field(sa_type=JsonOf(CaseText))
    written_by: UUID = Field(foreign_key="staff.id", index=True)
    written_at: datetime = Field(sa_type=UtcDateTime)
