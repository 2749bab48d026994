"""`day2053 import boards` and `day2053 boards`: a bank's files become versions, and those whose day has come are told to phones."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlmodel import Session

from app_server.boards.files import BadField, board_files, read_boards
from app_server.boards.service import Published, announce_due, publish_contents, withdraw
from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.org.queries import policies
from app_server.quality.service import judge_in_force
from shared_models.boards import BoardContent


def import_boards(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="TOML files, a board each, or folders of them.")
    ],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The first day; today if left out.")
    ] = None,
) -> None:
    """Publish boards: all of the files or none. A board that says what it said gets no version."""
    files, now = board_files(paths), SystemClock().now()
    with opened_database() as db:
        read = read_boards(files, db.read(judge_in_force))
        if read.bad:
            _show(read.bad)
            raise typer.Exit(1)
        done = db.write(lambda session: _publish(session, read.contents, on=on.date() if on else None, now=now))
    typer.echo(
        f"{len(files):,} boards: {len(done.new):,} new, {len(done.changed):,} with a new version, "
        f"{len(done.unchanged):,} as they were."
    )


def tell_due() -> None:
    """Tell phones of the boards whose day has come; the server does so by itself at the first sync of a day."""
    now = SystemClock().now()
    with opened_database() as db:
        told = db.write(lambda session: announce_due(session, today=policies(session).today(now), now=now))
    typer.echo(f"{told:,} boards were told to phones.")


def withdraw_board(code: Annotated[str, typer.Argument(help="The board's code.")]) -> None:
    """Take a board from all phones; what was recorded of it stays."""
    now = SystemClock().now()
    with opened_database() as db:
        db.write(lambda session: withdraw(session, code, today=policies(session).today(now), now=now))
    typer.echo(f"{code} is withdrawn.")


def _publish(session: Session, contents: Sequence[BoardContent], *, on: date | None, now: datetime) -> Published:
    today = policies(session).today(now)
    return publish_contents(session, contents, publish_on=on or today, today=today, now=now)


def _show(bad: list[BadField]) -> None:
    table = Table("file", "field", "reason")
    for each in bad:
        table.add_row(*(escape(cell) for cell in (each.file.name, each.field, each.sentence)))
    console = Console()
    console.print(table)
    console.print("Nothing was published. Mend these files and import them again.")
