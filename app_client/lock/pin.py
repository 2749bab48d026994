"""Which PIN may be chosen, and how wrong ones slow down: rules only, no clock and no device."""

from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise

LENGTH = 6
# Then the password: at two guesses in a million a try, five are too few to be worth it.
MOST_MISSES = 5
# After so many wrong ones in a row.
_WAITS = (0, 1, 5, 15, 60)
_FEWEST_DIGITS = 3
# Not caught by the rules below, and among the most chosen: paths over the keys, and pairs.
_KNOWN = frozenset({"112233", "147258", "147369", "159357", "159753", "258369", "321321", "369258", "741852", "789456"})


class PinTrouble(Enum):
    """Why a PIN may not be chosen."""

    NOT_SIX_DIGITS = "not_six_digits"
    TOO_EASY = "too_easy"


def pin_trouble(pin: str) -> PinTrouble | None:
    """What is wrong with a PIN; None for one that may be chosen."""
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        return PinTrouble.NOT_SIX_DIGITS
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    half = LENGTH // 2
    is_easy = (
        len(steps) == 1  # 123456, 987654, 135791
        or len(set(pin)) < _FEWEST_DIGITS
        or pin[:half] == pin[half:]
        or pin == pin[::-1]
        or pin in _KNOWN
    )
    return PinTrouble.TOO_EASY if is_easy else None


def seconds_to_wait(misses: int, missed_at: datetime | None, now: datetime) -> int:
    """How long until a PIN may be tried again. A clock set back waits for nothing: the number of tries is what protects."""
    if missed_at is None or now < missed_at:
        return 0
    wait = timedelta(seconds=_WAITS[min(misses, len(_WAITS) - 1)])
    left = (missed_at + wait - now).total_seconds()
    return max(0, -int(-left // 1))
