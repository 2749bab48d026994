"""The rules of the org tree: moving a member of staff from a day on. Reading the tree is queries.py's."""

from datetime import date
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.org import queries
from app_server.tables import MembershipRow
from shared_models.errors import Conflict, NotFound


def move_staff(session: Session, staff_id: UUID, unit_id: UUID, on_day: date) -> None:
    """Let somebody belong to the unit from `on_day` on; earlier days stay as they were.

    Raises NotFound for unknown staff or unit, Conflict for a day before their last move.
    """
    # Moves of one person follow one another.
    if queries.locked_staff(session, staff_id) is None:
        raise NotFound("There is no such member of staff.")
    if not queries.unit_exists(session, unit_id):
        raise NotFound("There is no such unit.")
    last = queries.last_membership(session, staff_id)
    if last is not None:
        if on_day < last.starts_on or (last.ends_on is not None and on_day < last.ends_on):
            raise Conflict(f"They were moved later than that already: from {last.starts_on.isoformat()} on.")
        if last.ends_on is None and last.unit_id == unit_id:
            return
        if last.starts_on == on_day:
            # A second move on one day corrects the first: nobody belonged anywhere by it yet.
            last.unit_id = unit_id
            session.add(last)
            return
        if last.ends_on is None:
            last.ends_on = on_day
            session.add(last)
            # The database knows one open membership a person: this one ends before the next begins.
            session.flush()
    session.add(MembershipRow(id=uuid4(), staff_id=staff_id, unit_id=unit_id, starts_on=on_day))
    session.flush()
