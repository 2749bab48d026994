"""SQL of trainings: those at which somebody of a subtree was, and what these and the others did on some days."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, delete, exists, func, insert, label
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from app_server.database import batches
from app_server.org.queries import advised_below, advisors_below, advisors_between, is_leave_on, is_stay_on
from app_server.tables import AdvisorDayRow, TrainedRow, TrainingRow, UnitRow
from app_server.team.queries import days_table, rows_of

# What is compared of a training; of an advisor-day each.
COMPARED = ("calls_effective", "visits", "visits_with_three", "products_bought")


def trainings_below(session: Session, path: str, *, first: date, last: date) -> list[tuple[TrainingRow, int]]:
    """Trainings of those days at which somebody was who belonged to the subtree then, and how many of these; the latest first."""
    counted = (
        core_select(label("training_id", col(TrainedRow.training_id)), label("people", func.count()))
        .join(TrainingRow, col(TrainingRow.id) == col(TrainedRow.training_id))
        .where(
            col(TrainingRow.day).between(first, last),
            advised_below(path, col(TrainedRow.advisor_id), col(TrainingRow.day)),
        )
        .group_by(col(TrainedRow.training_id))
        .subquery("counted")
    )
    statement = (
        select(TrainingRow, counted.c.people)
        .join(counted, counted.c.training_id == col(TrainingRow.id))
        .order_by(col(TrainingRow.day).desc(), col(TrainingRow.id))
    )
    return list(session.exec(statement))


def training_in_scope(session: Session, training_id: UUID, *, scope_path: str) -> TrainingRow | None:
    """The training, if it was entered in the subtree: whoever is above may change it."""
    return session.exec(
        select(TrainingRow)
        .join(UnitRow, col(UnitRow.id) == col(TrainingRow.unit_id))
        .where(TrainingRow.id == training_id, col(UnitRow.path).like(f"{scope_path}%"))
        .with_for_update()
    ).one_or_none()


def is_taken(session: Session, training_id: UUID) -> bool:
    """Whether there is a training of that id, in whatever scope."""
    return session.get(TrainingRow, training_id) is not None


def advisors_on(session: Session, path: str, day: date) -> dict[UUID, str]:
    """The path of the unit of each advisor of the subtree on that day."""
    advisors = advisors_below(path, day)
    rows = rows_of(session, core_select(advisors.c.staff_id, advisors.c.unit_path))
    return {row.staff_id: row.unit_path for row in rows}


def trained_at(session: Session, training_id: UUID) -> set[UUID]:
    """Who was there."""
    return set(session.exec(select(TrainedRow.advisor_id).where(TrainedRow.training_id == training_id)))


def set_trained(session: Session, training_id: UUID, advisor_ids: Collection[UUID]) -> None:
    """These were there, and nobody else."""
    session.connection().execute(delete(TrainedRow).where(col(TrainedRow.training_id) == training_id))
    rows = [{"training_id": training_id, "advisor_id": each} for each in sorted(advisor_ids)]
    for part in batches(rows):
        session.connection().execute(insert(TrainedRow), list(part))


def remove(session: Session, training: TrainingRow) -> None:
    """Take a training out with who was there."""
    set_trained(session, training.id, ())
    session.delete(training)
    session.flush()


def worked_by_day(
    session: Session, path: str, *, training_id: UUID, days: Sequence[tuple[date, datetime]]
) -> Sequence[Row[Any]]:
    """What the subtree's advisors did: `day`, `there` (1: at the training), `advisors`, `advisors_on_leave`, COMPARED."""
    table = days_table(days)
    stays = advisors_between(path, first=days[0][0], last=days[-1][0])
    trained = exists().where(col(TrainedRow.training_id) == training_id, col(TrainedRow.advisor_id) == stays.c.staff_id)
    of_day = and_(col(AdvisorDayRow.advisor_id) == stays.c.staff_id, col(AdvisorDayRow.business_day) == table.day)
    there = case((trained, 1), else_=0).label("there")
    within = (
        core_select(
            table.day.label("day"),
            there,
            case((is_leave_on(stays.c.staff_id, table.day), 1), else_=0).label("away"),
            *(getattr(AdvisorDayRow, name) for name in COMPARED),
        )
        .select_from(table.table)
        .join(stays, is_stay_on(stays, table.day))
        .outerjoin(AdvisorDayRow, of_day)
        .subquery("within")
    )
    statement = (
        core_select(
            within.c.day,
            within.c.there,
            func.count().label("advisors"),
            func.sum(within.c.away).label("advisors_on_leave"),
            *(func.coalesce(func.sum(within.c[name]), 0).label(name) for name in COMPARED),
        )
        .group_by(within.c.day, within.c.there)
        .order_by(within.c.day, within.c.there)
    )
    return rows_of(session, statement).all()


def people_between(session: Session, path: str, *, training_id: UUID, first: date, last: date) -> dict[bool, int]:
    """How many different advisors the subtree had on those days, who were at the training and who were not."""
    stays = advisors_between(path, first=first, last=last)
    trained = exists().where(col(TrainedRow.training_id) == training_id, col(TrainedRow.advisor_id) == stays.c.staff_id)
    there = case((trained, 1), else_=0).label("there")
    within = core_select(there, stays.c.staff_id).subquery("within")
    rows = rows_of(
        session,
        core_select(within.c.there, func.count(within.c.staff_id.distinct()).label("people")).group_by(within.c.there),
    )
    return {bool(row.there): row.people for row in rows}
