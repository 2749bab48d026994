"""What a pack's sentences say is what its pages show, whatever the figures: no other number, no wrong sign, nothing divided by nothing."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, TrendPoint, score_of, span_before, span_of
from shared_models.cases import CaseChannel, CaseTurn, SharedCase, Speaker
from shared_models.evidence import Grade
from shared_models.org import Unit, UnitKind
from shared_models.pack_pages import biggest_move, pages_of
from shared_models.pack_steps import narrowest_step
from shared_models.pack_training import is_small, training_page
from shared_models.pack_units import row_to_visit
from shared_models.pack_words import moved_words, points, points_words, signed, tone_of
from shared_models.packs import Cohort, PackPage, PageCode, Tone, Worked
from shared_models.policy import Policies, Policy, Targets
from shared_models.team import Coverage, Period, Totals

POLICY = Policy(effective_from=date(2020, 1, 1))
MONTH = span_of(date(2026, 11, 1), Period.MONTH)
BEFORE = span_before(MONTH, Period.MONTH, Policies([POLICY]))
# Reasons that a bank may have, one of them with figures in it.
REASONS = ("no_money", "busy", "low_return", "bank_7")
NAMES = st.sampled_from(["二道支行", "河东 3 网点", "刘洋"])
LANGUAGES = st.sampled_from(["zh", "en"])
FEW = settings(max_examples=25)
small = st.integers(0, 40)
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@st.composite
def figures(draw: st.DrawFn) -> BulletinFigures:
    """A month of a unit, any of its counts nothing."""
    effective, managed, days = draw(small), draw(small), draw(small)
    graded = {grade: draw(st.integers(0, 9)) for grade in Grade}
    visits = sum(graded.values())
    totals = Totals(
        calls=effective + draw(small),
        calls_effective=effective,
        appointments=draw(st.integers(0, effective)),
        visits=visits,
        visits_graded=graded,
        visits_with_three=draw(st.integers(0, visits)),
        products_bought=draw(small),
        amount_bought=draw(st.decimals(0, 10**7, places=2)),
        declines={reason: draw(st.integers(0, 5)) for reason in REASONS},
        targets=Targets(calls=20 * days, visits=5 * days),
        coverage=Coverage(managed_customers=managed, called_in_window=draw(st.integers(0, managed))),
    )
    met = draw(st.integers(0, days))
    return BulletinFigures(totals=totals, target_days=days, met_days=met, score=score_of(totals, POLICY))


@st.composite
def rows(draw: st.DrawFn, number: int, name: str | None = None) -> BulletinRow:
    return BulletinRow(
        id=UUID(int=number),
        name=name or draw(NAMES),
        kind=draw(st.sampled_from([UnitKind.OUTLET, None])),
        figures=draw(figures()),
        before=draw(st.none() | figures()),
    )


@st.composite
def bulletins(draw: st.DrawFn, *, empty: bool = False) -> Bulletin:
    below = [] if empty else [draw(rows(number)) for number in range(1, draw(st.sampled_from([1, 2, 4, 12])) + 1)]
    total = None if empty else draw(rows(99, "合计"))
    points_of_trend = [
        TrendPoint(span=BEFORE, figures=draw(st.none() | figures())),
        TrendPoint(span=MONTH, figures=total.figures if total else None),
    ]
    return Bulletin(
        unit=Unit(id=UUID(int=1), name="人民路支行", kind=UnitKind.SUB_BRANCH),
        by=Period.MONTH,
        span=MONTH,
        is_over=draw(st.booleans()),
        as_of="2026-12-01T00:00:00Z",  # pyright: ignore[reportArgumentType] - as it is on the wire
        before=BEFORE,
        ranked_by=None,
        rows=below,
        total=total,
        trend=points_of_trend,
        definitions=[],
    )


worked = st.builds(
    Worked,
    advisors=small,
    advisor_days=st.integers(0, 60),
    calls_effective=small,
    visits=small,
    visits_with_three=small,
    products_bought=small,
)
cohorts = st.lists(
    st.builds(
        Cohort,
        title=st.sampled_from(["讲透三个产品", "2026 秋训"]),
        day=st.integers(0, 20).map(lambda n: MONTH.first + timedelta(days=n)),
        window_days=st.sampled_from([1, 7, 28]),
        before=worked,
        after=worked,
        others_before=worked,
        others_after=worked,
    ),
    max_size=2,
)
cases = st.lists(
    st.builds(
        SharedCase,
        id=st.uuids(),
        title=st.sampled_from(["没钱：约一天", "第 3 次电话"]),
        channel=st.just(CaseChannel.CALL),
        topic=st.sampled_from(REASONS),
        situation=st.just("客户说没钱。"),
        words=st.just((CaseTurn(speaker=Speaker.ADVISOR, text="您好"),)),
        lesson=st.just("约一个具体的日子。"),
        published_on=st.just(MONTH.last),
    ),
    max_size=5,
)


def numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


def shown(page: PackPage) -> Iterator[str]:
    """Every word of a page's pictures."""
    yield page.title
    for tile in page.tiles:
        yield from (tile.name, tile.value, tile.detail, tile.change)
    for group in page.bars:
        yield from (group.heading, group.note)
        for bar in group.bars:
            yield from (bar.name, bar.value, bar.detail, bar.change)
    for mix in page.mixes.mixes if page.mixes else ():
        yield from (mix.name, mix.value, mix.detail, *(str(part.count) for part in mix.parts))
    for excerpt in page.excerpts:
        yield from (excerpt.title, excerpt.topic)


