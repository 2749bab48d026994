"""The rules of meetings: what is frozen when one is closed, and how it is told beside what the figures are now.

A frozen meeting has no way to be changed. What was received later is told apart by its place in its advisor's feed, which follows
the order of commits; a clock does not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.cases.queries import staff_names
from app_server.meetings import queries
from app_server.org import queries as org
from app_server.tables import LedgerRow, MeetingRow
from app_server.team import attribution
from app_server.team import service as team
from app_server.team.queries import LedgerEntry, as_activity, entries_on, remarks_between
from app_server.team.sums import add_up, sums_of_days
from shared_models.activity import REMARKS, Activity, ActivityKind
from shared_models.errors import BadInput, Conflict, NotFound, TooLarge
from shared_models.fold import AdvisorDay, fold_day, recorded_calls
from shared_models.meetings import (
    MOST_ADVISORS,
    AcceptedCandidate,
    AdvisorChanges,
    LateActivities,
    Meeting,
    MeetingClose,
    Meetings,
    MeetingSummary,
    day_changes,
    total_changes,
)
from shared_models.org import StaffName
from shared_models.policy import DayPolicy
from shared_models.team import AdvisorRow, TeamActivity, TeamDay
from shared_models.visits import VisitCheck

MOST_LISTED = 400


@dataclass(frozen=True, slots=True)
class _Ledger:
    """One advisor's activities of a meeting's day, in the order in which they were received, and those that came after its freeze."""

    entries: list[LedgerEntry]
    remarks: list[LedgerRow]
    made: dict[UUID, Activity]
    late: list[UUID]

    @property
    def managed_since(self) -> dict[UUID, date | None]:
        """When each customer of it became managed."""
        return {each.row.customer_id: each.managed_since for each in self.entries if each.row.customer_id is not None}

    def fold(self, rule: DayPolicy, *, without: Collection[UUID] = ()) -> AdvisorDay:
        """The fold of all but those."""
        return fold_day((each for each in self.made.values() if each.id not in without), self.managed_since, rule)


def close_meeting(session: Session, who: Caller, meeting_id: UUID, *, close: MeetingClose, now: datetime) -> Meeting:
    """Freeze the unit's day as it is in this transaction, which must see one instant; the same again changes nothing.

    Raises NotFound for a unit or a meeting outside the caller's subtree, Conflict for a meeting closed with other content,
    BadInput for people, customers or a case that are not the unit's to name, or a day that is not of these days.
    """
    row = queries.meeting_in_scope(session, meeting_id, scope_path=who.unit_path)
    if row is None:
        row = _frozen(session, who, meeting_id, close, now)
        if not queries.add_meeting(session, row):
            raise NotFound("There is no such meeting.")
    elif row.document != close:
        raise Conflict("This meeting is closed; what was frozen is not changed.")
    return _told(session, who, row, now)


def meeting(session: Session, who: Caller, meeting_id: UUID, *, now: datetime) -> Meeting:
    """A meeting of the caller's subtree beside what its figures are now; raises NotFound."""
    return _told(session, who, _in_scope(session, who, meeting_id), now)


def meetings(session: Session, who: Caller, *, unit_id: UUID | None, first: date, last: date) -> Meetings:
    """A unit's meetings of these days, the latest first, the caller's own unit's when left out; raises as `team_range`."""
    team.checked_days(first, last, who)
    unit = team.asked_unit(session, who, unit_id)
    rows = list(queries.meetings_of(session, unit_id=unit.id, first=first, last=last, most=MOST_LISTED))
    days = sorted({row.day for row in rows})
    policies = org.policies(session)
    totals = sums_of_days(session, path=unit.path, days=days, policies=policies) if days else {}
    names = staff_names(session, {row.held_by for row in rows})
    return Meetings(
        meetings=[
            MeetingSummary(
                id=row.id,
                day=row.day,
                kind=row.kind,
                held_by=names[row.held_by],
                frozen_at=row.frozen_at,
                attended=len(row.attended),
                frozen=row.totals,
                now=totals.get((row.day, unit.path)) or add_up(()),
            )
            for row in rows
        ]
    )


def late_activities(
    session: Session, who: Caller, meeting_id: UUID, *, advisor_id: UUID | None, metric: str | None
) -> LateActivities:
    """What was received after the freeze, voids among it; with a metric what moved it, and by how much.

    What each adds is how the fold moves when it is taken in, in the order in which all were received, so that they add up to
    what `came` and was `taken_back`. Raises NotFound, also for an advisor of whom nothing was frozen.
    """
    row = _in_scope(session, who, meeting_id)
    if metric is not None:
        attribution.check_metric(metric)
    if advisor_id is not None and advisor_id not in row.marks:
        raise NotFound("There is no such advisor.")
    unit = team.asked_unit(session, who, row.unit_id)
    policies = org.policies(session)
    leave = org.leave_by_advisor(session, unit.path, first=row.day, last=row.day)
    marks = row.marks if advisor_id is None else {advisor_id: row.marks[advisor_id]}
    found: list[TeamActivity] = []
    for advisor, ledger in _late_ledgers(session, who, row, path=unit.path, marks=marks).items():
        rule = policies.on(row.day, leave.get(advisor, ()))
        added = _added_by(ledger, rule, metric)
        recordings = team.recordings_among(session, ledger.entries, policies)
        shown = team.explained(
            ledger.entries, ledger.remarks, rule=rule, metric=None, grades=None, recordings=recordings
        )
        found += [each.model_copy(update={"adds": added[each.id]}) for each in shown if each.id in added]
    return LateActivities(activities=sorted(found, key=lambda each: (each.received_at, each.occurred_at, each.id)))


