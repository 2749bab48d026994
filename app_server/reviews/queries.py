"""SQL of samples and reviews: what can be drawn, who may see which review, and sums of scores."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, case, func, label, type_coerce, union
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app_server.columns import Json
from app_server.database import dialect_insert
from app_server.org.queries import advisors_between, is_below, is_stay_on
from app_server.tables import CustomerRow, LedgerRow, ReviewRow, ReviewVersionRow, SampleRow, StaffRow, UnitRow
from app_server.team.queries import LedgerEntry, rows_of
from shared_models.activity import REMARKS, REVIEW_ANSWERS, ActivityKind
from shared_models.reviews import Item

REVIEWABLE = (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.PBX_RECORD)
_LISTED = [column for column in SampleRow.model_fields if column != "frame"]


@dataclass(frozen=True, slots=True)
class KnownReview:
    """A review with the names around it."""

    row: ReviewRow
    advisor_name: str
    reviewer_name: str


def rows_between(session: Session, *, path: str, first: date, last: date, most: int) -> Sequence[LedgerRow]:
    """The ledger of the subtree's advisors on these days, at most `most` rows of it."""
    stays = advisors_between(path, first=first, last=last)
    return session.exec(
        select(LedgerRow)
        .join(stays, _is_of_stay(stays, LedgerRow))
        .where(col(LedgerRow.business_day).between(first, last))
        .limit(most)
    ).all()


def add_sample(session: Session, row: SampleRow) -> bool:
    """Keep a sample; False when there is one with that id already, which changes nothing."""
    # Not its dump: the frame's column takes models.
    statement = dialect_insert(session, SampleRow).values({name: getattr(row, name) for name in SampleRow.model_fields})
    inserted = session.connection().execute(
        statement.on_conflict_do_nothing(index_elements=["id"]).returning(col(SampleRow.id))
    )
    return inserted.first() is not None


def samples_below(session: Session, *, path: str, most: int) -> Iterator[Row[Any]]:
    """The newest samples of a subtree: their columns but the frame, `unit`, `drawn_by_name`, `reviewed` activities."""
    statement = (
        _samples(*(getattr(SampleRow, name) for name in _LISTED))
        .where(is_below(path))
        .order_by(col(SampleRow.drawn_at).desc(), col(SampleRow.id))
        .limit(most)
    )
    return iter(rows_of(session, statement))


def sample_below(session: Session, sample_id: UUID, *, path: str) -> Row[Any] | None:
    """One sample of the subtree with its frame, as `samples_below` gives it."""
    columns = [getattr(SampleRow, name) for name in SampleRow.model_fields]
    return rows_of(session, _samples(*columns).where(is_below(path), col(SampleRow.id) == sample_id)).one_or_none()


