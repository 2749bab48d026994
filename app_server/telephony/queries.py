"""SQL of telephony: whose a line is on a day, and the events that were taken. Entering records is sync's."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session

from app_server.database import batches, dialect_insert
from app_server.tables import RecordState, TelephonyRecordRow, metadata
from shared_models.org import Role, holds_on
from shared_models.telephony import PbxEventKind, PbxLine

LINE, RECORD = metadata.tables["line"], metadata.tables["telephony_record"]
MEMBERSHIP, STAFF = metadata.tables["membership"], metadata.tables["staff"]


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


def holders(session: Session, provider: str, numbers: Collection[str]) -> dict[str, list[Holder]]:
    """Whose each of these lines is and was; a line of that very provider before one of any."""
    c = LINE.c
    found: dict[str, list[Holder]] = defaultdict(list)
    for part in batches(sorted(numbers)):
        rows = session.connection().execute(
            select(c.number, c.provider, c.line, c.staff_id, c.starts_on, c.ends_on)
            .where(c.number.in_(part), c.provider.in_(("", provider)))
            .order_by(c.provider.desc(), c.starts_on)
        )
        for row in rows:
            found[row.number].append(Holder(row.provider, row.line, row.staff_id, row.starts_on, row.ends_on))
    return found


def advising(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, date | None]]]:
    """The days over which each of these was an advisor; the last one not included, None: still."""
    c = MEMBERSHIP.c
    found: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    for part in batches(sorted(staff_ids)):
        rows = session.connection().execute(
            select(c.staff_id, c.starts_on, c.ends_on).where(c.staff_id.in_(part), c.role == Role.ADVISOR)
        )
        for row in rows:
            found[row.staff_id].append((row.starts_on, row.ends_on))
    return found


def add_events(session: Session, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Insert events, sorted by id; returns the ids of those that were new."""
    statement = dialect_insert(session, TelephonyRecordRow).on_conflict_do_nothing(index_elements=["id"])
    ordered = sorted(rows, key=lambda row: row["id"])
    added: set[UUID] = set()
    for part in batches(ordered):
        added.update(session.connection().execute(statement.returning(RECORD.c.id), list(part)).scalars())
    return added


def digests(session: Session, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The digests of those of the events that are here."""
    found: dict[UUID, bytes] = {}
    for part in batches(sorted(ids)):
        for row in session.connection().execute(select(RECORD.c.id, RECORD.c.digest).where(RECORD.c.id.in_(part))):
            found[row.id] = row.digest
    return found


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
