"""The rules of the team view: whose days a head sees, and their totals. SQL is in queries.py, sums in sums.py, sheets in export.py."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.database import Database
from app_server.org import queries as org
from app_server.recordings.queries import recordings_of
from app_server.tables import LedgerRow, UnitRow, advisor_day_of
from app_server.team import attribution, queries
from app_server.team.coverage import Covered, coverage_of, coverage_over, not_called
from app_server.team.kept import coverage_below, keep_coverage
from app_server.team.queries import AdvisorOnDay, LedgerEntry, Split, as_activity
from app_server.team.recount import DayOf, Grades, recounted
from app_server.team.sums import (
    add_up,
    as_coverage,
    beginning_of,
    part_below,
    sum_of_totals,
    sums_of_days,
    without_activities,
)
from shared_models.activity import REMARKS, Activity, ActivityKind, Void
from shared_models.coverage import MOST_NOT_CALLED, AdvisorCoverage, NotCalledList, TeamCoverage
from shared_models.customers import pool_on
from shared_models.errors import BadInput, TooLarge
from shared_models.fold import AdvisorDay, counted_with, fold_day, recorded_calls, sum_figures
from shared_models.hint_answers import HintAnswer
from shared_models.hints import answered, answers_of, hints_of
from shared_models.meetings import MOST_ADVISORS
from shared_models.org import StaffName
from shared_models.policy import DayPolicy, Policies
from shared_models.team import (
    AdvisorRow,
    Period,
    PeriodTotals,
    TeamActivities,
    TeamActivity,
    TeamDay,
    TeamRange,
    Totals,
    UnitTotals,
    period_name,
)
from shared_models.telephony import PbxRecord
from shared_models.visits import VisitCheck

# Before any bank kept such a ledger; keeps windows and weeks inside the calendar.
EARLIEST_DAY = date(2000, 1, 1)
MOST_DAYS = 400
MOST_ACTIVITIES = 20_000


@dataclass(frozen=True, slots=True)
class Recording:
    """Of a call: its recording to listen to, how long that is, or the day on which it was deleted."""

    id: UUID | None = None
    seconds: int | None = None
    deleted_on: date | None = None


_NOT_RECORDED = Recording()


@dataclass(frozen=True, slots=True)
class _Listed:
    """Every advisor's row, and the totals without coverage of each part right below the unit."""

    rows: list[AdvisorRow]
    parts: dict[str, Totals]


def team_day(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    day: date | None,
    now: datetime,
    grades: Grades | None = None,
    most_advisors: int | None = None,
) -> TeamDay:
    """A unit on a day; the caller's own unit and today when left out. Raises NotFound outside the caller's subtree.

    With `grades` every figure is counted of these alone; coverage, which looks back over weeks, is of all grades.
    Where there are more than `most_advisors` none is listed, and all is summed in SQL.
    """
    day = checked_day(day or who.today, who)
    unit = asked_unit(session, who, unit_id)
    policies = org.policies(session)
    again = _recounted(session, path=unit.path, first=day, last=day, grades=grades, policies=policies)
    rule = policies.on(day)
    window = rule.policy.coverage_days
    covered = coverage_below(session, path=unit.path, day=day, window_days=window)
    advisors = 0 if most_advisors is None else queries.count_stays(session, path=unit.path, first=day, last=day)
    if most_advisors is None or advisors <= most_advisors:
        listed = _listed(session, unit.path, day, policies, again)
    else:
        sums = sums_of_days(session, path=unit.path, days=[day], policies=policies, split=Split.BELOW, again=again)
        listed = _Listed([], {part: totals for (_, part), totals in sums.items()})

    def with_coverage(unit_id: UUID) -> Totals:
        totals, of_unit = listed.parts.get(str(unit_id), add_up(())), covered.get(str(unit_id), Covered())
        return sum_of_totals([totals], coverage=as_coverage(of_unit, window_days=window))

    return TeamDay(
        unit=org.as_unit(unit),
        day=day,
        policy=rule.policy,
        as_of=now,
        totals=sum_of_totals(
            listed.parts.values(), coverage=as_coverage(sum(covered.values(), Covered()), window_days=window)
        ),
        units=[
            UnitTotals(unit=org.as_unit(child), totals=with_coverage(child.id))
            for child in org.children_of(session, unit.id, since=day)
        ],
        advisors=listed.rows,
        advisors_left_out=0 if listed.rows else advisors,
        grades=sorted(grades) if grades is not None else None,
    )


