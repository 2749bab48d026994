"""`python -m tests.bench.scale [--check] [--write] [--advisors 100000] [--sqlite-advisors 10000] [--rounds 3]`: the evening of a whole bank.

How long a unit's day takes, of an outlet, a branch and the whole bank, beside the `GROUP BY` over its raw ledger; both must agree on
every figure. And how long after a phone's sync an open meeting's screen has the new figure.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from app_server.database import Database
from app_server.migrations import migrate
from shared_models.activity import uuid7
from shared_models.meetings import MOST_ADVISORS
from shared_models.team import TeamDay
from tests import postgresql
from tests.bench.__main__ import REPORT, wait_for
from tests.bench.raw_day import Figures, figures_of, told
from tests.bench.scale_bank import POLICY, STAFF, CopyWriter, ScaleBank, SqliteWriter, Unit, build, identifier

T = TypeVar("T")

# Milliseconds of the median look, on PostgreSQL with a hundred thousand advisors.
BARS = {"an outlet": 30, "a branch": 150, "the whole bank": 300}
MOST_SECONDS_TO_THE_WALL, MOST_SECONDS_FOR_A_PACK = 2.0, 10
LOOKS = 15
# Between two looks of a busy evening, so many phones have sent something.
MOVED_BETWEEN_LOOKS = 100
MARK = "<!-- the table below is written by `make bench-scale ARGS=--write` -->"
END = "<!-- the end of it -->"


def main() -> int:
    """Measure, print, and with --check fail above a bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisors", type=int, default=100_000)
    parser.add_argument("--sqlite-advisors", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="of the raw query")
    parser.add_argument("--port", type=int, default=8181)
    parser.add_argument("--check", action="store_true", help="exit with 1 above a bar")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="day2053-"))
    folder.chmod(0o755)
    data_dir = Path(tempfile.mkdtemp(prefix="day2053-data-"))
    tables: list[str] = []
    is_above = False
    try:
        for name, advisors in (("PostgreSQL", options.advisors), ("SQLite", options.sqlite_advisors)):
            if not advisors:
                continue
            url = _postgresql(folder) if name == "PostgreSQL" else f"sqlite:///{data_dir / 'scale.db'}"
            rows, above = measure(name, url, data_dir, advisors, options)
            is_above |= above and name == "PostgreSQL"
            tables.append("\n".join(rows))
    finally:
        postgresql.stop(folder)
        shutil.rmtree(data_dir)
    report = "\n\n".join(tables) + "\n"
    sys.stdout.write(report)
    if options.write:
        before, _, after = REPORT.read_text(encoding="utf-8").partition(MARK)
        _, _, after = after.partition(END)
        REPORT.write_text(f"{before}{MARK}\n\n{report}\n{END}{after}", encoding="utf-8")
    return int(options.check and is_above)


def _postgresql(folder: Path) -> str:
    server = postgresql.start(folder, durable=True)
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE scale")
    return server.format(database="scale")


