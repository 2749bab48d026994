"""SQL of the org tree: subtrees, memberships on a day, and the one rule of who may see a unit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, label, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.selectable import FromClause, Subquery
from sqlmodel import Session, col, select

from app_server.database import batches
from app_server.tables import LeaveRow, MembershipRow, PolicyRow, StaffRow, UnitRow
from shared_models.errors import NotFound
from shared_models.leave import LeaveDays
from shared_models.org import Role, Unit, UnitKind, holds_on
from shared_models.policy import Policies, Policy

Day = date | ColumnElement[date] | Mapped[date]
"""A day that is known, or that of each row."""


def policies(session: Session) -> Policies:
    """Every version of the policy."""
    return Policies(row.document for row in session.exec(select(PolicyRow)))


def policies_of(documents: Iterable[str]) -> Policies:
    """Every version of the policy, of their JSON as it is stored."""
    return _parsed(frozenset(documents))


@lru_cache(maxsize=8)
def _parsed(documents: frozenset[str]) -> Policies:
    return Policies(Policy.model_validate_json(document) for document in documents)


def path_ids(path: str) -> list[UUID]:
    """The ids on a unit's path, root first."""
    return [UUID(part) for part in path.split("/") if part]


def unit_path(session: Session, path: str) -> list[Unit]:
    """The units on a path, root first."""
    ids = path_ids(path)
    found = {row.id: row for row in session.exec(select(UnitRow).where(col(UnitRow.id).in_(ids)))}
    return [as_unit(found[unit_id]) for unit_id in ids]


def as_unit(row: UnitRow) -> Unit:
    """A unit as others see it."""
    return Unit(id=row.id, name=row.name, kind=row.kind)


def is_below(path: str) -> ColumnElement[bool]:
    """Whether a unit is that path's own or in its subtree; paths hold no character that LIKE reads as a pattern."""
    return col(UnitRow.path).like(f"{path}%")


def unit_in_scope(session: Session, *, unit_id: UUID, scope_path: str) -> UnitRow:
    """The unit, if it is in the subtree of `scope_path`; otherwise NotFound, as if it did not exist."""
    unit = session.exec(select(UnitRow).where(UnitRow.id == unit_id, is_below(scope_path))).one_or_none()
    if unit is None:
        raise NotFound("There is no such unit.")
    return unit


def units_below(session: Session, path: str) -> Sequence[UnitRow]:
    """Every unit of the subtree, the top one first, parents before children."""
    return session.exec(select(UnitRow).where(is_below(path)).order_by(col(UnitRow.path))).all()


def children_of(session: Session, unit_id: UUID, *, since: date | None) -> Sequence[UnitRow]:
    """The units right below one, by name: without those closed on the day `since` or before; None: those, too."""
    statement = select(UnitRow).where(UnitRow.parent_id == unit_id)
    if since is not None:
        statement = statement.where(or_(col(UnitRow.closed_on).is_(None), col(UnitRow.closed_on) > since))
    return session.exec(statement.order_by(col(UnitRow.name), col(UnitRow.id))).all()


def is_member_on(day: Day) -> ColumnElement[bool]:
    """Whether a membership holds on that day."""
    return and_(
        col(MembershipRow.starts_on) <= day, or_(col(MembershipRow.ends_on).is_(None), col(MembershipRow.ends_on) > day)
    )


def advised_below(path: str, advisor_id: ColumnElement[UUID] | Mapped[UUID], day: Day) -> ColumnElement[bool]:
    """Whether that member of staff belonged to the subtree as an advisor on that day, both of a row that is asked about."""
    return exists().where(
        col(MembershipRow.staff_id) == advisor_id,
        col(MembershipRow.role) == Role.ADVISOR,
        is_member_on(day),
        col(UnitRow.id) == col(MembershipRow.unit_id),
        is_below(path),
    )


def advisors_below(path: str, day: date) -> Subquery:
    """Advisors who belonged to the subtree on that day, to join with: `staff_id`, `name`, `unit_id`, `unit_path`.

    Somebody who has left since still belonged then, and who has become a head since was an advisor then.
    """
    return (
        select(
            label("staff_id", col(StaffRow.id)),
            label("name", col(StaffRow.name)),
            label("unit_id", col(UnitRow.id)),
            label("unit_path", col(UnitRow.path)),
        )
        .join(MembershipRow, col(MembershipRow.staff_id) == col(StaffRow.id))
        .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
        .where(is_below(path), is_member_on(day), MembershipRow.role == Role.ADVISOR)
        .subquery("advisors")
    )


