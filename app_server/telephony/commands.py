"""`day2053 telephony`: the exchanges' keys, and where their calls stand. Importing calls from files is imports'."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.settings import Settings
from app_server.telephony import queries
from app_server.telephony.keys import TelephonyKeyFile

Provider = Annotated[str, typer.Argument(help="The name of the exchange, as in its address.")]


def add_key(provider: Provider) -> None:
    """Make a key for an exchange; until an older one is removed, both are good."""
    key = _file().add(provider, SystemClock().now())
    typer.echo(f"key     {key.key_id}")
    typer.echo(f"secret  {key.secret}")
    typer.echo("Hand both to whoever runs the exchange. The secret is not shown again.")


def list_keys_of(provider: Annotated[str | None, typer.Argument(help="Only this exchange's.")] = None) -> None:
    """The keys, oldest first, without their secrets."""
    for key in _file().keys().keys:
        if provider in (None, key.provider):
            typer.echo(f"{key.provider}  {key.key_id}  {key.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def remove_key(provider: Provider, key_id: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> None:
    """Let a key sign no more; running servers notice by themselves."""
    _file().remove(provider, key_id)
    typer.echo(f"{provider}'s key {key_id} signs no more.")


def show_standing() -> None:
    """How many of the exchanges' calls are in the ledger, and why the others are not."""
    with opened_database() as db:
        found = db.read(queries.standing)
    table = Table("provider", "state", "reason", "calls", "oldest")
    for each in found:
        oldest: datetime = each.first_at
        table.add_row(each.provider, each.state.value, each.reason or "", f"{each.records:,}", f"{oldest:%Y-%m-%d}")
    Console().print(table)


def _file() -> TelephonyKeyFile:
    return TelephonyKeyFile(Settings().telephony_keys_file)
