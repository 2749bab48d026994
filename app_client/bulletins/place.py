"""Where a head is among bulletins: which unit, which period, how its rows are put in order, and what is looked into."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_client.flet_typed import observable
from shared_models.bulletins import Column
from shared_models.org import Unit
from shared_models.team import Period

# Under which the place is among what is unfinished.
UNDER = "bulletin"


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked into: a figure of a row, all of an advisor's row without a column, a heading without a row."""

    row: UUID | None = None
    column: Column | None = None


@observable
class BulletinPlace:
    """`path` leads from the head's own unit down to the one shown; `rank` None: grouped."""

    def __init__(self, path: tuple[Unit, ...], day: date) -> None:
        self.path = path
        self.day = day
        self.by = Period.DAY
        self.rank: Column | None = Column.SCORE
        # What "ranked" returns to from "grouped".
        self.last_rank = Column.SCORE
        self.look: Look | None = None

    @property
    def unit(self) -> Unit:
        """The one shown."""
        return self.path[-1]

    def move(self, *, path: tuple[Unit, ...] | None = None, day: date | None = None) -> None:
        """Go to another unit or period."""
        self.look = None
        self.path, self.day = path or self.path, day or self.day

    def tell(self, by: Period) -> None:
        """Take days, weeks or months together, those of the same day."""
        self.look = None
        self.by = by

    def rank_by(self, column: Column | None) -> None:
        """Put the rows in the order of a column, or group them."""
        self.look = None
        self.rank, self.last_rank = column, column or self.last_rank

    def look_into(self, look: Look | None) -> None:
        """Open something, or close it."""
        self.look = look
