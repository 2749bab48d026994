"""`day2053 import` and `day2053 init` on the command line. What they do is service.py's and new_bank.py's."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app_server.cards.service import CardReader
from app_server.clock import SystemClock
from app_server.database import Database
from app_server.imports.cards import import_cards as import_card_table
from app_server.imports.cards import read_cards
from app_server.imports.cdr import import_cdr, told
from app_server.imports.mapping import load_mapping
from app_server.imports.new_bank import start_bank
from app_server.imports.outbox import import_outboxes, read_outbox_file
from app_server.imports.readers import read_table
from app_server.imports.report import show_bad_rows, show_outboxes, write_rejected, write_report
from app_server.imports.service import Choices, ImportKind, Outcome, import_table
from app_server.installation import opened_database
from app_server.migrations import migrate
from app_server.policies.calendar import unknown_years
from app_server.settings import Settings
from app_server.sync.proofs import ProofReader


def import_command(kind: ImportKind) -> Callable[..., None]:
    """The command that imports files of that kind."""

    def import_file(
        file: Annotated[Path, typer.Argument(help="CSV (, or ;) or XLSX with a header row.")],
        mapping: Annotated[Path | None, typer.Option(help="TOML file that says which column is which field.")] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")] = False,
        skip_bad: Annotated[
            bool, typer.Option("--skip-bad", help="Import the good rows although some are bad.")
        ] = False,
        report: Annotated[Path | None, typer.Option(help="Write every bad row to this CSV file.")] = None,
    ) -> None:
        console = Console()
        chosen = Choices(mapping=load_mapping(mapping) if mapping else None, dry_run=dry_run, skip_bad=skip_bad)
        table = read_table(file)
        with opened_database() as db, progress_bar(console) as progress:
            outcome = import_table(db, kind, table, chosen, now=SystemClock().now(), progress=progress)
        if report is not None:
            write_report(report, outcome.bad)
        _tell(console, outcome, chosen)
        if outcome.bad and not skip_bad:
            raise typer.Exit(1)

    import_file.__doc__ = f"Import {kind.value} from CSV or XLSX: all rows of the file or none."
    return import_file


def import_cards(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the customer's number and the card's.")],
    mapping: Annotated[Path | None, typer.Option(help="TOML file that says which column is which field.")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the good rows although some are bad.")] = False,
) -> None:
    """Note which customer each card is of, as a keyed digest; delete the file afterwards."""
    console = Console()
    chosen = load_mapping(mapping) if mapping else None
    table, cards = read_cards(file), CardReader(Settings())
    with opened_database() as db:
        outcome = import_card_table(db, cards, table, mapping=chosen, skip_bad=skip_bad, now=SystemClock().now())
    if outcome.bad:
        show_bad_rows(console, outcome.bad)
    if not outcome.imported:
        console.print("Nothing was imported. Mend these rows, or import the good ones with --skip-bad.")
        raise typer.Exit(1)
    console.print(f"{outcome.rows:,} rows: {outcome.changed:,} cards are new or have moved, {len(outcome.bad):,} bad.")


def import_outbox(
    files: Annotated[list[Path], typer.Argument(help="Files that phones exported from their page Me.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge everything and write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write every rejected activity to this CSV file.")] = None,
) -> None:
    """Take the outboxes that phones exported because they could not sync; each activity counts once."""
    console = Console()
    proofs = ProofReader.of(Settings())
    outboxes = [read_outbox_file(file, proofs) for file in files]
    with opened_database() as db:
        outcomes = import_outboxes(db, outboxes, now=SystemClock().now(), dry_run=dry_run)
    if report is not None:
        write_rejected(report, outcomes)
    show_outboxes(console, outcomes)
    if dry_run:
        console.print("Dry run, nothing was written.")


def import_cdr_file(
    file: Annotated[Path, typer.Argument(help="Asterisk's Master.csv, with loguniqueid=yes.")],
    provider: Annotated[str, typer.Option(help="The name of the exchange, as in the list of lines.")] = "asterisk",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Take the good rows although some are bad.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write every bad row to this CSV file.")] = None,
) -> None:
    """Take an Asterisk exchange's call detail records; each call counts once, however often it is imported."""
    console = Console()
    with opened_database() as db:
        outcome = import_cdr(db, file, provider=provider, now=SystemClock().now(), dry_run=dry_run, skip_bad=skip_bad)
    if report is not None:
        write_report(report, outcome.bad)
    if outcome.bad:
        show_bad_rows(console, outcome.bad)
    if outcome.internal:
        console.print(f"{outcome.internal:,} calls between two of the bank's own lines were passed over.")
    if dry_run:
        console.print(f"Dry run, nothing was written; {len(outcome.bad):,} of {outcome.rows:,} rows are bad.")
    elif not outcome.imported:
        console.print("Nothing was imported. Mend these rows, or import the good ones with --skip-bad.")
        raise typer.Exit(1)
    else:
        console.print(f"{outcome.rows:,} rows: {', '.join(told(outcome.results)) or 'no call in them'}.")


def init(
    bank: Annotated[str, typer.Option(help="The name of the bank, or of its head office.")],
    admin: Annotated[str, typer.Option(help="The login of the first administrator.")],
) -> None:
    """Start a real bank: its head office, the default policy and an administrator."""
    settings = Settings()
    db = Database(settings.database_url, settings)
    now = SystemClock().now()
    try:
        migrate(db)
        password = start_bank(db, bank=bank, login=admin, now=now)
    finally:
        db.dispose()
    typer.echo(f"{bank} stands. {admin} signs in with the temporary password {password}")
    unknown = unknown_years([now.year, now.year + 1])
    if unknown:
        years = ", ".join(str(year) for year in unknown)
        typer.echo(f"The public holidays of {years} are not announced yet: Monday to Friday are taken as working days.")


@contextmanager
def progress_bar(console: Console) -> Generator[Callable[[str, int, int], None], None, None]:
    """A bar for each step that reports itself."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield show


def _tell(console: Console, outcome: Outcome, chosen: Choices) -> None:
    if outcome.unused_columns:
        console.print(f"Not used: {', '.join(outcome.unused_columns)}", markup=False)
    if outcome.bad:
        show_bad_rows(console, outcome.bad)
    counts = f"{outcome.new:,} new, {outcome.changed:,} changed, {outcome.unchanged:,} as they were"
    if chosen.dry_run:
        console.print(f"Dry run, nothing was written; it would be {counts}, {len(outcome.bad):,} bad.")
    elif not outcome.imported:
        console.print("Nothing was imported. Mend these rows, or import the good ones with --skip-bad.")
    elif outcome.new + outcome.changed == 0:
        console.print(f"Nothing to change: {counts}.")
    else:
        skipped = f"; {len(outcome.bad):,} bad rows were left out" if outcome.bad else ""
        console.print(f"Imported {outcome.rows - len(outcome.bad):,} of {outcome.rows:,} rows: {counts}{skipped}.")
    if outcome.refolded:
        console.print(f"{outcome.refolded:,} advisor-days of these days were folded anew.")
    for login, password in outcome.passwords.items():
        console.print(f"{login}  temporary password {password}", markup=False, highlight=False)
