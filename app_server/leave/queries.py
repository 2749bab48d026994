"""SQL of leave: that of a scope, and one advisor's. Which days a fold takes for leave is asked of org/queries.py."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from app_server.database import batches, dialect_insert
from app_server.org.queries import advisors_between
from app_server.tables import LeaveRow, StaffRow, metadata
from shared_models.leave import LeaveDays
from shared_models.org import holds_on

LEAVE = metadata.tables["leave"]


@dataclass(frozen=True, slots=True)
class StayThere:
    """When an advisor of that name belonged to a unit: from `starts_on` up to, not including, `ends_on`; None: still."""

    name: str
    unit_path: str
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether they belonged there on that day."""
        return holds_on(day, self.starts_on, self.ends_on)


def leave_in_scope(
    session: Session, *, path: str, advisor_id: UUID | None, first: date, last: date, most: int
) -> list[tuple[LeaveRow, StaffRow]]:
    """Leave that touches those days, of whoever was an advisor of the subtree on a day of it; the earliest first."""
    stays = advisors_between(path, first=first, last=last)
    was_here = exists().where(
        stays.c.staff_id == col(LeaveRow.advisor_id),
        stays.c.starts_on <= col(LeaveRow.last_day),
        or_(stays.c.ends_on.is_(None), stays.c.ends_on > col(LeaveRow.first_day)),
    )
    statement = (
        select(LeaveRow, StaffRow)
        .join(StaffRow, col(StaffRow.id) == col(LeaveRow.advisor_id))
        .where(col(LeaveRow.first_day) <= last, col(LeaveRow.last_day) >= first, was_here)
        .order_by(col(LeaveRow.first_day), col(StaffRow.name), col(LeaveRow.id))
        .limit(most)
    )
    if advisor_id is not None:
        statement = statement.where(LeaveRow.advisor_id == advisor_id)
    return list(session.exec(statement))


def leave_by_id(session: Session, leave_id: UUID) -> LeaveRow | None:
    """That leave as it is now, whosever it is: who may see it is asked apart."""
    return session.exec(
        select(LeaveRow).where(LeaveRow.id == leave_id).execution_options(populate_existing=True)
    ).one_or_none()


def is_taken(session: Session, advisor_id: UUID, days: LeaveDays, *, besides: UUID) -> bool:
    """Whether the advisor has other leave on one of those days."""
    others = select(LeaveRow.id).where(
        LeaveRow.advisor_id == advisor_id,
        LeaveRow.id != besides,
        col(LeaveRow.first_day) <= days.last_day,
        col(LeaveRow.last_day) >= days.first_day,
    )
    return session.exec(others.limit(1)).first() is not None


def stays_in_scope(session: Session, *, path: str, advisor_id: UUID, days: LeaveDays) -> list[StayThere]:
    """When somebody was an advisor of the subtree, of the stays that touch those days, the earliest first."""
    stays = advisors_between(path, first=days.first_day, last=days.last_day)
    rows = session.connection().execute(
        select(stays.c.name, stays.c.unit_path, stays.c.starts_on, stays.c.ends_on)
        .where(stays.c.staff_id == advisor_id)
        .order_by(stays.c.starts_on)
    )
    return [StayThere(*row) for row in rows]


def leave_of_each(session: Session, advisor_ids: Collection[UUID]) -> dict[UUID, dict[UUID, LeaveDays]]:
    """All leave of each of these advisors, by its id."""
    found: dict[UUID, dict[UUID, LeaveDays]] = {advisor_id: {} for advisor_id in advisor_ids}
    for part in batches(list(advisor_ids)):
        for row in session.exec(select(LeaveRow).where(col(LeaveRow.advisor_id).in_(part))):
            found[row.advisor_id][row.id] = LeaveDays(first_day=row.first_day, last_day=row.last_day)
    return found


def stays_of_each(session: Session, advisor_ids: Collection[UUID]) -> dict[UUID, list[StayThere]]:
    """When each of these was an advisor, and where, the earliest stay first."""
    found: dict[UUID, list[StayThere]] = {advisor_id: [] for advisor_id in advisor_ids}
    stays = advisors_between("/", first=date.min, last=date.max)
    for part in batches(list(advisor_ids)):
        rows = session.connection().execute(
            core_select(stays.c.staff_id, stays.c.name, stays.c.unit_path, stays.c.starts_on, stays.c.ends_on)
            .where(stays.c.staff_id.in_(part))
            .order_by(stays.c.starts_on)
        )
        for advisor_id, *stay in rows:
            found[advisor_id].append(StayThere(*stay))
    return found


def add_leave(session: Session, row: LeaveRow) -> bool:
    """Keep new leave; False where there is some with that id already, of whomever."""
    statement = dialect_insert(session, LeaveRow).values(row.model_dump())
    added = session.connection().execute(statement.on_conflict_do_nothing(index_elements=["id"]).returning(LEAVE.c.id))
    return added.first() is not None
