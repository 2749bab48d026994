"""The rules of bulletins: which days are told together, and what each row right below a unit is the sum of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.bulletins import queries
from app_server.bulletins.definitions import definitions
from app_server.org import queries as org
from app_server.tables import UnitRow
from app_server.team.coverage import coverage_over
from app_server.team.kept import coverage_below
from app_server.team.queries import Split
from app_server.team.service import asked_unit, checked_day
from app_server.team.sums import as_coverage, sum_of_totals, sums_of_days
from shared_models.bulletins import (
    Bulletin,
    BulletinFigures,
    BulletinRow,
    Column,
    Span,
    TrendPoint,
    is_nothing,
    met_days,
    ranked,
    same_days,
    score_of,
    score_words,
    span_before,
    span_of,
    target_days,
)
from shared_models.org import UnitKind
from shared_models.policy import Policies
from shared_models.team import Coverage, Period, Totals
from shared_models.text import Language

# How many periods a trend shows, the bulletin's own among them.
TREND_PERIODS = 6

_DayTotals = Mapping[date, Totals]


@dataclass(frozen=True, slots=True)
class _Subtree:
    """Sums and coverage of what is right below a unit's path, over the days of a bulletin and those before."""

    path: str
    policies: Policies
    by_part: Mapping[str, _DayTotals]
    covered: Mapping[date, Mapping[str, Coverage]]

    def figures(self, part: str, span: Span) -> BulletinFigures | None:
        """Of one part; None where it had no advisors in these days."""
        of_part = self.by_part.get(part, {})
        if not any(day in of_part for day in _days(span)):
            return None
        nobody = Coverage(window_days=self.policies.on(span.last).policy.coverage_days)
        return _figures(of_part, span, self.policies, coverage=self.covered[span.last].get(part, nobody))


def bulletin(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    by: Period,
    day: date | None,
    ranked_by: Column | None,
    language: Language,
    now: datetime,
) -> Bulletin:
    """What is right below a unit in the period of that day, up to today; the caller's own unit and today when left out.

    Raises NotFound outside the caller's subtree, BadInput for a day that has not come yet.
    """
    day = checked_day(day or who.today, who)
    unit = asked_unit(session, who, unit_id)
    return bulletin_of(session, unit, by=by, day=day, today=who.today, ranked_by=ranked_by, language=language, now=now)


def bulletin_of(
    session: Session,
    unit: UnitRow,
    *,
    by: Period,
    day: date,
    today: date,
    ranked_by: Column | None,
    language: Language,
    now: datetime,
) -> Bulletin:
    """The same of any unit, for whoever may see it; `day` has come."""
    policies = org.policies(session)
    whole = span_of(day, by)
    span = whole.up_to(today)
    is_over = today > whole.last
    previous = span_before(whole, by, policies)
    before = previous if is_over or by is Period.DAY else same_days(previous, span)
    trend = _trend(session, unit.path, span, by, policies)
    own = trend[-1].figures
    rows: list[BulletinRow] = []
    total: BulletinRow | None = None
    if own is not None:
        below = _subtree(session, unit.path, before, span, policies)
        was = trend[-2].figures if before == trend[-2].span else _wholes(session, unit.path, [before], policies)[0]
        rows = ranked(_rows(session, unit, below, before if was is not None else None, span, language), ranked_by)
        total = _row(unit.id, unit.name, unit.kind, own, was, language)
    return Bulletin(
        unit=org.as_unit(unit),
        by=by,
        span=span,
        is_over=is_over,
        as_of=now,
        before=before,
        ranked_by=ranked_by,
        rows=rows,
        total=total,
        trend=trend,
        definitions=definitions(language),
    )


def bank_timezone(session: Session) -> str:
    """The bank's time zone, for saying when a bulletin was made."""
    return org.policies(session).timezone