def _in_scope(session: Session, who: Caller, meeting_id: UUID) -> MeetingRow:
    row = queries.meeting_in_scope(session, meeting_id, scope_path=who.unit_path)
    if row is None:
        raise NotFound("There is no such meeting.")
    return row


def _frozen(session: Session, who: Caller, meeting_id: UUID, close: MeetingClose, now: datetime) -> MeetingRow:
    late_days = org.policies(session).on(who.today).policy.late_days
    if not who.today - timedelta(days=late_days) <= close.day <= who.today:
        raise BadInput(f"A meeting is closed on its day, or at most {late_days} days later.")
    frozen = team.team_day(session, who, unit_id=close.unit_id, day=close.day, now=now, most_advisors=MOST_ADVISORS)
    if frozen.advisors_left_out:
        raise TooLarge(f"A meeting is of at most {MOST_ADVISORS} advisors; choose a smaller unit.")
    advisors = {each.staff.id for each in frozen.advisors}
    people = _people(session, who, close)
    _check_named(session, who, close, advisors=advisors)
    return MeetingRow(
        id=meeting_id,
        unit_id=close.unit_id,
        day=close.day,
        kind=close.kind,
        held_by=who.id,
        frozen_at=now,
        document=close,
        attended=[people[each] for each in dict.fromkeys(close.attended)],
        frozen=frozen,
        totals=frozen.totals,
        marks=queries.feed_marks(session, advisors),
    )


def _people(session: Session, who: Caller, close: MeetingClose) -> dict[UUID, StaffName]:
    """Who is named as having been there and may be: the unit's on that day, and whoever closes it. Raises BadInput for others."""
    unit = team.asked_unit(session, who, close.unit_id)
    drill = close.drill
    players = {drill.advisor_played_by, drill.customer_played_by} - {None} if drill else set[UUID | None]()
    named = {*close.attended, *(each for each in players if each is not None)}
    found = queries.people_below(session, named, path=unit.path, day=close.day)
    found[who.id] = StaffName(id=who.id, name=who.staff.name)
    _refuse(named - found.keys(), "people do not belong to this unit")
    return found


def _check_named(session: Session, who: Caller, close: MeetingClose, *, advisors: Collection[UUID]) -> None:
    about = {each.advisor_id for each in close.notes if each.advisor_id} | {each.advisor_id for each in close.accepted}
    _refuse(about - set(advisors), "advisors do not belong to this unit")
    wanted = {each.customer_id for each in close.accepted}
    unit = team.asked_unit(session, who, close.unit_id)
    known = queries.customer_names(session, wanted, path=unit.path, day=who.today)
    _refuse(wanted - known.keys(), "customers are in no book of this unit")
    if close.drill and close.drill.case_id and not queries.is_shared_case(session, close.drill.case_id):
        raise BadInput("That case is not in the playbook.")


def _refuse(strangers: Collection[UUID], what: str) -> None:
    if strangers:
        raise BadInput(f"{len(strangers)} of the {what}.")


def _told(session: Session, who: Caller, row: MeetingRow, now: datetime) -> Meeting:
    current = team.team_day(session, who, unit_id=row.unit_id, day=row.day, now=now)
    unit = team.asked_unit(session, who, row.unit_id)
    rule = org.policies(session).on(row.day)
    ledgers = _late_ledgers(session, who, row, path=unit.path, marks=row.marks)
    advisors = list(_advisor_changes(row.frozen, current, ledgers, rule))
    customers = {each.customer_id for each in row.document.accepted}
    names = queries.customer_names(session, customers, path=who.unit_path, day=who.today)
    staff = staff_names(session, {row.held_by, *(each.advisor_id for each in row.document.accepted)})
    return Meeting(
        id=row.id,
        unit=current.unit,
        day=row.day,
        kind=row.kind,
        held_by=staff[row.held_by],
        frozen_at=row.frozen_at,
        attended=row.attended,
        drill=row.document.drill,
        accepted=[
            AcceptedCandidate(
                advisor=staff[each.advisor_id],
                customer_id=each.customer_id,
                customer_name=names.get(each.customer_id),
            )
            for each in row.document.accepted
        ],
        notes=row.document.notes,
        frozen=row.frozen,
        now=current,
        received=sum(each.received for each in advisors),
        changes=total_changes(row.frozen.totals, current.totals, (each.changes for each in advisors)),
        advisors=advisors,
    )


