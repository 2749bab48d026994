"""The rules of leave: whoever is head of the unit an advisor belongs to on a day enters that day as leave, or takes it back.

An advisor's feed is held from before their leave is looked at until what it changes is folded, as a push holds it: whichever
comes first, push or leave, the other folds the day with both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.audit.service import note
from app_server.auth.service import Caller
from app_server.leave import queries
from app_server.leave.queries import StayThere
from app_server.ledger import queries as ledger
from app_server.ledger.refold import refold
from app_server.org import queries as org
from app_server.sync.feed import Announced, take_numbers, write_changes
from app_server.tables import LeaveRow
from shared_models.errors import BadInput, Conflict, NotFound, TooLarge
from shared_models.leave import (
    FURTHEST_AHEAD,
    FURTHEST_BACK,
    AdvisorLeave,
    LeaveDays,
    LeaveEdit,
    LeaveList,
    can_be_entered,
)
from shared_models.org import StaffName
from shared_models.sync import Entity

MOST_LISTED = 20_000
WHOLE_BANK = "/"
"""The path that all units are below."""


@dataclass(frozen=True, slots=True)
class Entering:
    """Who enters leave or takes it back, for whose subtree and on which day of the bank; `actor` None: the command line."""

    actor: UUID | None
    scope_path: str
    today: date


def leave_list(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    advisor_id: UUID | None,
    first: date | None,
    last: date | None,
) -> LeaveList:
    """Leave of the unit's advisors that touches those days; of the caller's own unit, and as far as it is entered, when left out.

    Raises NotFound for a unit outside the caller's subtree, TooLarge past MOST_LISTED.
    """
    unit = org.unit_in_scope(session, unit_id=unit_id or who.staff.unit.id, scope_path=who.unit_path)
    rows = queries.leave_in_scope(
        session,
        path=unit.path,
        advisor_id=advisor_id,
        first=first or who.today - FURTHEST_BACK,
        last=last or who.today + FURTHEST_AHEAD,
        most=MOST_LISTED + 1,
    )
    if len(rows) > MOST_LISTED:
        raise TooLarge("Too much leave for one list; choose fewer days or a smaller unit.")
    return LeaveList(leave=[_told(row.id, staff.id, staff.name, _days_of(row)) for row, staff in rows])


def enter_leave(session: Session, who: Caller, *, leave_id: UUID, edit: LeaveEdit, now: datetime) -> AdvisorLeave:
    """Enter an advisor's leave under an id of the caller's making, or give it other days; the same again changes nothing.

    Raises NotFound for an advisor who is outside the caller's subtree on all of the days, BadInput where they are on some or
    the days are too far away, Conflict where they have other leave on one of them.
    """
    by = Entering(who.id, who.unit_path, who.today)
    days = LeaveDays(first_day=edit.first_day, last_day=edit.last_day)
    name = set_leave(session, by, leave_id=leave_id, advisor_id=edit.advisor_id, days=days, now=now)
    return _told(leave_id, edit.advisor_id, name, days)


def take_back_leave(session: Session, who: Caller, *, leave_id: UUID, now: datetime) -> None:
    """Take leave back, all of its days; raises NotFound for such of others than the caller's subtree, BadInput as entering does."""
    remove_leave(session, Entering(who.id, who.unit_path, who.today), leave_id=leave_id, now=now)


def remove_leave(session: Session, by: Entering, *, leave_id: UUID, now: datetime) -> None:
    """Take leave back, raising as `take_back_leave`."""
    row = queries.leave_by_id(session, leave_id)
    if row is None or not _stays(session, by, row.advisor_id, _days_of(row)):
        raise NotFound("There is no such leave.")
    head = take_numbers(session, str(row.advisor_id), 1)
    row = queries.leave_by_id(session, leave_id)
    if row is None:
        raise NotFound("There is no such leave.")
    before = _days_of(row)
    path = checked_days(by, _stays(session, by, row.advisor_id, before), before.days())
    session.delete(row)
    session.flush()
    gone = Announced(str(row.advisor_id), Entity.LEAVE, str(leave_id), deleted=True)
    write_changes(session, [gone], first=head, now=now)
    _refold(session, row.advisor_id, before.days(), now=now)
    _note(session, by, row.advisor_id, path, before, None, now)


