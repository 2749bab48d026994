"""The bulletin (通报) of what is right below a unit over a period, and its assessment score (考核); no counting: the fold has counted."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from shared_models.evidence import Grade
from shared_models.org import Unit, UnitKind
from shared_models.policy import DayPolicy, Policies, Policy
from shared_models.team import Period, Totals, period_name
from shared_models.text import Language


class Column(StrEnum):
    """What a bulletin tells of each row, in the order of its columns; each can be ranked by."""

    CALLS_EFFECTIVE = "calls_effective"
    CALLS_EFFECTIVE_MANAGED = "calls_effective_managed"
    CALLS_EFFECTIVE_PROSPECT = "calls_effective_prospect"
    COVERAGE = "coverage"
    VISITS = "visits"
    VISITS_A = "visits_graded.A"
    VISITS_B = "visits_graded.B"
    VISITS_C = "visits_graded.C"
    VISITS_D = "visits_graded.D"
    VISITS_WITH_THREE = "visits_with_three"
    PRODUCTS_PRESENTED = "products_presented"
    PRODUCTS_BOUGHT = "products_bought"
    AMOUNT_BOUGHT = "amount_bought"
    MET_DAYS = "met_days"
    LEAVE_DAYS = "leave_days"
    SCORE = "score"


class ScorePart(BaseModel):
    """`reached` of `wanted` and how much the policy has it weigh; what is more than wanted adds nothing."""

    weight: int
    reached: int
    wanted: int

    @property
    def share(self) -> Fraction:
        """How much of it is reached, 0 to 1."""
        return min(Fraction(self.reached, self.wanted), Fraction(1))


class Score(BaseModel):
    """The assessment score, 0 to 100 with one decimal, and what it is made of; a part that nothing was wanted of is None."""

    value: Decimal
    calls: ScorePart | None
    coverage: ScorePart | None


class BulletinFigures(BaseModel):
    """What a row tells of a period: sums of advisor-days, coverage on the period's last day, and the score.

    `met_days` of `target_days`: on how many of the advisor-days that had targets these were met (达标天数).
    """

    totals: Totals
    target_days: int
    met_days: int
    score: Score | None


class BulletinRow(BaseModel):
    """A child unit or, with `kind` None, an advisor. `before`: the same of the period before, None where it was not there.

    `rank` from 1, the same for who is level; None where the bulletin is not ranked, or the row has nothing to rank by.
    `formula` says how the score comes about, "" where there is none.
    """

    id: UUID
    name: str
    kind: UnitKind | None
    figures: BulletinFigures
    before: BulletinFigures | None
    rank: int | None = None
    formula: str = ""


class Span(BaseModel):
    """The days `first` to `last` of a period ("2026-11-23", "2026-W48", "2026-11"), or its first few of them."""

    period: str
    first: date
    last: date

    def up_to(self, last: date) -> "Span":
        """The part of it that ends on that day."""
        return self.model_copy(update={"last": min(self.last, last)})


class TrendPoint(BaseModel):
    """The whole unit in one period; `figures` None where nothing was recorded in it."""

    span: Span
    figures: BulletinFigures | None


class Definition(BaseModel):
    """A column's heading and what it means."""

    column: Column
    name: str
    meaning: str


class Bulletin(BaseModel):
    """The bulletin of a unit for a period, of the days of `span`: all of it, or where it is not over those so far.

    `before` are the days that each row's `before` is of. Where nothing at all was recorded `total` is None and there are no
    rows. `trend` ends with this period.
    """

    unit: Unit
    by: Period
    span: Span
    is_over: bool
    as_of: AwareDatetime
    before: Span
    ranked_by: Column | None
    rows: list[BulletinRow]
    total: BulletinRow | None
    trend: list[TrendPoint]
    definitions: list[Definition]


# -- periods


def span_of(day: date, by: Period) -> Span:
    """The whole period that a day lies in."""
    match by:
        case Period.DAY:
            first = last = day
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            last = first + timedelta(days=6)
        case Period.MONTH:
            first = day.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Span(period=period_name(day, by), first=first, last=last)


def span_before(span: Span, by: Period, policies: Policies) -> Span:
    """The whole period before; of a day the working day before, as a Monday is not told by its Sunday."""
    earlier = policies.last_working_day(span.first) if by is Period.DAY else span.first - timedelta(days=1)
    return span_of(earlier, by)


def same_days(earlier: Span, span: Span) -> Span:
    """Of an earlier period as many days as have passed of one that is not over."""
    return earlier.up_to(earlier.first + (span.last - span.first))


# -- figures


