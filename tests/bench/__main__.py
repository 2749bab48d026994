"""`python -m tests.bench [--check] [--write] [--rounds 3] [--seconds 3] [--workers 2] [--ingest-only] [--kinto BIN]`: the figures as a table of ratios."""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from app_server.database import Database
from app_server.migrations import migrate
from app_server.sync.cursor import Cursor, Heads
from app_server.telephony.keys import TelephonyKey, sign
from tests import postgresql
from tests.bench import bank as banks
from tests.bench import floor, history, kinto
from tests.bench.load import Job, Measured, request_bytes, run

# The one with a bar first, right after its floor.
CONCURRENCIES = (8, 1, 32)
LEAST_OF_RAW, LEAST_OF_RAW_BY_EXCHANGE = 0.4, 0.25
LEAST_OF_KINTO = 30
FLOOR_PROCESSES = 8
# As a push: onto days on which nothing is recorded yet. An exchange tells of most calls before the phones do.
INGEST = "PBX ingest at 8"
INGEST_AFTER = "PBX ingest at 8 onto days that stand"
# Advisors whose today is in the ledger before the clock starts.
WARM_UP = 400
REPORT = Path(__file__).parents[2] / "docs" / "performance.md"
MARK = "<!-- the table below is written by `make bench ARGS=--write` -->"
END = "<!-- the table above -->"

Figures = dict[str, list[float]]


def main() -> int:
    """Measure, print, and with --check fail below the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--advisors", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=8180)
    parser.add_argument("--push-only", action="store_true", help="leave out the pulls and the team")
    parser.add_argument("--ingest-only", action="store_true", help="the floor and the PBX ingest")
    parser.add_argument("--kinto", type=Path, metavar="BIN", help="the folder of the programs kinto and gunicorn")
    parser.add_argument("--check", action="store_true", help="exit with 1 below the bar")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="day2053-"))
    folder.chmod(0o755)
    data_dir = Path(tempfile.mkdtemp(prefix="day2053-data-"))
    try:
        server = postgresql.start(folder, durable=True)
        figures = measure(server, data_dir, options)
    finally:
        postgresql.stop(folder)
        shutil.rmtree(data_dir)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    bars = {"push at 8, activities/s": LEAST_OF_RAW, f"{INGEST}, calls/s": LEAST_OF_RAW_BY_EXCHANGE}
    is_below = any(of_raw(figures, name) < bar for name, bar in bars.items() if name in figures)
    report = table(medians, ratios(figures, medians), options)
    sys.stdout.write(report)
    if options.write:
        before, _, after = REPORT.read_text(encoding="utf-8").partition(MARK)
        _, _, after = after.partition(END)
        REPORT.write_text(f"{before}{MARK}\n\n{report}\n{END}{after}", encoding="utf-8")
    return int(options.check and is_below)


def measure(server: str, data_dir: Path, options: argparse.Namespace) -> Figures:
    """Rounds in which everything is measured in turn, each push round over a new day of each advisor."""
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench")
    url = server.format(database="bench")
    database = Database(url)
    migrate(database)
    database.dispose()
    bank = banks.build(url, data_dir, advisors=options.advisors)
    chance = random.Random(7)
    raw = [floor.rows_of(banks.day_of(bank, each, 0, chance), each.id) for each in bank.advisors]
    environment = {**os.environ, "DATABASE_URL": url, "DAY2053_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "app_server.cli", "serve", "--port", str(options.port)]
    process = subprocess.Popen([*command, "--workers", str(options.workers)], env=environment)
    figures: Figures = defaultdict(list)
    try:
        wait_for(options.port, process)
        days = [(each, day) for day in range(banks.DAYS) for each in bank.advisors]
        left = iter(days)
        begun = bank.advisors[: min(WARM_UP, len(bank.advisors))]
        # Of every advisor, with the exchange alone: what it tells falls on days that the phones' pushes have filled.
        standing = len(bank.advisors) * min(options.rounds, banks.DAYS) if options.ingest_only else len(begun)
        warmed = run(options.port, pushes(bank, left, standing, chance), concurrency=8, seconds=60)
        assert warmed.requests == standing, "the warm-up was cut short"
        concurrencies = () if options.ingest_only else CONCURRENCIES
        most = (len(days) - standing) // (options.rounds * (len(concurrencies) + 1 + bool(options.kinto)))
        for number in range(options.rounds):
            prepared = {concurrency: pushes(bank, left, most, chance) for concurrency in concurrencies}
            told = {
                INGEST: records(bank, (day for _, day in zip(range(most), left, strict=False)), chance),
                INGEST_AFTER: records(bank, ((each, number % banks.DAYS) for each in bank.advisors), chance),
            }
            floor.prepare(url)
            settle()
            rows = floor.rate(url, raw, processes=FLOOR_PROCESSES, seconds=options.seconds)
            figures["raw:core at 8, rows/s"].append(rows)
            for concurrency, jobs in prepared.items():
                settle()
                done = run(options.port, jobs, concurrency=concurrency, seconds=options.seconds)
                note(figures, f"push at {concurrency}", done, times=banks.BATCH, unit="activities/s")
            if not options.ingest_only:
                done = run(options.port, calls(begun, chance), concurrency=8, seconds=options.seconds)
                note(figures, "push of one call onto a day of 40 and more at 8", done, unit="syncs/s")
            for name, jobs in told.items():
                settle()
                done = run(options.port, jobs, concurrency=8, seconds=options.seconds)
                note(figures, name, done, times=banks.BATCH, unit="calls/s")
            if options.push_only or options.ingest_only:
                continue
            for count in (40, 1000):
                job = pull_of(bank, count, chance, options.port, url)
                done = run(options.port, iter([job] * 200), concurrency=1, seconds=options.seconds / 2)
                note(figures, f"pull of {count}", done)
                floor_of = floor.milliseconds(url, floor.PULL, {"advisor": bank.advisors[0].id, "most": count})
                figures[f"floor of pull of {count}, p50 ms"].append(floor_of)
            name = f"team day over {options.advisors} advisors"
            note(figures, name, team_days(bank, bank.root, options))
            floor_of = floor.milliseconds(url, floor.TEAM, {"day": datetime.now(UTC).date()})
            figures[f"floor of {name}, p50 ms"].append(floor_of)
        if options.kinto:
            with kinto.served(options.kinto, server, bank, folder=data_dir) as push_to_kinto:
                for _ in range(options.rounds):
                    beside = pushes(bank, left, most, chance)
                    settle()
                    done = run(options.port, beside, concurrency=8, seconds=options.seconds)
                    figures["push at 8 beside Kinto, activities/s"].append(banks.BATCH * done.per_second)
                    settle()
                    done = push_to_kinto(options.seconds)
                    figures["Kinto at 8, activities/s"].append(banks.BATCH * done.per_second)
        if not (options.push_only or options.ingest_only):
            # Last, as such a past is nothing that the pushes above had behind them.
            history.fill(url)
            for name, unit in (("head office", bank.root), ("an outlet", bank.outlet)):
                for _ in range(options.rounds):
                    done = team_days(bank, unit, options)
                    note(figures, f"team day of {name} with a full coverage window", done)
    finally:
        process.terminate()
        process.wait(20)
    return figures


def settle() -> None:
    """Have the system write what the measurement before left to be written: it is not the next one's to pay for."""
    os.sync()


