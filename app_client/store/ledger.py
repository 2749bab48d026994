"""The phone's ledger (台账) and its outbox: appending activities and reading them back. What they change elsewhere is materialize.py's."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app_client.store import materialize
from app_client.store.meta import Meta, clock_offset_ms, get_meta, set_meta
from shared_models.activity import Activity, ActivityData, ActivityKind, uuid7
from shared_models.errors import BadInput, Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person did, before the ledger numbers it. `occurred_at` by the device's own clock; None means now.

    With an `id` of its own a draft can be given again, after a lost tap or a failed write, and still be kept once.
    """

    kind: ActivityKind
    data: ActivityData
    customer_id: UUID | None = None
    occurred_at: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many activities wait for the server, and how many it rejected."""

    waiting: int
    held: int


@dataclass(frozen=True, slots=True)
class Held:
    """An activity the server rejected: its content intact, the server's code and its sentence."""

    activity: Activity
    code: str
    detail: str


def append_activities(tx: sqlite3.Connection, drafts: Sequence[Draft], *, now: datetime) -> list[Activity]:
    """Number the drafts, put them into ledger and outbox and project them, in the caller's transaction.

    Raises BadInput when a draft is no valid activity, Conflict when its id already stands for something else.
    Ids made here rise in the order given, so that of two activities of one instant the later one is known.
    """
    seq = int(get_meta(tx, Meta.NEXT_SEQ) or 1)
    offset = clock_offset_ms(tx)
    appended: list[Activity] = []
    fresh: list[Activity] = []
    for draft in drafts:
        known = None if draft.id is None else activity(tx, draft.id)
        if known is not None:
            appended.append(_same_or_conflict(known, draft))
            continue
        made = _activity(draft, id=draft.id or _next_id(tx, now), seq=seq, offset=offset, now=now)
        materialize.insert_activity(tx, made, state="waiting", device="this")
        tx.execute(
            "INSERT INTO outbox (activity_id, seq, state, queued_at) VALUES (?, ?, 'waiting', ?)",
            (str(made.id), seq, now.isoformat()),
        )
        seq += 1
        fresh.append(made)
        appended.append(made)
    set_meta(tx, Meta.NEXT_SEQ, str(seq))
    materialize.project(tx, fresh)
    return appended


def activity(tx: sqlite3.Connection, activity_id: UUID) -> Activity | None:
    """One activity of the ledger, whatever its state."""
    found = _activities(tx, "SELECT * FROM activities WHERE id = ?", str(activity_id))
    return found[0] if found else None


def activities_of_day(tx: sqlite3.Connection, day: date) -> list[Activity]:
    """All that `fold_day` needs for that day, as `activities_between`."""
    return activities_between(tx, day, day)


def activities_between(tx: sqlite3.Connection, first: date, last: date) -> list[Activity]:
    """All that `fold_day` needs for those days, in order: held ones left out, voids aimed at them from any day included.

    A void of a visit also reaches the proposals made at it, which may lie on another day.
    """
    return _activities(
        tx,
        """WITH of_days AS (SELECT * FROM activities WHERE business_day BETWEEN ? AND ? AND state <> 'held')
        SELECT * FROM of_days
        UNION
        SELECT voids.* FROM activities AS voids
        WHERE voids.kind = 'void' AND voids.state <> 'held' AND voids.refers_to IN (
            SELECT id FROM of_days UNION SELECT refers_to FROM of_days WHERE kind = 'proposal'
        )
        ORDER BY corrected_at, id""",
        first.isoformat(),
        last.isoformat(),
    )


def activities_of_customer(tx: sqlite3.Connection, customer_id: UUID) -> list[Activity]:
    """One customer's history, oldest first, with the voids aimed at it; held ones left out."""
    return _activities(
        tx,
        """WITH theirs AS (SELECT * FROM activities WHERE customer_id = ? AND state <> 'held')
        SELECT * FROM theirs
        UNION
        SELECT voids.* FROM activities AS voids
        WHERE voids.kind = 'void' AND voids.state <> 'held' AND voids.refers_to IN (SELECT id FROM theirs)
        ORDER BY corrected_at, id""",
        str(customer_id),
    )


def ledger_since(tx: sqlite3.Connection, day: date) -> list[Activity]:
    """The ledger from that business day on, oldest first, with all that voids any of it; held ones left out."""
    return _activities(
        tx,
        """WITH since AS (SELECT * FROM activities WHERE business_day >= ? AND state <> 'held')
        SELECT * FROM since
        UNION
        SELECT voids.* FROM activities AS voids
        WHERE voids.kind = 'void' AND voids.state <> 'held' AND voids.refers_to IN (SELECT id FROM since)
        ORDER BY corrected_at, id""",
        day.isoformat(),
    )


