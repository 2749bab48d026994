"""What a month's pages read: which month is meant, each day of its calendar, rows with the gaps first, and an advisor's own from the phone's ledger."""

import calendar
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum
from uuid import UUID

from app_client.session import AppSession
from app_client.store import reads
from app_client.store.rules import policies, rule_on
from shared_models.bulletins import span_of
from shared_models.month import MonthFigures, MonthRow, count_day, no_figures
from shared_models.team import Period

# Of what a day should reach, the shares at which a cell takes the next step of its colour.
_STEPS_FROM = (0.5, 0.85, 1.0)


class Figure(StrEnum):
    """What the pictures show by day."""

    CALLS = "calls_effective"
    VISITS = "visits"


class Kind(Enum):
    """What kind of day it is for whom the calendar is of; ABSENT: they were not here, or the phone does not have it."""

    WORKED = "worked"
    OFF = "off"
    ON_LEAVE = "on_leave"
    ABSENT = "absent"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar: how many, of how many that were wanted."""

    day: date
    kind: Kind
    value: int = 0
    target: int = 0

    @property
    def is_reached(self) -> bool:
        """Whether what was wanted was reached."""
        return self.target > 0 and self.value >= self.target

    @property
    def step(self) -> int:
        """The step of the colour, 0 for nothing to 4 for all that was wanted."""
        if not self.value:
            return 0
        share = self.value / self.target if self.target else 1.0
        return 1 + sum(share >= start for start in _STEPS_FROM)


@dataclass(frozen=True, slots=True)
class Asked:
    """The month of `day` of a unit."""

    unit_id: UUID
    day: date

    @property
    def month(self) -> str:
        """`2026-11`."""
        return span_of(self.day, Period.MONTH).period

    @property
    def key(self) -> str:
        """Under which the answer is kept."""
        return f"team/month/{self.unit_id}/{self.month}"


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """An advisor's own month up to today by the phone's ledger, which reaches back to `earliest`."""

    days: list[date]
    working: list[bool]
    figures: MonthFigures
    earliest: date

    @property
    def is_whole(self) -> bool:
        """Whether the phone has all of its days."""
        return self.days[0] >= self.earliest


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def month_after(day: date, *, today: date) -> date | None:
    """The first day of the month after; None where it has not come."""
    following = span_of(day, Period.MONTH).last + timedelta(days=1)
    return following if following <= today else None


def cells_of(days: Sequence[date], working: Sequence[bool], figures: MonthFigures, figure: Figure) -> list[Cell]:
    """Every day of the month that these days begin, those ahead among them."""
    first = days[0]
    values = figures.calls_effective if figure is Figure.CALLS else figures.visits
    targets = figures.calls_target if figure is Figure.CALLS else figures.visits_target
    cells: list[Cell] = []
    for number in range(calendar.monthrange(first.year, first.month)[1]):
        day = first + timedelta(days=number)
        if number >= len(days):
            cells.append(Cell(day, Kind.AHEAD))
            continue
        if not figures.advisors[number]:
            kind = Kind.ABSENT
        elif not working[number]:
            kind = Kind.OFF
        elif figures.on_leave[number] == figures.advisors[number]:
            kind = Kind.ON_LEAVE
        else:
            kind = Kind.WORKED
        cells.append(Cell(day, kind, values[number], targets[number]))
    return cells


def gaps_first(rows: Iterable[MonthRow]) -> list[MonthRow]:
    """The rows with the fewest days met first; where level, with the fewest calls of what was wanted; who had nothing to reach last."""

    def gap(row: MonthRow) -> tuple[bool, float, float, str]:
        figures = row.figures
        wanted = sum(figures.calls_target)
        met = figures.met_days / figures.target_days if figures.target_days else 0.0
        calls = sum(figures.calls_effective) / wanted if wanted else 0.0
        return not figures.target_days, met, calls, row.name

    return sorted(rows, key=gap)


def own_month(session: AppSession, day: date) -> OwnMonth:
    """The advisor's own month of that day, up to today, by the fold; days before the phone's ledger begins are not counted."""

    def read(tx: sqlite3.Connection) -> OwnMonth:
        today, rules = session.today(), policies(tx)
        earliest = today - timedelta(days=rule_on(tx, today).policy.feed_days)
        span = span_of(day, Period.MONTH).up_to(today)
        days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
        known = [each for each in days if each >= earliest]
        figures = no_figures(len(days))
        for each, folded in zip(known, reads.figures_of_days(tx, known) if known else [], strict=True):
            count_day(figures, days.index(each), folded, advisors=1, on_leave=folded.on_leave, met=folded.met)
        return OwnMonth(days, [rules.is_working_day(each) for each in days], figures, earliest)

    return session.store.read(read)
