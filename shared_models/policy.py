"""The dated, versioned rule (要求): 20 / 5 / 3, what counts as effective, and which day an instant belongs to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from shared_models.calls import Call, CallOutcome
from shared_models.leave import LeaveDays, is_on_leave
from shared_models.portfolios import DEFAULT_PORTFOLIOS, Portfolios

SATURDAY = 5


# Sorted on the wire, so that one rule is always the same text.
Dates = Annotated[frozenset[date], PlainSerializer(sorted, return_type=list[date])]
Outcomes = Annotated[frozenset[CallOutcome], PlainSerializer(sorted, return_type=list[CallOutcome])]
Overrides = Annotated[
    dict[date, bool], PlainSerializer(lambda days: dict(sorted(days.items())), return_type=dict[date, bool])
]


class Targets(BaseModel):
    """What one advisor should reach on one day; zeros on a day off."""

    calls: int = 0
    visits: int = 0
    products_per_visit: int = 0


class Calendar(BaseModel):
    """Where a year departs from Monday to Friday: public holidays, and the weekend days worked to make up for them.

    `overrides` are the bank's own word on single days, worked or not, whatever was published.
    """

    days_off: Dates = frozenset()
    make_up_days: Dates = frozenset()
    overrides: Overrides = {}

    def is_working_day(self, day: date) -> bool:
        """Whether the bank's advisors have targets on that day."""
        if day in self.overrides:
            return self.overrides[day]
        if day in self.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def overridden(self, changed: Mapping[date, bool | None]) -> Self:
        """The same with the bank's word on these days: worked or not, or None for what was published."""
        kept = {day: works for day, works in self.overrides.items() if day not in changed}
        said = {day: works for day, works in changed.items() if works is not None}
        return self.model_copy(update={"overrides": kept | said})


class Policy(BaseModel):
    """One version of the rule, in force from `effective_from` until a later version's date."""

    model_config = ConfigDict(frozen=True)

    effective_from: date
    calls: int = Field(default=20, ge=0, le=1000)
    visits: int = Field(default=5, ge=0, le=1000)
    products_per_visit: int = Field(default=3, ge=0, le=10)
    effective_outcomes: Outcomes = frozenset(
        {CallOutcome.INTERESTED, CallOutcome.APPOINTMENT, CallOutcome.FOLLOW_UP, CallOutcome.DECLINED}
    )
    effective_talk_seconds: int = Field(default=30, ge=0)
    geofence_m: int = Field(default=300, ge=1)
    late_days: int = Field(default=7, ge=0, le=366)
    rating_valid_days: int = Field(default=365, ge=1)
    coverage_days: int = Field(default=90, ge=1)
    feed_days: int = Field(default=90, ge=1)
    pbx_match_minutes: int = Field(default=15, ge=0, le=240)
    hint_burst_calls: int = Field(default=5, ge=2, le=1000)
    hint_burst_visits: int = Field(default=3, ge=2, le=1000)
    hint_burst_minutes: int = Field(default=3, ge=1, le=60)
    hint_overlap_seconds: int = Field(default=60, ge=0, le=3600)
    hint_same_customer_calls: int = Field(default=4, ge=2, le=1000)
    hint_backdated_minutes: int = Field(default=10, ge=0, le=1440)
    hint_clock_minutes: int = Field(default=5, ge=0, le=1440)
    recording_days: int = Field(default=180, ge=1)
    score_calls_weight: int = Field(default=50, ge=0, le=100)
    score_coverage_weight: int = Field(default=50, ge=0, le=100)
    portfolios: Portfolios = Field(default_factory=lambda: dict(DEFAULT_PORTFOLIOS))
    timezone: str = "Asia/Shanghai"
    calendar: Calendar = Calendar()

    @model_validator(mode="after")
    def _weighs_something(self) -> Self:
        if self.score_calls_weight + self.score_coverage_weight == 0:
            raise ValueError("a score needs a weight above zero")
        return self

    def targets_on(self, day: date) -> Targets:
        """The targets of one advisor on that day: none on a day off."""
        if not self.calendar.is_working_day(day):
            return Targets()
        return Targets(calls=self.calls, visits=self.visits, products_per_visit=self.products_per_visit)


def is_effective(call: Call, policy: Policy) -> bool:
    """Whether a call counts as effective (有效电话) under the policy of its business day."""
    return call.outcome in policy.effective_outcomes and call.talk_seconds >= policy.effective_talk_seconds


@dataclass(frozen=True, slots=True)
class DayPolicy:
    """The rule as it stands on one business day, for an advisor who is on leave on it or is not: what `fold_day` counts by."""

    day: date
    policy: Policy
    on_leave: bool = False

    @property
    def targets(self) -> Targets:
        """What an advisor should reach on this day; nothing on leave."""
        return Targets() if self.on_leave else self.policy.targets_on(self.day)


class Policies:
    """All versions of the rule; answers which one a day goes by."""

    def __init__(self, versions: Iterable[Policy]) -> None:
        self._versions = sorted(versions, key=lambda policy: policy.effective_from)
        if not self._versions:
            self._versions = [Policy(effective_from=date(1970, 1, 1))]

    @property
    def timezone(self) -> str:
        """The bank's time zone. A bank has one; the newest version names it."""
        return self._versions[-1].timezone

    def on(self, day: date, leave: Iterable[LeaveDays] = ()) -> DayPolicy:
        """The rule in force on that day, before the first version the first; of an advisor by all the `leave` they have."""
        in_force = self._versions[0]
        for policy in self._versions:
            if policy.effective_from <= day:
                in_force = policy
        return DayPolicy(day=day, policy=in_force, on_leave=is_on_leave(day, leave))

    def business_day(self, occurred_at: datetime, clock_offset_ms: int) -> date:
        """The business day (营业日) of an instant that a phone's clock reported."""
        return business_day(occurred_at, clock_offset_ms=clock_offset_ms, timezone=self.timezone)

    def today(self, now: datetime) -> date:
        """The business day of an instant by a clock that needs no correction."""
        return business_day(now, clock_offset_ms=0, timezone=self.timezone)

    def is_working_day(self, day: date) -> bool:
        """Whether advisors have targets on that day, by the calendar in force on it."""
        return self.on(day).policy.calendar.is_working_day(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        following = day + timedelta(days=1)
        while not self.is_working_day(following):
            following += timedelta(days=1)
        return following

    def last_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        earlier = day - timedelta(days=1)
        while not self.is_working_day(earlier):
            earlier -= timedelta(days=1)
        return earlier


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name; raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def corrected_instant(occurred_at: datetime, clock_offset_ms: int) -> datetime:
    """What a right clock would have said: the phone's reading plus its measured offset (server − phone)."""
    return occurred_at + timedelta(milliseconds=clock_offset_ms) if clock_offset_ms else occurred_at


# The same instants come again and again: at acceptance, at each fold of their day, at each look at a list.
@lru_cache(maxsize=8192)
def business_day(occurred_at: datetime, *, clock_offset_ms: int, timezone: str) -> date:
    """The date of the corrected instant in the bank's time zone; the only place where an instant becomes a day."""
    return corrected_instant(occurred_at, clock_offset_ms).astimezone(zone(timezone)).date()
