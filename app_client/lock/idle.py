"""When nobody is there any more: how long since the last touch, and what counts as being busy all the same; rules only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CHOICES = (1, 5, 15)
USUAL_MINUTES = 5
# Whoever is on the phone does not touch the app, and wants the outcome sheet at once afterwards.
LONGEST_CALL = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant by both clocks of a device: the one that people set, and the one that only counts on."""

    at: datetime
    ticks: float

    def seconds_until(self, later: "Moment") -> float:
        """How long it has been. The counting clock stands still in some phones' sleep, the other jumps: the longer counts."""
        return max((later.at - self.at).total_seconds(), later.ticks - self.ticks)


def seconds_left(touched: Moment, now: Moment, *, minutes: int, calling_since: datetime | None) -> float:
    """How long until the app locks if nobody comes; 0 when it is time. `calling_since`: a dialled call is not logged yet."""
    left = minutes * 60 - touched.seconds_until(now)
    if calling_since is not None and now.at >= calling_since:
        left = max(left, (calling_since + LONGEST_CALL - now.at).total_seconds())
    return max(left, 0.0)
