"""The rules of trainings: who may enter which, and how the days after one are compared with as many before it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app_server.audit.service import note
from app_server.auth.service import Caller
from app_server.org import queries as org
from app_server.tables import TrainingRow
from app_server.team.service import EARLIEST_DAY
from app_server.team.sums import with_beginnings
from app_server.trainings import queries
from shared_models.bulletins import Span
from shared_models.errors import BadInput, NotFound
from shared_models.packs import MOST_TRAINED, MOST_WINDOW_DAYS, Cohort, Training, TrainingEdit, Trainings, Worked
from shared_models.policy import Policies

# As many as a page has room for.
MOST_COMPARED = 2
_WEEK = 7


def trainings(session: Session, who: Caller) -> Trainings:
    """Those at which somebody of the caller's subtree was, the latest first."""
    found = queries.trainings_below(session, who.unit_path, first=EARLIEST_DAY, last=date.max)
    return Trainings(trainings=[_told(row, count) for row, count in found])


def enter(session: Session, who: Caller, training_id: UUID, *, edit: TrainingEdit, now: datetime) -> Training:
    """Enter a training under an id of the caller's making, or correct one; the same again changes nothing.

    Raises NotFound for a unit, an advisor or a training that is not of the caller's subtree, BadInput for a day that has not
    come yet, for units without advisors on it and for too many people.
    """
    if edit.day > who.today or edit.day < EARLIEST_DAY:
        raise BadInput("A training is entered once its day has come.", code="training_day")
    advisors = _present(session, who.unit_path, edit)
    row = queries.training_in_scope(session, training_id, scope_path=who.unit_path)
    if row is None and queries.is_taken(session, training_id):
        raise NotFound("There is no such training.")
    before = None if row is None else _document(row, queries.trained_at(session, training_id))
    if row is None:
        row = TrainingRow(
            id=training_id, title=edit.title, day=edit.day, unit_id=who.staff.unit.id, entered_by=who.id, entered_at=now
        )
    row.title, row.day = edit.title, edit.day
    after = _document(row, advisors)
    if before != after:
        row.entered_by, row.entered_at = who.id, now
        session.add(row)
        session.flush()
        queries.set_trained(session, training_id, advisors)
        _note(session, who, "training.entered" if before is None else "training.changed", row.id, before, after, now)
    return _told(row, len(advisors))


def take_back(session: Session, who: Caller, training_id: UUID, *, now: datetime) -> None:
    """Take a training out; raises NotFound for one that was not entered in the caller's subtree."""
    row = queries.training_in_scope(session, training_id, scope_path=who.unit_path)
    if row is None:
        raise NotFound("There is no such training.")
    before = _document(row, queries.trained_at(session, training_id))
    queries.remove(session, row)
    _note(session, who, "training.taken_back", training_id, before, None, now)


def cohorts_of(session: Session, path: str, span: Span, policies: Policies) -> list[Cohort]:
    """The latest trainings that the month, and some weeks before it, have days after, each compared in whole weeks where there are any."""
    first = span.first - timedelta(days=MOST_WINDOW_DAYS)
    found = queries.trainings_below(session, path, first=first, last=span.last - timedelta(days=1))
    return [_cohort(session, path, row, span, policies) for row, _ in found[:MOST_COMPARED]]


def window_of(day: date, last: date) -> int:
    """How many days after a training are compared with as many before: whole weeks, so that both have the same weekdays."""
    days = min(MOST_WINDOW_DAYS, (last - day).days)
    return days - days % _WEEK if days >= _WEEK else days


def _cohort(session: Session, path: str, row: TrainingRow, span: Span, policies: Policies) -> Cohort:
    window = window_of(row.day, span.last)
    before = [row.day - timedelta(days=n) for n in range(window, 0, -1)]
    after = [row.day + timedelta(days=n) for n in range(1, window + 1)]
    there_before, others_before = _worked(session, path, row.id, before, policies)
    there_after, others_after = _worked(session, path, row.id, after, policies)
    return Cohort(
        title=row.title,
        day=row.day,
        window_days=window,
        before=there_before,
        after=there_after,
        others_before=others_before,
        others_after=others_after,
    )


def _worked(
    session: Session, path: str, training_id: UUID, days: Sequence[date], policies: Policies
) -> tuple[Worked, Worked]:
    """What those who were there did on these days, and what the others did."""
    people = queries.people_between(session, path, training_id=training_id, first=days[0], last=days[-1])
    found = {there: Worked(advisors=people.get(there, 0)) for there in (True, False)}
    rows = queries.worked_by_day(session, path, training_id=training_id, days=with_beginnings(days, policies))
    for row in rows:
        worked, wanted = found[bool(row.there)], policies.on(row.day).targets
        if not (wanted.calls or wanted.visits):
            continue
        worked.advisor_days += row.advisors - row.advisors_on_leave
        for name in queries.COMPARED:
            setattr(worked, name, getattr(worked, name) + getattr(row, name))
    return found[True], found[False]


def _present(session: Session, scope_path: str, edit: TrainingEdit) -> set[UUID]:
    """Who was there: the advisors named, and those of the units on that day."""
    known = queries.advisors_on(session, scope_path, edit.day)
    present = set(edit.advisor_ids)
    if not present <= known.keys():
        raise NotFound("There is no such advisor.")
    for unit_id in edit.unit_ids:
        unit = org.unit_in_scope(session, unit_id=unit_id, scope_path=scope_path)
        present |= {advisor_id for advisor_id, path in known.items() if path.startswith(unit.path)}
    if not present:
        raise BadInput("These units had no advisors on that day.", code="training_nobody")
    if len(present) > MOST_TRAINED:
        raise BadInput(f"A training has {MOST_TRAINED:,} people at most.", code="training_people")
    return present


def _document(row: TrainingRow, advisors: set[UUID]) -> dict[str, object]:
    return {"title": row.title, "day": row.day, "advisors": sorted(str(each) for each in advisors)}


def _note(
    session: Session,
    who: Caller,
    action: str,
    training_id: UUID,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    now: datetime,
) -> None:
    note(
        session,
        actor=who.id,
        action=action,
        subject_kind="training",
        subject_id=training_id,
        unit_path=who.unit_path,
        before=before,
        after=after,
        now=now,
    )


def _told(row: TrainingRow, advisors: int) -> Training:
    return Training(id=row.id, title=row.title, day=row.day, advisors=advisors, entered_at=row.entered_at)