def _rows(
    session: Session, unit: UnitRow, below: _Subtree, before: Span | None, span: Span, language: Language
) -> list[BulletinRow]:
    """A row for each child unit and each of the unit's own advisors who had advisor-days in the period."""
    named: list[tuple[UUID, str, UnitKind | None]] = [
        (child.id, child.name, child.kind) for child in org.children_of(session, unit.id, since=span.first)
    ]
    named += [
        (advisor_id, name, None)
        for advisor_id, name in queries.advisors_in(session, unit.path, first=span.first, last=span.last).items()
    ]
    rows: list[BulletinRow] = []
    for part, name, kind in named:
        figures = below.figures(str(part), span)
        if figures is not None:
            was = below.figures(str(part), before) if before is not None else None
            rows.append(_row(part, name, kind, figures, was, language))
    return rows


def _row(
    part: UUID,
    name: str,
    kind: UnitKind | None,
    figures: BulletinFigures,
    before: BulletinFigures | None,
    language: Language,
) -> BulletinRow:
    formula = score_words(figures.score, language) if figures.score is not None else ""
    return BulletinRow(id=part, name=name, kind=kind, figures=figures, before=before, formula=formula)


def _subtree(session: Session, path: str, before: Span, span: Span, policies: Policies) -> _Subtree:
    by_part: dict[str, dict[date, Totals]] = defaultdict(dict)
    days = [*_days(before), *_days(span)]
    for (day, part), totals in sums_of_days(
        session, path=path, days=days, policies=policies, split=Split.BELOW
    ).items():
        by_part[part][day] = totals
    covered = {each.last: _coverage_below(session, path, each.last, policies) for each in (before, span)}
    return _Subtree(path, policies, by_part, covered)


def _coverage_below(session: Session, path: str, day: date, policies: Policies) -> dict[str, Coverage]:
    """The coverage on that day of each part right below the path that has managed customers."""
    window = policies.on(day).policy.coverage_days
    found = coverage_below(session, path=path, day=day, window_days=window)
    return {part: as_coverage(covered, window_days=window) for part, covered in found.items()}


def _trend(session: Session, path: str, span: Span, by: Period, policies: Policies) -> list[TrendPoint]:
    """The whole subtree in the periods up to this one, of which only this one may not be over."""
    spans = [span]
    while len(spans) < TREND_PERIODS:
        spans.insert(0, span_before(spans[0], by, policies))
    found = _wholes(session, path, spans, policies)
    return [TrendPoint(span=each, figures=figures) for each, figures in zip(spans, found, strict=True)]


def _wholes(session: Session, path: str, spans: Sequence[Span], policies: Policies) -> list[BulletinFigures | None]:
    """Of the whole subtree in each of these spans, ascending; None where nothing was recorded."""
    days = [day for span in spans for day in _days(span)]
    sums = sums_of_days(session, path=path, days=days, policies=policies)
    by_day = {day: totals for (day, _), totals in sums.items()}
    windows = [(span.last, policies.on(span.last).policy.coverage_days) for span in spans]
    covered = coverage_over(session, path=path, days=windows)
    found: list[BulletinFigures | None] = []
    for span, (last, window) in zip(spans, windows, strict=True):
        coverage = as_coverage(covered[last], window_days=window)
        figures = _figures(by_day, span, policies, coverage=coverage)
        found.append(None if is_nothing(figures.totals) else figures)
    return found


def _figures(by_day: _DayTotals, span: Span, policies: Policies, *, coverage: Coverage) -> BulletinFigures:
    counted = [(policies.on(day), by_day[day]) for day in _days(span) if day in by_day]
    totals = sum_of_totals((each for _, each in counted), coverage=coverage)
    return BulletinFigures(
        totals=totals,
        target_days=sum(target_days(each, rule) for rule, each in counted),
        met_days=sum(met_days(each, rule) for rule, each in counted),
        score=score_of(totals, policies.on(span.last).policy),
    )


def _days(span: Span) -> list[date]:
    return [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
