"""What keeps the demo bank's advisors from their customers: the leave of one, and a training that one sub-branch was at some weeks ago."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid5

from sqlmodel import Session

from app_server.demo import queries
from app_server.demo.bank import AWAY, NAMESPACE, Person
from app_server.tables import LeaveRow, TrainedRow, TrainingRow
from shared_models.org import Role

_DAYS_AGO = timedelta(days=17)
_TITLE = "讲透三个产品"


def enter_leave(session: Session, people: Sequence[Person], *, today: date, now: datetime) -> None:
    """Leave that the outlet's head has entered."""
    head, away = (next(person for person in people if person.login == login) for login in ("head", AWAY))
    leave = {
        "id": uuid5(NAMESPACE, f"leave/{AWAY}"),
        "advisor_id": away.id,
        "first_day": today,
        "last_day": today + timedelta(days=2),
        "entered_by": head.id,
        "entered_at": now,
    }
    queries.insert_rows(session, LeaveRow, [leave])


def hold_training(session: Session, people: Sequence[Person], *, today: date, now: datetime) -> None:
    """Enter it, as head office would; who was there are the advisors of the sub-branch of `head`."""
    admin = next(person for person in people if person.role is Role.ADMIN)
    head = next(person for person in people if person.login == "head")
    sub_branch = head.unit.path.removesuffix(f"{head.unit.id}/")
    training_id = uuid5(NAMESPACE, f"training/{_TITLE}")
    training = {
        "id": training_id,
        "title": _TITLE,
        "day": today - _DAYS_AGO,
        "unit_id": admin.unit.id,
        "entered_by": admin.id,
        "entered_at": now,
    }
    queries.insert_rows(session, TrainingRow, [training])
    there = [
        {"training_id": training_id, "advisor_id": person.id}
        for person in people
        if person.role is Role.ADVISOR and person.unit.path.startswith(sub_branch)
    ]
    queries.insert_rows(session, TrainedRow, there)
