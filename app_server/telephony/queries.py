"""SQL of telephony: whose a line is on a day, and the events that were taken. Entering records is sync's."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy
from pydantic_core import to_json
from sqlalchemy import CompoundSelect, func, select, text, update
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from app_server.database import batches
from app_server.numbers import e164, line_number
from app_server.org.queries import Stay, policies_of
from app_server.prepared import Prepared, Tagged, among, day_of, ids_of, record_of, tagged
from app_server.sync.records import Place
from app_server.tables import RecordState, metadata
from app_server.telephony.events import Ended, ReadEvent
from shared_models.org import Role, holds_on
from shared_models.policy import Policies
from shared_models.telephony import PbxEventKind, PbxLine

LINE, RECORD, MEMBERSHIP = (metadata.tables[name] for name in ("line", "telephony_record", "membership"))
UNIT, POLICY = metadata.tables["unit"], metadata.tables["policy"]


@dataclass(frozen=True, slots=True)
class Holder:
    """That a line is somebody's, over some days; `provider` "": whichever exchange tells of it."""

    provider: str
    line: PbxLine
    staff_id: UUID
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is theirs on that day."""
        return holds_on(day, self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a batch: whose its lines are and were, a line of that very provider before one of any; when those
    people were advisors, and where; and the digests of those of its events that are here.
    """

    policies: Policies
    holders: dict[str, list[Holder]]
    advising: dict[UUID, list[Stay]]
    digests: dict[UUID, bytes]


def known(session: Session, provider: str, *, numbers: Collection[str], events: Collection[UUID] = ()) -> Known:
    """All of it in one query, of these of the bank's numbers and these events."""
    connection = session.connection()
    dialect = connection.dialect.name
    parameters = {"providers": ["", provider], "numbers": list(numbers), "events": ids_of(events, dialect)}
    if dialect == "sqlite":
        rows = connection.execute(_known(dialect), parameters).all()
    else:
        rows = _prepared_known().rows(connection, parameters)
    documents: list[str] = []
    holders: dict[str, list[Holder]] = defaultdict(list)
    advising: dict[UUID, list[Stay]] = defaultdict(list)
    digests: dict[UUID, bytes] = {}
    for tag, key, first, second, third, fourth, fifth in rows:
        match tag:
            case "line":
                days = day_of(fourth) or date.min, day_of(fifth)
                holders[key].append(Holder(first or "", PbxLine(second or ""), UUID(third or ""), *days))
            case "stay":
                advising[UUID(key)].append(Stay(first or "", day_of(second) or date.min, day_of(third)))
            case "event":
                digests[UUID(key)] = bytes.fromhex(first or "")
            case _:
                documents.append(key)
    for each in holders.values():
        each.sort(key=lambda holder: (holder.provider != provider, holder.starts_on))
    return Known(policies_of(documents), holders, advising, digests)


@cache
def _prepared_known() -> Prepared:
    return Prepared(_known("postgresql"))


@cache
def _known(dialect: str) -> "CompoundSelect[*Tagged]":
    held, stay, event = LINE.c, MEMBERSHIP.c, RECORD.c
    digest = func.hex(event.digest) if dialect == "sqlite" else func.encode(event.digest, "hex")
    lines = among(held.number, "numbers", dialect), among(held.provider, "providers", dialect)
    return sqlalchemy.union_all(
        tagged("policy", POLICY.c.document),
        tagged("line", held.number, held.provider, held.line, held.staff_id, held.starts_on, held.ends_on).where(
            *lines
        ),
        tagged("stay", stay.staff_id, UNIT.c.path, stay.starts_on, stay.ends_on)
        .join_from(MEMBERSHIP, UNIT, UNIT.c.id == stay.unit_id)
        .where(stay.staff_id.in_(select(held.staff_id).where(*lines)), stay.role == Role.ADVISOR),
        tagged("event", event.id, digest).where(among(event.id, "events", dialect)),
    )


