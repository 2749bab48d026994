"""Sheets of workbooks: real numbers and dates with their formats, frozen headings, and text that no program takes for a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

DATE_WIDTH, NAME_WIDTH, NUMBER_WIDTH, MONEY_WIDTH, TEXT_WIDTH = 12, 24, 11, 16, 90
# Excel and its kin run a text that begins so, once it is typed again or saved as CSV (OWASP: CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DATE_FORMAT, _MONEY_FORMAT = "yyyy-mm-dd", "#,##0.00"


@dataclass(frozen=True, slots=True)
class Shown:
    """A number with a format of its own, such as "0.0%"."""

    number: float | int | Decimal
    number_format: str


Value = str | int | Decimal | date | datetime | Shown | None


def begin(sheet: WriteOnlyWorksheet, headings: Sequence[str], widths: Sequence[int], *, frozen: int = 0) -> None:
    """Write the headings, each with its column's width; they stay in sight, and so do the first `frozen` columns."""
    # A write-only sheet takes its layout before the first row.
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - its stubs leave it out
    cells: list[Cell] = []
    for heading in headings:
        cell = _text(sheet, heading)
        cell.font = Font(bold=True)
        cells.append(cell)
    _append_cells(sheet, cells)


def append(sheet: WriteOnlyWorksheet, row: Iterable[Value]) -> None:
    """Write a row: Decimals as money, dates as dates, text never as a formula."""
    _append_cells(sheet, [_cell(sheet, value) for value in row])


def _append_cells(sheet: WriteOnlyWorksheet, cells: Sequence[Cell | int | None]) -> None:
    sheet.append(cells)  # pyright: ignore[reportUnknownMemberType] - openpyxl's stubs leave the row untyped


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell | int | None:
    match value:
        case str():
            return _text(sheet, value)
        case Decimal():
            return _formatted(sheet, value, _MONEY_FORMAT)
        case date():
            return _formatted(sheet, value, _DATE_FORMAT)
        case Shown():
            return _formatted(sheet, value.number, value.number_format)
        case _:
            return value


def _formatted(sheet: WriteOnlyWorksheet, value: float | Decimal | date, number_format: str) -> Cell:
    cell = WriteOnlyCell(sheet, value)  # pyright: ignore[reportArgumentType] - it takes Decimals and dates too
    cell.number_format = number_format
    return cell


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    if text.startswith(_FORMULA_STARTS):
        # Text by its type, and kept so when somebody edits the cell.
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell
