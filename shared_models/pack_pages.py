"""The pages of a month's pack: what each shows and the sentences written from it. Pure: the same figures, the same pages.

A sentence names no number that its page does not show, and says "more" of what is more.
"""

from collections.abc import Sequence
from fractions import Fraction

from shared_models.bulletins import Bulletin, BulletinFigures, Column, share_of
from shared_models.cases import SharedCase
from shared_models.pack_figures import (
    COUNTS,
    bounded,
    change_of,
    coverage_of,
    earlier_words,
    name_of,
    nothing_page,
    value_in,
)
from shared_models.pack_steps import cases_page, funnel_page
from shared_models.pack_training import training_page
from shared_models.pack_units import units_page, visits_page
from shared_models.pack_words import (
    NOTHING,
    count_words,
    either,
    money_words,
    moved_words,
    points,
    share_words,
    signed,
    tone_of,
)
from shared_models.packs import Bar, Bars, Cohort, PackPage, PageCode, Tile
from shared_models.policy import Policy
from shared_models.text import Language


def pages_of(
    bulletin: Bulletin, policy: Policy, cohorts: Sequence[Cohort], cases: Sequence[SharedCase], language: Language
) -> list[PackPage]:
    """The six pages of a unit's month, of its monthly bulletin; `policy` is the rule of its last day, `cases` those that came out in it."""
    return [
        month_page(bulletin, policy, language),
        units_page(bulletin, language),
        visits_page(bulletin, language),
        funnel_page(bulletin, language),
        training_page(cohorts, language),
        cases_page(bulletin, cases, language),
    ]


def month_page(bulletin: Bulletin, policy: Policy, language: Language) -> PackPage:
    """The month against the one before and against 20/5/3."""
    rule = f"{policy.calls}/{policy.visits}/{policy.products_per_visit}"
    title = either(language, f"本月数字，对照上月和 {rule}", f"The month against the one before and {rule}")
    if bulletin.total is None:
        return nothing_page(PageCode.MONTH, title, language)
    now, was = bulletin.total.figures, bulletin.total.before
    totals, covered = now.totals, now.totals.coverage
    tiles = [
        _count_tile(Column.CALLS_EFFECTIVE, now, was, totals.targets.calls, language),
        Tile(
            name=either(language, "覆盖率", "Coverage"),
            value=share_words(coverage_of(now)),
            detail=f"{count_words(covered.called_in_window)} / {count_words(covered.managed_customers)}"
            + either(
                language, f" 位管户，{covered.window_days} 天内", f" managed customers in {covered.window_days} days"
            ),
            change=signed(shift := points(coverage_of(now), coverage_of(was))),
            tone=tone_of(shift),
            share=bounded(coverage_of(now)),
        ),
        _count_tile(Column.VISITS, now, was, totals.targets.visits, language),
        _count_tile(Column.VISITS_WITH_THREE, now, was, totals.visits, language, of=("面访", "of visits")),
        Tile(
            name=name_of(Column.PRODUCTS_BOUGHT, language),
            value=count_words(totals.products_bought),
            detail=money_words(totals.amount_bought, language),
            change=signed(gained := change_of(Column.PRODUCTS_BOUGHT, now, was)),
            tone=tone_of(gained),
        ),
        Tile(
            name=either(language, "达标人日", "Days met"),
            value=count_words(now.met_days),
            detail=_of_wanted(now.met_days, now.target_days, language, of=("要求", "of")),
            change=signed(more := None if was is None else now.met_days - was.met_days),
            tone=tone_of(more),
            share=bounded(share_of(now.met_days, now.target_days)),
        ),
    ]
    return PackPage(
        code=PageCode.MONTH,
        title=title,
        sentences=_month_sentences(now, was, earlier_words(bulletin, language), language),
        tiles=tiles,
        bars=[_trend(bulletin, language)],
        caution=_caution(now, was, earlier_words(bulletin, language), language),
    )


