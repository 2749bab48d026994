"""The score of a bulletin is bounded, monotone and the same however its days are grouped; periods and ranks are as people read them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.bulletins import (
    BulletinFigures,
    BulletinRow,
    Column,
    Score,
    ranked,
    same_days,
    score_of,
    score_words,
    span_before,
    span_of,
    value_of,
)
from shared_models.policy import Policies, Policy, Targets
from shared_models.team import Coverage, Period, Totals

LONG_AGO = date(2020, 1, 1)
POLICIES = Policies([Policy(effective_from=LONG_AGO)])
MONDAY = date(2026, 11, 23)

counts = st.integers(0, 2000)
weights = st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(any)


def policy(calls: int = 50, coverage: int = 50) -> Policy:
    return Policy(effective_from=LONG_AGO, score_calls_weight=calls, score_coverage_weight=coverage)


def totals(effective: int, wanted: int, called: int = 0, managed: int = 0) -> Totals:
    return Totals(
        calls_effective=effective,
        targets=Targets(calls=wanted),
        coverage=Coverage(managed_customers=managed, called_in_window=called),
    )


def value(score: Score | None) -> Decimal:
    assert score is not None
    return score.value


@given(effective=counts, wanted=counts, called=counts, managed=counts, weighed=weights)
def test_a_score_lies_between_0_and_100(effective, wanted, called, managed, weighed) -> None:
    score = score_of(totals(effective, wanted, min(called, managed), managed), policy(*weighed))
    assert (score is None) == (not (wanted and weighed[0]) and not (managed and weighed[1]))
    assert score is None or 0 <= score.value <= 100


@given(effective=counts, more=counts, wanted=counts, called=counts, managed=st.integers(1, 2000), weighed=weights)
def test_more_calls_or_more_coverage_never_lower_a_score(effective, more, wanted, called, managed, weighed) -> None:
    rule, covered = policy(*weighed), min(called, managed)
    if score_of(totals(0, wanted, 0, managed), rule) is None:
        return
    scores = [
        value(score_of(totals(effective, wanted, covered, managed), rule)),
        value(score_of(totals(effective + more, wanted, covered, managed), rule)),
        value(score_of(totals(effective + more, wanted, min(covered + more, managed), managed), rule)),
    ]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    ("made", "rule", "words"),
    [
        (
            totals(412, 480, 183, 299),
            policy(60, 40),
            "100 × (60 × 有效电话 412/480 + 40 × 覆盖 183/299) ÷ (60 + 40) = 76.0",
        ),
        (
            totals(30, 20, 0, 10),
            policy(),
            "100 × (50 × 有效电话 1（30/20，超出不计） + 50 × 覆盖 0/10) ÷ (50 + 50) = 50.0",
        ),
        (totals(5, 0, 1, 8), policy(), "100 × (50 × 覆盖 1/8) ÷ (50) = 12.5"),
        (totals(1, 3, 1, 8), policy(1, 0), "100 × (1 × 有效电话 1/3) ÷ (1) = 33.3"),
    ],
)
def test_the_formula_is_told_with_its_numbers(made: Totals, rule: Policy, words: str) -> None:
    score = score_of(made, rule)
    assert score is not None
    assert score_words(score, "zh") == words
    assert score_words(score, "en").endswith(f"= {score.value}")


def test_a_score_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="weight"):
        policy(0, 0)


@given(day=st.dates(date(2001, 1, 1), date(2099, 12, 31)), by=st.sampled_from(Period))
def test_periods_follow_each_other_without_a_gap(day: date, by: Period) -> None:
    span = span_of(day, by)
    assert span.first <= day <= span.last
    assert span_of(span.first, by) == span_of(span.last, by) == span
    before = span_before(span, by, POLICIES)
    if by is Period.DAY:
        assert before.last.weekday() < 5
        assert before.last < span.first
    else:
        assert (span.first - before.last).days == 1
    cut = same_days(before, span.up_to(day))
    assert cut.first == before.first
    assert cut.last == min(before.last, before.first + (day - span.first))


def test_a_monday_is_told_beside_the_friday_before() -> None:
    assert span_before(span_of(MONDAY, Period.DAY), Period.DAY, POLICIES).period == "2026-11-20"
    assert span_before(span_of(MONDAY, Period.WEEK), Period.WEEK, POLICIES).period == "2026-W47"
    assert span_before(span_of(date(2026, 3, 31), Period.MONTH), Period.MONTH, POLICIES).last == date(2026, 2, 28)


def row(number: int, name: str, made: Totals) -> BulletinRow:
    figures = BulletinFigures(totals=made, target_days=0, met_days=0, score=score_of(made, policy()))
    return BulletinRow(id=UUID(int=number), name=name, kind=None, figures=figures, before=None)


def test_who_is_level_shares_a_rank_and_who_has_nothing_has_none() -> None:
    rows = [
        row(1, "丁", totals(0, 0)),
        row(2, "丙", totals(7, 20, 1, 2)),
        row(3, "乙", totals(9, 20, 2, 4)),
        row(4, "甲", totals(9, 20, 1, 4)),
    ]
    assert [(each.name, each.rank) for each in ranked(rows, Column.CALLS_EFFECTIVE)] == [
        ("乙", 1),
        ("甲", 1),
        ("丙", 3),
        ("丁", 4),
    ]
    assert [(each.name, each.rank) for each in ranked(rows, Column.COVERAGE)] == [
        ("丙", 1),
        ("乙", 1),
        ("甲", 3),
        ("丁", None),
    ]
    assert [each.rank for each in ranked(rows, None)] == [None] * 4


@given(made=st.lists(st.tuples(counts, counts), max_size=8), column=st.sampled_from(Column), order=st.randoms())
def test_a_ranking_does_not_depend_on_the_order_of_the_rows(made, column: Column, order) -> None:
    rows = [row(n, "同名", totals(effective, 20, n, managed + n)) for n, (effective, managed) in enumerate(made)]
    shuffled = order.sample(rows, len(rows))
    placed = ranked(rows, column)
    assert placed == ranked(shuffled, column)
    values = [value_of(each.figures, column) for each in placed]
    known = [each for each in values if each is not None]
    assert known == sorted(known, reverse=True)
    assert values[: len(known)] == known
