"""SQL of cases: those of a scope, their texts, and the work they may be made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app_server.org.queries import advised_below
from app_server.tables import (
    LedgerRow,
    PlaybookCaseRow,
    PlaybookCaseVersionRow,
    ReviewRow,
    StaffRow,
)
from shared_models.activity import ActivityKind
from shared_models.cases import CaseState, CaseVersion, SharedCase
from shared_models.org import StaffName

MOST_LISTED = 300
# What two people say at: the rest of a ledger is about it.
SPOKEN_KINDS = (ActivityKind.CALL, ActivityKind.VISIT)


@dataclass(frozen=True, slots=True)
class Work:
    """What a case may be made of."""

    advisor_id: UUID
    day: date


def work_in_scope(session: Session, activity_id: UUID, *, scope_path: str) -> Work | None:
    """A call or visit that stands, of an advisor who belonged to the subtree on its day."""
    void = aliased(LedgerRow)
    row = session.exec(
        select(LedgerRow).where(
            LedgerRow.id == activity_id,
            col(LedgerRow.kind).in_(SPOKEN_KINDS),
            advised_below(scope_path, col(LedgerRow.advisor_id), col(LedgerRow.business_day)),
            ~exists().where(col(void.refers_to) == col(LedgerRow.id), col(void.kind) == ActivityKind.VOID),
        )
    ).one_or_none()
    return None if row is None else Work(row.advisor_id, row.business_day)


def reviewed_activity(session: Session, review_id: UUID) -> UUID | None:
    """What a review is of, in whatever scope: look at that next."""
    return session.exec(select(ReviewRow.activity_id).where(ReviewRow.id == review_id)).one_or_none()


def case_in_scope(session: Session, case_id: UUID, *, scope_path: str) -> PlaybookCaseRow | None:
    """The case, if its advisor belonged to the subtree on the day of its work."""
    return session.exec(
        select(PlaybookCaseRow).where(PlaybookCaseRow.id == case_id, _of_scope(scope_path))
    ).one_or_none()


def cases_in_scope(session: Session, *, scope_path: str, state: CaseState | None) -> Sequence[PlaybookCaseRow]:
    """The cases of the subtree, the latest first."""
    statement = select(PlaybookCaseRow).where(_of_scope(scope_path))
    if state is not None:
        statement = statement.where(PlaybookCaseRow.state == state)
    statement = statement.order_by(col(PlaybookCaseRow.updated_at).desc(), col(PlaybookCaseRow.id)).limit(MOST_LISTED)
    return session.exec(statement).all()


def is_taken(session: Session, case_id: UUID) -> bool:
    """Whether there is a case of that id, in whatever scope."""
    return session.get(PlaybookCaseRow, case_id) is not None


def locked_case(session: Session, case_id: UUID) -> PlaybookCaseRow:
    """The case as it is now, nobody else's to change until the transaction ends."""
    statement = select(PlaybookCaseRow).where(PlaybookCaseRow.id == case_id)
    return session.exec(statement.with_for_update().execution_options(populate_existing=True)).one()


def shared_cases(session: Session) -> list[SharedCase]:
    """Every approved case of the bank, the latest first."""
    rows = session.exec(
        select(PlaybookCaseRow)
        .where(PlaybookCaseRow.state == CaseState.APPROVED)
        .order_by(col(PlaybookCaseRow.published_on).desc(), col(PlaybookCaseRow.id))
        .limit(MOST_LISTED)
    )
    return [
        SharedCase.model_validate(
            {**row.document.model_dump(), "id": row.id, "credit": row.credit, "published_on": row.published_on}
        )
        for row in rows
    ]


def versions_of(session: Session, case_id: UUID) -> list[CaseVersion]:
    """Every version of a case, the oldest first."""
    rows = session.exec(
        select(PlaybookCaseVersionRow, StaffRow)
        .join(StaffRow, col(StaffRow.id) == col(PlaybookCaseVersionRow.written_by))
        .where(PlaybookCaseVersionRow.case_id == case_id)
        .order_by(col(PlaybookCaseVersionRow.version))
    )
    return [
        CaseVersion(
            version=row.version,
            text=row.document,
            written_by=StaffName(id=staff.id, name=staff.name),
            written_at=row.written_at,
        )
        for row, staff in rows
    ]


def staff_names(session: Session, ids: Collection[UUID]) -> dict[UUID, StaffName]:
    """Who these are."""
    rows = session.exec(select(StaffRow.id, StaffRow.name).where(col(StaffRow.id).in_(ids)))
    return {staff_id: StaffName(id=staff_id, name=name) for staff_id, name in rows}


def _of_scope(scope_path: str) -> ColumnElement[bool]:
    return advised_below(scope_path, col(PlaybookCaseRow.advisor_id), col(PlaybookCaseRow.day))
