"""`day2053 pack`: writes a unit's pack of a month into a file."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.packs.printed import pdf
from app_server.packs.service import pack_of_unit
from app_server.settings import Settings
from shared_models.errors import BadInput


def write_pack(
    unit: Annotated[str, typer.Option(help="The unit's id.")],
    month: Annotated[str, typer.Option(help="As 2026-11.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to; otherwise here, under the unit's and the month's name.")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="In English rather than in Chinese.")] = False,
) -> None:
    """Write a unit's pack (月度材料) of a month as PDF; the same ledger makes the same file."""
    try:
        unit_id = UUID(unit)
    except ValueError:
        raise BadInput("--unit takes the unit's id.") from None
    with opened_database() as db:
        told = db.read(
            lambda session: pack_of_unit(
                session, unit_id, month=month, language="en" if english else "zh", now=SystemClock().now()
            )
        )
    path = out or Path(f"day2053-pack-{told.unit.id}-{told.month}.pdf")
    path.write_bytes(pdf(told, folder=Settings().data_dir))
    typer.echo(f"{path} ({told.digest})")
