"""The rules of reviews: what a sample is drawn from, who may review what, and until when; SQL is in queries.py."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.database import Database
from app_server.org import queries as org
from app_server.reviews import queries
from app_server.reviews.queries import KnownReview
from app_server.sync.feed import Announced, take_numbers, write_changes
from app_server.tables import LedgerRow, ReviewRow, ReviewVersionRow, SampleRow
from app_server.team import attribution
from app_server.team.queries import LedgerEntry, as_activity, remarks_between
from app_server.team.service import EARLIEST_DAY, asked_unit, checked_days, explained, recordings_among
from shared_models.activity import Activity, ActivityKind
from shared_models.errors import BadInput, Conflict, Forbidden, NotFound, TooLarge
from shared_models.fold import checks_of, recorded_calls, standing_activities
from shared_models.hints import hints_of
from shared_models.org import StaffName
from shared_models.policy import DayPolicy
from shared_models.reviews import (
    Item,
    Reply,
    Review,
    ReviewAverages,
    ReviewEdit,
    ReviewVersion,
    TeamReview,
    TeamReviews,
    UnitAverages,
    average_of,
)
from shared_models.samples import (
    MOST_SAMPLED_DAYS,
    Drawable,
    DrawnActivity,
    DrawnSample,
    ReviewSubject,
    Sample,
    SampleRequest,
    Samples,
    digest_of_frame,
    draw,
)
from shared_models.sync import Entity
from shared_models.team import TeamActivity

# What one request reads and folds at most; some thirty advisors for a month.
MOST_ROWS = 40_000
MOST_SAMPLES = 100
MOST_REVIEWS = 200
LISTED_DAYS = timedelta(days=30)
LONGEST_DRILL = timedelta(days=366)


# -- samples


def draw_sample(db: Database, who: Caller, wanted: SampleRequest, *, now: datetime) -> DrawnSample:
    """Draw a sample, or give the one that was drawn under that id with the same wishes.

    What it is drawn from is read before there is a seed, and no seed is told before its sample is kept: whoever wants
    another sample draws once more, and both stay. Raises NotFound for a unit outside the caller's subtree, BadInput
    for days or a unit with nothing to draw, Conflict when the id stands for something else, TooLarge.
    """
    frame = db.read(lambda session: _frame_wanted(session, who, wanted))
    if frame is not None:
        row = sample_row(wanted, frame, seed=secrets.token_hex(32), drawn_by=who.id, now=now)
        db.write(lambda session: queries.add_sample(session, row))
    return db.read(lambda session: _drawn(session, who, wanted))


def sample_row(
    wanted: SampleRequest, frame: Sequence[Drawable], *, seed: str, drawn_by: UUID, now: datetime
) -> SampleRow:
    """The sample that the seed draws, as it is kept."""
    return SampleRow(
        **{name: getattr(wanted, name) for name in SampleRequest.model_fields},
        seed=seed,
        drawn_by=drawn_by,
        drawn_at=now,
        frame_size=len(frame),
        frame_digest=digest_of_frame(frame),
        frame=list(frame),
        drawn=draw(frame, size=wanted.size, seed=seed),
    )


def samples(session: Session, who: Caller, *, unit_id: UUID | None) -> Samples:
    """The newest samples of a unit and of those below it; the caller's own unit when left out."""
    unit = asked_unit(session, who, unit_id)
    rows = queries.samples_below(session, path=unit.path, most=MOST_SAMPLES)
    return Samples(samples=[Sample.model_validate(_told(row)) for row in rows])


def sample(session: Session, who: Caller, sample_id: UUID) -> DrawnSample:
    """A sample of the caller's subtree with its frame, and its activities as they are today; NotFound for others."""
    row = queries.sample_below(session, sample_id, path=who.unit_path)
    if row is None:
        raise NotFound("There is no such sample.")
    hints = {each.activity_id: each.hints for each in row.frame}
    reviewed = queries.review_ids_of(session, row.drawn)
    activities = [
        DrawnActivity(activity=each, hints=hints[each.id], review_ids=reviewed.get(each.id, []))
        for each in _as_they_are(session, who, row.drawn, first=row.first, last=row.last)
    ]
    return DrawnSample.model_validate({**_told(row), "frame": row.frame, "activities": activities})


