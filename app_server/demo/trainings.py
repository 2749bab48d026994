"""The demo bank's training: the advisors of one sub-branch were at it some weeks ago, the others were not."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid5

from sqlmodel import Session

from app_server.demo import queries
from app_server.demo.bank import NAMESPACE, Person
from app_server.tables import TrainedRow, TrainingRow
from shared_models.org import Role

_DAYS_AGO = timedelta(days=17)
_TITLE = "讲透三个产品"


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
