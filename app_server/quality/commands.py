"""`day2053 quality`: the list of wordings as a file, and a second look by the list as it is now."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.quality import service
from shared_models.errors import BadInput
from shared_models.wordings import WordingEdit

ListFile = Annotated[Path, typer.Argument(metavar="FILE", help="The list as JSON.")]


def export_wordings(file: ListFile) -> None:
    """Write the list in force, to be changed and imported again."""
    with opened_database() as db:
        current = db.read(service.wordings)
    edit = WordingEdit(base_version=current.version, wordings=current.wordings)
    file.write_text(edit.model_dump_json(indent=1) + "\n", encoding="utf-8")
    typer.echo(f"Version {current.version} is in {file}.")


def import_wordings(file: ListFile) -> None:
    """Put a list in force that was exported and changed; refused where somebody has made a newer version meanwhile."""
    try:
        edit = WordingEdit.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{file}: {where}: {first['msg']}") from None
    with opened_database() as db:
        made = db.write(lambda session: service.set_wordings(session, edit, made_by=None, now=SystemClock().now()))
    typer.echo(f"Version {made.version} is in force: {len(made.wordings.rules)} rules.")


def recheck_days(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
) -> None:
    """Check notes and transcripts of these days again by the list in force, and say what that added."""
    if last < first:
        raise BadInput("--from comes before --to.")
    with opened_database() as db:
        done = service.recheck(db, first=first.date(), last=last.date(), now=SystemClock().now())
    typer.echo(
        f"{done.notes:,} notes and {done.transcripts:,} transcripts read, {done.added.total():,} findings added."
    )
    for rule, count in sorted(done.added.items()):
        typer.echo(f"  {rule}  {count:,}")
