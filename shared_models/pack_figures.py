"""What a pack's pages share: figures of a bulletin's rows, their changes, and a bar of a share."""

from collections.abc import Sequence
from fractions import Fraction

from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, Column, share_of
from shared_models.pack_words import either, points, share_words, signed, tone_of
from shared_models.packs import Bar, PackPage, PageCode
from shared_models.text import Language

# What a page has room for.
MOST_ROWS = 10

COUNTS = {
    Column.CALLS_EFFECTIVE: (("有效电话", "effective calls"), ("次", "")),
    Column.VISITS: (("面访", "visits"), ("次", "")),
    Column.VISITS_WITH_THREE: (("面访满三项", "visits with three"), ("次", "")),
    Column.PRODUCTS_BOUGHT: (("成交产品", "products bought"), ("项", "")),
}


def nothing_page(code: PageCode, title: str, language: Language) -> PackPage:
    """The page of a month in which nothing was recorded."""
    return PackPage(
        code=code, title=title, sentences=[either(language, "这个月没有记录。", "Nothing was recorded in this month.")]
    )


def shown_rows(rows: Sequence[BulletinRow]) -> tuple[list[BulletinRow], int]:
    """As many of the rows as there is room for, the first and the last of them, and how many are left out between."""
    if len(rows) <= MOST_ROWS:
        return list(rows), 0
    half = MOST_ROWS // 2
    return [*rows[:half], *rows[-half:]], len(rows) - 2 * half


def value_in(column: Column, figures: BulletinFigures) -> int:
    """A count of the month."""
    return getattr(figures.totals, column.value)


def change_of(column: Column, now: BulletinFigures, was: BulletinFigures | None) -> int | None:
    """How much a count has moved; None without a month to compare with."""
    return None if was is None else value_in(column, now) - value_in(column, was)


def name_of(column: Column, language: Language) -> str:
    """A count's name."""
    return either(language, *COUNTS[column][0])


def bounded(share: Fraction | None) -> float | None:
    """A share as the width of a bar, 0 to 1."""
    return None if share is None else float(min(share, Fraction(1)))


def calls_share(figures: BulletinFigures | None) -> Fraction | None:
    """Effective calls by the targets' calls; None where none were wanted."""
    return None if figures is None else share_of(figures.totals.calls_effective, figures.totals.targets.calls)


def coverage_of(figures: BulletinFigures | None) -> Fraction | None:
    """The covered share of the managed customers; None without any."""
    if figures is None:
        return None
    return share_of(figures.totals.coverage.called_in_window, figures.totals.coverage.managed_customers)


def share_bar(row: BulletinRow, now: Fraction | None, was: Fraction | None, *, of: str) -> Bar:
    """A row's share and its change in points; `of`: what it is a share of, in words."""
    change = points(now, was)
    return Bar(
        name=row.name,
        value=share_words(now),
        share=bounded(now) or 0.0,
        was=bounded(was),
        detail=of,
        change=signed(change),
        tone=tone_of(change),
    )


def earlier_words(bulletin: Bulletin, language: Language) -> str:
    """What a month is compared with: the month before, of one that is not over its same days."""
    if bulletin.is_over:
        return either(language, "上月", "the month before")
    return either(language, "上月同期", "the same days of the month before")


def line_note(bars: Sequence[Bar], earlier: str, language: Language, *, points: bool = False) -> str:
    """What the thin line of bars is, where any has one; `points`: their changes are in points."""
    if all(bar.was is None for bar in bars):
        return ""
    said = either(language, f"细线是{earlier}", f"the thin line is {earlier}")
    return joined(language, said, either(language, "变化以百分点计", "changes in points") if points else "")


def joined(language: Language, *parts: str) -> str:
    """The parts there are, in one line."""
    return either(language, "，", "; ").join(part for part in parts if part)