def note(figures: Figures, name: str, done: Measured, *, times: int = 1, unit: str = "") -> None:
    """Add a measurement's figures."""
    if unit:
        figures[f"{name}, {unit}"].append(times * done.per_second)
    figures[f"{name}, p50 ms"].append(done.milliseconds(0.5))
    figures[f"{name}, p99 ms"].append(done.milliseconds(0.99))


def pushes(bank: banks.Bank, days: Iterator[Any], most: int, chance: random.Random) -> Iterator[Job]:
    """A job for each next day, made before the clock starts; each carries the cursor its phone has by then."""
    prepared = [
        (advisor, banks.day_of(bank, advisor, day, chance))
        for _, (advisor, day) in zip(range(most), days, strict=False)
    ]
    return iter([push_of(advisor, day) for advisor, day in prepared])


def calls(advisors: Sequence[banks.Advisor], chance: random.Random) -> Iterator[Job]:
    """Single calls, of one advisor after another, on the day that is in the ledger already."""
    return (push_of(each, banks.call_of(each, chance), size=1) for each in cycle(advisors))


def records(bank: banks.Bank, days: Iterable[tuple[banks.Advisor, int]], chance: random.Random) -> Iterator[Job]:
    """What an exchange tells of each of these days' calls, a request a day, made before the clock starts."""
    return iter([told_of(bank.exchange, banks.recorded_of(each, days_ago, chance)) for each, days_ago in days])


def told_of(key: TelephonyKey, events: bytes) -> Job:
    """One request of an exchange, signed when it is sent."""

    def request() -> bytes:
        timestamp = str(int(time.time()))
        headers = {
            "Day2053-Key": key.key_id,
            "Day2053-Timestamp": timestamp,
            "Day2053-Signature": sign(key.secret, timestamp=timestamp, body=events),
        }
        return request_bytes("POST", f"/api/v1/telephony/{key.provider}/events", "", events, headers)

    def check(body: bytes) -> None:
        assert body.count(b'"status":"taken","code":null') == banks.BATCH, body[:2000]

    return Job(request, check)


