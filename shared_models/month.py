"""The wire shape of a month (这个月): a unit's figures by day, and those of each advisor or unit below it, which they are the sums of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shared_models.evidence import Grade
from shared_models.fold import no_grades
from shared_models.org import Unit, UnitKind
from shared_models.policy import Targets

# Whose effective calls agreed to meet, who was met, what was bought: of the steps of a pack's funnel those after the dialling.
FUNNEL: tuple[str, ...] = ("calls_effective", "appointments", "visits", "products_bought")


class MonthFigures(BaseModel):
    """Figures by day, each list as long as the days of the month that they are of, and what is told of all of them together.

    `advisors`: how many belonged there on the day; `calls_target` and `visits_target`: what they should reach together, 0 on a
    day off or on leave. `steps`: the sums of FUNNEL. The mixes are of the sums of their figures.
    """

    advisors: list[int]
    on_leave: list[int]
    met: list[int]
    calls_effective: list[int]
    calls_target: list[int]
    visits: list[int]
    visits_target: list[int]
    steps: dict[str, int]
    calls_effective_graded: dict[Grade, int] = Field(default_factory=no_grades)
    visits_graded: dict[Grade, int] = Field(default_factory=no_grades)

    @property
    def target_days(self) -> int:
        """The advisor-days on which there was something to reach."""
        return sum(self.advisors[n] - self.on_leave[n] for n in range(len(self.advisors)) if self.has_targets(n))

    @property
    def met_days(self) -> int:
        """The advisor-days among them on which it was reached."""
        return sum(self.met[n] for n in range(len(self.met)) if self.has_targets(n))

    def has_targets(self, number: int) -> bool:
        """Whether there was something to reach on that day of the list."""
        return bool(self.calls_target[number] or self.visits_target[number])


class MonthRow(BaseModel):
    """An advisor of the unit (`kind` None), or a unit right below it, and their figures."""

    id: UUID
    name: str
    kind: UnitKind | None = None
    figures: MonthFigures


class Month(BaseModel):
    """A unit's month ("2026-11"), of one that is not over the days so far; `figures` are the sums of the `rows`.

    `working`: whether each day is worked. The rows are all advisors of the subtree, or, where there are too many
    (`advisors_left_out`), what is right below the unit.
    """

    unit: Unit
    month: str
    days: list[date]
    working: list[bool]
    as_of: AwareDatetime
    figures: MonthFigures
    rows: list[MonthRow]
    advisors_left_out: int = 0


_BY_DAY = ("advisors", "on_leave", "met", "calls_effective", "calls_target", "visits", "visits_target")


def no_figures(days: int) -> MonthFigures:
    """Of so many days nothing."""
    return MonthFigures(**{name: [0] * days for name in _BY_DAY}, steps=dict.fromkeys(FUNNEL, 0))  # pyright: ignore[reportArgumentType] - each list by its name


class CountedDay(Protocol):
    """What is told of a day: an AdvisorDay's, a unit's Totals', or what was read of a stored one."""

    @property
    def calls_effective(self) -> int:
        """Effective calls."""
        ...

    @property
    def visits(self) -> int:
        """Visits."""
        ...

    @property
    def appointments(self) -> int:
        """Who agreed to meet."""
        ...

    @property
    def products_bought(self) -> int:
        """Products bought."""
        ...

    @property
    def targets(self) -> Targets:
        """What was to be reached."""
        ...

    @property
    def calls_effective_graded(self) -> Mapping[Grade, int]:
        """The evidence of the calls."""
        ...

    @property
    def visits_graded(self) -> Mapping[Grade, int]:
        """The evidence of the visits."""
        ...


def count_day(into: MonthFigures, number: int, day: CountedDay, *, advisors: int, on_leave: int, met: int) -> None:
    """Add the figures of that day of the list, of so many advisors."""
    into.advisors[number] += advisors
    into.on_leave[number] += on_leave
    into.met[number] += met
    into.calls_effective[number] += day.calls_effective
    into.calls_target[number] += day.targets.calls
    into.visits[number] += day.visits
    into.visits_target[number] += day.targets.visits
    for step in FUNNEL:
        into.steps[step] += getattr(day, step)
    for grade in Grade:
        into.calls_effective_graded[grade] += day.calls_effective_graded[grade]
        into.visits_graded[grade] += day.visits_graded[grade]


def sum_of_figures(parts: Iterable[MonthFigures], *, days: int) -> MonthFigures:
    """The sums of figures of the same days."""
    total = no_figures(days)
    for part in parts:
        for name in _BY_DAY:
            so_far: list[int] = getattr(total, name)
            setattr(total, name, _added(so_far, getattr(part, name)))
        for step in FUNNEL:
            total.steps[step] += part.steps[step]
        for grade in Grade:
            total.calls_effective_graded[grade] += part.calls_effective_graded[grade]
            total.visits_graded[grade] += part.visits_graded[grade]
    return total


def _added(first: Sequence[int], second: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(first, second, strict=True)]
