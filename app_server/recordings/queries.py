"""SQL of recordings: who may hear one, what is awaited, what is past its time, and which objects nothing refers to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from app_server.auth.service import Caller
from app_server.database import batches, dialect_insert
from app_server.org.queries import advised_below
from app_server.tables import (
    LedgerRow,
    ListeningRow,
    RecordingObjectRow,
    RecordingRow,
    RecordingState,
    StaffRow,
    metadata,
)
from shared_models.activity import ActivityKind
from shared_models.org import Role

RECORDING, OBJECT = metadata.tables["recording"], metadata.tables["recording_object"]


def recording_in_scope(session: Session, recording_id: UUID, who: Caller) -> RecordingRow | None:
    """A kept recording, if the caller may hear it: it is of a call of theirs, or of an advisor below them on its day.

    Before the call is in the ledger nobody may.
    """
    return session.exec(
        rows_of(RecordingRow)
        .join(LedgerRow, col(LedgerRow.id) == col(RecordingRow.id))
        .where(
            RecordingRow.id == recording_id,
            RecordingRow.state == RecordingState.KEPT,
            LedgerRow.kind == ActivityKind.PBX_RECORD,
            _is_callers(who),
        )
    ).one_or_none()


def _is_callers(who: Caller) -> ColumnElement[bool]:
    own = col(LedgerRow.advisor_id) == who.id
    if who.role is Role.ADVISOR:
        return own
    return or_(own, advised_below(who.unit_path, col(LedgerRow.advisor_id), col(LedgerRow.business_day)))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a list of calls says of a recording: how long it is, if known, and since when it is deleted."""

    seconds: int | None
    deleted_at: datetime | None