def voided(tx: sqlite3.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these activities a standing void has taken back."""
    rows = tx.execute(
        "SELECT DISTINCT refers_to FROM activities "
        "WHERE kind = 'void' AND state <> 'held' AND refers_to IN (SELECT value FROM json_each(?))",
        (json.dumps([str(each) for each in ids]),),
    )
    return {UUID(row["refers_to"]) for row in rows}


def answers_to(tx: sqlite3.Connection, ids: Iterable[UUID]) -> list[Activity]:
    """What was said to hints of these activities, on whatever day; held ones left out."""
    return _activities(
        tx,
        "SELECT * FROM activities WHERE kind = 'hint_answer' AND state <> 'held' "
        "AND refers_to IN (SELECT value FROM json_each(?)) ORDER BY corrected_at, id",
        json.dumps([str(each) for each in ids]),
    )


def held(tx: sqlite3.Connection) -> list[Held]:
    """What needs attention: activities the server rejected, in the order they were made."""
    rows = tx.execute(
        "SELECT activities.*, outbox.code, outbox.detail FROM outbox "
        "JOIN activities ON activities.id = outbox.activity_id WHERE outbox.state = 'held' ORDER BY outbox.seq"
    )
    return [Held(materialize.activity_of_row(row), code=row["code"] or "", detail=row["detail"] or "") for row in rows]


def dismiss_held(tx: sqlite3.Connection, activity_id: UUID) -> None:
    """Drop a rejected activity for good, because the person said so; nothing that still waits can be dropped."""
    dropped = activity(tx, activity_id)
    gone = tx.execute("DELETE FROM outbox WHERE activity_id = ? AND state = 'held'", (str(activity_id),)).rowcount
    if dropped is None or not gone:
        return
    tx.execute("DELETE FROM activities WHERE id = ?", (str(activity_id),))
    materialize.project(tx, [dropped])


def outbox_counts(tx: sqlite3.Connection) -> OutboxCounts:
    """How many activities wait and how many are held."""
    row = tx.execute(
        "SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'held') AS held "
        "FROM outbox"
    ).fetchone()
    return OutboxCounts(waiting=row["waiting"], held=row["held"])


def waiting_batch(tx: sqlite3.Connection, limit: int) -> list[dict[str, Any]]:
    """The next activities to send, in the order made, as the wire has them: the same bytes at every attempt."""
    rows = tx.execute(
        "SELECT activities.* FROM outbox JOIN activities ON activities.id = outbox.activity_id "
        "WHERE outbox.state = 'waiting' ORDER BY outbox.seq LIMIT ?",
        (limit,),
    )
    return [materialize.wire_of_row(row) for row in rows]


def unsent(tx: sqlite3.Connection) -> list[dict[str, Any]]:
    """The whole outbox, what was rejected included, in the order made, each as `waiting_batch` would send it."""
    rows = tx.execute(
        "SELECT activities.* FROM outbox JOIN activities ON activities.id = outbox.activity_id ORDER BY outbox.seq"
    )
    return [materialize.wire_of_row(row) for row in rows]


def _activity(draft: Draft, *, id: UUID, seq: int, offset: int, now: datetime) -> Activity:  # noqa: A002 - the field's name
    try:
        return Activity(
            id=id,
            kind=draft.kind,
            seq=seq,
            occurred_at=draft.occurred_at or now,
            clock_offset_ms=offset,
            customer_id=draft.customer_id,
            data=draft.data,
        )
    except ValidationError as error:
        reasons = "; ".join(each["msg"] for each in error.errors(include_input=False, include_url=False))
        raise BadInput(f"This cannot be recorded: {reasons}", code="bad_data") from error


def _next_id(tx: sqlite3.Connection, now: datetime) -> UUID:
    # RFC 9562 §6.2: within one millisecond the next id is the last one plus a step.
    candidate = uuid7(now)
    lowest = UUID(int=candidate.int >> 80 << 80)
    highest = UUID(int=lowest.int | (1 << 80) - 1)
    last: str | None = tx.execute(
        "SELECT max(id) FROM activities WHERE id BETWEEN ? AND ?", (str(lowest), str(highest))
    ).fetchone()[0]
    return candidate if last is None else UUID(int=max(candidate.int, UUID(last).int + 1))


def _same_or_conflict(known: Activity, draft: Draft) -> Activity:
    if (known.kind, known.data, known.customer_id) != (draft.kind, draft.data, draft.customer_id):
        raise Conflict("This id already stands for another activity.", code="id_conflict")
    return known


def _activities(tx: sqlite3.Connection, sql: str, *parameters: str) -> list[Activity]:
    return [materialize.activity_of_row(row) for row in tx.execute(sql, parameters)]