def push_of(advisor: banks.Advisor, day: bytes, *, size: int = banks.BATCH) -> Job:
    """The push of one day, or of another batch of that size."""

    def request() -> bytes:
        head = b'{"device_id":"bench","waiting":0,"cursor":"' + advisor.cursor.encode() + b'","activities":'
        return request_bytes("POST", "/api/v1/sync", advisor.token, head + day + b"}")

    def check(body: bytes) -> None:
        assert body.count(b'"status":"accepted"') == size, body[:2000]
        advisor.cursor = body.rsplit(b'"cursor":"', 1)[1].split(b'"', 1)[0].decode()

    return Job(request, check)


def team_days(bank: banks.Bank, unit: UUID, options: argparse.Namespace) -> Measured:
    """Today's team day of a unit, asked by the head of all."""
    path = f"/api/v1/team/day?unit_id={unit}&day={datetime.now(UTC).date()}"
    job = Job(lambda: request_bytes("GET", path, bank.head_token), lambda body: None)
    return run(options.port, iter([job] * 100), concurrency=1, seconds=options.seconds / 2)


def pull_of(bank: banks.Bank, count: int, chance: random.Random, port: int, url: str) -> Job:
    """A pull of exactly so many activities, by an advisor who has made enough of them."""
    advisor = bank.advisors[0]
    while (before := number_before_last(url, advisor.id, count)) is None:
        run(port, iter([push_of(advisor, banks.day_of(bank, advisor, 0, chance))]), concurrency=1, seconds=30)
    behind = Cursor(staff_id=advisor.id, heads=Heads(own=before, bank=0)).text()
    body = json.dumps({"device_id": "bench", "cursor": behind, "limit": 1000}).encode()

    def check(answer: bytes) -> None:
        assert answer.count(b'"entity":"activity"') == count, answer[:500]

    return Job(lambda: request_bytes("POST", "/api/v1/sync", advisor.token, body), check)


def number_before_last(url: str, advisor_id: UUID, count: int) -> int | None:
    """The feed's number after which exactly so many activities come; None where there are not so many. Some numbers are nobody's."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT feed_seq - 1 FROM ledger WHERE advisor_id = %s ORDER BY feed_seq DESC OFFSET %s LIMIT 1",
            (advisor_id, count - 1),
        ).fetchone()
    return None if found is None else int(found[0])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server says that it is ready."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            assert time.monotonic() < until, "the server did not become ready"
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError("the server did not start")


def of_raw(figures: Figures, name: str) -> float:
    """A rate as a part of the floor's of the same round, the median over the rounds: the machine drifts between them."""
    floors = figures["raw:core at 8, rows/s"]
    return statistics.median(rate / rows for rate, rows in zip(figures[name], floors, strict=True))


def ratios(figures: Figures, medians: dict[str, float]) -> dict[str, str]:
    """What the figures are beside the floors and peers of the same run."""
    found: dict[str, str] = {}
    for concurrency in CONCURRENCIES:
        bar = f" (bar {LEAST_OF_RAW})" if concurrency == 8 else ""
        if (name := f"push at {concurrency}, activities/s") in figures:
            found[f"push at {concurrency} : raw:core{bar}"] = f"{of_raw(figures, name):.2f}"
    for name, bar in ((INGEST, f" (bar {LEAST_OF_RAW_BY_EXCHANGE})"), (INGEST_AFTER, "")):
        found[f"{name} : raw:core{bar}"] = f"{of_raw(figures, f'{name}, calls/s'):.2f}"
    if "Kinto at 8, activities/s" in medians:
        pairs = zip(figures["push at 8 beside Kinto, activities/s"], figures["Kinto at 8, activities/s"], strict=True)
        times = statistics.median(ours / theirs for ours, theirs in pairs)
        found[f"push at 8 : Kinto (bar {LEAST_OF_KINTO})"] = f"{times:.0f}"
    for name, value in medians.items():
        if name.startswith("floor of ") and name.endswith(", p50 ms"):
            figure = name.removeprefix("floor of ")
            found[f"{figure} : its floor"] = f"{medians[figure] / value:.1f}"
    return found


def table(medians: dict[str, float], ratios: dict[str, str], options: argparse.Namespace) -> str:
    """The figures as Markdown."""
    lines = [
        f"Medians of {options.rounds} rounds, PostgreSQL with durable commits, {options.workers} server processes,",
        f"{os.cpu_count()} cores shared by server, database and load; {options.advisors} advisors, 40 activities a batch.",
        "",
        "| figure | median |",
        "|---|---|",
        *(f"| {name} | {value:,.1f} |" for name, value in medians.items()),
        *(f"| **{name}** | **{value}** |" for name, value in ratios.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