def measure(name: str, url: str, data_dir: Path, advisors: int, options: argparse.Namespace) -> tuple[list[str], bool]:
    """The table of one database, and whether a figure lies above its bar."""
    database = Database(url)
    migrate(database)
    began = time.monotonic()
    bank = _filled(url, advisors, data_dir)
    seconds = time.monotonic() - began
    count = database.read(
        lambda session: session.connection().execute(text("SELECT count(*) FROM ledger")).scalar_one()
    )
    rows = [
        f"{name}: {advisors:,} advisors, {count:,} activities on 60 days, made in {seconds:,.0f} s; {os.cpu_count()} cores for",
        f"server, database and load. Median of {LOOKS} looks one after the other, and of {options.rounds} of the raw query, in ms.",
        "",
        "| a day of | advisors | first look | look | bar | look after 100 phones | all counted anew | raw `GROUP BY` | raw : look |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    is_above, chance = False, random.Random(7)
    with _served(url, data_dir, options.port):
        for unit in (bank.outlet, bank.branch, bank.whole):
            raw_ms, raw = _timed(options.rounds, lambda unit=unit: _raw(database, bank, unit))
            first, seen = _timed(1, lambda unit=unit: _look(options.port, unit))
            _compare(raw, TeamDay.model_validate_json(seen))
            looks, _ = _timed(LOOKS, lambda unit=unit: _look(options.port, unit))
            busy = statistics.median(_busy_look(database, options.port, unit, chance) for _ in range(LOOKS // 3))
            _move_feeds(database, unit, range(unit.advisors))
            anew, _ = _timed(1, lambda unit=unit: _look(options.port, unit))
            bar = BARS[unit.name]
            is_above |= looks > bar
            rows.append(
                f"| {unit.name} | {unit.advisors:,} | {first:,.0f} | {looks:,.0f} | {bar} | {busy:,.0f} | {anew:,.0f} "
                f"| {raw_ms:,.0f} | {raw_ms / looks:,.0f} |"
            )
            sys.stderr.write(rows[-1] + "\n")
        wall = _to_the_wall(options.port, bank)
        path = f"/packs/{bank.branch.id}/{bank.day:%Y-%m}.pdf"
        pack, printed = _timed(1, lambda: _asked(options.port, bank.branch.token, path))
        assert printed.startswith(b"%PDF")
    is_above |= wall > MOST_SECONDS_TO_THE_WALL or pack > 1000 * MOST_SECONDS_FOR_A_PACK
    database.dispose()
    rows += [
        "",
        f"From a phone's push to the figure of the branch on an open screen: {wall:.2f} s (bar {MOST_SECONDS_TO_THE_WALL:.0f} s).",
        f"The branch's pack of the month as PDF: {pack / 1000:.1f} s (bar {MOST_SECONDS_FOR_A_PACK} s).",
    ]
    return rows, is_above


def _filled(url: str, advisors: int, data_dir: Path) -> ScaleBank:
    now = datetime.now(UTC)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            bank = build(SqliteWriter(connection), advisors=advisors, data_dir=data_dir, url=url, now=now)
            connection.execute("ANALYZE")
            return bank
    with psycopg.connect(url, autocommit=True, options="-c timezone=UTC -c maintenance_work_mem=1GB") as connection:
        bank = build(CopyWriter(connection), advisors=advisors, data_dir=data_dir, url=url, now=now)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        return bank


@contextmanager
def _served(url: str, data_dir: Path, port: int) -> Iterator[None]:
    environment = {**os.environ, "DATABASE_URL": url, "DAY2053_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "app_server.cli", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _timed(times: int, work: Callable[[], T]) -> tuple[float, T]:
    """The median in milliseconds, and the last result."""
    took: list[float] = []
    while True:
        began = time.perf_counter()
        result = work()
        took.append(1000 * (time.perf_counter() - began))
        if len(took) == times:
            return statistics.median(took), result


def _raw(database: Database, bank: ScaleBank, unit: Unit) -> dict[str, Figures]:
    def read(session: Session) -> dict[str, Figures]:
        if session.get_bind().dialect.name == "postgresql":
            # Of a whole bank it takes longer than the server would wait.
            session.connection().execute(text("SET LOCAL statement_timeout = 0"))
        return figures_of(session, path=unit.path, day=bank.day, policy=POLICY)

    return database.read(read)


def _look(port: int, unit: Unit) -> bytes:
    return _asked(port, unit.token, f"/team/day?unit_id={unit.id}&most_advisors={MOST_ADVISORS}")


def _asked(port: int, token: str, path: str, body: object = None) -> bytes:
    """The answer to a GET, or to a POST of that body."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=600)) as connection:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = json.dumps(body) if body is not None else None
        connection.request("GET" if body is None else "POST", f"/api/v1{path}", sent, headers)
        answer = connection.getresponse()
        read = answer.read()
        assert answer.status == 200, read[:500]
        return read


def _compare(raw: Mapping[str, Figures], seen: TeamDay) -> None:
    """Raises AssertionError where the two differ on a figure of the unit or of one beneath it."""
    names = told(seen.totals)
    assert {name: sum(part[name] for part in raw.values()) for name in names} == names
    for child in seen.units:
        theirs = raw.get(str(child.unit.id), {})
        assert {name: theirs.get(name, 0) for name in names} == told(child.totals)


def _move_feeds(database: Database, unit: Unit, numbers: Iterable[int]) -> None:
    """As if these advisors' phones had sent something."""
    scopes = [{"scope": str(UUID(identifier(STAFF, number)))} for number in numbers if number < unit.advisors]
    statement = text("UPDATE feed SET head = head + 1 WHERE scope = :scope")
    database.write(lambda session: session.connection().execute(statement, scopes))


def _busy_look(database: Database, port: int, unit: Unit, chance: random.Random) -> float:
    _move_feeds(database, unit, chance.sample(range(unit.advisors), min(MOVED_BETWEEN_LOOKS, unit.advisors)))
    return _timed(1, lambda: _look(port, unit))[0]


def _to_the_wall(port: int, bank: ScaleBank) -> float:
    """Seconds from an advisor's push until whoever is told of the branch's news has the new figure."""
    calls = TeamDay.model_validate_json(_look(port, bank.branch)).totals.calls
    news = f"/team/stream?unit_id={bank.branch.id}&events=1&seconds=30"
    known = _asked(port, bank.branch.token, news).decode().partition("id: ")[2].split()[0]
    seen: list[float] = []

    def watch() -> None:
        _asked(port, bank.branch.token, f"{news}&after={known}")
        assert TeamDay.model_validate_json(_look(port, bank.branch)).totals.calls == calls + 1
        seen.append(time.perf_counter())

    watching = threading.Thread(target=watch)
    watching.start()
    # It waits, as long as nothing happens.
    watching.join(1.5)
    assert watching.is_alive()
    now = datetime.now(UTC)
    call = {
        "id": str(uuid7(now)),
        "kind": "call",
        "seq": 100_000,
        "occurred_at": now.isoformat(),
        "clock_offset_ms": 0,
        "customer_id": str(bank.customers[0]),
        "data": {"channel": "mobile", "outcome": "interested", "talk_seconds": 95, "timed_by": "device"},
    }
    began = time.perf_counter()
    pushed = _asked(
        port, bank.advisor_token, "/sync", {"device_id": "bench", "cursor": None, "limit": 1, "activities": [call]}
    )
    assert b'"status":"accepted"' in pushed, pushed[:500]
    watching.join(60)
    return seen[0] - began


if __name__ == "__main__":
    sys.exit(main())