def frame_of(activities: Sequence[Activity], advisor_id: UUID, policy: DayPolicy) -> Iterator[Drawable]:
    """What can be drawn of an advisor's day: each standing call and visit, and what the exchange recorded and nobody logged.

    Left out, a call that should not be heard would only have to go unlogged. `activities` as for `fold_day`.
    """
    recorded = recorded_calls(activities, policy)
    logged = set(recorded.values())
    standing = standing_activities(activities, policy)
    checks, hints = checks_of(standing), hints_of(activities, policy)
    for each in standing:
        if each.kind not in queries.REVIEWABLE or each.id in logged:
            continue
        grade, _ = attribution.grade_of(each, policy.policy, check=checks.get(each.id), is_recorded=each.id in recorded)
        if grade is not None:
            yield Drawable(activity_id=each.id, advisor_id=advisor_id, grade=grade, hints=len(hints.get(each.id, ())))


def _frame_wanted(session: Session, who: Caller, wanted: SampleRequest) -> list[Drawable] | None:
    """What to draw from; None when the sample has been drawn already."""
    days = checked_days(wanted.first, wanted.last, who)
    if len(days) > MOST_SAMPLED_DAYS:
        raise BadInput(f"A sample is of {MOST_SAMPLED_DAYS} days at most.")
    unit = asked_unit(session, who, wanted.unit_id)
    if queries.sample_below(session, wanted.id, path=who.unit_path) is not None:
        return None
    frame = frame_between(session, path=unit.path, first=days[0], last=days[-1])
    if not frame:
        raise BadInput("Nothing was recorded on these days that could be drawn.", code="nothing_to_draw")
    return frame