def _month_sentences(now: BulletinFigures, was: BulletinFigures | None, earlier: str, language: Language) -> list[str]:
    totals = now.totals
    done = share_of(totals.calls_effective, totals.targets.calls)
    change = change_of(Column.CALLS_EFFECTIVE, now, was)
    first = either(
        language, f"有效电话 {count_words(totals.calls_effective)} 次", f"{totals.calls_effective:,} effective calls"
    )
    if done is not None:
        wanted = count_words(totals.targets.calls)
        first += either(
            language, f"，是要求 {wanted} 次的 {share_words(done)}", f", {share_words(done)} of the {wanted} wanted"
        )
    if change is not None:
        than = moved_words(change, language, unit=("次", ""))
        first += either(language, f"，比{earlier}{than}", f", {than} against {earlier}")
    said = [f"{first}{either(language, '。', '.')}"]
    mover = biggest_move(now, was)
    if was is None:
        said.append(
            either(language, f"{earlier}没有记录，无从比较。", f"Nothing was recorded in {earlier} to compare with.")
        )
    elif mover is not None:
        change = change_of(mover, now, was) or 0
        unit = COUNTS[mover][1]
        than = moved_words(change, language, unit=unit)
        said.append(
            either(
                language,
                f"此外变动最大的是{name_of(mover, language)}：{value_in(mover, now):,} {unit[0]}，比{earlier}{than}。",
                f"What else moved most is {name_of(mover, language)}: {value_in(mover, now):,}, {than} than in {earlier}.",
            )
        )
    if now.target_days:
        met, days = count_words(now.met_days), count_words(now.target_days)
        share = share_words(share_of(now.met_days, now.target_days))
        said.append(
            either(
                language,
                f"有要求的 {days} 人日里 {met} 人日达标，占 {share}。",
                f"Of {days} advisor-days with targets {met} met them, {share}.",
            )
        )
    return said


def _caution(now: BulletinFigures, was: BulletinFigures | None, earlier: str, language: Language) -> str:
    """That counts do not compare where one month had many more days or people than the other."""
    if was is None or 4 * abs(now.target_days - was.target_days) <= was.target_days:
        return ""
    return either(
        language,
        f"有要求的人日，{earlier} {was.target_days:,}，本月 {now.target_days:,}：次数不好直接比，先看完成率。",
        f"Advisor-days with targets: {was.target_days:,} in {earlier}, {now.target_days:,} now, so look at shares before counts.",
    )


def biggest_move(now: BulletinFigures, was: BulletinFigures | None) -> Column | None:
    """Which count but that of calls moved most since the month before, by its share of what it was (of 1 where it was nothing)."""
    if was is None:
        return None
    moves = [
        (Fraction(abs(value_in(column, now) - value_in(column, was)), max(value_in(column, was), 1)), column)
        for column in COUNTS
        if column is not Column.CALLS_EFFECTIVE
    ]
    size, column = max(moves, key=lambda each: each[0])
    return column if size else None


def _count_tile(
    column: Column,
    now: BulletinFigures,
    was: BulletinFigures | None,
    wanted: int,
    language: Language,
    *,
    of: tuple[str, str] = ("要求", "of"),
) -> Tile:
    value, change = value_in(column, now), change_of(column, now, was)
    return Tile(
        name=name_of(column, language),
        value=count_words(value),
        detail=_of_wanted(value, wanted, language, of=of),
        change=signed(change),
        tone=tone_of(change),
        share=bounded(share_of(value, wanted)),
    )


def _of_wanted(value: int, wanted: int, language: Language, *, of: tuple[str, str]) -> str:
    if not wanted:
        return either(language, "没有要求", "nothing wanted") if of[0] == "要求" else ""
    return f"{either(language, *of)} {count_words(wanted)} · {share_words(share_of(value, wanted))}"


def _trend(bulletin: Bulletin, language: Language) -> Bars:
    values = [None if each.figures is None else each.figures.totals.calls_effective for each in bulletin.trend]
    most = max((1, *(value or 0 for value in values)))
    return Bars(
        heading=either(language, "有效电话，近几个月", "Effective calls, month by month"),
        note="" if bulletin.is_over else either(language, "最后一个月还没过完", "the last month is not over yet"),
        bars=[
            Bar(
                name=point.span.period,
                value=NOTHING if value is None else count_words(value),
                share=(value or 0) / most,
                marked=point is bulletin.trend[-1],
            )
            for point, value in zip(bulletin.trend, values, strict=True)
        ],
    )
