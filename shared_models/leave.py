"""Leave (休假): whole days on which an advisor has no target. Why somebody is away is nobody's figure, and is not kept."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self
from uuid import UUID

from pydantic import BaseModel, model_validator

from shared_models.org import StaffName

MOST_DAYS = 366
FURTHEST_AHEAD = timedelta(days=366)
# What is folded anew is folded while the advisor's phone waits; the days of a quarter take a fraction of a second.
FURTHEST_BACK = timedelta(days=92)


class LeaveDays(BaseModel):
    """From the first day to the last, both of them leave; at most MOST_DAYS."""

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("Leave ends before it begins.")
        if (self.last_day - self.first_day).days >= MOST_DAYS:
            raise ValueError(f"Leave is entered for {MOST_DAYS} days at most.")
        return self

    def covers(self, day: date) -> bool:
        """Whether that day is leave."""
        return self.first_day <= day <= self.last_day

    def meets(self, other: "LeaveDays") -> bool:
        """Whether they share a day."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day

    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


class LeaveEdit(LeaveDays):
    """What a head sends to enter an advisor's leave, or to give it other days."""

    advisor_id: UUID


class Leave(LeaveDays):
    """An advisor's leave as their phone has it."""

    id: UUID


class AdvisorLeave(Leave):
    """Leave as a head reads it."""

    staff: StaffName


class LeaveList(BaseModel):
    """Leave of a unit or of one advisor, the earliest first."""

    leave: list[AdvisorLeave]


def can_be_entered(first: date, last: date, *, today: date) -> bool:
    """Whether days from `first` to `last` are near enough to become leave, or to be taken back."""
    return today - FURTHEST_BACK <= first <= last <= today + FURTHEST_AHEAD


def is_on_leave(day: date, leave: Iterable[LeaveDays]) -> bool:
    """Whether that day is leave, of all that one advisor has."""
    return any(each.covers(day) for each in leave)
