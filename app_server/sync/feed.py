"""The feeds' writing side: numbers are handed out under the feed's own lock, so a cursor never steps over a late commit."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col

from app_server.database import dialect_insert
from app_server.tables import ChangeRow, FeedRow
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
    for scope in sorted(by_scope):
        of_scope = by_scope[scope]
        first = take_numbers(session, scope, len(of_scope)) - len(of_scope) + 1
        write_changes(session, of_scope, first=first, now=now)


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
    statement = dialect_insert(session, FeedRow).values(scope=scope, head=count)
    statement = statement.on_conflict_do_update(
        index_elements=["scope"], set_={"head": col(FeedRow.head) + statement.excluded.head}
    ).returning(col(FeedRow.head))
    head: int = session.connection().execute(statement).scalar_one()
    return head
