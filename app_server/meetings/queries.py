"""SQL of meetings: those of a scope, who may be named in one, and how far the advisors' feeds had come."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, and_, column, values
from sqlalchemy import select as core_select
from sqlmodel import BigInteger, Session, col, select

from app_server.database import batches, dialect_insert
from app_server.org.queries import advisors_below, is_below, is_member_on
from app_server.tables import (
    CustomerRow,
    FeedRow,
    LedgerRow,
    MeetingRow,
    MembershipRow,
    PlaybookCaseRow,
    StaffRow,
    UnitRow,
)
from app_server.team.queries import rows_of
from shared_models.cases import CaseState
from shared_models.org import StaffName

_LISTED = [name for name in MeetingRow.model_fields if name not in {"frozen", "marks", "document"}]


def add_meeting(session: Session, row: MeetingRow) -> bool:
    """Keep a meeting; False when there is one with that id already, in whatever scope, which changes nothing."""
    # Not its dump: the columns take models.
    statement = dialect_insert(session, MeetingRow).values(
        {name: getattr(row, name) for name in MeetingRow.model_fields}
    )
    inserted = rows_of(session, statement.on_conflict_do_nothing(index_elements=["id"]).returning(col(MeetingRow.id)))
    return inserted.first() is not None


def meeting_in_scope(session: Session, meeting_id: UUID, *, scope_path: str) -> MeetingRow | None:
    """The meeting, if its unit is in the subtree."""
    return session.exec(
        select(MeetingRow)
        .join(UnitRow, col(UnitRow.id) == col(MeetingRow.unit_id))
        .where(MeetingRow.id == meeting_id, is_below(scope_path))
    ).one_or_none()


def meetings_of(session: Session, *, unit_id: UUID, first: date, last: date, most: int) -> Iterator[Row[Any]]:
    """A unit's meetings of these days, the latest first: their columns but what is large."""
    statement = (
        core_select(*(getattr(MeetingRow, name) for name in _LISTED))
        .where(col(MeetingRow.unit_id) == unit_id, col(MeetingRow.day).between(first, last))
        .order_by(col(MeetingRow.day).desc(), col(MeetingRow.frozen_at).desc(), col(MeetingRow.id))
        .limit(most)
    )
    return iter(rows_of(session, statement))


def people_below(session: Session, ids: Collection[UUID], *, path: str, day: date) -> dict[UUID, StaffName]:
    """Those of these who belonged to the subtree on that day, in whatever role."""
    statement = (
        select(StaffRow.id, StaffRow.name)
        .join(MembershipRow, col(MembershipRow.staff_id) == col(StaffRow.id))
        .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
        .where(is_below(path), is_member_on(day), col(StaffRow.id).in_(ids))
    )
    return {staff_id: StaffName(id=staff_id, name=name) for staff_id, name in session.exec(statement)}


def customer_names(session: Session, ids: Collection[UUID], *, path: str, day: date) -> dict[UUID, str]:
    """The names of those of these customers whose advisor belonged to the subtree on that day."""
    advisors = advisors_below(path, day)
    found: dict[UUID, str] = {}
    for some in batches(list(ids)):
        statement = core_select(col(CustomerRow.id), col(CustomerRow.name)).join(
            advisors, advisors.c.staff_id == col(CustomerRow.advisor_id)
        )
        found |= {row.id: row.name for row in rows_of(session, statement.where(col(CustomerRow.id).in_(some)))}
    return found


def is_shared_case(session: Session, case_id: UUID) -> bool:
    """Whether everybody may read that case."""
    statement = select(PlaybookCaseRow.id).where(
        PlaybookCaseRow.id == case_id, PlaybookCaseRow.state == CaseState.APPROVED
    )
    return session.exec(statement).first() is not None


def feed_marks(session: Session, advisor_ids: Collection[UUID]) -> dict[UUID, int]:
    """How far each advisor's feed has come: whatever is received later has a higher place in it."""
    scopes = {str(each): each for each in advisor_ids}
    marks = dict.fromkeys(advisor_ids, 0)
    for some in batches(list(scopes)):
        rows = session.exec(select(FeedRow.scope, FeedRow.head).where(col(FeedRow.scope).in_(some)))
        marks |= {scopes[scope]: head for scope, head in rows}
    return marks


def advisors_with_later(session: Session, marks: Mapping[UUID, int], *, day: date) -> set[UUID]:
    """Those whose ledger has something of that day beyond their mark."""
    if not marks:
        return set()
    table = (
        values(column("advisor_id", Uuid), column("mark", BigInteger), name="marks")
        .data(list(marks.items()))
        .cte("marks")
    )
    later = and_(
        col(LedgerRow.advisor_id) == table.c.advisor_id,
        col(LedgerRow.feed_seq) > table.c.mark,
        col(LedgerRow.business_day) == day,
    )
    statement = core_select(table.c.advisor_id).join_from(table, LedgerRow, later).distinct()
    return {row.advisor_id for row in rows_of(session, statement)}