def target_days(totals: Totals, rule: DayPolicy) -> int:
    """How many of a day's advisors had something to reach on it."""
    return totals.advisors - totals.advisors_on_leave if rule.targets.calls or rule.targets.visits else 0


def met_days(totals: Totals, rule: DayPolicy) -> int:
    """How many of a day's advisors met the targets that they had."""
    return totals.advisors_met if target_days(totals, rule) else 0


def score_of(totals: Totals, policy: Policy) -> Score | None:
    """The assessment score of a period, its coverage being that of the period's last day and `policy` the rule of that day.

    100 x (calls weight x share of the targets' calls + coverage weight x share of the managed customers covered) / weights;
    a share is at most 1, so that no flood of calls makes up for customers whom nobody calls. What nothing is wanted of (no
    targets on a day off, no managed customers) leaves its weight to the other part; None where nothing is left.
    """
    calls = ScorePart(weight=policy.score_calls_weight, reached=totals.calls_effective, wanted=totals.targets.calls)
    covered = totals.coverage
    coverage = ScorePart(
        weight=policy.score_coverage_weight, reached=covered.called_in_window, wanted=covered.managed_customers
    )
    parts = [part for part in (calls, coverage) if part.weight and part.wanted]
    if not parts:
        return None
    share = sum((part.weight * part.share for part in parts), Fraction(0)) / sum(part.weight for part in parts)
    return Score(
        value=_tenths(100 * share),
        calls=calls if calls in parts else None,
        coverage=coverage if coverage in parts else None,
    )


def score_words(score: Score, language: Language) -> str:
    """The formula with this score's numbers: "100 × (50 × 412/480 + 50 × 183/299) ÷ (50 + 50) = 73.5"."""
    is_chinese = language == "zh"
    named = (
        ("有效电话" if is_chinese else "effective calls", score.calls),
        ("覆盖" if is_chinese else "coverage", score.coverage),
    )
    parts = [(name, part) for name, part in named if part is not None]
    told = " + ".join(f"{part.weight} × {name} {_share_words(part, is_chinese=is_chinese)}" for name, part in parts)
    weights = " + ".join(str(part.weight) for _, part in parts)
    return f"100 × ({told}) ÷ ({weights}) = {score.value}"


def _share_words(part: ScorePart, *, is_chinese: bool) -> str:
    written = f"{part.reached:,}/{part.wanted:,}"
    if part.reached <= part.wanted:
        return written
    return f"1（{written}，超出不计）" if is_chinese else f"1 ({written}, no more counts)"


def _tenths(number: Fraction) -> Decimal:
    """To one decimal, a half upwards."""
    return Decimal(floor(number * 10 + Fraction(1, 2))).scaleb(-1)


def value_of(figures: BulletinFigures, column: Column) -> Fraction | None:
    """The figure in a column, a share for coverage and met-days; None where there is nothing to have a share of."""
    totals = figures.totals
    match column:
        case Column.COVERAGE:
            return share_of(totals.coverage.called_in_window, totals.coverage.managed_customers)
        case Column.MET_DAYS:
            return share_of(figures.met_days, figures.target_days)
        case Column.LEAVE_DAYS:
            return Fraction(totals.advisors_on_leave)
        case Column.SCORE:
            return Fraction(figures.score.value) if figures.score is not None else None
        case Column.VISITS_A | Column.VISITS_B | Column.VISITS_C | Column.VISITS_D:
            return Fraction(totals.visits_graded[Grade(column.value[-1])])
        case _:
            return Fraction(getattr(totals, column.value))


def share_of(count: int, whole: int) -> Fraction | None:
    """The count's share of the whole; None of nothing."""
    return Fraction(count, whole) if whole else None


def is_nothing(totals: Totals) -> bool:
    """Whether no advisor-day of these has anything in it; refusals are calls."""
    return not (totals.calls or totals.visits or totals.products_presented or totals.boards_shown)


def ranked(rows: Iterable[BulletinRow], column: Column | None) -> list[BulletinRow]:
    """The rows with their ranks, the highest first and who is level by name; grouped as they are known, by unit and name, for None."""
    in_groups = sorted(rows, key=lambda row: (row.kind is None, row.name, row.id))
    if column is None:
        return [row.model_copy(update={"rank": None}) for row in in_groups]
    values = {row.id: value_of(row.figures, column) for row in in_groups}
    known = sorted((value for value in values.values() if value is not None), reverse=True)
    ranks = {value: place for place, value in reversed(list(enumerate(known, start=1)))}
    placed = [
        row.model_copy(update={"rank": None if (value := values[row.id]) is None else ranks[value]})
        for row in in_groups
    ]
    return sorted(placed, key=lambda row: len(placed) + 1 if row.rank is None else row.rank)
