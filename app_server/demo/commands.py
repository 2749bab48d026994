"""`day2053 demo` on the command line: prepares the demo bank and says who can sign in. Serving it is cli.py's."""

from pathlib import Path

import typer
from rich.console import Console
from sqlalchemy import make_url

from app_server.cards.service import CardReader
from app_server.clock import Clock
from app_server.database import Database
from app_server.demo.bank import BANK_NAME, PASSWORD, Size
from app_server.demo.recorded import record_calls
from app_server.demo.service import prepare_demo
from app_server.imports.commands import progress_bar
from app_server.migrations import migrate
from app_server.policies.service import renew_calendars
from app_server.settings import Settings
from app_server.sync.older_days import refold_older
from shared_models.errors import BadInput


def build_demo(settings: Settings, clock: Clock, *, reset: bool) -> None:
    """Migrate, then build the demo bank or bring it up to date; `reset` begins with an empty SQLite file."""
    if reset:
        _remove(settings.database_url)
    db = Database(settings.database_url, settings)
    try:
        migrate(db)
        renew_calendars(db, now=clock.now())
        with progress_bar(Console()) as progress:
            refold_older(db, now=clock.now(), progress=lambda done, of: progress("advisor-days", done, of))
            prepare_demo(db, CardReader(settings), size=Size(), now=clock.now(), progress=progress)
        record_calls(db, settings, now=clock.now())
    finally:
        db.dispose()


def tell_who(address: str, *, offline: bool) -> None:
    """Say where the demo is, and the app that works without network if `offline`, and who can sign in."""
    typer.echo(
        f"\n{BANK_NAME}  {address}\n"
        + (f"  works without network:  {address}m/\n\n" if offline else "\n")
        + "  advisor1 … advisor6   理财经理, one outlet\n"
        "  head                  that outlet's head, with the team view\n"
        "  branch                the branch manager above\n"
        "  admin                 head office\n\n"
        f"  password for all: {PASSWORD}\n"
    )


def _remove(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BadInput("--reset removes a SQLite file; empty a PostgreSQL database yourself.")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{url.database}{suffix}").unlink(missing_ok=True)
