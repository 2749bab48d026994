"""The feeds' writing side: numbers are handed out under the feed's own lock, so a cursor never steps over a late commit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, text
from sqlmodel import Session

from app_server.prepared import Prepared
from app_server.tables import ChangeRow
from shared_models.sync import Entity


@dataclass(frozen=True, slots=True)
class Announced:
    """That an entity changed for one feed: an advisor's id as text, or BANK_SCOPE; `deleted`: gone from its sight."""

    scope: str
    entity: Entity
    entity_id: str
    deleted: bool = False


def announce(session: Session, changes: Iterable[Announced], *, now: datetime) -> None:
    """Write the changes into their feeds; each feed stays locked until the transaction ends.

    The feeds are taken in sorted order, so that overlapping writers cannot deadlock: call it once in a transaction,
    and before the rows that a sync writes too.
    """
    by_scope: dict[str, list[Announced]] = defaultdict(list)
    for change in changes:
        by_scope[change.scope].append(change)
    heads = take_numbers_of_each(session, {scope: len(of_scope) for scope, of_scope in by_scope.items()})
    for scope, of_scope in by_scope.items():
        write_changes(session, of_scope, first=heads[scope] - len(of_scope) + 1, now=now)


def hold_all_feeds(session: Session) -> None:
    """Wait until every transaction that has taken numbers of any feed has ended; none takes any until this one ends.

    For what all folds read, so that no batch folds by what was before: call it first in a transaction, and end that soon.
    SQLite has one writer anyway.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE feed IN SHARE ROW EXCLUSIVE MODE"))


def write_changes(session: Session, changes: Iterable[Announced], *, first: int, now: datetime) -> None:
    """Write changes of one feed under numbers that were taken for them, `first` and on."""
    rows = [
        {
            "scope": change.scope,
            "seq": seq,
            "entity": change.entity.value,
            "entity_id": change.entity_id,
            "deleted": change.deleted,
            "at": now,
        }
        for seq, change in enumerate(changes, start=first)
    ]
    session.connection().execute(insert(ChangeRow), rows)


def take_numbers(session: Session, scope: str, count: int) -> int:
    """Raise the feed's head by `count` and return it; the feed is locked until the transaction ends.

    The numbers `head - count + 1` to `head` are the caller's. One left unused is no gap to anybody: readers ask for
    what is above their cursor and up to the head.
    """
    return take_numbers_of_each(session, {scope: count})[scope]


def take_numbers_of_each(session: Session, counts: Mapping[str, int]) -> dict[str, int]:
    """As `take_numbers` for several feeds, in the order in which everybody takes them; returns the heads."""
    scopes = sorted(counts)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return {
            scope: connection.execute(_TAKE, {"scope": scope, "count": counts[scope]}).scalar_one() for scope in scopes
        }
    return dict(_TAKE_EACH.rows(connection, {"scopes": scopes, "counts": [counts[scope] for scope in scopes]}))


_TAKE = text(
    "INSERT INTO feed (scope, head) VALUES (:scope, :count) "
    "ON CONFLICT (scope) DO UPDATE SET head = feed.head + excluded.head RETURNING head"
)
# Not by the database's own order of texts, which is another in each.
_TAKE_EACH = Prepared(
    text(
        "INSERT INTO feed (scope, head) SELECT scope, count "
        "FROM unnest(CAST(:scopes AS text[]), CAST(:counts AS bigint[])) AS wanted(scope, count) "
        'ORDER BY scope COLLATE "C" '
        "ON CONFLICT (scope) DO UPDATE SET head = feed.head + excluded.head RETURNING scope, head"
    )
)
