"""The command line `day2053`: starts what the other modules do. Each further command is a module's own, registered here."""

import os
import sys
from collections.abc import Callable
from datetime import UTC
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer
from rich.console import Console
from sqlmodel import select

from app_server.auth.commands import reset_password
from app_server.auth.keys import KeyFile
from app_server.boards.commands import import_boards, tell_due, withdraw_board
from app_server.bulletins.commands import write_bulletins
from app_server.cards.keys import DigestKey
from app_server.cards.service import CardReader
from app_server.clock import SystemClock
from app_server.database import Database
from app_server.demo.commands import build_demo, tell_who
from app_server.demo.simulate import simulate_pbx
from app_server.imports.commands import import_cards, import_cdr_file, import_command, import_outbox, init, progress_bar
from app_server.imports.service import ImportKind
from app_server.key_ring import KeyRing
from app_server.migrations import current, head, require_migrated
from app_server.migrations import migrate as migrate_database
from app_server.packs.commands import write_pack
from app_server.policies.commands import show_calendar
from app_server.policies.service import renew_calendars
from app_server.pwa import is_built
from app_server.quality.commands import export_wordings, import_wordings, recheck_days
from app_server.recordings.commands import fetch_recordings, purge_recordings, show_listenings, show_recordings
from app_server.recordings.service import RecordingShelf
from app_server.settings import Settings
from app_server.sync.older_days import refold_older, require_refolded
from app_server.tables import StaffRow
from app_server.telephony.commands import add_key, list_keys_of, remove_key, show_standing
from shared_models.errors import Conflict, DomainError

P = ParamSpec("P")

app = typer.Typer(name="day2053", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys_app = typer.Typer(
    no_args_is_help=True, help="The keys that sign access tokens, and those of cards and recordings."
)
app.add_typer(keys_app, name="keys")
import_app = typer.Typer(no_args_is_help=True, help="Bring in a bank's own files, or what a phone could not send.")
app.add_typer(import_app, name="import")
staff_app = typer.Typer(no_args_is_help=True, help="The accounts of members of staff.")
app.add_typer(staff_app, name="staff")
telephony_app = typer.Typer(no_args_is_help=True, help="The bank's exchanges and what they tell of calls.")
app.add_typer(telephony_app, name="telephony")
telephony_keys_app = typer.Typer(no_args_is_help=True, help="The keys that exchanges sign with.")
telephony_app.add_typer(telephony_keys_app, name="key")
quality_app = typer.Typer(no_args_is_help=True, help="The list of wordings, and what is checked by it.")
app.add_typer(quality_app, name="quality")
recordings_app = typer.Typer(no_args_is_help=True, help="The recordings of calls, and who listened to them.")
app.add_typer(recordings_app, name="recordings")
simulate_app = typer.Typer(no_args_is_help=True, help="What happens around a demo bank.")
app.add_typer(simulate_app, name="simulate")
boards_app = typer.Typer(no_args_is_help=True, help="The pitch boards on the phones.")
app.add_typer(boards_app, name="boards")


def plain_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command fail with a sentence and exit code 1 where a rule or the machine refuses."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (DomainError, OSError) as error:
            typer.echo(f"day2053: {error}", err=True)
            raise typer.Exit(1) from None

    return run


for kind in ImportKind:
    import_app.command(kind.value)(plain_errors(import_command(kind)))
import_app.command("boards")(plain_errors(import_boards))
import_app.command("cards")(plain_errors(import_cards))
import_app.command("outbox")(plain_errors(import_outbox))
import_app.command("cdr")(plain_errors(import_cdr_file))
app.command("init")(plain_errors(init))
app.command("bulletin")(plain_errors(write_bulletins))
app.command("pack")(plain_errors(write_pack))
app.command("calendar")(plain_errors(show_calendar))
telephony_app.command("standing")(plain_errors(show_standing))
simulate_app.command("pbx")(plain_errors(simulate_pbx))
telephony_keys_app.command("add")(plain_errors(add_key))
telephony_keys_app.command("list")(plain_errors(list_keys_of))
telephony_keys_app.command("remove")(plain_errors(remove_key))
boards_app.command("due")(plain_errors(tell_due))
boards_app.command("withdraw")(plain_errors(withdraw_board))
quality_app.command("export")(plain_errors(export_wordings))
quality_app.command("import")(plain_errors(import_wordings))
quality_app.command("recheck")(plain_errors(recheck_days))
recordings_app.command("fetch")(plain_errors(fetch_recordings))
recordings_app.command("purge")(plain_errors(purge_recordings))
recordings_app.command("standing")(plain_errors(show_recordings))
recordings_app.command("log")(plain_errors(show_listenings))
staff_app.command("reset-password")(plain_errors(reset_password))


@app.command()
@plain_errors
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="The port of the API and the app.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes share the port.")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Allow the demo accounts, whose password is public.")] = False,
) -> None:
    """Serve the API and the app."""
    settings = Settings()
    refuse_to_serve(settings, demo=demo or settings.demo)
    if demo:
        # The processes that serve read the environment: a demo's codes stand in its log.
        os.environ["DAY2053_DEMO"] = "true"
    KeyFile(settings.keys_file, settings.token_algorithm).prepare(SystemClock().now())
    run_server(settings, host=host, port=port, workers=workers)


