"""Pitch boards (营销垫板): cards turned to a customer, with the words to say to them; and what a phone records when one was shown."""

from enum import IntEnum, StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared_models.absent import is_absent, is_empty
from shared_models.calls import DAY_SECONDS
from shared_models.text import NO_NUL, Code, Line, Note

MOST_CARDS = 20
Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=NO_NUL)]
# A person reads it from across a desk.
CardText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600, pattern=NO_NUL)]
BoardVersion = Annotated[int, Field(ge=0, lt=2**31)]


class BoardCategory(StrEnum):
    """What a board is about; the wire takes any code."""

    ALLOCATION = "allocation"
    DEPOSIT = "deposit"
    WEALTH = "wealth"
    FUND = "fund"
    INSURANCE = "insurance"
    METAL = "metal"


class BoardScene(StrEnum):
    """When it is shown; the wire takes any code."""

    FIRST_MEETING = "first_meeting"
    MATURING_DEPOSIT = "maturing_deposit"
    IDLE_CASH = "idle_cash"
    MARKET_FALL = "market_fall"
    REFUSED_BY_PHONE = "refused_by_phone"
    BUSY_HALL = "busy_hall"
    FAMILY = "family"
    RETIREMENT = "retirement"


class BoardLength(IntEnum):
    """How long it takes, in seconds."""

    HALF_MINUTE = 30
    THREE_MINUTES = 180
    TEN_MINUTES = 600


class ChartKind(StrEnum):
    """How figures are drawn."""

    BARS = "bars"
    PARTS = "parts"


class ChartItem(BaseModel):
    """One bar, or one part of a whole."""

    model_config = ConfigDict(frozen=True)

    label: Heading
    value: float = Field(ge=0, allow_inf_nan=False)


class Chart(BaseModel):
    """Figures on a card; `unit` stands behind each value, `source` beneath."""

    model_config = ConfigDict(frozen=True)

    kind: ChartKind
    items: Annotated[tuple[ChartItem, ...], Field(min_length=2, max_length=8)]
    unit: Line = ""
    source: Line = ""


class Objection(BaseModel):
    """What a customer says against it, and the answer. `reason`: the code of a call's refusal that it meets."""

    model_config = ConfigDict(frozen=True)

    says: Line
    answer: Note
    reason: Code | None = None


class BoardCard(BaseModel):
    """One card. `key` stays the same in all versions and languages; `text` is Markdown and faces the customer, as do picture and chart.

    `own_numbers`: the customer's allocation, as it is and as it would be, is drawn on it. `say` and `objections` are the advisor's
    alone; `notices` must be said and stand on the card.
    """

    model_config = ConfigDict(frozen=True)

    key: Code
    title: Heading
    text: CardText = ""
    picture: Code | None = None
    chart: Chart | None = None
    own_numbers: bool = False
    say: Note
    objections: tuple[Objection, ...] = ()
    notices: tuple[Line, ...] = ()


class BoardText(BaseModel):
    """A board in one language. `new`: what has changed since the last version, in a sentence."""

    model_config = ConfigDict(frozen=True)

    title: Heading
    cards: Annotated[tuple[BoardCard, ...], Field(min_length=1, max_length=MOST_CARDS)]
    new: Line = ""


class BoardContent(BaseModel):
    """What an author writes of a board: one category, one scene, one length; the same cards in each language."""

    model_config = ConfigDict(frozen=True)

    code: Code
    category: Code
    scene: Code
    length: BoardLength
    zh: BoardText
    en: BoardText | None = None


class Board(BoardContent):
    """A published board as every phone has it."""

    id: UUID
    version: BoardVersion


class CardShown(BaseModel):
    """How long one card faced the customer."""

    model_config = ConfigDict(frozen=True)

    key: Code
    seconds: int = Field(ge=0, le=DAY_SECONDS)


class Reaction(StrEnum):
    """How the customer took it, as the app asks; the wire takes any code."""

    WANTS_MORE = "wants_more"
    UNSURE = "unsure"
    NOT_NOW = "not_now"


class BoardShown(BaseModel):
    """The data of a `board_shown` activity; `seconds` is how long the board faced the customer, `cards` in the order first shown."""

    model_config = ConfigDict(frozen=True)

    board_id: UUID
    board_version: BoardVersion | Code
    visit_id: UUID | None = None
    call_id: UUID | None = None
    seconds: int = Field(ge=0, le=DAY_SECONDS)
    cards: tuple[CardShown, ...] = Field(default=(), max_length=MOST_CARDS, exclude_if=is_empty)
    reaction: Code | None = Field(default=None, exclude_if=is_absent)
