"""`day2053 bulletin`: writes the bulletins that are due into a folder, for a timer to run."""

from pathlib import Path
from typing import Annotated

import typer

from app_server.bulletins.due import write_due
from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.settings import Settings
from shared_models.errors import BadInput
from shared_models.org import UnitKind

_KINDS = [UnitKind.HEAD_OFFICE, UnitKind.BRANCH, UnitKind.SUB_BRANCH]


def write_bulletins(
    due: Annotated[bool, typer.Option("--due", help="Write those of the periods that are over.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where to; otherwise `bulletins` in the data folder.")] = None,
    kind: Annotated[list[UnitKind], typer.Option(help="Of which units; may be given more than once.")] = _KINDS,
    english: Annotated[bool, typer.Option("--english", help="In English rather than in Chinese.")] = False,
) -> None:
    """Write the bulletins that are due: of the last working day, week and month. A second run writes what has changed, and nothing else."""
    if not due:
        raise BadInput("Say --due: a bulletin is written of what is over.")
    place = folder or Settings().bulletins_folder
    count = 0
    with opened_database() as db:
        written = write_due(
            db, place, kinds=frozenset(kind), language="en" if english else "zh", now=SystemClock().now()
        )
        for each in written:
            count += 1
            typer.echo(f"{each.path}{' (amended)' if each.edition > 1 else ''}")
    typer.echo(f"{count:,} written to {place}." if count else "Nothing is due.")