@app.command()
@plain_errors
def demo(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="The port of the API and the app.")] = 8000,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the SQLite demo bank away and build it anew.")] = False,
    build_only: Annotated[bool, typer.Option("--build-only", help="Build it and do not serve it.")] = False,
) -> None:
    """Build the demo bank, or bring it up to today, and serve it."""
    settings = Settings()
    build_demo(settings, SystemClock(), reset=reset)
    tell_who(f"http://{host}:{port}/", offline=is_built())
    if not build_only:
        serve(host=host, port=port, workers=1, demo=True)


def refuse_to_serve(settings: Settings, *, demo: bool) -> None:
    """Raise a DomainError when the database is not this program's, or has demo accounts and `demo` was not asked for."""
    database = Database(settings.database_url, settings)
    try:
        require_migrated(database)
        require_refolded(database)
        accounts = database.read(
            lambda session: session.exec(select(StaffRow.login).where(StaffRow.is_demo).limit(1)).all()
        )
    finally:
        database.dispose()
    if accounts and not demo:
        raise Conflict("This database has demo accounts, whose password everybody knows: serve it with --demo only.")


def run_server(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run uvicorn until it is stopped; raises DomainError when it cannot start."""
    import uvicorn

    # The app at `/` speaks to its own server; a wildcard address is no destination.
    own_host = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    os.environ.setdefault("DAY2053_API_URL", f"http://{own_host}:{port}")
    if workers > 1:
        # Before prometheus_client is imported in any of them: each process writes its counts there.
        counts = settings.data_dir / "metrics"
        _empty_folder(counts)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts.absolute())
    try:
        uvicorn.run(
            "app_server.main:create_served_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    except SystemExit as ended:
        if ended.code:
            raise Conflict(f"The server could not start on {host}:{port}.") from None


@app.command()
@plain_errors
def migrate() -> None:
    """Bring the database to this program's version, and refold what an earlier one folded; run again, it goes on."""
    settings = Settings()
    database = Database(settings.database_url, settings)
    try:
        before = current(database)
        migrate_database(database)
        typer.echo(f"The database is at {head()}." if before != head() else f"The database was already at {head()}.")
        if years := renew_calendars(database, now=SystemClock().now()):
            typer.echo(f"The public holidays of {', '.join(map(str, years))} are in the policy's calendar now.")
        with progress_bar(Console()) as progress:
            refolded = refold_older(
                database, now=SystemClock().now(), progress=lambda done, of: progress("advisor-days", done, of)
            )
    finally:
        database.dispose()
    if refolded:
        typer.echo(f"{refolded:,} advisor-days of an earlier version or calendar were folded anew.")


@keys_app.command("rotate")
@plain_errors
def rotate_keys() -> None:
    """Sign with a new key from now on; running servers take it up by themselves."""
    settings = Settings()
    key = KeyFile(settings.keys_file, settings.token_algorithm).rotate(SystemClock().now())
    typer.echo(f"Access tokens are now signed with {key.kid} ({key.algorithm}).")


@keys_app.command("rotate-cards")
@plain_errors
def rotate_card_keys(
    digests: Annotated[
        bool, typer.Option("--digests", help="Also make digests under a new key; import the cards again afterwards.")
    ] = False,
) -> None:
    """Let phones seal cards to a new key from their next sync on; the older ones stay, for what is sealed to them."""
    reader = CardReader(Settings())
    now = SystemClock().now()
    typer.echo(f"Cards are now sealed to {reader.sealing_keys.rotate(now).kid}.")
    if digests:
        typer.echo(f"Digests are now made under {reader.digest_keys.rotate(now).kid}.")


@keys_app.command("rotate-confirmations")
@plain_errors
def rotate_confirmation_keys() -> None:
    """Make outlets' codes under a new key from now on; what a screen has of the former one stays good until it has run out."""
    key = KeyRing(Settings().confirmation_keys_file, DigestKey).rotate(SystemClock().now())
    typer.echo(f"Outlets' codes are now made under {key.kid}.")


@keys_app.command("code-gateway")
@plain_errors
def show_gateway_key(
    new: Annotated[bool, typer.Option("--new", help="Sign with a new key from now on.")] = False,
) -> None:
    """What the bank's gateway has to know to check that a code is ours: the key's name and its secret."""
    keys, now = KeyRing(Settings().code_gateway_keys_file, DigestKey), SystemClock().now()
    key = keys.rotate(now) if new else keys.newest(now)
    typer.echo(f"Day2053-Key: {key.kid}\nsecret: {key.secret}")


@keys_app.command("rotate-recordings")
@plain_errors
def rotate_recording_keys() -> None:
    """Encrypt recordings under a new key from now on; the older ones stay, for what is encrypted under them."""
    key = RecordingShelf.of(Settings()).keys.rotate(SystemClock().now())
    typer.echo(f"Recordings are now encrypted under {key.kid}.")


@keys_app.command("list")
@plain_errors
def list_keys() -> None:
    """The keys, oldest first; the last one signs."""
    settings = Settings()
    for key in KeyFile(settings.keys_file, settings.token_algorithm).keys().keys:
        typer.echo(f"{key.kid}  {key.algorithm}  {key.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _empty_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()


if __name__ == "__main__":
    sys.exit(app())
