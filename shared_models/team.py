"""The wire shapes of the team view (夕会): totals of units and the advisor-days they are the sums of."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, field_validator

from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, Figures
from shared_models.hint_answers import HintCode
from shared_models.hints import AnsweredHint
from shared_models.org import StaffName, Unit
from shared_models.policy import Policy

_HINT_CODES = frozenset(code.value for code in HintCode)


class Period(StrEnum):
    """What days are told together; weeks are ISO weeks, from Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def period_name(day: date, period: Period) -> str:
    """The name of the period that a day lies in: "2026-11-23", "2026-W48" or "2026-11"."""
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case Period.MONTH:
            return f"{day:%Y-%m}"


class Coverage(BaseModel):
    """How many of the managed customers were effectively called within the window that ends on the day."""

    managed_customers: int = 0
    called_in_window: int = 0
    window_days: int = 90

    @property
    def not_called(self) -> int:
        """How many of them were not."""
        return self.managed_customers - self.called_in_window


class Totals(Figures):
    """The sums of the AdvisorDays below a unit, and how many advisors stand behind them.

    `advisors_reported`: whose phone has synced since that day began, or whose activities of that day are here.
    `advisors_on_leave`: of the `advisors`, who have no target that day; none of them is among `advisors_met`.
    """

    advisors: int = 0
    advisors_on_leave: int = 0
    advisors_met: int = 0
    advisors_reported: int = 0
    coverage: Coverage = Field(default_factory=Coverage)


class UnitTotals(BaseModel):
    """A child unit and the totals of its subtree."""

    unit: Unit
    totals: Totals


class AdvisorRow(BaseModel):
    """One advisor's day; `pending_hint`: how many activities the phone last said it still held, if it did."""

    staff: StaffName
    day: AdvisorDay
    last_sync_at: AwareDatetime | None
    pending_hint: int | None


class TeamDay(BaseModel):
    """A unit on a day: its totals, its child units', and the rows of every advisor in its subtree.

    `advisors_left_out`: how many there are where none is listed, as there are more than were asked for; 0: all are listed.
    `grades`: only evidence of these is counted, in every figure but coverage; None: all is.
    """

    unit: Unit
    day: date
    policy: Policy
    as_of: AwareDatetime
    totals: Totals
    units: list[UnitTotals]
    advisors: list[AdvisorRow]
    advisors_left_out: int = 0
    grades: list[Grade] | None = None


class PeriodTotals(BaseModel):
    """A period ("2026-11-23", "2026-W48", "2026-11") and its totals."""

    period: str
    totals: Totals


class TeamRange(BaseModel):
    """The totals of a unit by day, week or month; `grades` as of a day."""

    rows: list[PeriodTotals]
    grades: list[Grade] | None = None


class TeamActivity(BaseModel):
    """One activity behind a figure, with the names a head may see; `adds` is what it adds to the figure asked for.

    Of a visit `reason` says what decided its grade, `finding` what was wrong with its card, `code_finding` with the code
    that the customer read out, `outlet_m` and `customer_m` how far from the outlet or the customer's address it was checked
    in. Of a call `recorded_talk_seconds` is how long it was by the exchange's record, which counts; `recording_id` is what a
    head asks a ticket for to listen to it, `recording_seconds` how long that is, if it says so. Once it is deleted there is
    `recording_deleted_on` instead. `hints`: what about it may want a word, of the advisor's whole day, and what the advisor said.
    """

    id: UUID
    kind: str
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    advisor: StaffName
    customer_id: UUID | None
    customer_name: str | None
    pool: str | None
    grade: str | None
    reason: str | None = None
    finding: str | None = None
    outlet_m: int | None = None
    customer_m: int | None = None
    code_finding: str | None = None
    recorded_talk_seconds: int | None = None
    hints: list[AnsweredHint] = Field(default_factory=list[AnsweredHint])
    recording_id: UUID | None = None
    recording_seconds: int | None = None
    recording_deleted_on: date | None = None
    voided: bool
    counted: bool
    adds: Decimal = Decimal(0)
    data: dict[str, Any]

    @field_validator("hints", mode="before")
    @classmethod
    def _known_hints(cls, value: Any) -> Any:  # noqa: ANN401 - unvalidated JSON
        """Without the hints of a newer server: what this version has no word for must not hide the list."""
        if not isinstance(value, list):
            return value
        return [each for each in cast("list[Any]", value) if not _is_unknown(each)]


def _is_unknown(hint: Any) -> bool:  # noqa: ANN401 - unvalidated JSON
    """Whether it is of a code that this version does not know."""
    code = cast("dict[str, Any]", hint).get("code") if isinstance(hint, dict) else None
    return isinstance(code, str) and code not in _HINT_CODES


class TeamActivities(BaseModel):
    """The activities behind a figure, in the order they happened, or all of a day."""

    activities: list[TeamActivity]
