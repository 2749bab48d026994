"""How long each card has faced the customer: pure arithmetic on a clock that never jumps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from shared_models.boards import CardShown
from shared_models.calls import DAY_SECONDS

_NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Exposure:
    """Seconds by card, in the order first shown; `facing` is the card that faces the customer since `since`, if one does."""

    spent: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    facing: str | None = None
    since: float = 0.0

    def turn(self, key: str | None, *, at: float) -> "Exposure":
        """From `at` (monotonic seconds) on that card faces the customer; with None no card does."""
        spent = dict(self.spent)
        if self.facing is not None:
            spent[self.facing] += max(at - self.since, 0.0)
        if key is not None:
            spent.setdefault(key, 0.0)
        return Exposure(spent, key, at)

    @property
    def seconds(self) -> int:
        """How long the board faced the customer, in whole seconds; no longer than a day."""
        return int(min(sum(self.spent.values()), DAY_SECONDS))

    def cards(self) -> tuple[CardShown, ...]:
        """Each card in whole seconds, which make `seconds` together."""
        ends = [int(min(end, DAY_SECONDS)) for end in accumulate(self.spent.values())]
        starts = [0, *ends]
        return tuple(
            CardShown(key=key, seconds=end - start) for key, start, end in zip(self.spent, starts, ends, strict=False)
        )