def set_leave(
    session: Session, by: Entering, *, leave_id: UUID, advisor_id: UUID, days: LeaveDays, now: datetime
) -> str:
    """Enter leave or give it other days, raising as `enter_leave`; returns the advisor's name."""
    stays = _stays(session, by, advisor_id, days)
    if not stays:
        raise NotFound("There is no such advisor.")
    head = take_numbers(session, str(advisor_id), 1)
    row = queries.leave_by_id(session, leave_id)
    if row is not None and row.advisor_id != advisor_id:
        raise NotFound("There is no such leave.")
    before = _days_of(row) if row is not None else None
    if before == days:
        return stays[0].name
    changed = changed_days(before, days)
    span = LeaveDays.model_construct(first_day=changed[0], last_day=changed[-1])
    path = checked_days(by, _stays(session, by, advisor_id, span), changed)
    if queries.is_taken(session, advisor_id, days, besides=leave_id):
        raise Conflict("They are on leave on one of these days already.", code="leave_taken")
    after = LeaveRow(
        id=leave_id,
        advisor_id=advisor_id,
        first_day=days.first_day,
        last_day=days.last_day,
        entered_by=by.actor,
        entered_at=now,
    )
    if row is not None:
        session.merge(after)
        session.flush()
    elif not queries.add_leave(session, after):
        # Somebody took this id, for somebody else, a moment ago.
        raise NotFound("There is no such leave.")
    write_changes(session, [Announced(str(advisor_id), Entity.LEAVE, str(leave_id))], first=head, now=now)
    _refold(session, advisor_id, changed, now=now)
    _note(session, by, advisor_id, path, before, days, now)
    return stays[0].name


def _stays(session: Session, by: Entering, advisor_id: UUID, days: LeaveDays) -> list[StayThere]:
    return queries.stays_in_scope(session, path=by.scope_path, advisor_id=advisor_id, days=days)


def changed_days(before: LeaveDays | None, after: LeaveDays | None) -> list[date]:
    """The days that become leave or stop being it, the earliest first."""
    return sorted(set(before.days() if before else ()) ^ set(after.days() if after else ()))


def checked_days(by: Entering, stays: Sequence[StayThere], changed: Sequence[date]) -> str:
    """The path of the unit they belong to on the first of the days that become leave or work; raises BadInput."""
    if not can_be_entered(changed[0], changed[-1], today=by.today):
        raise BadInput(
            f"Leave is entered and taken back from {FURTHEST_BACK.days} days ago to a year ahead.", code="leave_too_far"
        )
    if not all(any(stay.holds_on(day) for stay in stays) for day in changed):
        raise BadInput("They are no advisor of your units on some of these days.", code="leave_elsewhere")
    return next(stay.unit_path for stay in stays if stay.holds_on(changed[0]))


def _refold(session: Session, advisor_id: UUID, changed: Collection[date], *, now: datetime) -> None:
    """Fold anew those of the days that have an advisor-day; the others are nothing but their targets, which are never stored."""
    branches = ledger.branches_of_days(session, advisor_id=advisor_id, days=changed)
    if not branches:
        return
    rows = refold(
        session,
        advisor_id=advisor_id,
        coming=dict.fromkeys(branches, ()),
        folded_days=branches.keys(),
        known_customers={},
        policies=org.policies(session),
        leave=org.leave_of(session, advisor_id),
        branch_on=branches.__getitem__,
        now=now,
    )
    ledger.append(session, (), ledger.Source(advisor_id, device_id=""), folded=rows)


def _note(
    session: Session,
    by: Entering,
    advisor_id: UUID,
    unit_path: str,
    before: LeaveDays | None,
    after: LeaveDays | None,
    now: datetime,
) -> None:
    action = "leave.entered" if before is None else "leave.taken_back" if after is None else "leave.changed"
    note(
        session,
        actor=by.actor,
        action=action,
        subject_kind="staff",
        subject_id=advisor_id,
        unit_path=unit_path,
        before=before and before.model_dump(),
        after=after and after.model_dump(),
        now=now,
    )


def _told(leave_id: UUID, advisor_id: UUID, name: str, days: LeaveDays) -> AdvisorLeave:
    return AdvisorLeave(id=leave_id, staff=StaffName(id=advisor_id, name=name), **days.model_dump())


def _days_of(row: LeaveRow) -> LeaveDays:
    return LeaveDays(first_day=row.first_day, last_day=row.last_day)
