"""The rules of the org tree: where a member of staff belongs, and as what, from a day on. Reading the tree is queries.py's."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.audit.service import Change, note_all
from app_server.org import queries
from app_server.tables import MembershipRow, UnitRow
from shared_models.errors import Conflict, NotFound
from shared_models.org import Role


def place_staff(session: Session, staff_id: UUID, *, unit_id: UUID, role: Role, on_day: date) -> None:
    """Let somebody belong to the unit in that role from `on_day` on; earlier days stay as they were.

    Raises NotFound for unknown staff or unit, Conflict for a day before their last move or change of role, and for
    a unit that is closed.
    """
    last = _last_membership(session, staff_id)
    unit = queries.unit_held_open(session, unit_id)
    if unit is None:
        raise NotFound("There is no such unit.")
    check_open(unit)
    if last is not None:
        if on_day < last.starts_on or (last.ends_on is not None and on_day < last.ends_on):
            raise Conflict(
                f"They were placed later than that already: from {last.starts_on.isoformat()} on.", code="placed_later"
            )
        if last.ends_on is None and (last.unit_id, last.role) == (unit_id, role):
            return
        if last.starts_on == on_day:
            # A second move on one day corrects the first: nobody belonged anywhere by it yet.
            last.unit_id, last.role = unit_id, role
            session.add(last)
            return
        if last.ends_on is None:
            last.ends_on = on_day
            session.add(last)
            # The database knows one open membership a person: this one ends before the next begins.
            session.flush()
    session.add(MembershipRow(id=uuid4(), staff_id=staff_id, unit_id=unit_id, role=role, starts_on=on_day))
    session.flush()


def check_open(unit: UnitRow) -> None:
    """Raise Conflict for a unit that is closed, or will be."""
    if unit.closed_on is not None:
        raise Conflict(f"{unit.name} is closed from {unit.closed_on.isoformat()} on.", code="unit_closed")


def check_closed(session: Session, unit_ids: Collection[UUID]) -> None:
    """Raise Conflict where somebody, or an open unit, belongs to one of these units when it is closed."""
    for unit_id in sorted(unit_ids):
        unit = queries.locked_unit(session, unit_id)
        if unit is not None and unit.closed_on is not None:
            if unit.parent_id is None:
                raise Conflict("The head office stays open.", code="unit_in_use")
            if queries.is_unit_in_use(session, unit_id, since=unit.closed_on):
                detail = f"Somebody, or an open unit, still belongs to {unit.name} on {unit.closed_on.isoformat()}."
                raise Conflict(detail, code="unit_in_use")


def transfer_staff(
    session: Session,
    staff_id: UUID,
    *,
    unit_id: UUID,
    role: Role,
    on_day: date,
    actor: UUID | None,
    now: datetime,
) -> None:
    """`place_staff`, with its entries in the audit log: the old unit's heads read who leaves, the new one's who comes."""
    last = _last_membership(session, staff_id)
    before = None if last is None or last.ends_on is not None else (last.unit_id, last.role)
    if before == (unit_id, role):
        return
    if last is not None and last.ends_on is not None and last.ends_on > on_day:
        # They were to leave, and come back before they have.
        last.ends_on = None
        session.add(last)
        session.flush()
    place_staff(session, staff_id, unit_id=unit_id, role=role, on_day=on_day)
    unit = queries.unit_of(session, unit_id)
    was = None
    changes: list[Change] = []
    if before is not None and before[0] == unit_id:
        was = {"role": before[1]}
    elif before is not None:
        changes.append(_left(queries.unit_of(session, before[0]), staff_id, before[1], on_day))
    place = {"unit_id": unit.id, "unit": unit.name, "role": role, "since": on_day}
    changes.append(Change("staff.placed", "staff", staff_id, unit.path, was, place))
    note_all(session, changes, actor=actor, now=now)


def dismiss_staff(session: Session, staff_id: UUID, *, last_day: date, actor: UUID | None, now: datetime) -> None:
    """Let somebody belong nowhere after `last_day`; what they were to become later is dropped, what they were stays."""
    _last_membership(session, staff_id)
    until = last_day + timedelta(days=1)
    changes: list[Change] = []
    for membership, unit in queries.memberships(session, staff_id):
        if membership.starts_on >= until:
            session.delete(membership)
        elif membership.ends_on is None or membership.ends_on > until:
            membership.ends_on = until
            session.add(membership)
            changes.append(_left(unit, staff_id, membership.role, until))
    session.flush()
    note_all(session, changes, actor=actor, now=now)


def _left(unit: UnitRow, staff_id: UUID, role: Role, until: date) -> Change:
    place = {"unit_id": unit.id, "unit": unit.name, "role": role}
    return Change("staff.left", "staff", staff_id, unit.path, place, {"until": until})


def move_staff(session: Session, staff_id: UUID, unit_id: UUID, on_day: date) -> None:
    """Let somebody belong to another unit from `on_day` on, in the role they have or had last; raises as `place_staff`."""
    last = _last_membership(session, staff_id)
    if last is None:
        raise NotFound("They have belonged nowhere yet.")
    place_staff(session, staff_id, unit_id=unit_id, role=last.role, on_day=on_day)


def _last_membership(session: Session, staff_id: UUID) -> MembershipRow | None:
    # Moves of one person follow one another.
    if queries.locked_staff(session, staff_id) is None:
        raise NotFound("There is no such member of staff.")
    return queries.last_membership(session, staff_id)