def _listed(
    session: Session, path: str, day: date, policies: Policies, again: Mapping[DayOf, AdvisorDay] | None
) -> _Listed:
    rule, begins_at = policies.on(day), beginning_of(day, policies)
    rows: list[AdvisorRow] = []
    parts: dict[str, list[tuple[AdvisorDay, bool]]] = defaultdict(list)
    for advisor in queries.advisors_on(session, path=path, day=day):
        if again is not None:
            folded = again.get(DayOf(advisor.staff_id, advisor.unit_path, day)) or without_activities(
                rule, on_leave=advisor.on_leave
            )
        else:
            folded = advisor_day_of(advisor.day) if advisor.day else without_activities(rule, on_leave=advisor.on_leave)
        part = part_below(path, unit_path=advisor.unit_path, advisor_id=advisor.staff_id)
        parts[part].append((folded, _has_reported(advisor, begins_at)))
        rows.append(_advisor_row(advisor, folded))
    return _Listed(rows, {part: _sum_of_days(days) for part, days in parts.items()})


def keep_coverage_of(db: Database, who: Caller, *, unit_id: UUID | None, day: date | None) -> None:
    """Count beforehand what `team_day` of today would have to count of many advisors; raises as it does."""

    def asked(session: Session) -> tuple[str, int]:
        window = org.policies(session).on(who.today).policy.coverage_days
        return asked_unit(session, who, unit_id).path, window

    if day in (None, who.today):
        path, window = db.read(asked)
        keep_coverage(db, path=path, day=who.today, window_days=window)


def team_coverage(session: Session, who: Caller, *, unit_id: UUID | None, day: date | None) -> TeamCoverage:
    """Coverage by advisor; the caller's own unit and today when left out. Raises NotFound outside the caller's subtree."""
    day = checked_day(day or who.today, who)
    unit = asked_unit(session, who, unit_id)
    window = org.policies(session).on(day).policy.coverage_days
    advisors = queries.count_stays(session, path=unit.path, first=day, last=day)
    is_listed = advisors <= MOST_ADVISORS
    people = queries.names_below(session, path=unit.path, day=day) if is_listed else []
    covered = coverage_of(session, [each.id for each in people], day=day, window_days=window)
    return TeamCoverage(
        unit=org.as_unit(unit),
        day=day,
        window_days=window,
        advisors=[
            AdvisorCoverage(advisor=each, coverage=as_coverage(covered.get(each.id, Covered()), window_days=window))
            for each in people
        ],
        advisors_left_out=0 if is_listed else advisors,
    )


def not_called_by(session: Session, who: Caller, *, advisor_id: UUID, day: date | None) -> NotCalledList:
    """Whom an advisor has not called; raises NotFound for one who is not in the caller's subtree on that day and today."""
    day = checked_day(day or who.today, who)
    # The book is today's: whoever has gone elsewhere with it is no longer read by a day they were here.
    org.advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=who.today)
    advisor = org.advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    window = org.policies(session).on(day).policy.coverage_days
    covered = coverage_of(session, [advisor_id], day=day, window_days=window).get(advisor_id, Covered())
    coverage = as_coverage(covered, window_days=window)
    return NotCalledList(
        advisor=StaffName(id=advisor.id, name=advisor.name),
        day=day,
        window_days=window,
        count=coverage.not_called,
        customers=not_called(session, advisor_id, day=day, window_days=window, most=MOST_NOT_CALLED),
    )


def team_range(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    first: date,
    last: date,
    by: Period,
    grades: Grades | None = None,
) -> TeamRange:
    """The totals of each period, those at the ends cut to the days asked for.

    They are the sums of the days' totals, `advisors` too, so they count advisor-days; coverage is that of the last day.
    `grades` as for `team_day`.
    """
    days = checked_days(first, last, who)
    unit = asked_unit(session, who, unit_id)
    policies = org.policies(session)
    again = _recounted(session, path=unit.path, first=first, last=last, grades=grades, policies=policies)
    sums = sums_of_days(session, path=unit.path, days=days, policies=policies, again=again)
    by_day = {day: totals for (day, _), totals in sums.items()}
    periods: dict[str, list[date]] = defaultdict(list)
    for day in days:
        periods[period_name(day, by)].append(day)
    windows = [(within[-1], policies.on(within[-1]).policy.coverage_days) for within in periods.values()]
    covered = coverage_over(session, path=unit.path, days=windows)
    rows: list[PeriodTotals] = []
    for (name, within), (end, window) in zip(periods.items(), windows, strict=True):
        coverage = as_coverage(covered[end], window_days=window)
        parts = [by_day[day] for day in within if day in by_day]
        rows.append(PeriodTotals(period=name, totals=sum_of_totals(parts, coverage=coverage)))
    return TeamRange(rows=rows, grades=sorted(grades) if grades is not None else None)


