"""The clock that is passed in everywhere; nothing else on the client asks the system for the time."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time as the device does, right or wrong."""

    def now(self) -> datetime:
        """The aware instant the device's clock shows."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never jump; for measuring how long something took."""
        ...


class SystemClock:
    """The clock of the machine the app runs on."""

    def now(self) -> datetime:
        """The aware instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()
