"""Files as rows of text with the line they stand on: CSV in the encodings banks use, and XLSX. What a row means is mapping.py's."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from shared_models.errors import BadInput

DELIMITERS = ",;"
MAX_CELL_CHARS = 32_767  # what a cell of a spreadsheet can hold


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be imported: its line in the file, the column where there is one, and why."""

    line: int
    reason: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as it stands in the file; cells by column name, blanks cut off their ends."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class SourceTable:
    """A whole file: its columns, its readable rows, and those that cannot be read."""

    columns: list[str]
    rows: list[SourceRow] = field(default_factory=list[SourceRow])
    bad: list[BadRow] = field(default_factory=list[BadRow])


def read_table(path: Path) -> SourceTable:
    """The file's first sheet, its first row being the column names; raises BadInput when it is no table at all.

    CSV by `,` or `;`, in UTF-8 (with or without its mark) or GB18030; XLSX by its content, whatever the name ends in.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    if content.startswith(b"PK\x03\x04"):
        return _table(_xlsx_rows(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput("This is an old .xls workbook; save it as .xlsx or CSV.")
    text = _decoded(content)
    return _table(_csv_rows(text, _delimiter(text)))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        raise BadInput("The file is neither UTF-8 nor GB18030 text, nor an XLSX workbook.") from None


def _delimiter(text: str) -> str:
    """The delimiter that splits the header into more columns; quoted ones do not count."""
    header = text.split("\n", 1)[0]
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


RawRow = tuple[int, list[str]] | BadRow


def _csv_rows(text: str, delimiter: str) -> Iterator[RawRow]:
    previous_limit = csv.field_size_limit(max(len(text), 1))  # too long a cell is reported by line, not by an exception
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(line, f"the row cannot be read ({error}); nothing after it was read")
                return
    finally:
        csv.field_size_limit(previous_limit)


def _xlsx_rows(content: bytes) -> Iterator[RawRow]:
    # Imported here: openpyxl takes a third of a second, and most files are CSV.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile):
        raise BadInput("The file looks like an XLSX workbook, but cannot be opened as one.") from None
    try:
        sheet = workbook.worksheets[0]
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield line, [_cell_text(cell) for cell in cells]
    finally:
        workbook.close()


def _cell_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)


def _table(raw_rows: Iterator[RawRow]) -> SourceTable:
    header = next(raw_rows, None)
    if header is None or isinstance(header, BadRow) or not any(name.strip() for name in header[1]):
        raise BadInput("The file has no header: its first row must name the columns.")
    columns = [name.strip() for name in header[1]]
    while columns and not columns[-1]:
        columns.pop()
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled or "" in columns:
        raise BadInput(f"Each column needs a name of its own; see: {', '.join(doubled) or 'a column without a name'}.")
    table = SourceTable(columns=columns)
    for raw in raw_rows:
        if isinstance(raw, BadRow):
            table.bad.append(raw)
            continue
        line, cells = raw
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        problem = _cell_problem(columns, cells)
        if problem is not None:
            table.bad.append(BadRow(line, problem[0], problem[1]))
            continue
        table.rows.append(SourceRow(line, dict(zip(columns, cells, strict=False))))
    return table


def _cell_problem(columns: list[str], cells: list[str]) -> tuple[str, str | None] | None:
    if len(cells) < len(columns) or any(cells[len(columns) :]):
        return f"has {len(cells)} cells where the header has {len(columns)}", None
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > MAX_CELL_CHARS:
            return f"is longer than {MAX_CELL_CHARS} characters", column
        if "\x00" in cell:
            return "holds a NUL character", column
        if is_formula(cell):
            return "holds a formula; paste it as a value", column
    return None


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell: it begins with `=` or `@`, or with a sign and is no number or phone."""
    if cell.startswith(("=", "@", "\t", "\r")):
        return True
    return cell[:1] in ("+", "-") and not all(letter in "0123456789.,-+() eE%" for letter in cell) and cell != "-"
