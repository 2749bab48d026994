"""What a bulletin's screen reads: which bulletin is meant, its rows as they are ranked, and its figures; it asks the server nothing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from uuid import UUID

from app_client.session import AppSession
from app_client.store.rules import policies
from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, Column, Span, ranked, span_of, value_of
from shared_models.policy import Policies
from shared_models.team import Period
from shared_models.text import Language

# Of these more is not better.
NEUTRAL = frozenset({Column.VISITS_C, Column.VISITS_D, Column.LEAVE_DAYS})
SHARES = frozenset({Column.COVERAGE, Column.MET_DAYS})


class FileKind(Enum):
    """What a bulletin can be taken along as; the ending of its name."""

    PNG = "png"
    PDF = "pdf"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which bulletin is asked for, in which language; `day` None: of the server's today, which is `kept_day` here."""

    unit_id: UUID
    by: Period
    day: date | None
    kept_day: date
    language: Language

    @property
    def period(self) -> str:
        """The name of the period: "2026-W48"."""
        return span_of(self.kept_day, self.by).period

    @property
    def params(self) -> dict[str, str]:
        """The question as the server takes it."""
        told = {"unit_id": str(self.unit_id), "period": self.by.value, "lang": self.language}
        return told if self.day is None else {**told, "day": str(self.day)}

    @property
    def key(self) -> str:
        """Under which the answer is kept."""
        return f"team/bulletin/{self.unit_id}/{self.period}/{self.language}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a row, and its change since the period before; None where there is nothing to tell.

    Of coverage and of days met they are shares; of money yuan.
    """

    value: Fraction | None
    change: Fraction | None


def asked(session: AppSession, unit_id: UUID, by: Period, day: date, language: Language) -> Asked:
    """The question for that day's period; of today without a date, since the server knows best which day that is."""
    return Asked(unit_id, by, None if day == session.today() else day, day, language)


def rows_of(bulletin: Bulletin, rank: Column | None) -> list[BulletinRow]:
    """The rows ranked by a column, or grouped for None, as the server would."""
    return ranked(bulletin.rows, rank)


def columns_of(rank: Column | None) -> list[Column]:
    """The columns in their order, but for the one that ranks, which stands first: a phone shows three."""
    rest = [column for column in Column if column is not rank]
    return [rank, *rest] if rank is not None else rest


def cell_of(row: BulletinRow, column: Column) -> Cell:
    """What stands in a column of a row."""
    value = value_of(row.figures, column)
    was = value_of(row.before, column) if row.before is not None else None
    return Cell(value, value - was if value is not None and was is not None else None)


def money(value: Fraction) -> Decimal:
    """Yuan of a column of money, whose sums are exact to the fen."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def behind_share(figures: BulletinFigures, column: Column) -> tuple[int, int]:
    """Of which two counts a share is: so many of so many."""
    if column is Column.COVERAGE:
        covered = figures.totals.coverage
        return covered.called_in_window, covered.managed_customers
    return figures.met_days, figures.target_days


def metric_of(column: Column) -> str | None:
    """By what name the team's day knows the figure; None where no activities of a day make it up."""
    match column:
        case Column.COVERAGE | Column.LEAVE_DAYS | Column.SCORE:
            return None
        case Column.MET_DAYS:
            return "met"
        case Column.VISITS_A | Column.VISITS_B | Column.VISITS_C | Column.VISITS_D:
            return "visits"
        case _:
            return column.value


def days_of(span: Span) -> list[date]:
    """Its days, the latest first."""
    return [span.last - timedelta(days=n) for n in range((span.last - span.first).days + 1)]


def earlier_day(session: AppSession, by: Period, day: date) -> date:
    """A day of the period before; of a day the working day before, as the server compares."""
    return _rules(session).last_working_day(day) if by is Period.DAY else span_of(day, by).first - timedelta(days=1)


def later_day(session: AppSession, by: Period, day: date) -> date | None:
    """A day of the next period, today at the latest; None where that has not begun."""
    today = session.today()
    if by is Period.DAY:
        # Whoever looks in on a day off sees it too.
        return None if day >= today else min(_rules(session).next_working_day(day), today)
    following = span_of(day, by).last + timedelta(days=1)
    return None if following > today else min(span_of(following, by).last, today)


def _rules(session: AppSession) -> Policies:
    return session.store.read(policies)
