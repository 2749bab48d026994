"""`day2053 recordings`: fetch what is awaited, delete what is past its time, and say how things stand and who listened."""

import asyncio
import time
from collections import Counter
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app_server.clock import SystemClock
from app_server.installation import opened_database
from app_server.org.queries import policies
from app_server.recordings import queries, service
from app_server.recordings.awaited import Fetcher
from app_server.recordings.queries import Listened
from app_server.recordings.service import Purged, RecordingShelf
from app_server.settings import Settings
from shared_models.errors import BadInput, Conflict
from shared_models.policy import zone


def fetch_recordings(
    every: Annotated[int, typer.Option(min=0, help="Look again after so many seconds; 0: once.")] = 0,
) -> None:
    """Fetch the recordings that exchanges told of and that are due; more than one of these may run at once."""
    clock = SystemClock()
    with opened_database() as db:
        fetcher = Fetcher.of(db, Settings())
        while True:
            typer.echo(_fetched(asyncio.run(_fetch_all(fetcher, clock))))
            if not every:
                return
            time.sleep(every)


async def _fetch_all(fetcher: Fetcher, clock: SystemClock) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    while (one := await fetcher.fetch_next(clock)) is not None:
        outcomes["fetched" if not one.reason else f"gave up: {one.reason}" if one.gave_up else one.reason] += 1
    return outcomes


def _fetched(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in outcomes.most_common()) or "Nothing is due."


def purge_recordings(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted, and delete nothing.")] = False,
) -> None:
    """Delete the recordings that the policy's recording_days no longer let the bank keep; when and why stays on record."""
    now, settings = SystemClock().now(), Settings()
    with opened_database() as db:
        if dry_run:
            typer.echo(_purged("Would delete", service.expired(db, now=now)))
            return
        done = service.purge(db, RecordingShelf.of(settings), now=now)
    typer.echo(_purged("Deleted", done))
    typer.echo(f"{done.objects:,} objects removed from the storage.")
    if done.stuck:
        for name in done.stuck:
            typer.echo(f"could not be removed, and opens for nobody: {name}", err=True)
        raise Conflict(f"{len(done.stuck):,} objects could not be removed; run it again when the storage answers.")


def _purged(verb: str, done: Purged) -> str:
    found = done.recordings
    if found.oldest is None or found.newest is None:
        return f"No recording is from before {done.before:%Y-%m-%d %H:%M} UTC."
    return (
        f"{verb} {found.recordings:,} recordings from before {done.before:%Y-%m-%d %H:%M} UTC, {found.size:,} bytes; "
        f"the oldest of {found.oldest:%Y-%m-%d}, the newest of {found.newest:%Y-%m-%d}."
    )


def show_recordings() -> None:
    """How many recordings are here, awaited, given up and deleted, and why."""
    with opened_database() as db:
        found = db.read(queries.counts)
    table = Table("provider", "state", "reason", "recordings", "bytes")
    for each in found:
        table.add_row(each.provider, each.state.value, each.reason or "", f"{each.recordings:,}", f"{each.size:,}")
    Console().print(table)


def show_listenings(
    since: Annotated[str | None, typer.Option("--from", help="The first day, YYYY-MM-DD; a week ago.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The last day; today.")] = None,
) -> None:
    """Who listened to whose call, when, on which device and which bytes; no customer is named."""
    with opened_database() as db:
        rules = db.read(policies)
        today, place = rules.today(SystemClock().now()), zone(rules.timezone)
        first, last = _day(since, today - timedelta(days=7)), _day(until, today)
        begins, ends = (datetime.combine(day, time_of_day(), place) for day in (first, last + timedelta(days=1)))
        found = db.read(lambda session: queries.listenings(session, since=begins, until=ends))
    for each in found:
        typer.echo(
            f"{each.at.astimezone(place):%Y-%m-%d %H:%M:%S}  {each.listener}  {_heard(each)}  "
            f"call of {each.advisor or '?'}  recording {each.recording_id}  device {each.device_id}"
        )
    typer.echo(f"{len(found):,} entries from {first} to {last}.")


def _heard(each: Listened) -> str:
    return "was given a link" if each.end is None else f"bytes {each.start:,} to {each.end:,} of {each.size or 0:,}"


def _day(text: str | None, otherwise: date) -> date:
    try:
        return otherwise if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no day; expected YYYY-MM-DD.") from None
