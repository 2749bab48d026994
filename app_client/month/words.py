"""What a month's pictures say: one sentence each, and the words of a cell; no controls."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app_client.i18n import Language, language, t, t_date, t_day, t_n
from app_client.month.queries import Cell, Figure, Kind
from shared_models.bulletins import share_of
from shared_models.month import FUNNEL, MonthFigures, MonthRow
from shared_models.pack_words import share_words

_WAN = 10_000


def figure_word(figure: Figure) -> str:
    """What is shown by day."""
    return {Figure.CALLS: t("有效电话"), Figure.VISITS: t("面访")}[figure]


def step_word(step: str) -> str:
    """A step from the call to the product."""
    return {
        "calls_effective": t("有效电话"),
        "appointments": t("约见"),
        "visits": t("面访"),
        "products_bought": t("成交产品"),
    }[step]


def count_words(count: int) -> str:
    """A count where there is room for four digits: of a large unit `2.3万`, in English `23k`."""
    if count < _WAN:
        return str(count)
    if language() is Language.EN:
        return f"{count // 1000}k"
    return t("{n}万", n=f"{(Decimal(count) / _WAN).quantize(Decimal('0.1')).normalize():f}")


def met_words(figures: MonthFigures, *, of_one: bool) -> str:
    """`12/18 天达标`; of several advisors their days."""
    met, of = f"{figures.met_days:,}", f"{figures.target_days:,}"
    return t("{met}/{of} 天达标", met=met, of=of) if of_one else t("{met}/{of} 人日达标", met=met, of=of)


def cell_words(cell: Cell, figure: Figure) -> str:
    """A day as it is read out."""
    day, name = t_date(cell.day), figure_word(figure)
    match cell.kind:
        case Kind.AHEAD:
            return t("{day} 还没到", day=day)
        case Kind.ABSENT:
            return t("{day} 没有数据", day=day)
        case Kind.OFF:
            return t("{day} 休息日，{figure} {value}", day=day, figure=name, value=cell.value)
        case Kind.ON_LEAVE:
            return t("{day} 休假，{figure} {value}", day=day, figure=name, value=cell.value)
        case Kind.WORKED if cell.target:
            return t("{day} {figure} {value}，要 {target}", day=day, figure=name, value=cell.value, target=cell.target)
        case Kind.WORKED:
            return t("{day} {figure} {value}", day=day, figure=name, value=cell.value)


def calendar_words(cells: Sequence[Cell], figure: Figure, *, today: date) -> str:
    """The month in a sentence: how many, on how many days enough, the best and the poorest day, today not being over."""
    name = figure_word(figure)
    worked = [cell for cell in cells if cell.kind is Kind.WORKED]
    total = sum(cell.value for cell in cells)
    if not total:
        return t("{figure}：还没有记录。", figure=name)
    if not worked:
        return t("{figure} {total}，都在休息日。", figure=name, total=f"{total:,}")
    ended = [cell for cell in worked if cell.day != today] or worked
    most, least = max(worked, key=lambda cell: cell.value), min(ended, key=lambda cell: cell.value)
    return t(
        "{figure} {total}，{of} 个工作日里 {reached} 天够数；最多 {most_day} {most}，最少 {least_day} {least}。",
        figure=name,
        total=f"{total:,}",
        of=len(worked),
        reached=sum(cell.is_reached for cell in worked),
        most_day=t_day(most.day),
        most=f"{most.value:,}",
        least_day=t_day(least.day),
        least=f"{least.value:,}",
    )


def rows_words(rows: Sequence[MonthRow]) -> str:
    """Who has met the targets on the fewest days and who on the most, of rows with the gaps first."""
    wanted = [row for row in rows if row.figures.target_days]
    if not wanted:
        return t("这个月还没有工作日。")
    first, last = wanted[0], wanted[-1]
    of_one = all(row.kind is None for row in wanted)
    if len(wanted) == 1:
        return t("{name} {met}。", name=first.name, met=met_words(first.figures, of_one=of_one))
    return t(
        "差距在前：{first} {least}；最后是 {last} {most}。",
        first=first.name,
        least=met_words(first.figures, of_one=of_one),
        last=last.name,
        most=met_words(last.figures, of_one=of_one),
    )


def rows_count(rows: Sequence[MonthRow]) -> str:
    """`6 人`, or of units how many they are."""
    if all(row.kind is None for row in rows):
        return t_n("{n} 人", len(rows))
    return t_n("{n} 行", len(rows))


def passed_words(figures: MonthFigures, number: int) -> str:
    """Of a step the share that went on to it; empty of the first, and where nobody was before it."""
    if not number or not figures.steps[FUNNEL[number - 1]]:
        return ""
    share = share_of(figures.steps[FUNNEL[number]], figures.steps[FUNNEL[number - 1]])
    return t("上一步的 {share}", share=share_words(share)) if share is not None else ""


def funnel_words(figures: MonthFigures) -> str:
    """All steps in a sentence."""
    calls, appointments, visits, products = (f"{figures.steps[step]:,}" for step in FUNNEL)
    return t(
        "有效电话 {calls}，约见 {appointments}，面访 {visits}，成交产品 {products}。",
        calls=calls,
        appointments=appointments,
        visits=visits,
        products=products,
    )
