"""What a bulletin says: its periods, figures and changes in words; no controls and no reading."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from app_client.bulletins.queries import NEUTRAL, SHARES, Cell, behind_share, cell_of, money
from app_client.i18n import Language, language, t, t_date, t_day, t_money, t_month, t_time
from app_client.theme import Role
from shared_models.bulletins import Bulletin, BulletinRow, Column, Span
from shared_models.policy import zone
from shared_models.team import Period

NOTHING = "—"


def by_word(by: Period) -> str:
    """What is told together."""
    return {Period.DAY: t("日报"), Period.WEEK: t("周报"), Period.MONTH: t("月报")}[by]


def period_words(day: date, by: Period) -> str:
    """Which period: `11月26日 周四`, `第 48 周`, `2026 年 11 月`."""
    match by:
        case Period.DAY:
            return t_date(day)
        case Period.WEEK:
            return t("第 {n} 周", n=day.isocalendar().week)
        case Period.MONTH:
            return t("{year} 年 {month}", year=day.year, month=t_month(day))


def days_words(span: Span) -> str:
    """`11月23日–11月29日`; a day alone once."""
    return t_day(span.first) if span.first == span.last else f"{t_day(span.first)}–{t_day(span.last)}"


def short_words(span: Span, by: Period) -> str:
    """Beneath a bar: `11/26`, `48 周`, `11 月`."""
    match by:
        case Period.DAY:
            return f"{span.first.month}/{span.first.day}"
        case Period.WEEK:
            return t("{n} 周", n=span.first.isocalendar().week)
        case Period.MONTH:
            return t_month(span.first)


def standing_words(bulletin: Bulletin, timezone: str) -> str:
    """`截至 17:42 · 11月23日–11月26日，本周还没过完`, of a period that is over its days alone."""
    told = days_words(bulletin.span)
    if bulletin.is_over:
        return told
    at = t("截至 {at}", at=t_time(bulletin.as_of.astimezone(zone(timezone))))
    return at if bulletin.by is Period.DAY else f"{at} · {told}"


def compared_words(bulletin: Bulletin) -> str:
    """What the changes are since."""
    before = bulletin.before
    if bulletin.by is Period.DAY:
        return t("与上一个工作日 {day} 比", day=t_date(before.first))
    if bulletin.is_over:
        whole = {Period.WEEK: t("与上一周比"), Period.MONTH: t("与上个月比")}[bulletin.by]
        return f"{whole} · {days_words(before)}"
    return t("还没过完，与上期同样几天 {days} 比", days=days_words(before))


def value_words(row: BulletinRow, column: Column) -> str:
    """A figure as it stands in the table: `1,204`, `61.2%`, `62 万`, `12/20`."""
    cell = cell_of(row, column)
    if cell.value is None:
        return NOTHING
    if column is Column.MET_DAYS:
        met, of = behind_share(row.figures, column)
        return f"{met:,}/{of:,}"
    return plain_words(cell.value, column)


def plain_words(value: Fraction | None, column: Column) -> str:
    """A value by itself."""
    if value is None:
        return NOTHING
    if column in SHARES:
        return f"{float(value):.1%}"
    if column is Column.AMOUNT_BOUGHT:
        return t_money(money(value))
    if column is Column.SCORE:
        return f"{float(value):.1f}"
    return f"{int(value):,}"


def change_words(cell: Cell, column: Column) -> str:
    """`+12`, `–3.1`, `持平`; shares by the percentage points between them. Empty where there is nothing to compare with."""
    if cell.change is None:
        return ""
    size = abs(cell.change)
    if column in SHARES:
        told = f"{float(100 * size):.1f}"
    elif column is Column.SCORE:
        told = f"{float(size):.1f}"
    elif column is Column.AMOUNT_BOUGHT:
        told = t_money(Decimal(money(size)))
    else:
        told = f"{int(size):,}"
    if not cell.change or told == "0.0":
        return t("持平")
    return f"{'+' if cell.change > 0 else '–'}{told}"


def spoken_change(cell: Cell, column: Column) -> str:
    """The change in a sentence: `比上期 +1.2 个百分点`."""
    words = change_words(cell, column)
    if not words:
        return t("上期没有可比的数")
    if column in SHARES and words[0] in "+–":
        words = t("{change} 个百分点", change=words)
    return t("比上期 {change}", change=words)


def change_color(cell: Cell, column: Column) -> str:
    """Green for more of what is wanted, red for less; grey where more is not better."""
    if not cell.change or column in NEUTRAL:
        return Role.MUTE
    return Role.OK if cell.change > 0 else Role.BAD


def share_words(row: BulletinRow, column: Column) -> str:
    """What a share is of: `183 / 299 位管户`; empty for what is none."""
    if column not in SHARES:
        return ""
    count, whole = behind_share(row.figures, column)
    if column is Column.COVERAGE:
        return t(
            "{called} / {managed} 位管户在 {days} 天内有过有效电话",
            called=f"{count:,}",
            managed=f"{whole:,}",
            days=row.figures.totals.coverage.window_days,
        )
    return t("{met} / {of} 人日达标", met=f"{count:,}", of=f"{whole:,}")


def of_words(heading: str, whose: str) -> str:
    """`二道网点 · 有效电话`."""
    return f"{whose} · {heading}" if language() is Language.ZH else f"{whose} · {heading.lower()}"
