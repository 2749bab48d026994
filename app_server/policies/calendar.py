"""The Chinese working calendar as the policy's `Calendar`, from the published holiday arrangements. Not the policy itself."""

from collections.abc import Iterable
from datetime import date, timedelta

from chinese_calendar.constants import (  # pyright: ignore[reportMissingTypeStubs] - the package has none
    holidays,
    workdays,
)

from shared_models.policy import SATURDAY, Calendar


def known_years() -> frozenset[int]:
    """The years whose holidays the State Council has announced and the package carries."""
    return frozenset(day.year for day in holidays)


def unknown_years(years: Iterable[int]) -> list[int]:
    """Those of the years of which nothing is known yet: there Monday to Friday are taken as working days."""
    return sorted(set(years) - known_years())


def calendar_for(years: Iterable[int]) -> Calendar:
    """Public holidays and make-up working days (调休) of those years; an unknown year has neither, see `unknown_years`."""
    wanted = set(years)
    return Calendar(
        days_off=frozenset(day for day in holidays if day.year in wanted and day.weekday() < SATURDAY),
        make_up_days=frozenset(day for day in workdays if day.year in wanted and day.weekday() >= SATURDAY),
    )


def working_days_before(day: date, count: int, calendar: Calendar) -> list[date]:
    """The last `count` working days before `day`, earliest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if calendar.is_working_day(day):
            found.append(day)
    return found[::-1]