def _recounted(
    session: Session, *, path: str, first: date, last: date, grades: Grades | None, policies: Policies
) -> Mapping[DayOf, AdvisorDay] | None:
    if grades is None:
        return None
    return recounted(session, path=path, first=first, last=last, grades=grades, policies=policies)


def team_activities(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    day: date | None,
    advisor_id: UUID | None,
    metric: str | None,
    grades: Grades | None = None,
) -> TeamActivities:
    """The activities behind a figure, voided ones shown as such; without a metric, all of the day.

    With `grades` behind the figure as it is counted with these; without a metric all the same, what does not count as such.

    Raises NotFound for an advisor who was not in the unit's subtree on that day.
    """
    day = checked_day(day or who.today, who)
    if metric is not None:
        attribution.check_metric(metric)
    unit = asked_unit(session, who, unit_id)
    if advisor_id is not None:
        org.advisor_in_scope(session, advisor_id=advisor_id, scope_path=unit.path, day=day)
    policies = org.policies(session)
    rule = policies.on(day)
    entries = queries.entries_on(
        session,
        path=unit.path,
        scope_path=who.unit_path,
        day=day,
        advisor_ids=None if advisor_id is None else {advisor_id},
        most=MOST_ACTIVITIES + 1,
    )
    if len(entries) > MOST_ACTIVITIES:
        raise TooLarge("Too many activities for one list; choose a smaller unit or one advisor.")
    remarks: dict[UUID, list[LedgerRow]] = defaultdict(list)
    for remark in queries.remarks_between(session, path=unit.path, first=day, last=day, kinds=REMARKS):
        remarks[remark.advisor_id].append(remark)
    of_advisor: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        of_advisor[entry.row.advisor_id].append(entry)
    recordings = recordings_among(session, entries, policies)
    found = [
        shown
        for advisor, theirs in of_advisor.items()
        for shown in explained(theirs, remarks[advisor], rule=rule, metric=metric, grades=grades, recordings=recordings)
    ]
    return TeamActivities(activities=sorted(found, key=lambda each: (each.occurred_at, each.id)))


def asked_unit(session: Session, who: Caller, unit_id: UUID | None) -> UnitRow:
    """The unit asked for, or the caller's own; raises NotFound outside their subtree."""
    return org.unit_in_scope(session, unit_id=unit_id or who.staff.unit.id, scope_path=who.unit_path)


def recordings_among(session: Session, entries: Iterable[LedgerEntry], policies: Policies) -> dict[UUID, Recording]:
    """The recordings of these, by the exchange's record that they are of."""
    records = [each.row.id for each in entries if each.row.kind is ActivityKind.PBX_RECORD]
    return {
        record_id: Recording(record_id, each.seconds)
        if each.deleted_at is None
        else Recording(deleted_on=policies.today(each.deleted_at))
        for record_id, each in recordings_of(session, records).items()
    }


