"""What an import tells a person: what was not taken, on the screen and as a file. Finding it is service.py's and outbox.py's."""

import csv
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app_server.imports.outbox import OutboxOutcome
from app_server.imports.readers import BadRow

SHOWN_ROWS = 20


def show_bad_rows(console: Console, bad: Sequence[BadRow]) -> None:
    """The first bad rows as a table, and how many more there are."""
    table = Table("line", "column", "reason", title=f"{len(bad):,} bad rows", title_justify="left")
    for row in bad[:SHOWN_ROWS]:
        table.add_row(str(row.line), _printable(row.column or ""), _printable(row.reason))
    console.print(table)
    if len(bad) > SHOWN_ROWS:
        console.print(f"… and {len(bad) - SHOWN_ROWS:,} more; --report FILE writes them all.")


def write_report(path: Path, bad: Sequence[BadRow]) -> None:
    """Every bad row as CSV with a UTF-8 mark, which spreadsheets need to read Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "reason"])
        writer.writerows([row.line, as_text(row.column or ""), as_text(row.reason)] for row in bad)


def show_outboxes(console: Console, outcomes: Sequence[OutboxOutcome]) -> None:
    """The counts of each outbox, and each activity that was rejected with its reason."""
    for outcome in outcomes:
        counts = f"{outcome.accepted:,} accepted, {outcome.duplicate:,} duplicate, {len(outcome.rejected):,} rejected"
        console.print(f"{outcome.name} ({outcome.login}): {counts}.", markup=False, highlight=False, soft_wrap=True)
        if outcome.rejected:
            table = Table("activity", "kind", "at", "code", "reason")
            for row in outcome.rejected:
                table.add_row(row.id, row.kind, row.at, row.code, _printable(row.detail))
            console.print(table)


def write_rejected(path: Path, outcomes: Sequence[OutboxOutcome]) -> None:
    """Every rejected activity of all outboxes as CSV with a UTF-8 mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "login", "activity", "kind", "at", "code", "reason"])
        for outcome in outcomes:
            for row in outcome.rejected:
                cells = (outcome.name, outcome.login, row.id, row.kind, row.at, row.code, row.detail)
                writer.writerow([as_text(cell) for cell in cells])


def as_text(cell: str) -> str:
    """The cell so that no spreadsheet runs it as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _printable(text: str) -> str:
    from rich.markup import escape

    return escape("".join(letter if letter.isprintable() else "�" for letter in text[:200]))
