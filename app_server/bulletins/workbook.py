"""A bulletin as a workbook: its figures, the change of each since the period before, the trend, and what each means; no counting."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from app_server.team.export import KINDS
from app_server.workbooks import MONEY_WIDTH, NAME_WIDTH, NUMBER_WIDTH, TEXT_WIDTH, Shown, Value, append, begin
from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, Column, Span, value_of
from shared_models.text import Language

_FROZEN = 3
_RANK_WIDTH, _KIND_WIDTH = 8, 12


def workbook(bulletin: Bulletin, language: Language, *, edition: int = 1) -> bytes:
    """The bytes of an XLSX file; where nothing was recorded, its first sheet says so. From the second `edition` on it says which it is."""
    is_chinese = language == "zh"
    book = Workbook(write_only=True)
    _figures(book.create_sheet("通报" if is_chinese else "Bulletin"), bulletin, is_chinese=is_chinese)
    _changes(book.create_sheet("较上期" if is_chinese else "Changes"), bulletin, is_chinese=is_chinese)
    _trend(book.create_sheet("走势" if is_chinese else "Trend"), bulletin, is_chinese=is_chinese)
    _define(book.create_sheet("口径说明" if is_chinese else "Definitions"), bulletin, edition, is_chinese=is_chinese)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _figures(sheet: WriteOnlyWorksheet, bulletin: Bulletin, *, is_chinese: bool) -> None:
    behind = ("已覆盖管户", "管户数", "有要求的人日") if is_chinese else ("Covered", "Managed", "Days with targets")
    formula = "得分怎么算的" if is_chinese else "How the score comes about"
    begin(
        sheet,
        [*_heads(bulletin, is_chinese=is_chinese), *behind, formula],
        [*_widths(), *(NUMBER_WIDTH for _ in behind), TEXT_WIDTH],
        frozen=_FROZEN,
    )

    def figures(row: BulletinRow) -> list[Value]:
        covered = row.figures.totals.coverage
        counts = (covered.called_in_window, covered.managed_customers, row.figures.target_days)
        return [*(_value(row.figures, column) for column in Column), *counts, row.formula]

    _rows(sheet, bulletin, figures, is_chinese=is_chinese)


def _changes(sheet: WriteOnlyWorksheet, bulletin: Bulletin, *, is_chinese: bool) -> None:
    begin(sheet, _heads(bulletin, is_chinese=is_chinese), _widths(), frozen=_FROZEN)

    def changes(row: BulletinRow) -> list[Value]:
        return [_change(row, column) for column in Column]

    _rows(sheet, bulletin, changes, is_chinese=is_chinese)


def _trend(sheet: WriteOnlyWorksheet, bulletin: Bulletin, *, is_chinese: bool) -> None:
    names = [each.name for each in bulletin.definitions]
    heads = ["期", "第一天", "最后一天"] if is_chinese else ["Period", "First day", "Last day"]
    begin(sheet, [*heads, *names], [NUMBER_WIDTH, 12, 12, *_widths()[_FROZEN:]], frozen=_FROZEN)
    for point in bulletin.trend:
        figures = point.figures
        values: list[Value] = (
            [_value(figures, column) for column in Column]
            if figures is not None
            else ["没有记录" if is_chinese else "Nothing recorded"]
        )
        append(sheet, [point.span.period, point.span.first, point.span.last, *values])


def _define(sheet: WriteOnlyWorksheet, bulletin: Bulletin, edition: int, *, is_chinese: bool) -> None:
    begin(sheet, ["指标", "口径"] if is_chinese else ["Figure", "Meaning"], [NAME_WIDTH, TEXT_WIDTH])
    told: list[tuple[str, str, str]] = [
        ("机构", "Unit", bulletin.unit.name),
        ("期间", "Period", _days(bulletin.span)),
        ("较上期的是", "Changes since", _days(bulletin.before)),
        ("数据时间", "As of", bulletin.as_of.isoformat(timespec="seconds")),
    ]
    if not bulletin.is_over:
        told.append(("还没过完", "Not over yet", "只到最后一天为止" if is_chinese else "Up to its last day so far"))
    if edition > 1:
        again = (
            f"第 {edition} 版：上一版之后又有记录到达，数字有变动"
            if is_chinese
            else f"Edition {edition}: records have arrived since the last one, and figures moved"
        )
        told.append(("更正", "Amended", again))
    for zh, en, words in told:
        append(sheet, [zh if is_chinese else en, words])
    for each in bulletin.definitions:
        append(sheet, [each.name, each.meaning])


def _days(span: Span) -> str:
    return f"{span.period} ({span.first.isoformat()} – {span.last.isoformat()})"


def _heads(bulletin: Bulletin, *, is_chinese: bool) -> list[str]:
    fixed = ["名次", "名称", "层级"] if is_chinese else ["Rank", "Name", "Level"]
    return [*fixed, *(each.name for each in bulletin.definitions)]


def _widths() -> list[int]:
    figures = [MONEY_WIDTH if column is Column.AMOUNT_BOUGHT else NUMBER_WIDTH for column in Column]
    return [_RANK_WIDTH, NAME_WIDTH, _KIND_WIDTH, *figures]


def _rows(
    sheet: WriteOnlyWorksheet, bulletin: Bulletin, tell: Callable[[BulletinRow], list[Value]], *, is_chinese: bool
) -> None:
    """Each row, and the whole beneath them."""
    if bulletin.total is None:
        append(sheet, [None, "这一期没有记录" if is_chinese else "Nothing was recorded in this period"])
        return
    advisor = "理财经理" if is_chinese else "Advisor"
    for row in bulletin.rows:
        kind = advisor if row.kind is None else KINDS[row.kind][0 if is_chinese else 1]
        append(sheet, [row.rank, row.name, kind, *tell(row)])
    append(sheet, [None, bulletin.total.name, "合计" if is_chinese else "Total", *tell(bulletin.total)])


def _value(figures: BulletinFigures, column: Column) -> Value:
    if column is Column.MET_DAYS:
        return figures.met_days
    value = value_of(figures, column)
    return None if value is None else _number(value, column, sign="")


def _change(row: BulletinRow, column: Column) -> Value:
    if row.before is None:
        return None
    if column is Column.MET_DAYS:
        return _number(Fraction(row.figures.met_days - row.before.met_days), Column.LEAVE_DAYS, sign="+")
    value, was = value_of(row.figures, column), value_of(row.before, column)
    return None if value is None or was is None else _number(value - was, column, sign="+")


def _number(value: Fraction, column: Column, *, sign: str) -> Value:
    """A real number as its column shows it; a change with its sign."""
    if column is Column.COVERAGE:
        return Shown(float(value), _signed("0.0%", sign))
    if column is Column.SCORE:
        return Shown(float(value), _signed("0.0", sign))
    if column is Column.AMOUNT_BOUGHT:
        return Shown(Decimal(value.numerator) / Decimal(value.denominator), _signed("#,##0.00", sign))
    return Shown(int(value), _signed("#,##0", sign))


def _signed(number_format: str, sign: str) -> str:
    return f"{sign}{number_format};-{number_format};{number_format}" if sign else number_format
