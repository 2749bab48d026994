"""Which day the evening shows, known to the pages that open over it."""

from datetime import date

from app_client.flet_typed import observable

# Under which the place is among what is unfinished.
UNDER = "evening"


@observable
class EveningPlace:
    """`day` None follows the calendar: a page left open overnight shows the new day."""

    def __init__(self) -> None:
        self.day: date | None = None

    def choose(self, day: date | None) -> None:
        """Show that day."""
        self.day = day
