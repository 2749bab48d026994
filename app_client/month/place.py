"""Where a head is in a month: which unit and month, whose calendar, and what the pictures show."""

from datetime import date
from uuid import UUID

from app_client.flet_typed import observable
from app_client.month.pictures import Shown
from shared_models.org import Unit

# Under which the place is among what is unfinished.
UNDER = "month"


@observable
class MonthPlace:
    """`above`: the units from the head's own down to the one shown, without it; `began_at`: the one that the page was opened for."""

    def __init__(self, unit_id: UUID, above: tuple[Unit, ...], day: date) -> None:
        self.began_at = self.unit_id = unit_id
        self.above = above
        self.day = day
        self.advisor_id: UUID | None = None
        self.pages = 1
        self.shown = Shown()

    def turn_to(self, day: date) -> None:
        """Show the month of that day."""
        self.day = day

    def look_at(self, advisor_id: UUID | None) -> None:
        """Show an advisor's calendar, or all of them again."""
        self.advisor_id = advisor_id

    def enter(self, unit_id: UUID, from_unit: Unit) -> None:
        """Go down into a unit."""
        self.pages = 1
        self.above, self.unit_id = (*self.above, from_unit), unit_id

    def leave(self) -> None:
        """Go back up to the unit above."""
        self.pages = 1
        self.unit_id, self.above = self.above[-1].id, self.above[:-1]

    def see_more(self) -> None:
        """Show more rows."""
        self.pages += 1
