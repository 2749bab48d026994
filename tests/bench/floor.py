"""The floor `raw:core`: the ledger's rows by plain Core executemany, one durable transaction a batch, without HTTP or rules."""

import json
import multiprocessing
import statistics
import time
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.dialects.postgresql import insert

from app_server.database import Database, database_url
from app_server.tables import metadata
from shared_models.activity import Activity, uuid7

TABLE = "raw_ledger"
# A second, of one process.
MOST_BATCHES = 150


def prepare(url: str) -> None:
    """An empty table of the ledger's shape, indexes included."""
    database = Database(url)
    for statement in (f"DROP TABLE IF EXISTS {TABLE}", f"CREATE TABLE {TABLE} (LIKE ledger INCLUDING ALL)"):
        database.write(lambda session, statement=statement: session.connection().exec_driver_sql(statement))
    database.dispose()


def rows_of(day: bytes, advisor_id: UUID) -> list[dict[str, Any]]:
    """A day's activities as rows, everything decided already."""
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    for number, raw in enumerate(json.loads(day)):
        activity = Activity.model_validate(raw)
        rows.append(
            {
                "id": activity.id,
                "advisor_id": advisor_id,
                "branch_id": advisor_id,
                "device_id": "bench",
                "kind": activity.kind,
                "seq": activity.seq,
                "occurred_at": activity.occurred_at,
                "clock_offset_ms": activity.clock_offset_ms,
                "business_day": activity.occurred_at.date(),
                "customer_id": activity.customer_id,
                "refers_to": activity.refers_to,
                "data": raw["data"],
                "digest": activity.content_digest(),
                "feed_seq": number,
                "received_at": now,
            }
        )
    return rows


def rate(url: str, batches: list[list[dict[str, Any]]], *, processes: int, seconds: float) -> float:
    """Rows a second over so many processes, each with a connection and batches of its own."""
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    gate = context.Barrier(processes)
    workers = [
        context.Process(target=_work, args=(url, batches[number::processes], seconds, results, gate))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    measured = [results.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    return sum(rows / took for rows, took in measured)


PULL = "SELECT * FROM ledger WHERE advisor_id = :advisor ORDER BY feed_seq DESC LIMIT :most"
TEAM = "SELECT * FROM advisor_day WHERE business_day = :day"


def milliseconds(url: str, statement: str, parameters: dict[str, Any]) -> float:
    """The median time to fetch the very rows that a read answers from, by Core, without HTTP or rules."""
    engine = create_engine(database_url(url))
    took: list[float] = []
    for _ in range(30):
        with engine.connect() as connection:
            started = time.perf_counter()
            connection.execute(text(statement), parameters).all()
            took.append(time.perf_counter() - started)
    engine.dispose()
    return 1000 * statistics.median(took)


def _work(url: str, batches: list[list[dict[str, Any]]], seconds: float, results: Any, gate: Any) -> None:
    engine = create_engine(database_url(url))
    table = metadata.tables["ledger"].to_metadata(MetaData(), name=TABLE)
    statement = insert(table).on_conflict_do_nothing(index_elements=["id"])
    # More than can be written in the time, made before the clock starts.
    now = datetime.now(UTC)
    made = [
        [{**row, "id": uuid7(now), "feed_seq": number * len(batch) + place} for place, row in enumerate(batch)]
        for number, batch in zip(range(int(MOST_BATCHES * seconds)), cycle(batches), strict=False)
    ]
    with engine.connect():
        pass
    gate.wait()
    started = time.perf_counter()
    rows = 0
    for batch in made:
        if time.perf_counter() - started >= seconds:
            break
        with engine.begin() as connection:
            connection.execute(statement, batch)
        rows += len(batch)
    results.put((rows, time.perf_counter() - started))
    engine.dispose()
