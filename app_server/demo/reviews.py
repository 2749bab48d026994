"""What the demo bank's heads have looked at: two samples of the last working days, and reviews that are unread, answered, or ask for a drill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.demo.bank import NAMESPACE, SEED, Person
from app_server.reviews import queries
from app_server.reviews.service import frame_between, sample_row, write_review
from shared_models.org import Staff, Unit
from shared_models.reviews import Comment, Drill, ReviewEdit, Scores
from shared_models.samples import SampleRequest

SIZE = 12


@dataclass(frozen=True, slots=True)
class _Card:
    """What is said of a call of an advisor's; `drill` what is to be practised by the day after tomorrow."""

    scores: Scores
    comments: tuple[Comment, ...]
    drill: str = ""


_CARDS: Mapping[str, _Card] = {
    "advisor1": _Card(
        Scores(opening=4, need=3, match=4, risk_notice=2, close=4),
        (
            Comment(at_seconds=18, text="开场先说来意，客户马上放松了，很好。"),
            Comment(at_seconds=62, text="讲到收益时要先讲风险：净值会波动，不保本。"),
        ),
        drill="风险提示的三句话，对着同事讲两遍",
    ),
    "advisor2": _Card(
        Scores(opening=5, need=5, match=4, risk_notice=4, close=5),
        (Comment(text="问需求的三个问题可以当范例，夕会上讲给大家听。"),),
    ),
    "advisor3": _Card(
        Scores(opening=3, need=2, match=None, risk_notice=None, close=2),
        (Comment(at_seconds=12, text="还没问客户用钱的时间，就先报了产品。"),),
        drill="先问三句：什么时候用、用多少、最担心什么",
    ),
}
# Who has answered theirs.
ANSWERED = "advisor2"
ANSWER = "谢谢主任，三个问题我写成卡片了，夕会上给大家。"


def review_id_of(login: str) -> UUID:
    """The review of that advisor's call."""
    return uuid5(NAMESPACE, f"review/{login}")


def add_reviews(session: Session, people: Sequence[Person], *, days: Sequence[date], today: date, at: datetime) -> None:
    """Draw a sample of the outlet's last days and one of the branch's, and review a call of each of three advisors'."""
    of_login = {person.login: person for person in people}
    head, branch = (caller_of(of_login[login], today) for login in ("head", "branch"))
    sample_id = _draw(session, head, days=days, size=SIZE, now=at)
    _draw(session, branch, days=days, size=2 * SIZE, now=at)
    for login in sorted(_CARDS, key=lambda login: str(of_login[login].id)):
        activity_id = queries.newest_drawn(session, sample_id, advisor_id=of_login[login].id)
        if activity_id is None:
            continue
        said = _CARDS[login]
        edit = ReviewEdit(
            activity_id=activity_id,
            sample_id=sample_id,
            scores=said.scores,
            comments=list(said.comments),
            drill=Drill(what=said.drill, due_on=today + timedelta(days=2)) if said.drill else None,
        )
        write_review(session, head, review_id=review_id_of(login), edit=edit, now=at)


def _draw(session: Session, who: Caller, *, days: Sequence[date], size: int, now: datetime) -> UUID:
    sample_id = uuid5(NAMESPACE, f"sample/{who.staff.login}")
    wishes = {"id": sample_id, "unit_id": who.staff.unit.id, "from": days[0], "to": days[-1], "size": size}
    frame = frame_between(session, path=who.unit_path, first=days[0], last=days[-1])
    # The same demo every time, so the seed is no secret here.
    seed = sha256(f"{SEED}/{who.staff.login}".encode()).hexdigest()
    wanted = SampleRequest.model_validate(wishes)
    queries.add_sample(session, sample_row(wanted, frame, seed=seed, drawn_by=who.id, now=now))
    return sample_id


def caller_of(person: Person, today: date) -> Caller:
    """Somebody of the demo bank as the one who asks on that day."""
    unit = Unit(id=person.unit.id, name=person.unit.name, kind=person.unit.kind)
    staff = Staff(id=person.id, login=person.login, name=person.name, role=person.role, unit=unit)
    return Caller(staff=staff, unit_path=person.unit.path, device_id="demo", family_id=NAMESPACE, today=today)
