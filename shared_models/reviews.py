"""Reviews (抽查点评): the scorecard of a call or visit, and what its advisor answers. Which are drawn is samples.py's."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.calls import DAY_SECONDS
from shared_models.org import StaffName, Unit
from shared_models.text import NO_NUL, Code, Name, Note

MOST_COMMENTS = 20
# An average of fewer says little, and is said to.
FEW_REVIEWS = 3

Score = Annotated[int, Field(ge=1, le=5)]
ReviewText = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL, strip_whitespace=True)]
ReplyText = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=NO_NUL, strip_whitespace=True)]
DrillText = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL, strip_whitespace=True)]


class Item(StrEnum):
    """What a call or visit is looked at for, in the order of a conversation."""

    OPENING = "opening"
    NEED = "need"
    MATCH = "match"
    RISK_NOTICE = "risk_notice"
    CLOSE = "close"


class Scores(BaseModel):
    """1 (poor) to 5 (exemplary) for each item; None where it does not apply."""

    model_config = ConfigDict(frozen=True)

    opening: Score | None = None
    need: Score | None = None
    match: Score | None = None
    risk_notice: Score | None = None
    close: Score | None = None

    def of(self, item: Item) -> int | None:
        """The score of one item."""
        score: int | None = getattr(self, item.value)
        return score


class Comment(BaseModel):
    """What a head noted, at a moment of the recording in seconds from its beginning, if at one."""

    model_config = ConfigDict(frozen=True)

    at_seconds: int | None = Field(default=None, ge=0, le=DAY_SECONDS)
    text: ReviewText


class Drill(BaseModel):
    """What the advisor is asked to practise again, and by when."""

    model_config = ConfigDict(frozen=True)

    what: DrillText
    due_on: date


class ReviewEdit(BaseModel):
    """What a head writes of a call or visit; who writes it is the server's to know."""

    model_config = ConfigDict(frozen=True)

    activity_id: UUID
    sample_id: UUID | None = None
    scores: Scores = Field(default_factory=Scores)
    comments: Annotated[list[Comment], Field(max_length=MOST_COMMENTS)] = Field(default_factory=list[Comment])
    drill: Drill | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of the call or visit itself."""
        return not self.comments and all(self.scores.of(item) is None for item in Item)


class Review(BaseModel):
    """A review as its advisor's phone has it. `kind` and `business_day` are those of the activity; `version` counts edits from 1."""

    id: UUID
    activity_id: UUID
    kind: Code
    business_day: date
    reviewer_id: UUID
    reviewer_name: Name
    scores: Scores
    comments: list[Comment]
    drill: Drill | None = None
    version: int = Field(ge=1)
    reviewed_at: AwareDatetime


class ReviewVersion(BaseModel):
    """What a review said at first, or after an edit."""

    version: int
    written_at: AwareDatetime
    edit: ReviewEdit


class Reply(BaseModel):
    """What the advisor answered, and when the server had it."""

    text: str
    received_at: AwareDatetime


class TeamReview(BaseModel):
    """A review as heads see it: whose activity it is of, its versions, what the advisor replied, and whether they did the drill."""

    review: Review
    advisor: StaffName
    sample_id: UUID | None
    versions: list[ReviewVersion]
    replies: list[Reply]
    drill_done_at: AwareDatetime | None
    drill_note: str | None = None


class TeamReviews(BaseModel):
    """The reviews of a unit's activities, the newest first."""

    reviews: list[TeamReview]


class ItemAverage(BaseModel):
    """The mean score of an item to two places, None without scores, and of how many it is."""

    mean: Decimal | None
    n: int

    @property
    def is_few(self) -> bool:
        """Whether it is of so few that it says little."""
        return self.n < FEW_REVIEWS


class UnitAverages(BaseModel):
    """The averages of a unit's subtree, and of how many reviews they are."""

    unit: Unit
    reviews: int
    items: dict[Item, ItemAverage]


class ReviewAverages(BaseModel):
    """A unit's averages over a range of business days, and those of the units right below it."""

    first: date
    last: date
    total: UnitAverages
    units: list[UnitAverages]


def average_of(sums: Collection[tuple[int, int]]) -> ItemAverage:
    """The mean of sums of scores, each with how many scores it is of."""
    n = sum(count for _, count in sums)
    total = sum(score for score, _ in sums)
    return ItemAverage(mean=(Decimal(total) / n).quantize(Decimal("0.01")) if n else None, n=n)


class ReviewReply(BaseModel):
    """The data of a `review_reply` activity: what the advisor says to a review of theirs. It counts nowhere."""

    model_config = ConfigDict(frozen=True)

    review_id: UUID
    text: ReplyText


class DrillDone(BaseModel):
    """The data of a `drill_done` activity: the advisor has done the drill that a review asks for. It counts nowhere."""

    model_config = ConfigDict(frozen=True)

    review_id: UUID
    note: Note | None = None
