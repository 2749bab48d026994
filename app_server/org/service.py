"""The rules of the org tree: where a member of staff belongs, and as what, from a day on. Reading the tree is queries.py's."""

from datetime import date
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.org import queries
from app_server.tables import MembershipRow
from shared_models.errors import Conflict, NotFound
from shared_models.org import Role


def place_staff(session: Session, staff_id: UUID, *, unit_id: UUID, role: Role, on_day: date) -> None:
    """Let somebody belong to the unit in that role from `on_day` on; earlier days stay as they were.

    Raises NotFound for unknown staff or unit, Conflict for a day before their last move or change of role.
    """
    last = _last_membership(session, staff_id)
    if not queries.unit_exists(session, unit_id):
        raise NotFound("There is no such unit.")
    if last is not None:
        if on_day < last.starts_on or (last.ends_on is not None and on_day < last.ends_on):
            raise Conflict(f"They were placed later than that already: from {last.starts_on.isoformat()} on.")
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