class NewEvent(NamedTuple):
    """An event to keep, and where it stands; of a finished call also whose it was, and on what line."""

    read: ReadEvent
    place: Place
    advisor_id: UUID | None
    line: PbxLine | None

    def values(self, provider: str, now: datetime) -> dict[str, Any]:
        """Its row, but for the document."""
        event = self.read.event
        ended = event if isinstance(event, Ended) else None
        return {
            "id": self.read.id,
            "provider": provider,
            "record_id": event.record_id,
            "event": event.event,
            "at": self.read.at,
            "received_at": now,
            "digest": self.read.digest,
            "state": self.place.state,
            "reason": self.place.reason,
            "line_number": line_number(ended.own_number) if ended is not None else None,
            "customer_number": e164(ended.other_number) if ended is not None else None,
            "advisor_id": self.advisor_id,
            "line": self.line,
        }


def add_events(session: Session, events: Sequence[NewEvent], *, provider: str, now: datetime) -> int:
    """Insert events, sorted by id, so that overlapping batches cannot deadlock; returns how many were new."""
    ordered = sorted(events, key=lambda event: event.read.id.int)
    connection = session.connection()
    rows = [event.values(provider, now) for event in ordered]
    if connection.dialect.name == "sqlite":
        rows = [row | {"document": event.read.document} for event, row in zip(ordered, rows, strict=True)]
        statement = sqlite.insert(RECORD).on_conflict_do_nothing(index_elements=["id"]).returning(RECORD.c.id)
        return len(connection.execute(statement, rows).all())
    parameters = {
        "documents": f"[{','.join(event.read.content for event in ordered)}]",
        "rows": to_json([row | {"digest": row["digest"].hex()} for row in rows]).decode(),
    }
    return _add_events().rows(connection, parameters)[0][0]


@cache
def _add_events() -> Prepared:
    # One parameter for all rows, as for the ledger's.
    plain = [name for name in RECORD.c.keys() if name != "document"]  # noqa: SIM118 - a ColumnCollection iterates columns
    values = ", ".join("decode(digest, 'hex')" if name == "digest" else name for name in plain)
    statement = (
        f"WITH added AS (INSERT INTO telephony_record ({', '.join(plain)}, document) SELECT {values}, document "  # noqa: S608 - names of our own columns
        f"FROM ROWS FROM (json_to_recordset(CAST(:rows AS json)) AS ({record_of(RECORD, plain)}), "
        f"jsonb_array_elements(CAST(:documents AS jsonb))) AS batch({', '.join(plain)}, document) "
        "ON CONFLICT (id) DO NOTHING RETURNING id) SELECT count(*) FROM added"
    )
    return Prepared(text(statement))


@dataclass(frozen=True, slots=True)
class Unattributed:
    """A record that waits for its line to be somebody's."""

    id: UUID
    provider: str
    line_number: str
    document: dict[str, Any]


def without_line(session: Session, numbers: Collection[str]) -> list[Unattributed]:
    """The records of these lines that wait for it to be known whose they are."""
    c = RECORD.c
    found: list[Unattributed] = []
    for part in batches(sorted(numbers)):
        rows = session.connection().execute(
            select(c.id, c.provider, c.line_number, c.document).where(
                c.state == RecordState.WAITING, c.advisor_id.is_(None), c.line_number.in_(part)
            )
        )
        found += [Unattributed(row.id, row.provider, row.line_number, row.document) for row in rows]
    return found


def attribute(session: Session, row_id: UUID, *, advisor_id: UUID, line: PbxLine, reason: str | None) -> None:
    """Note whose a waiting record is."""
    session.connection().execute(
        update(RECORD).where(RECORD.c.id == row_id).values(advisor_id=advisor_id, line=line, reason=reason)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How many calls of a provider stand where, and since when the oldest was."""

    provider: str
    state: RecordState
    reason: str | None
    records: int
    first_at: Any  # a datetime; what an aggregate is typed as depends on the database


def standing(session: Session) -> list[Standing]:
    """The finished calls by provider, state and reason."""
    c = RECORD.c
    rows = session.connection().execute(
        select(c.provider, c.state, c.reason, func.count(), func.min(c.at, type_=c.at.type))
        .where(c.event == PbxEventKind.ENDED)
        .group_by(c.provider, c.state, c.reason)
        .order_by(c.provider, c.state, c.reason)
    )
    return [Standing(*row) for row in rows]
