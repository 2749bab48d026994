"""The month's pack (月度材料): six pages for a meeting, as pictures and words; what they say is packs' own rules, in pack_pages.py."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared_models.bulletins import Span
from shared_models.evidence import Grade
from shared_models.org import Unit
from shared_models.text import Language, Name

# So long a time is compared before and after a training, less where the month ends earlier.
MOST_WINDOW_DAYS = 28
MOST_TRAINED = 5000


class PageCode(StrEnum):
    """What a page is about, in the order of the pages."""

    MONTH = "month"
    UNITS = "units"
    VISITS = "visits"
    FUNNEL = "funnel"
    TRAINING = "training"
    CASES = "cases"


class Tone(StrEnum):
    """Whether a change is towards what is wanted."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


class Tile(BaseModel):
    """One figure with its change; `share`: how much of what was wanted it is, 0 to 1, None where nothing was."""

    name: str
    value: str
    detail: str = ""
    change: str = ""
    tone: Tone = Tone.SAME
    share: float | None = None


class Bar(BaseModel):
    """One bar: `share` of the width, 0 to 1; `was`: where it ended before, None where there was nothing. `marked`: the one to look at."""

    name: str
    value: str
    share: float
    was: float | None = None
    detail: str = ""
    change: str = ""
    tone: Tone = Tone.SAME
    marked: bool = False


class Bars(BaseModel):
    """Bars of one measure, under a heading that names it."""

    heading: str
    note: str = ""
    bars: list[Bar]


class Part(BaseModel):
    """Of a mix the part of one grade."""

    grade: Grade
    count: int
    share: float


class Mix(BaseModel):
    """A count by evidence grade; `parts` are all four grades, empty for nothing."""

    name: str
    value: str
    parts: list[Part]
    detail: str = ""


class Mixes(BaseModel):
    """Mixes under one heading, with what each grade is."""

    heading: str
    grades: dict[Grade, str]
    mixes: list[Mix]


class Excerpt(BaseModel):
    """Of an approved case what a meeting needs: `credit` is empty where the advisor wants no name there."""

    id: UUID
    title: str
    topic: str
    credit: str
    situation: str
    lesson: str


class PackPage(BaseModel):
    """A page: its sentences, each number of which stands in one of its pictures, and the pictures. `caution`: how far to trust it."""

    code: PageCode
    title: str
    sentences: list[str]
    tiles: list[Tile] = Field(default_factory=list[Tile])
    bars: list[Bars] = Field(default_factory=list[Bars])
    mixes: Mixes | None = None
    excerpts: list[Excerpt] = Field(default_factory=list[Excerpt])
    caution: str = ""


class Pack(BaseModel):
    """A unit's pack for the days of a month, all of it or those so far.

    `digest` is that of its content: the same ledger, trainings and cases make the same pack, whenever it is made.
    """

    unit: Unit
    month: str
    span: Span
    before: Span
    is_over: bool
    language: Language
    pages: list[PackPage]
    digest: str = ""


# -- trainings


class TrainingEdit(BaseModel):
    """What a head sends: a training with who was there, single advisors or all of some units on that day."""

    model_config = ConfigDict(extra="forbid")

    title: Name
    day: date
    unit_ids: Annotated[list[UUID], Field(max_length=200)] = []
    advisor_ids: Annotated[list[UUID], Field(max_length=MOST_TRAINED)] = []

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.unit_ids and not self.advisor_ids:
            raise ValueError("A training names the units or the advisors who were there.")
        return self


class Training(BaseModel):
    """A training as a head reads it; `advisors`: how many of the own subtree were there."""

    id: UUID
    title: Name
    day: date
    advisors: int
    entered_at: AwareDatetime


class Trainings(BaseModel):
    """Trainings at which somebody of the own subtree was, the latest first."""

    trainings: list[Training]


class Worked(BaseModel):
    """What some advisors did in a time: sums, over `advisor_days` on which they had targets."""

    advisors: int = 0
    advisor_days: int = 0
    calls_effective: int = 0
    visits: int = 0
    visits_with_three: int = 0
    products_bought: int = 0


class Cohort(BaseModel):
    """Who was at a training, and the others of the unit, in as many days before it as after it (that day is in neither)."""

    title: str
    day: date
    window_days: int
    before: Worked
    after: Worked
    others_before: Worked
    others_after: Worked