def recordings_of(session: Session, record_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The recordings, kept or deleted, that these records of exchanges have. Whether the caller sees those is theirs to ask before."""
    c = RECORDING.c
    found: dict[UUID, Standing] = {}
    for part in batches(sorted(record_ids)):
        rows = session.connection().execute(
            select(c.id, c.seconds, c.deleted_at).where(
                c.id.in_(part), c.state.in_((RecordingState.KEPT, RecordingState.DELETED))
            )
        )
        found |= {row.id: Standing(row.seconds, row.deleted_at) for row in rows}
    return found


def add_recordings(session: Session, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Insert recordings, sorted by id; returns the ids of those that were new."""
    statement = dialect_insert(session, RecordingRow).on_conflict_do_nothing(index_elements=["id"])
    ordered = sorted(rows, key=lambda row: row["id"])
    added: set[UUID] = set()
    for part in batches(ordered):
        added.update(session.connection().execute(statement.returning(RECORDING.c.id), list(part)).scalars())
    return added


def recording(session: Session, recording_id: UUID) -> RecordingRow | None:
    """A recording, whatever became of it."""
    return session.get(RecordingRow, recording_id)


def change_unkept(session: Session, recording_id: UUID, values: dict[str, Any]) -> bool:
    """Change a recording that is not here yet; False when it is, or was."""
    c = RECORDING.c
    changed = session.connection().execute(
        update(RECORDING)
        .where(c.id == recording_id, c.state.in_((RecordingState.AWAITED, RecordingState.GIVEN_UP)))
        .values(**values)
    )
    return changed.rowcount == 1


def claim_due(session: Session, *, now: datetime, until: datetime) -> RecordingRow | None:
    """One awaited recording that is due, not due for anybody else before `until`; None when there is none."""
    found = session.exec(
        rows_of(RecordingRow)
        .where(RecordingRow.state == RecordingState.AWAITED, col(RecordingRow.due_at) <= now)
        .order_by(col(RecordingRow.due_at), col(RecordingRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if found is not None:
        found.attempts += 1
        found.due_at = until
        session.add(found)
    return found


# -- objects


def note_object(session: Session, name: str, now: datetime) -> None:
    """Note an object before it is written."""
    session.add(RecordingObjectRow(name=name, begun_at=now))


def forget_object(session: Session, name: str) -> None:
    """Forget an object that is no longer there."""
    session.connection().execute(OBJECT.delete().where(OBJECT.c.name == name))


def unreferenced(session: Session, *, before: datetime, after_name: str, most: int) -> list[str]:
    """Objects begun before then that no recording is in, by name from `after_name` on."""
    statement = (
        select(OBJECT.c.name)
        .outerjoin(RECORDING, RECORDING.c.object_name == OBJECT.c.name)
        .where(RECORDING.c.id.is_(None), OBJECT.c.begun_at < before, OBJECT.c.name > after_name)
        .order_by(OBJECT.c.name)
        .limit(most)
    )
    return list(session.connection().execute(statement).scalars())


# -- retention


@dataclass(frozen=True, slots=True)
class Expired:
    """How many recordings are past their time, their bytes together, and when the first and the last of them came."""

    recordings: int
    size: int
    oldest: datetime | None
    newest: datetime | None


def expired(session: Session, before: datetime) -> Expired:
    """What came before then and is still here."""
    c = RECORDING.c
    kept_at = c.kept_at.type
    row = (
        session.connection()
        .execute(
            select(
                func.count(),
                func.coalesce(func.sum(c.size), 0),
                func.min(c.kept_at, type_=kept_at),
                func.max(c.kept_at, type_=kept_at),
            ).where(_is_expired(before))
        )
        .one()
    )
    return Expired(row[0], int(row[1]), row[2], row[3])


def mark_deleted(session: Session, *, before: datetime, reason: str, now: datetime, most: int) -> Expired:
    """Let go of the key and the object of at most so many recordings that came before then; what they were."""
    c = RECORDING.c
    rows = (
        session.connection()
        .execute(
            select(c.id, c.size, c.kept_at)
            .where(_is_expired(before))
            .order_by(c.kept_at, c.id)
            .limit(most)
            .with_for_update()
        )
        .all()
    )
    session.connection().execute(
        update(RECORDING)
        .where(c.id.in_([row.id for row in rows]))
        .values(
            state=RecordingState.DELETED, reason=reason, deleted_at=now, object_name=None, kid=None, sealed_key=None
        )
    )
    times = [row.kept_at for row in rows]
    return Expired(len(rows), sum(row.size for row in rows), min(times, default=None), max(times, default=None))


def _is_expired(before: datetime) -> ColumnElement[bool]:
    c = RECORDING.c
    return and_(c.state == RecordingState.KEPT, c.kept_at < before)


# -- what an operator reads


@dataclass(frozen=True, slots=True)
class Count:
    """How many recordings of a provider stand where, and why."""

    provider: str
    state: RecordingState
    reason: str | None
    recordings: int
    size: int


def counts(session: Session) -> list[Count]:
    """All recordings by provider, state and reason; the bytes are those that are here."""
    c = RECORDING.c
    keys = (c.provider, c.state, c.reason)
    rows = session.connection().execute(
        select(*keys, func.count(), func.coalesce(func.sum(c.size), 0)).group_by(*keys).order_by(*keys)
    )
    return [Count(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]


@dataclass(frozen=True, slots=True)
class Listened:
    """A row of the audit log with the logins around it: whose call was heard by whom."""

    at: datetime
    kind: str
    recording_id: UUID
    listener: str
    device_id: str
    advisor: str | None
    start: int | None
    end: int | None
    size: int | None


def listenings(session: Session, *, since: datetime, until: datetime) -> list[Listened]:
    """Who listened to what from `since` up to, not including, `until`, in that order."""
    listener, advisor = aliased(StaffRow), aliased(StaffRow)
    statement = (
        select(
            col(ListeningRow.at),
            col(ListeningRow.kind),
            col(ListeningRow.recording_id),
            col(listener.login),
            col(ListeningRow.device_id),
            col(advisor.login),
            col(ListeningRow.start),
            col(ListeningRow.end),
            col(RecordingRow.size),
        )
        .select_from(ListeningRow)
        .join(listener, col(listener.id) == col(ListeningRow.staff_id))
        .join(RecordingRow, col(RecordingRow.id) == col(ListeningRow.recording_id))
        .outerjoin(LedgerRow, col(LedgerRow.id) == col(ListeningRow.recording_id))
        .outerjoin(advisor, col(advisor.id) == col(LedgerRow.advisor_id))
        .where(col(ListeningRow.at) >= since, col(ListeningRow.at) < until)
        .order_by(col(ListeningRow.at), col(ListeningRow.id))
    )
    return [Listened(*row) for row in session.connection().execute(statement)]
