"""Samples (抽查): what a seed draws from a unit's calls and visits, the same for whoever draws it again. Reviewing is reviews.py's."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.evidence import Grade
from shared_models.org import StaffName, Unit
from shared_models.reviews import TeamReview
from shared_models.team import TeamActivity

MOST_DRAWN = 100
MOST_SAMPLED_DAYS = 31
# Beyond so many, further hints make no activity likelier to be drawn.
MOST_WEIGHED_HINTS = 4
# The least common multiple of all weights, 1 to 5: its quotient by any of them is whole.
_POWER = 60
_BITS = 64

Seed = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SampleRequest(BaseModel):
    """Which days of a unit are drawn from, and how many activities are wanted. The seed is never the caller's to choose."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    unit_id: UUID
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    size: int = Field(ge=1, le=MOST_DRAWN)


class Drawable(BaseModel):
    """An activity that could be drawn: whose, how well evidenced, and how many hints there were about it."""

    model_config = ConfigDict(frozen=True)

    activity_id: UUID
    advisor_id: UUID
    grade: Grade
    hints: int = Field(default=0, ge=0)

    @property
    def weight(self) -> int:
        """How likely it is drawn among those of its advisor and grade: one, and one more for each hint."""
        return 1 + min(self.hints, MOST_WEIGHED_HINTS)


class Sample(BaseModel):
    """A drawn sample as it is listed. `frame_digest`: SHA-256 of what was drawn from, see `digest_of_frame`."""

    id: UUID
    unit: Unit
    first: date
    last: date
    size: int
    seed: Seed
    drawn_by: StaffName
    drawn_at: AwareDatetime
    frame_size: int
    frame_digest: str
    drawn: list[UUID]
    reviewed: int = 0


class DrawnActivity(BaseModel):
    """An activity of a sample, the hints it had when it was drawn, and its reviews by id."""

    activity: TeamActivity
    hints: int
    review_ids: list[UUID]


class DrawnSample(Sample):
    """A sample with everything needed to draw it anew, and what was drawn as it is today."""

    frame: list[Drawable]
    activities: list[DrawnActivity]


class ReviewSubject(BaseModel):
    """A call or visit as it is today, and what heads have said of it; the newest first."""

    activity: TeamActivity
    reviews: list[TeamReview]


class Samples(BaseModel):
    """The samples of a unit and of those below it, the newest first."""

    samples: list[Sample]


def draw(frame: Iterable[Drawable], *, size: int, seed: str) -> list[UUID]:
    """Which activities the seed draws, by id; all of them when there are no more than `size`.

    With enough places each advisor has one, and the rest go by how much there is of each; so do an advisor's among the
    grades. What is left over in rounding goes by chance, in proportion, so that no grade is ever safe from being drawn
    (systematic sampling, Madow 1949). Within advisor and grade by weight, without putting back (Efraimidis and
    Spirakis 2006). Only whole numbers, so it is the same on every machine and for any order of the frame.
    """
    of_advisor: dict[UUID, dict[Grade, list[Drawable]]] = defaultdict(lambda: defaultdict(list))
    for each in frame:
        of_advisor[each.advisor_id][each.grade].append(each)
    room = {advisor.hex: sum(map(len, grades.values())) for advisor, grades in of_advisor.items()}
    places = min(size, sum(room.values()))
    least = int(places >= len(room))
    further = _shares(places - least * len(room), {name: count - least for name, count in room.items()}, seed, "")
    drawn: list[UUID] = []
    for advisor, grades in of_advisor.items():
        counts = {grade.value: len(each) for grade, each in grades.items()}
        shares = _shares(least + further[advisor.hex], counts, seed, advisor.hex)
        for grade, each in grades.items():
            ranked = sorted(each, key=lambda one: (-_rank(one, seed), one.activity_id))
            drawn += [one.activity_id for one in ranked[: shares[grade.value]]]
    return sorted(drawn)


def digest_of_frame(frame: Iterable[Drawable]) -> str:
    """SHA-256, in hex, of a line for each activity in the order of ids: its id, its advisor's, grade and hints."""
    lines = [
        f"{each.activity_id} {each.advisor_id} {each.grade} {each.hints}\n"
        for each in sorted(frame, key=lambda each: each.activity_id)
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _shares(places: int, room: Mapping[str, int], seed: str, within: str) -> dict[str, int]:
    """So many places by how much room each has: the whole part for certain, the rest by chance in proportion."""
    total = max(sum(room.values()), 1)
    reached = _number(seed, f"{within}:start") % total
    shares: dict[str, int] = {}
    for name in sorted(room, key=lambda name: (_number(seed, f"{within}:{name}"), name)):
        whole, rest = divmod(places * room[name], total)
        shares[name] = whole + (reached + rest) // total
        reached = (reached + rest) % total
    return shares


def _rank(one: Drawable, seed: str) -> int:
    """u^(1/w), as a whole number: of u^(60/w), scaled by as many bits as any weight's can have."""
    exponent = _POWER // one.weight
    return _number(seed, one.activity_id.hex) ** exponent << _BITS * (_POWER - exponent)


def _number(seed: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[: _BITS // 8])