def _advisor_changes(
    frozen: TeamDay, current: TeamDay, ledgers: Mapping[UUID, _Ledger], rule: DayPolicy
) -> Iterable[AdvisorChanges]:
    was, is_ = _by_advisor(frozen.advisors), _by_advisor(current.advisors)
    for advisor_id, row in (was | is_).items():
        before, after = was.get(advisor_id), is_.get(advisor_id)
        # Of somebody who has joined or left the unit everything has: nothing of it came late.
        ledger = ledgers.get(advisor_id) if before and after else None
        folds = _folds(ledger, replace(rule, on_leave=after.day.on_leave)) if ledger and after else None
        changes = day_changes(before and before.day, after and after.day, folds=folds)
        received = len(ledger.late) if ledger else 0
        if received or changes:
            yield AdvisorChanges(advisor=row.staff, received=received, changes=changes)


def _by_advisor(rows: Sequence[AdvisorRow]) -> dict[UUID, AdvisorRow]:
    return {each.staff.id: each for each in rows}


def _folds(ledger: _Ledger, rule: DayPolicy) -> tuple[AdvisorDay, AdvisorDay, AdvisorDay]:
    late_voids = [each for each in ledger.late if ledger.made[each].kind is ActivityKind.VOID]
    return ledger.fold(rule, without=ledger.late), ledger.fold(rule, without=late_voids), ledger.fold(rule)


def _late_ledgers(
    session: Session, who: Caller, row: MeetingRow, *, path: str, marks: Mapping[UUID, int]
) -> dict[UUID, _Ledger]:
    """The ledgers of those marked of whom something of the day was received later; theirs who left the unit since are not."""
    remarks: dict[UUID, list[LedgerRow]] = defaultdict(list)
    for remark in remarks_between(session, path=path, first=row.day, last=row.day, kinds=REMARKS):
        remarks[remark.advisor_id].append(remark)
    affected = queries.advisors_with_later(session, marks, day=row.day)
    affected |= {
        advisor_id
        for advisor_id, theirs in remarks.items()
        if advisor_id in marks and any(each.feed_seq > marks[advisor_id] for each in theirs)
    }
    if not affected:
        return {}
    entries = entries_on(
        session,
        path=path,
        scope_path=who.unit_path,
        day=row.day,
        advisor_ids=affected,
        most=team.MOST_ACTIVITIES + 1,
    )
    if len(entries) > team.MOST_ACTIVITIES:
        raise TooLarge("Too much was received after this meeting to tell it apart; look at the day itself.")
    of_advisor: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        of_advisor[entry.row.advisor_id].append(entry)
    return {
        advisor_id: _ledger_of(theirs, remarks[advisor_id], marks[advisor_id])
        for advisor_id, theirs in of_advisor.items()
    }


def _ledger_of(entries: list[LedgerEntry], remarks: list[LedgerRow], mark: int) -> _Ledger:
    # A void may be of another day than what it takes back; it is shown all the same.
    here = {each.row.id for each in entries}
    advisor_name = entries[0].advisor_name
    away = [LedgerEntry(each, advisor_name, None, None) for each in remarks if each.id not in here]
    ordered = sorted([*entries, *away], key=lambda each: each.row.feed_seq)
    return _Ledger(
        entries=ordered,
        remarks=remarks,
        made={each.row.id: as_activity(each.row) for each in ordered},
        late=[each.row.id for each in ordered if each.row.feed_seq > mark],
    )


def _added_by(ledger: _Ledger, rule: DayPolicy, metric: str | None) -> dict[UUID, Decimal]:
    """By what is shown of it: how the metric moved as each late activity was taken in; without a metric all of them, by nothing."""
    shown_with = _shown_with(ledger, rule)
    if metric is None:
        return {shown_with.get(each, each): Decimal(0) for each in ledger.late}
    added: dict[UUID, Decimal] = defaultdict(Decimal)
    waiting = set(ledger.late)
    before = ledger.fold(rule, without=waiting)
    for each in ledger.late:
        waiting.discard(each)
        after = ledger.fold(rule, without=waiting)
        added[shown_with.get(each, each)] += attribution.adds_to(metric, before, after)
        before = after
    return {each: amount for each, amount in added.items() if amount}


def _shown_with(ledger: _Ledger, rule: DayPolicy) -> dict[UUID, UUID]:
    """With which other activity one is shown: the record of a call with that, what was found of a visit with the visit."""
    calls = {record: call for call, record in recorded_calls(ledger.made.values(), rule).items()}
    visits = {each.id: each.data.visit_id for each in ledger.made.values() if isinstance(each.data, VisitCheck)}
    return calls | visits