def explained(
    entries: Sequence[LedgerEntry],
    remarks: Iterable[LedgerRow],
    *,
    rule: DayPolicy,
    metric: str | None,
    grades: Grades | None,
    recordings: Mapping[UUID, Recording],
) -> Iterator[TeamActivity]:
    """One advisor's activities of a day as a head sees them; of a metric, only those behind it and those voided."""
    customers = {each.row.customer_id: each.managed_since for each in entries if each.row.customer_id is not None}
    made = {row.id: as_activity(row) for row in [*(entry.row for entry in entries), *remarks]}
    struck = {each.data.activity_id for each in made.values() if isinstance(each.data, Void)}
    hints = hints_of(made.values(), rule)
    answers = answers_of(hints, made.values())
    standing = list(made.values()) if grades is None else counted_with(made.values(), rule, grades)
    folds = attribution.additions(standing, customers, rule)
    recorded = recorded_calls(made.values(), rule)
    checks = {each.refers_to: each for each in made.values() if isinstance(each.data, VisitCheck)}
    told_with_others = set(recorded.values()) | {
        each.id for each in made.values() if isinstance(each.data, VisitCheck | HintAnswer)
    }
    nothing = without_activities(rule)
    for entry in entries:
        activity = made[entry.row.id]
        if activity.id in told_with_others:
            continue
        checked = checks.get(activity.id)
        check = checked.data if checked is not None and isinstance(checked.data, VisitCheck) else None
        is_voided = activity.id in struck
        before, after = folds.get(activity.id, (nothing, nothing))
        counted = attribution.counts_for(metric, before, after)
        if (
            metric is None
            or counted
            or (is_voided and _would_count(activity, checked, customers, rule, metric, grades))
        ):
            grade, reason = attribution.grade_of(
                activity, rule.policy, check=check, is_recorded=activity.id in recorded
            )
            recording = recordings.get(recorded.get(activity.id, activity.id), _NOT_RECORDED)
            yield TeamActivity(
                id=activity.id,
                kind=activity.kind,
                occurred_at=activity.occurred_at,
                received_at=entry.row.received_at,
                advisor=StaffName(id=entry.row.advisor_id, name=entry.advisor_name),
                customer_id=activity.customer_id,
                customer_name=entry.customer_name,
                pool=pool_on(entry.managed_since, rule.day) if activity.customer_id else None,
                grade=grade,
                reason=reason,
                finding=check.finding if check is not None else None,
                outlet_m=check.outlet_m if check is not None else None,
                customer_m=check.customer_m if check is not None else None,
                code_finding=check.code_finding if check is not None else None,
                recorded_talk_seconds=_talk_seconds(made, recorded.get(activity.id)),
                hints=[answered(hint, answers) for hint in hints.get(activity.id, ())],
                recording_id=recording.id,
                recording_seconds=recording.seconds,
                recording_deleted_on=recording.deleted_on,
                voided=is_voided,
                counted=counted,
                adds=attribution.adds_to(metric, before, after) if metric not in (None, "met") else Decimal(0),
                # A sealed card is nobody's to read but the server's, once.
                data={key: value for key, value in entry.row.data.items() if key != "card"},
            )


def _talk_seconds(made: Mapping[UUID, Activity], record_id: UUID | None) -> int | None:
    record = made[record_id].data if record_id is not None else None
    return record.talk_seconds if isinstance(record, PbxRecord) else None


def _would_count(
    activity: Activity,
    check: Activity | None,
    customers: dict[UUID, date | None],
    rule: DayPolicy,
    metric: str,
    grades: Grades | None,
) -> bool:
    alone = fold_day([activity] if check is None else [activity, check], customers, rule, grades)
    return attribution.counts_for(metric, without_activities(rule), alone)


def _has_reported(advisor: AdvisorOnDay, begins_at: datetime) -> bool:
    return advisor.day is not None or (advisor.last_sync_at is not None and advisor.last_sync_at >= begins_at)


def _advisor_row(advisor: AdvisorOnDay, folded: AdvisorDay) -> AdvisorRow:
    return AdvisorRow(
        staff=StaffName(id=advisor.staff_id, name=advisor.name),
        day=folded,
        last_sync_at=advisor.last_sync_at,
        pending_hint=advisor.waiting,
    )


def _sum_of_days(days: Sequence[tuple[AdvisorDay, bool]]) -> Totals:
    """Of advisors' days, each with whether the advisor has reported."""
    return Totals(
        **dict(sum_figures(day for day, _ in days)),
        advisors=len(days),
        advisors_on_leave=sum(day.on_leave for day, _ in days),
        advisors_met=sum(day.met for day, _ in days),
        advisors_reported=sum(has_reported for _, has_reported in days),
    )


def checked_day(day: date, who: Caller) -> date:
    """The day; raises BadInput for one that has not come yet, or of before any bank kept such a ledger."""
    if day > who.today:
        raise BadInput(f"That day has not come yet; today is {who.today.isoformat()}.")
    if day < EARLIEST_DAY:
        raise BadInput(f"Nothing is kept from before {EARLIEST_DAY.isoformat()}.")
    return day


def checked_days(first: date, last: date, who: Caller) -> list[date]:
    """Every day of a range; raises BadInput for one that is upside down, too long, or not over yet."""
    checked_day(last, who)
    checked_day(first, who)
    if first > last:
        raise BadInput("The range ends before it begins.")
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise BadInput(f"A range has {MOST_DAYS} days at most.")
    return [first + timedelta(days=n) for n in range(count)]
