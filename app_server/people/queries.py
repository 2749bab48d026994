"""SQL of units, staff, devices, lines and the audit log in a caller's scope. What a caller may change is service.py's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app_server.org.queries import is_below, is_member_on
from app_server.tables import (
    AuditEntryRow,
    CustomerRow,
    DeviceRow,
    LineRow,
    MembershipRow,
    StaffRow,
    UnitRow,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """A member of staff with the membership that says whose they are: today's, or else the last, or else the next."""

    staff: StaffRow
    membership: MembershipRow
    unit: UnitRow


def _placed(scope_path: str, today: date) -> "Select[StaffRow, MembershipRow, UnitRow]":
    other = aliased(MembershipRow)
    has_begun = col(other.starts_on) <= today
    whose = (
        select(other.id)
        .where(col(other.staff_id) == col(StaffRow.id))
        .order_by(case((has_begun, 0), else_=1), case((has_begun, other.starts_on)).desc(), col(other.starts_on))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(StaffRow, MembershipRow, UnitRow)
        .join(MembershipRow, col(MembershipRow.staff_id) == col(StaffRow.id))
        .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
        .where(is_below(scope_path), col(MembershipRow.id) == whose)
    )


def people_in_scope(
    session: Session, *, scope_path: str, searched: str, after: str, today: date, most: int = PAGE + 1
) -> list[Placed]:
    """Staff of the subtree by login, above `after`."""
    statement = _placed(scope_path, today).where(col(StaffRow.login) > after)
    if searched:
        statement = statement.where(
            or_(
                col(StaffRow.login).startswith(searched, autoescape=True),
                col(StaffRow.name).contains(searched, autoescape=True),
            )
        )
    rows = session.exec(statement.order_by(col(StaffRow.login)).limit(most)).all()
    return [Placed(staff, membership, unit) for staff, membership, unit in rows]


def person_in_scope(session: Session, staff_id: UUID, *, scope_path: str, today: date) -> Placed | None:
    """That member of staff, if the subtree's."""
    statement = _placed(scope_path, today).where(col(StaffRow.id) == staff_id)
    row = session.exec(statement.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else Placed(row[0], row[1], row[2])


def devices_of(session: Session, staff_id: UUID) -> Sequence[DeviceRow]:
    """Somebody's devices, the latest synced first."""
    return session.exec(
        select(DeviceRow)
        .where(DeviceRow.staff_id == staff_id)
        .order_by(func.coalesce(DeviceRow.last_sync_at, DeviceRow.created_at).desc(), col(DeviceRow.device_id))
    ).all()


def last_syncs(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these last synced on any device."""
    rows = session.exec(
        select(DeviceRow.staff_id, DeviceRow.last_sync_at).where(
            col(DeviceRow.staff_id).in_(staff_ids), col(DeviceRow.last_sync_at).is_not(None)
        )
    )
    latest: dict[UUID, datetime] = {}
    for staff_id, at in rows:
        if at is not None and (staff_id not in latest or at > latest[staff_id]):
            latest[staff_id] = at
    return latest


def lines_of(session: Session, staff_id: UUID) -> Sequence[LineRow]:
    """Somebody's lines, the latest first."""
    return session.exec(
        select(LineRow)
        .where(LineRow.staff_id == staff_id)
        .order_by(col(LineRow.starts_on).desc(), col(LineRow.number), col(LineRow.id))
    ).all()


def exchange_of(session: Session, number: str) -> str:
    """The exchange that has or had that line; "" where it is none's alone."""
    found = session.exec(select(LineRow.provider).where(LineRow.number == number).distinct()).all()
    return found[0] if len(found) == 1 else ""


def is_line_of_others(session: Session, staff_id: UUID, *, number: str, provider: str, since: date) -> bool:
    """Whether that line of that exchange is somebody else's on the day `since` or later."""
    others = select(LineRow.id).where(
        LineRow.number == number,
        LineRow.provider == provider,
        LineRow.staff_id != staff_id,
        or_(col(LineRow.ends_on).is_(None), col(LineRow.ends_on) > since),
    )
    return session.exec(others.limit(1)).first() is not None


def customers_of(session: Session, staff_id: UUID) -> int:
    """How many customers are in somebody's book."""
    return session.exec(select(func.count()).select_from(CustomerRow).where(CustomerRow.advisor_id == staff_id)).one()


def is_login_taken(session: Session, login: str) -> bool:
    """Whether somebody has that login, in whatever scope."""
    return session.exec(select(StaffRow.id).where(StaffRow.login == login)).first() is not None


def staff_counts(session: Session, unit_ids: Collection[UUID], *, day: date) -> dict[UUID, int]:
    """How many belong right to each of these units on that day."""
    rows = session.exec(
        select(MembershipRow.unit_id, func.count())
        .where(col(MembershipRow.unit_id).in_(unit_ids), is_member_on(day))
        .group_by(col(MembershipRow.unit_id))
    )
    return {unit_id: count for unit_id, count in rows}  # noqa: C416 - the rows are typed as rows, not as pairs


def entries_in_scope(
    session: Session, *, scope_path: str, sees_all: bool, subject_id: str, before: UUID | None
) -> list[tuple[AuditEntryRow, str | None]]:
    """A page of the audit log with the actors' names, the latest first, from before the entry `before` on."""
    actor = aliased(StaffRow)
    statement = (
        select(AuditEntryRow, actor.name)
        .join(actor, col(actor.id) == col(AuditEntryRow.actor_id), isouter=True)
        .where(_is_told(scope_path, sees_all=sees_all))
    )
    if subject_id:
        statement = statement.where(AuditEntryRow.subject_id == subject_id)
    if before is not None:
        mark = aliased(AuditEntryRow)
        at = select(mark.at).where(col(mark.id) == before).scalar_subquery()
        statement = statement.where(tuple_(col(AuditEntryRow.at), col(AuditEntryRow.id)) < tuple_(at, before))
    ordered = statement.order_by(col(AuditEntryRow.at).desc(), col(AuditEntryRow.id).desc()).limit(PAGE + 1)
    return [(entry, name) for entry, name in session.exec(ordered)]


def _is_told(scope_path: str, *, sees_all: bool) -> ColumnElement[bool]:
    below: ColumnElement[bool] = col(AuditEntryRow.unit_path).like(f"{scope_path}%")
    return or_(below, col(AuditEntryRow.unit_path).is_(None)) if sees_all else and_(below)


def names_of(session: Session, staff_ids: Collection[UUID], unit_ids: Collection[UUID]) -> dict[str, str]:
    """What these members of staff and units are called, by the text of their ids."""
    found: dict[str, Any] = {}
    for staff_id, name in session.exec(select(StaffRow.id, StaffRow.name).where(col(StaffRow.id).in_(staff_ids))):
        found[str(staff_id)] = name
    for unit_id, name in session.exec(select(UnitRow.id, UnitRow.name).where(col(UnitRow.id).in_(unit_ids))):
        found[str(unit_id)] = name
    return found