def advisor_in_scope(session: Session, *, advisor_id: UUID, scope_path: str, day: date) -> StaffRow:
    """The advisor, if they belonged to the subtree on that day; otherwise NotFound."""
    scope = advisors_below(scope_path, day)
    advisor = session.exec(
        select(StaffRow).join(scope, scope.c.staff_id == col(StaffRow.id)).where(StaffRow.id == advisor_id)
    ).one_or_none()
    if advisor is None:
        raise NotFound("There is no such advisor.")
    return advisor


@dataclass(frozen=True, slots=True)
class Stay:
    """Where somebody belonged from `starts_on` up to, not including, `ends_on`; None: still. `place` is the unit's, in degrees."""

    unit_path: str
    starts_on: date
    ends_on: date | None
    place: tuple[float, float] | None = None

    def holds_on(self, day: date) -> bool:
        """Whether they belonged there on that day."""
        return holds_on(day, self.starts_on, self.ends_on)


def stays_as_advisor(session: Session, staff_id: UUID, *, first: date, last: date) -> list[Stay]:
    """Where somebody was an advisor on any of the days `first` to `last`, earliest first."""
    statement = (
        select(UnitRow, MembershipRow)
        .join(MembershipRow, col(MembershipRow.unit_id) == col(UnitRow.id))
        .where(
            MembershipRow.staff_id == staff_id,
            MembershipRow.role == Role.ADVISOR,
            col(MembershipRow.starts_on) <= last,
            or_(col(MembershipRow.ends_on).is_(None), col(MembershipRow.ends_on) > first),
        )
        .order_by(col(MembershipRow.starts_on))
    )
    return [Stay(unit.path, stay.starts_on, stay.ends_on) for unit, stay in session.exec(statement)]


def advisors_among(session: Session, staff_ids: Collection[UUID], *, since: date) -> set[UUID]:
    """Which of these are advisors on that day or become it later."""
    return set(
        session.exec(
            select(MembershipRow.staff_id).where(
                col(MembershipRow.staff_id).in_(staff_ids),
                MembershipRow.role == Role.ADVISOR,
                or_(col(MembershipRow.ends_on).is_(None), col(MembershipRow.ends_on) > since),
            )
        )
    )


def memberships(session: Session, staff_id: UUID) -> list[tuple[MembershipRow, UnitRow]]:
    """Where somebody has belonged, earliest first."""
    return [
        (membership, unit)
        for membership, unit in session.exec(
            select(MembershipRow, UnitRow)
            .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
            .where(MembershipRow.staff_id == staff_id)
            .order_by(col(MembershipRow.starts_on))
        )
    ]


def branch_of(units: Iterable[Unit]) -> UUID:
    """The branch a path of units (root first) belongs to; the root where no branch is on it."""
    path = list(units)
    return next((unit.id for unit in path if unit.kind is UnitKind.BRANCH), path[0].id)


def advisors_between(path: str, *, first: date, last: date) -> Subquery:
    """Stays of advisors in the subtree that touch the days `first` to `last`, to join with.

    Columns `staff_id`, `unit_id`, `unit_path`, `starts_on`, `ends_on` (not included; None: still).
    """
    return (
        core_select(
            label("staff_id", col(StaffRow.id)),
            label("name", col(StaffRow.name)),
            label("unit_id", col(UnitRow.id)),
            label("unit_path", col(UnitRow.path)),
            label("starts_on", col(MembershipRow.starts_on)),
            label("ends_on", col(MembershipRow.ends_on)),
        )
        .join(MembershipRow, col(MembershipRow.staff_id) == col(StaffRow.id))
        .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
        .where(
            is_below(path),
            col(MembershipRow.starts_on) <= last,
            or_(col(MembershipRow.ends_on).is_(None), col(MembershipRow.ends_on) > first),
            col(MembershipRow.role) == Role.ADVISOR,
        )
        .subquery("stays")
    )


def is_stay_on(stays: FromClause, day: Day) -> ColumnElement[bool]:
    """Whether one of the stays of `advisors_between` holds on that day."""
    return and_(stays.c.starts_on <= day, or_(stays.c.ends_on.is_(None), stays.c.ends_on > day))


def is_leave_on(advisor_id: ColumnElement[UUID], day: Day) -> ColumnElement[bool]:
    """Whether that day is leave of that advisor, both of a row that is asked about."""
    return exists().where(col(LeaveRow.advisor_id) == advisor_id, covers(day))


def covers(day: Day) -> ColumnElement[bool]:
    """Whether a row of leave covers that day."""
    return and_(col(LeaveRow.first_day) <= day, col(LeaveRow.last_day) >= day)