def frame_between(session: Session, *, path: str, first: date, last: date) -> list[Drawable]:
    """What can be drawn of a subtree's days; raises TooLarge."""
    rows = queries.rows_between(session, path=path, first=first, last=last, most=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise TooLarge("Too much was recorded on these days for one sample; choose fewer days or a smaller unit.")
    kinds = {ActivityKind.VOID}
    voids = remarks_between(session, path=path, first=first, last=last, kinds=kinds)
    return list(_frame(session, rows, voids))


def _frame(session: Session, rows: Iterable[LedgerRow], voids: Iterable[LedgerRow]) -> Iterator[Drawable]:
    policies = org.policies(session)
    voids_of: dict[UUID, list[Activity]] = defaultdict(list)
    for void in voids:
        voids_of[void.advisor_id].append(as_activity(void))
    of_day: dict[tuple[UUID, date], list[Activity]] = defaultdict(list)
    for row in rows:
        of_day[row.advisor_id, row.business_day].append(as_activity(row))
    for (advisor_id, day), activities in of_day.items():
        yield from frame_of([*activities, *voids_of[advisor_id]], advisor_id, policies.on(day))


def _drawn(session: Session, who: Caller, wanted: SampleRequest) -> DrawnSample:
    row = queries.sample_below(session, wanted.id, path=who.unit_path)
    is_same = row is not None and all(
        getattr(row, name) == getattr(wanted, name) for name in SampleRequest.model_fields
    )
    if not is_same:
        # Another unit's, or one's own with other wishes: which of them is not told.
        raise Conflict("This id stands for another sample; draw under a new one.", code="id_conflict")
    return sample(session, who, wanted.id)


def _told(row: Row[Any]) -> dict[str, Any]:
    # Any: a row of columns and a unit has no declared shape; `queries.samples_below` names them.
    told = {name: getattr(row, name) for name in Sample.model_fields if name not in ("unit", "drawn_by")}
    unit = org.as_unit(row.UnitRow)
    return told | {"unit": unit, "drawn_by": StaffName(id=row.drawn_by, name=row.drawn_by_name)}


def _as_they_are(
    session: Session, who: Caller, activity_ids: Sequence[UUID], *, first: date, last: date
) -> list[TeamActivity]:
    """These activities as the caller may see them today, by advisor and in the order they happened."""
    policies, wanted = org.policies(session), set(activity_ids)
    entries, remarks = queries.days_around(session, activity_ids, scope_path=who.unit_path, first=first, last=last)
    remarks_of: dict[UUID, list[LedgerRow]] = defaultdict(list)
    for remark in remarks:
        remarks_of[remark.advisor_id].append(remark)
    of_day: dict[tuple[str, UUID, date], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        of_day[entry.advisor_name, entry.row.advisor_id, entry.row.business_day].append(entry)
    recordings = recordings_among(session, entries, policies)
    return [
        each
        for (_, advisor_id, day), theirs in sorted(of_day.items(), key=lambda item: item[0])
        for each in explained(
            theirs, remarks_of[advisor_id], rule=policies.on(day), metric=None, grades=None, recordings=recordings
        )
        if each.id in wanted
    ]


# -- reviews


def write_review(session: Session, who: Caller, *, review_id: UUID, edit: ReviewEdit, now: datetime) -> TeamReview:
    """Write a review of a call or visit of the caller's subtree, or edit the caller's own; the same again changes nothing.

    Raises NotFound for what lies outside the subtree, Forbidden for another head's review, Conflict once the advisor
    has answered (`answered`) or when the id stands for a review of something else, BadInput for an empty one, a drill
    that is due on no day ahead, or a sample without this activity.
    """
    activity = queries.reviewable(session, edit.activity_id, scope_path=who.unit_path, today=who.today)
    if activity is None:
        raise NotFound("There is no such call or visit.")
    # From here on the advisor's answer cannot come in between: their phone's sync takes this feed, too.
    number = take_numbers(session, str(activity.advisor_id), 1)
    before = queries.review_of(session, review_id)
    if before is not None:
        _check_own(before, who, edit)
    if before is None or _edit_of(before) != edit:
        if before is not None and queries.is_answered(session, before):
            raise Conflict("The advisor has answered this review; write a new one.", code="answered")
        _check_edit(session, who, edit, before)
        version = 1 if before is None else before.version + 1
        session.merge(
            ReviewRow(
                id=review_id,
                activity_id=activity.id,
                advisor_id=activity.advisor_id,
                kind=activity.kind,
                business_day=activity.business_day,
                reviewer_id=who.id,
                sample_id=edit.sample_id,
                scores=edit.scores,
                comments=edit.comments,
                drill=edit.drill,
                version=version,
                reviewed_at=now,
            )
        )
        session.flush()
        session.add(ReviewVersionRow(review_id=review_id, version=version, document=edit, written_at=now))
        session.flush()
        announced = Announced(str(activity.advisor_id), Entity.REVIEW, str(review_id))
        write_changes(session, [announced], first=number, now=now)
    return review(session, who, review_id)


def review(session: Session, who: Caller, review_id: UUID) -> TeamReview:
    """A review of an activity of the caller's subtree; NotFound for any other."""
    found = queries.reviews_below(
        session, path=who.unit_path, first=EARLIEST_DAY, last=who.today, review_id=review_id, most=1
    )
    if not found:
        raise NotFound("There is no such review.")
    return _with_answers(session, found)[0]


def subject(session: Session, who: Caller, activity_id: UUID) -> ReviewSubject:
    """A call or visit of the caller's subtree as it is today, with its reviews; NotFound for any other."""
    row = queries.reviewable(session, activity_id, scope_path=who.unit_path, today=who.today)
    if row is None:
        raise NotFound("There is no such call or visit.")
    shown = _as_they_are(session, who, [row.id], first=row.business_day, last=row.business_day)
    if not shown:
        # What the exchange recorded, once it is logged, is told with the call that says how it went.
        raise NotFound("This record has been logged since; review the call.")
    found = queries.reviews_below(
        session,
        path=who.unit_path,
        first=row.business_day,
        last=row.business_day,
        activity_id=activity_id,
        most=MOST_REVIEWS,
    )
    return ReviewSubject(activity=shown[0], reviews=_with_answers(session, found))


def reviews(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    first: date | None,
    last: date | None,
    activity_id: UUID | None,
) -> TeamReviews:
    """The newest reviews of a unit's activities of these days, the last thirty when left out; of one activity, of any day."""
    unit = asked_unit(session, who, unit_id)
    last = last or who.today
    first = first or (EARLIEST_DAY if activity_id is not None else last - LISTED_DAYS)
    if activity_id is None:
        checked_days(first, last, who)
    found = queries.reviews_below(
        session, path=unit.path, first=first, last=last, activity_id=activity_id, most=MOST_REVIEWS
    )
    return TeamReviews(reviews=_with_answers(session, found))


def averages(session: Session, who: Caller, *, unit_id: UUID | None, first: date, last: date) -> ReviewAverages:
    """The average scores of a unit and of those right below it; of an advisor's activities where they belonged then."""
    checked_days(first, last, who)
    unit = asked_unit(session, who, unit_id)
    rows_of: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in queries.sums_of_scores(session, path=unit.path, first=first, last=last):
        rows_of[row.unit_path[len(unit.path) :].partition("/")[0]].append(row)

    def averaged(of: Any, rows: Sequence[Row[Any]]) -> UnitAverages:  # noqa: ANN401 - a UnitRow, and rows without declared columns
        return UnitAverages(
            unit=org.as_unit(of),
            reviews=sum(row.reviews for row in rows),
            items={
                item: average_of([(getattr(row, f"{item}_sum") or 0, getattr(row, f"{item}_n")) for row in rows])
                for item in Item
            },
        )

    return ReviewAverages(
        first=first,
        last=last,
        total=averaged(unit, [row for rows in rows_of.values() for row in rows]),
        units=[averaged(child, rows_of[str(child.id)]) for child in org.children_of(session, unit.id, since=first)],
    )


def _edit_of(row: ReviewRow) -> ReviewEdit:
    return ReviewEdit(**{name: getattr(row, name) for name in ReviewEdit.model_fields})


def _check_own(before: ReviewRow, who: Caller, edit: ReviewEdit) -> None:
    if before.reviewer_id == who.id and before.activity_id == edit.activity_id:
        return
    if before.reviewer_id == who.id:
        raise Conflict("This id stands for a review of something else.", code="id_conflict")
    if before.activity_id == edit.activity_id:
        raise Forbidden("Only who wrote a review can change it; write one of your own.")
    raise NotFound("There is no such review.")


def _check_edit(session: Session, who: Caller, edit: ReviewEdit, before: ReviewRow | None) -> None:
    if edit.is_empty:
        raise BadInput("A review has a score or a comment.")
    known = before.drill if before is not None else None
    if edit.drill is not None and edit.drill != known and not _is_ahead(edit.drill.due_on, who):
        raise BadInput("A drill is due today or later, within a year.")
    if edit.sample_id is not None:
        of = queries.sample_below(session, edit.sample_id, path=who.unit_path)
        if of is None:
            raise NotFound("There is no such sample.")
        if edit.activity_id not in of.drawn:
            raise BadInput("This activity is not in that sample.")


def _is_ahead(due_on: date, who: Caller) -> bool:
    return who.today <= due_on <= who.today + LONGEST_DRILL


def _with_answers(session: Session, found: Sequence[KnownReview]) -> list[TeamReview]:
    ids = [each.row.id for each in found]
    versions: dict[UUID, list[ReviewVersion]] = defaultdict(list)
    for row in queries.versions_of(session, ids):
        told = ReviewVersion(version=row.version, written_at=row.written_at, edit=row.document)
        versions[row.review_id].append(told)
    answers: dict[UUID | None, list[LedgerRow]] = defaultdict(list)
    for row in queries.answers_to(session, ids):
        answers[row.refers_to].append(row)
    return [_team_review(each, versions[each.row.id], answers[each.row.id]) for each in found]


def _team_review(known: KnownReview, versions: list[ReviewVersion], answers: Sequence[LedgerRow]) -> TeamReview:
    row = known.row
    done = [each for each in answers if each.kind is ActivityKind.DRILL_DONE]
    own = {name: getattr(row, name) for name in Review.model_fields if name != "reviewer_name"}
    return TeamReview(
        review=Review(**own, reviewer_name=known.reviewer_name),
        advisor=StaffName(id=row.advisor_id, name=known.advisor_name),
        sample_id=row.sample_id,
        versions=versions,
        replies=[
            Reply(text=each.data["text"], received_at=each.received_at)
            for each in answers
            if each.kind is ActivityKind.REVIEW_REPLY
        ],
        drill_done_at=done[0].received_at if done else None,
        drill_note=done[0].data.get("note") if done else None,
    )
