"""SQL of notices. What a phone is sent of them is sync's."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.org.queries import advisors_below
from app_server.tables import NoticeRow, StaffRow
from app_server.team.queries import rows_of
from shared_models.notices import UnitNotice
from shared_models.org import StaffName


def notice_of(session: Session, unit_id: UUID, day: date) -> UnitNotice:
    """What stands for a unit and day; an empty one where nothing was ever said."""
    found = session.exec(
        select(NoticeRow, StaffRow.name)
        .join(StaffRow, col(StaffRow.id) == col(NoticeRow.said_by))
        .where(NoticeRow.unit_id == unit_id, NoticeRow.day == day)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return UnitNotice()
    row, name = found
    said_by = StaffName(id=row.said_by, name=name)
    return UnitNotice(words=row.words, version=row.version, said_by=said_by, said_at=row.said_at)


def store_notice(
    session: Session, notice_id: UUID, *, unit_id: UUID, day: date, words: str, after: int, said_by: UUID, now: datetime
) -> bool:
    """Insert it, or put it in the place of the one at version `after`; False, and nothing stored, where there is another."""
    values = {"words": words, "version": after + 1, "said_by": said_by, "said_at": now}
    statement = dialect_insert(session, NoticeRow).values(id=notice_id, unit_id=unit_id, day=day, **values)
    stored = statement.on_conflict_do_update(
        index_elements=[col(NoticeRow.unit_id), col(NoticeRow.day)], set_=values, where=col(NoticeRow.version) == after
    )
    return rows_of(session, stored.returning(col(NoticeRow.id))).first() is not None


def advisors_of(session: Session, path: str, day: date, *, most: int) -> list[UUID]:
    """The advisors of the subtree on that day, at most so many."""
    advisors = advisors_below(path, day)
    return [row[0] for row in rows_of(session, select(advisors.c.staff_id).limit(most))]