def leave_between(path: str, *, first: date, last: date) -> Select[UUID, date, date]:
    """Leave that touches the days `first` to `last`: `advisor_id`, `first_day`, `last_day`; of others than the subtree's none."""
    statement = core_select(col(LeaveRow.advisor_id), col(LeaveRow.first_day), col(LeaveRow.last_day)).where(
        col(LeaveRow.first_day) <= last, col(LeaveRow.last_day) >= first
    )
    if len(path_ids(path)) == 1:
        # Of the whole bank all are meant.
        return statement
    return statement.where(
        col(LeaveRow.advisor_id).in_(core_select(advisors_between(path, first=first, last=last).c.staff_id))
    )


def leave_by_advisor(session: Session, path: str, *, first: date, last: date) -> Mapping[UUID, list[LeaveDays]]:
    """Leave of the subtree's advisors that touches those days; who has none has an empty list."""
    found: dict[UUID, list[LeaveDays]] = defaultdict(list)
    for advisor_id, first_day, last_day in session.connection().execute(leave_between(path, first=first, last=last)):
        found[advisor_id].append(LeaveDays(first_day=first_day, last_day=last_day))
    return found


def leave_of(session: Session, advisor_id: UUID) -> list[LeaveDays]:
    """All leave of one advisor. For a fold: hold their feed first, as what is entered after this changes the day."""
    statement = core_select(col(LeaveRow.first_day), col(LeaveRow.last_day)).where(
        col(LeaveRow.advisor_id) == advisor_id
    )
    return [
        LeaveDays(first_day=first_day, last_day=last_day)
        for first_day, last_day in session.connection().execute(statement)
    ]


def locked_staff(session: Session, staff_id: UUID) -> StaffRow | None:
    """The member of staff, locked until the transaction ends."""
    return session.exec(select(StaffRow).where(StaffRow.id == staff_id).with_for_update()).one_or_none()


def locked_unit(session: Session, unit_id: UUID) -> UnitRow | None:
    """The unit as it is now, nobody else's to change until the transaction ends."""
    statement = select(UnitRow).where(UnitRow.id == unit_id)
    return session.exec(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()


def unit_held_open(session: Session, unit_id: UUID) -> UnitRow | None:
    """The unit as it is now; until the transaction ends nobody closes it. None: there is none."""
    statement = select(UnitRow).where(UnitRow.id == unit_id).with_for_update(read=True)
    return session.exec(statement.execution_options(populate_existing=True)).one_or_none()


def is_unit_in_use(session: Session, unit_id: UUID, *, since: date) -> bool:
    """Whether somebody belongs to the unit on that day or later, or a unit right below it is open then."""
    belongs = select(MembershipRow.id).where(
        MembershipRow.unit_id == unit_id, or_(col(MembershipRow.ends_on).is_(None), col(MembershipRow.ends_on) > since)
    )
    return bool(session.exec(belongs.limit(1)).first()) or bool(children_of(session, unit_id, since=since))


def last_membership(session: Session, staff_id: UUID) -> MembershipRow | None:
    """Where and as what somebody belongs or belonged last."""
    return session.exec(
        select(MembershipRow)
        .where(MembershipRow.staff_id == staff_id)
        .order_by(col(MembershipRow.starts_on).desc())
        .limit(1)
    ).one_or_none()


def paths_of(session: Session, staff_ids: Collection[UUID], *, day: date) -> dict[UUID, str]:
    """The paths of the units that these belong to on that day, of those who belong anywhere."""
    found: dict[UUID, str] = {}
    for part in batches(list(staff_ids)):
        rows = session.exec(
            select(MembershipRow.staff_id, UnitRow.path)
            .join(UnitRow, col(UnitRow.id) == col(MembershipRow.unit_id))
            .where(col(MembershipRow.staff_id).in_(part), is_member_on(day))
        )
        found.update((staff_id, path) for staff_id, path in rows)
    return found


def unit_of(session: Session, unit_id: UUID) -> UnitRow:
    """The unit of an id that there is."""
    return session.exec(select(UnitRow).where(UnitRow.id == unit_id)).one()


def lock_head_office(session: Session) -> None:
    """Let whoever closes or moves accounts wait for each other, so that of the last two admins one stays."""
    session.exec(select(UnitRow.id).where(col(UnitRow.parent_id).is_(None)).with_for_update()).all()


def admins_to_stay(session: Session) -> set[UUID]:
    """The active accounts that are admin's, today or from a later day on, for as long as is known."""
    return set(
        session.exec(
            select(StaffRow.id)
            .join(MembershipRow, col(MembershipRow.staff_id) == col(StaffRow.id))
            .where(StaffRow.active, MembershipRow.role == Role.ADMIN, col(MembershipRow.ends_on).is_(None))
        )
    )