@FEW
@given(bulletins(), cohorts, cases, LANGUAGES)
def test_a_sentence_names_no_number_that_its_page_does_not_show(bulletin, compared, best, language) -> None:
    pages = pages_of(bulletin, POLICY, compared, best, language)
    assert [page.code for page in pages] == list(PageCode)
    for page in pages:
        on_page = {number for text in shown(page) for number in numbers(text)}
        assert page.sentences
        for sentence in page.sentences:
            assert set(numbers(sentence)) <= on_page, (page.code, sentence)


@FEW
@given(bulletins(), cohorts, cases, LANGUAGES)
def test_every_bar_is_as_long_as_it_can_be_drawn(bulletin, compared, best, language) -> None:
    for page in pages_of(bulletin, POLICY, compared, best, language):
        for bar in (each for group in page.bars for each in group.bars):
            assert 0 <= bar.share <= 1
            assert bar.was is None or 0 <= bar.was <= 1
            assert (bar.tone is Tone.SAME) == (bar.change in ("", "="))
        for mix in page.mixes.mixes if page.mixes else ():
            assert not mix.parts or abs(sum(part.share for part in mix.parts) - 1) < 1e-9


@given(st.one_of(st.integers(-2000, 2000), st.decimals(-99, 99, places=1)))
def test_the_words_of_a_change_have_its_sign(change) -> None:
    zh, en, told = moved_words(change, "zh", unit=("次", "calls")), moved_words(change, "en"), signed(change)
    shifted = points_words(Decimal(change), "zh")
    if change > 0:
        assert (zh[0], en.rpartition(" ")[2], told[0], shifted[0]) == ("多", "more", "+", "高")
    elif change < 0:
        assert (zh[0], en.rpartition(" ")[2], told[0], shifted[0]) == ("少", "fewer", "–", "低")
    else:
        assert (zh, en, told, shifted) == ("持平", "no change", "=", "持平")
    assert tone_of(change) is {1: Tone.UP, 0: Tone.SAME, -1: Tone.DOWN}[(change > 0) - (change < 0)]
    assert tone_of(change, more_is_better=False) is tone_of(-change)


@FEW
@given(bulletins(), LANGUAGES)
def test_what_the_month_says_of_calls_is_what_changed(bulletin, language) -> None:
    total = bulletin.total
    first = pages_of(bulletin, POLICY, [], [], language)[0].sentences[0]
    more, fewer = {
        "zh": ("比" + ("上月" if bulletin.is_over else "上月同期") + each for each in "多少"),
        "en": ("more", "fewer"),
    }[language]
    was = None if total.before is None else total.before.totals.calls_effective
    now = total.figures.totals.calls_effective
    assert (more in first) == (was is not None and now > was)
    assert (fewer in first) == (was is not None and now < was)


@pytest.mark.parametrize("language", ["zh", "en"])
@given(bulletin=bulletins(empty=True))
@settings(max_examples=3)
def test_an_empty_month_says_so(bulletin, language) -> None:
    pages = pages_of(bulletin, POLICY, [], [], language)
    for page in pages[:4]:
        assert page.sentences == ["这个月没有记录。" if language == "zh" else "Nothing was recorded in this month."]
        assert not page.tiles
        assert not page.bars
    assert all(page.sentences and not page.bars for page in pages[4:])


@given(st.lists(small, min_size=2, max_size=5))
def test_the_narrowest_step_is_no_wider_than_any_other(counts) -> None:
    step = narrowest_step(counts)
    ratios = [b / a for a, b in pairwise(counts) if a and b < a]
    assert (step is None) == (not ratios)
    assert step is None or counts[step] / counts[step - 1] == min(ratios)


@FEW
@given(bulletins())
def test_whom_to_visit_has_the_lowest_score(bulletin) -> None:
    scores = [row.figures.score.value for row in bulletin.rows if row.figures.score is not None]
    visited = row_to_visit(bulletin.rows)
    assert (visited is None) == (len(set(scores)) < 2)
    if visited is not None:
        assert visited.figures.score is not None
        assert visited.figures.score.value == min(scores)
        assert row_to_visit(bulletin.rows[::-1]) == visited, "whatever order they came in"
        assert any(visited.name in each for each in pages_of(bulletin, POLICY, [], [], "zh")[1].sentences)


def test_the_biggest_move_goes_by_its_share() -> None:
    def made(visits: int, bought: int) -> BulletinFigures:
        return BulletinFigures(
            totals=Totals(visits=visits, products_bought=bought), target_days=0, met_days=0, score=None
        )

    assert biggest_move(made(120, 9), made(100, 3)) == "products_bought"
    assert biggest_move(made(120, 3), made(100, 3)) == "visits"
    assert biggest_move(made(100, 3), made(100, 3)) is None
    assert biggest_move(made(100, 3), None) is None


@pytest.mark.parametrize(("people", "days", "small_one"), [(9, 28, True), (10, 14, False), (10, 7, True)])
def test_a_small_sample_is_said_to_be_one(people: int, days: int, small_one: bool) -> None:
    done = Worked(advisors=people, advisor_days=people * 5, calls_effective=people * 60)
    cohort = Cohort(
        title="秋训",
        day=MONTH.first,
        window_days=days,
        before=done,
        after=done,
        others_before=done,
        others_after=done,
    )
    assert is_small(cohort) is small_one
    page = training_page([cohort], "zh")
    assert ("样本小" in page.sentences[0]) is small_one
    assert page.caution


def test_points_are_those_of_what_is_written() -> None:
    assert points(Fraction(1, 3), Fraction(1, 4)) == Decimal("8.3")
    assert points(None, Fraction(1, 4)) is None
