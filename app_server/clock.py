"""What time it is: passed in, never asked for in the depths, so that a test decides it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the present instant."""

    def now(self) -> datetime:
        """The present instant, aware."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)