def _samples(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns of any type
    reviewed = (
        core_select(func.count(col(ReviewRow.activity_id).distinct()))
        .where(col(ReviewRow.sample_id) == col(SampleRow.id))
        .correlate(SampleRow)
        .scalar_subquery()
    )
    return (
        core_select(*columns, UnitRow, col(StaffRow.name).label("drawn_by_name"), reviewed.label("reviewed"))
        .join(UnitRow, col(UnitRow.id) == col(SampleRow.unit_id))
        .join(StaffRow, col(StaffRow.id) == col(SampleRow.drawn_by))
    )


def newest_drawn(session: Session, sample_id: UUID, *, advisor_id: UUID) -> UUID | None:
    """The advisor's newest call of a sample, if it has one."""
    drawn = session.get_one(SampleRow, sample_id).drawn
    return session.exec(
        select(LedgerRow.id)
        .where(col(LedgerRow.id).in_(drawn), LedgerRow.advisor_id == advisor_id, LedgerRow.kind == ActivityKind.CALL)
        .order_by(col(LedgerRow.occurred_at).desc())
        .limit(1)
    ).first()


def days_around(
    session: Session, activity_ids: Collection[UUID], *, scope_path: str, first: date, last: date
) -> tuple[list[LedgerEntry], Sequence[LedgerRow]]:
    """The ledger of the advisor-days that these activities are of, as far as the caller may see it, and what is said of it elsewhere."""
    stays = advisors_between(scope_path, first=first, last=last)
    visible = advisors_between(scope_path, first=first, last=last).alias("visible")
    asked = aliased(LedgerRow)
    days = (
        core_select(label("advisor_id", col(asked.advisor_id)), label("business_day", col(asked.business_day)))
        .where(col(asked.id).in_(activity_ids))
        .distinct()
        .subquery("days")
    )
    of_days = and_(col(LedgerRow.advisor_id) == days.c.advisor_id, col(LedgerRow.business_day) == days.c.business_day)
    statement = (
        core_select(
            LedgerRow,
            stays.c.name,
            case((visible.c.staff_id.is_not(None), col(CustomerRow.name))),
            col(CustomerRow.managed_since),
        )
        .select_from(days)
        .join(LedgerRow, of_days)
        .join(stays, _is_of_stay(stays, LedgerRow))
        .outerjoin(CustomerRow, col(CustomerRow.id) == col(LedgerRow.customer_id))
        .outerjoin(
            visible,
            and_(visible.c.staff_id == col(CustomerRow.advisor_id), is_stay_on(visible, col(LedgerRow.business_day))),
        )
        .order_by(col(LedgerRow.occurred_at), col(LedgerRow.id))
    )
    entries = [LedgerEntry(*row) for row in rows_of(session, statement)]
    meant = union(
        core_select(label("id", col(LedgerRow.id))).join_from(days, LedgerRow, of_days),
        core_select(col(LedgerRow.refers_to))
        .join_from(days, LedgerRow, of_days)
        .where(col(LedgerRow.refers_to).is_not(None)),
    ).subquery("meant")
    remark = aliased(LedgerRow)
    remarks = session.exec(
        select(remark).join(meant, meant.c.id == col(remark.refers_to)).where(col(remark.kind).in_(REMARKS))
    ).all()
    return entries, remarks


def reviewable(session: Session, activity_id: UUID, *, scope_path: str, today: date) -> LedgerRow | None:
    """The call or visit, if its advisor belonged to the caller's subtree on its day."""
    stays = advisors_between(scope_path, first=date.min, last=today)
    return session.exec(
        select(LedgerRow)
        .join(stays, _is_of_stay(stays, LedgerRow))
        .where(LedgerRow.id == activity_id, col(LedgerRow.kind).in_(REVIEWABLE))
    ).one_or_none()


def review_of(session: Session, review_id: UUID) -> ReviewRow | None:
    """The review with that id, whoever's; for the writing side, which holds its advisor's feed."""
    return session.exec(
        select(ReviewRow).where(ReviewRow.id == review_id).execution_options(populate_existing=True)
    ).one_or_none()


def is_answered(session: Session, row: ReviewRow) -> bool:
    """Whether its advisor has replied, or done the drill."""
    found = session.exec(
        select(LedgerRow.id)
        .where(
            LedgerRow.refers_to == row.id,
            LedgerRow.advisor_id == row.advisor_id,
            col(LedgerRow.kind).in_(REVIEW_ANSWERS),
        )
        .limit(1)
    )
    return found.first() is not None


def reviews_below(
    session: Session,
    *,
    path: str,
    first: date,
    last: date,
    activity_id: UUID | None = None,
    review_id: UUID | None = None,
    most: int,
) -> list[KnownReview]:
    """The newest reviews of activities of these days whose advisors belonged to the subtree then."""
    stays, reviewer = advisors_between(path, first=first, last=last), aliased(StaffRow)
    statement = (
        core_select(ReviewRow, stays.c.name, col(reviewer.name))
        .join(
            stays, and_(stays.c.staff_id == col(ReviewRow.advisor_id), is_stay_on(stays, col(ReviewRow.business_day)))
        )
        .join(reviewer, col(reviewer.id) == col(ReviewRow.reviewer_id))
        .where(col(ReviewRow.business_day).between(first, last))
        .order_by(col(ReviewRow.reviewed_at).desc(), col(ReviewRow.id))
        .limit(most)
    )
    if activity_id is not None:
        statement = statement.where(col(ReviewRow.activity_id) == activity_id)
    if review_id is not None:
        statement = statement.where(col(ReviewRow.id) == review_id)
    return [KnownReview(*row) for row in rows_of(session, statement)]


def versions_of(session: Session, review_ids: Collection[UUID]) -> Sequence[ReviewVersionRow]:
    """All versions of these reviews, in order."""
    return session.exec(
        select(ReviewVersionRow)
        .where(col(ReviewVersionRow.review_id).in_(review_ids))
        .order_by(col(ReviewVersionRow.review_id), col(ReviewVersionRow.version))
    ).all()


def answers_to(session: Session, review_ids: Collection[UUID]) -> Sequence[LedgerRow]:
    """What the advisors of these reviews answered, in the order it came."""
    return session.exec(
        select(LedgerRow)
        .join(
            ReviewRow,
            and_(col(ReviewRow.id) == col(LedgerRow.refers_to), col(ReviewRow.advisor_id) == col(LedgerRow.advisor_id)),
        )
        .where(col(ReviewRow.id).in_(review_ids), col(LedgerRow.kind).in_(REVIEW_ANSWERS))
        .order_by(col(LedgerRow.received_at), col(LedgerRow.feed_seq))
    ).all()


def review_ids_of(session: Session, activity_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The reviews of each of these activities, by id, the oldest first."""
    rows = session.exec(
        select(ReviewRow.activity_id, ReviewRow.id)
        .where(col(ReviewRow.activity_id).in_(activity_ids))
        .order_by(col(ReviewRow.reviewed_at), col(ReviewRow.id))
    )
    found: dict[UUID, list[UUID]] = {}
    for activity_id, review_id in rows:
        found.setdefault(activity_id, []).append(review_id)
    return found


def sums_of_scores(session: Session, *, path: str, first: date, last: date) -> Iterator[Row[Any]]:
    """A row for each unit of the subtree whose own advisors were reviewed on activities of these days.

    Columns `unit_path`, `reviews`, and of each item `{item}_sum` (None without scores) and `{item}_n`.
    """
    stays = advisors_between(path, first=first, last=last)
    scores = type_coerce(col(ReviewRow.scores), Json)
    items = {item: scores[item.value].as_integer() for item in Item}
    statement = (
        core_select(
            stays.c.unit_path,
            func.count().label("reviews"),
            *(func.sum(score).label(f"{item}_sum") for item, score in items.items()),
            *(func.count(score).label(f"{item}_n") for item, score in items.items()),
        )
        .select_from(ReviewRow)
        .join(
            stays, and_(stays.c.staff_id == col(ReviewRow.advisor_id), is_stay_on(stays, col(ReviewRow.business_day)))
        )
        .where(col(ReviewRow.business_day).between(first, last))
        .group_by(stays.c.unit_path)
    )
    return iter(rows_of(session, statement))


def _is_of_stay(stays: FromClause, ledger: type[LedgerRow]) -> ColumnElement[bool]:
    return and_(stays.c.staff_id == col(ledger.advisor_id), is_stay_on(stays, col(ledger.business_day)))
