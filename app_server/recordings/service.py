"""The rules of recordings: which is kept, who hears it, when it goes. Bytes are sealing.py's and storage.py's, SQL is queries.py's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.auth.service import Caller, caller
from app_server.auth.tokens import AccessClaims
from app_server.database import Database
from app_server.key_ring import KeyRing
from app_server.org.queries import policies
from app_server.recordings import queries, tickets
from app_server.recordings.arriving import Arrival
from app_server.recordings.ranges import Span, asked_span
from app_server.recordings.sealing import Damaged, Opener, RecordingKey, sealed_size
from app_server.recordings.sniffing import sniff
from app_server.recordings.storage import RecordingStorage, StorageFailed
from app_server.recordings.tickets import Ticket
from app_server.settings import Settings
from app_server.tables import ListeningKind, ListeningRow, RecordingRow, RecordingState
from shared_models.activity import uuid7
from shared_models.errors import Conflict, NotFound
from shared_models.telephony import PbxEventKind, pbx_activity_id

MOST_URL_CHARS = 2048
# An object that is being written is nobody's for a moment; one that nobody's transaction took within an hour is nobody's for good.
WRITING = timedelta(hours=1)
BATCH = 500
BY_POLICY = "retention"


class Other(Conflict):
    """The call has a recording already, and it is another one; what came first stands."""

    code = "id_conflict"


class KeepStatus(StrEnum):
    """Both are promises: the recording is here durably, or was and has been deleted since."""

    TAKEN = "taken"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RecordingShelf:
    """Where recordings are kept, and under which keys; one for the whole process."""

    storage: RecordingStorage
    keys: KeyRing[RecordingKey]

    @classmethod
    def of(cls, settings: Settings) -> "RecordingShelf":
        """This installation's."""
        return cls(RecordingStorage(settings.recordings_url), KeyRing(settings.recording_keys_file, RecordingKey))


# -- coming in


def note_awaited(session: Session, provider: str, events: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Note where the recordings lie that these events tell of, to be fetched later and by somebody else."""
    rows = [
        {
            "id": pbx_activity_id(provider, event["record_id"]),
            "provider": provider,
            "record_id": event["record_id"],
            "state": RecordingState.AWAITED,
            "noted_at": now,
            "url": url,
            "attempts": 0,
            "due_at": now,
        }
        for event in events
        if event["event"] == PbxEventKind.RECORDING_READY
        and isinstance(url := event.get("url"), str)
        and len(url) <= MOST_URL_CHARS
    ]
    if rows:
        queries.add_recordings(session, rows)


def keep(
    db: Database, shelf: RecordingShelf, arrival: Arrival, *, provider: str, record_id: str, now: datetime
) -> KeepStatus:
    """Keep a recording that has finished arriving; the same again is a DUPLICATE. Durable when this returns.

    Raises NotAudio, BadAudio or TooLong for what is no recording, Other where the call has another, StorageFailed.
    """
    sniffed = sniff(arrival.read, arrival.size)
    key = shelf.keys.newest(now)
    name = uuid4().hex
    values = {
        "state": RecordingState.KEPT,
        "url": None,
        "due_at": None,
        "reason": None,
        "kept_at": now,
        "object_name": name,
        "kid": key.kid,
        "sealed_key": key.seal_key(arrival.data_key, arrival.recording_id),
        "media_type": sniffed.media_type,
        "size": arrival.size,
        "seconds": sniffed.seconds,
        "digest": arrival.digest,
    }
    row = {"id": arrival.recording_id, "provider": provider, "record_id": record_id, "noted_at": now, "attempts": 0}

    def settle(session: Session) -> KeepStatus:
        if queries.add_recordings(session, [row | values]) or queries.change_unkept(
            session, arrival.recording_id, values
        ):
            return KeepStatus.TAKEN
        return _standing(session, arrival)

    if (known := db.read(lambda session: _known(session, arrival))) is not None:
        return known
    db.write(lambda session: queries.note_object(session, name, now))
    try:
        shelf.storage.put(name, arrival.sealed())
        status = db.write(settle)
    except (Other, StorageFailed):
        _drop(db, shelf, name)
        raise
    if status is KeepStatus.DUPLICATE:
        _drop(db, shelf, name)
    return status


def _known(session: Session, arrival: Arrival) -> KeepStatus | None:
    found = queries.recording(session, arrival.recording_id)
    return None if found is None or found.digest is None else _standing(session, arrival)


def _standing(session: Session, arrival: Arrival) -> KeepStatus:
    found = queries.recording(session, arrival.recording_id)
    if found is None or found.digest != arrival.digest:
        raise Other("This call has another recording already; it stands.")
    return KeepStatus.DUPLICATE


def _drop(db: Database, shelf: RecordingShelf, name: str) -> bool:
    """Delete an object that nothing refers to; False: it stays noted, and the next purge tries again."""
    try:
        shelf.storage.remove(name)
    except StorageFailed:
        return False
    db.write(lambda session: queries.forget_object(session, name))
    return True


# -- listening


def give_ticket(
    db: Database, shelf: RecordingShelf, who: Caller, claims: AccessClaims, recording_id: UUID, *, now: datetime
) -> tuple[str, datetime]:
    """A ticket for a recording in the caller's scope and until when it is good; that it was given is noted first. Raises NotFound."""
    ticket = Ticket(recording_id, claims, now + tickets.LIFE)

    def note(session: Session) -> None:
        _in_scope(session, recording_id, who)
        session.add(_listening(ListeningKind.TICKET, recording_id, who, now))

    db.write(note)
    return tickets.issue(shelf.keys, ticket, now), ticket.expires_at


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener is sent: a span of a recording's plain bytes. `pieces` raise Damaged or StorageFailed."""

    media_type: str
    size: int
    span: Span
    pieces: Iterator[bytes]


def listen(db: Database, shelf: RecordingShelf, ticket: str, range_header: str | None, *, now: datetime) -> Heard:
    """The bytes that a ticket's holder asks for; that they were sent is committed before this returns.

    The holder is looked at again: raises TicketRefused, NotSignedIn, NotFound, Unsatisfiable; Damaged when the first bytes
    do not open, StorageFailed.
    """
    said = tickets.read(shelf.keys, ticket, now)

    def note(session: Session) -> tuple[RecordingRow, Span]:
        who = caller(session, said.claims, now)
        row = _in_scope(session, said.recording_id, who)
        span = asked_span(range_header, row.size or 0)
        sent = _listening(ListeningKind.SENT, row.id, who, now)
        sent.start, sent.end = span.start, span.end
        session.add(sent)
        return row, span

    row, span = db.write(note)
    pieces = _opener(shelf, row).stream(span.start, span.end)
    # The first of them before a header is sent, so that a damaged recording is refused and not broken off.
    first = next(pieces)
    return Heard(row.media_type or "", row.size or 0, span, chain([first], pieces))


def look(db: Database, shelf: RecordingShelf, ticket: str, *, now: datetime) -> Heard:
    """What `listen` would send of the whole, without a byte of it; raises as that."""
    said = tickets.read(shelf.keys, ticket, now)
    row = db.read(lambda session: _in_scope(session, said.recording_id, caller(session, said.claims, now)))
    size = row.size or 0
    return Heard(row.media_type or "", size, Span(0, size, is_part=False), iter(()))


def _in_scope(session: Session, recording_id: UUID, who: Caller) -> RecordingRow:
    found = queries.recording_in_scope(session, recording_id, who)
    if found is None:
        raise NotFound("There is no such recording.")
    return found


def _listening(kind: ListeningKind, recording_id: UUID, who: Caller, now: datetime) -> ListeningRow:
    return ListeningRow(
        id=uuid7(now), at=now, kind=kind, recording_id=recording_id, staff_id=who.id, device_id=who.device_id
    )


def _opener(shelf: RecordingShelf, row: RecordingRow) -> Opener:
    key = shelf.keys.named(row.kid or "")
    name, size = row.object_name or "", row.size or 0
    if key is None:
        raise Damaged("The key of this recording is not in the data folder.")
    if shelf.storage.size(name) != sealed_size(size):
        raise Damaged("The recording is not as long as it was.")
    data_key = key.open_key(row.sealed_key or b"", row.id)
    return Opener(data_key, row.id, size, lambda start, end: shelf.storage.read(name, start, end))


# -- going


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: which recordings are past the policy, how many objects went, and which could not be deleted."""

    before: datetime
    recordings: queries.Expired
    objects: int
    stuck: tuple[str, ...]


def expired(db: Database, *, now: datetime) -> Purged:
    """What a purge would delete now."""

    def look_for(session: Session) -> Purged:
        before = _expires_before(session, now)
        return Purged(before, queries.expired(session, before), 0, ())

    return db.read(look_for)


def purge(db: Database, shelf: RecordingShelf, *, now: datetime) -> Purged:
    """Delete what the policy no longer lets us keep, and whatever object nothing refers to.

    A recording's key goes with its row's state, in one transaction, so that nobody can hear it from then on; its object after that.
    Broken off in between, the object is noted as nobody's, and the next purge deletes it.
    """
    before = db.read(lambda session: _expires_before(session, now))
    done = queries.Expired(0, 0, None, None)
    while True:
        part = db.write(
            lambda session: queries.mark_deleted(session, before=before, reason=BY_POLICY, now=now, most=BATCH)
        )
        if not part.recordings:
            break
        done = replace(
            part,
            recordings=done.recordings + part.recordings,
            size=done.size + part.size,
            oldest=done.oldest or part.oldest,
        )
    objects, stuck = _sweep(db, shelf, now)
    return Purged(before, done, objects, tuple(stuck))


def _sweep(db: Database, shelf: RecordingShelf, now: datetime) -> tuple[int, list[str]]:
    deleted, stuck, after = 0, list[str](), ""
    while True:
        names = db.read(
            lambda session, after=after: queries.unreferenced(
                session, before=now - WRITING, after_name=after, most=BATCH
            )
        )
        if not names:
            return deleted, stuck
        for name in names:
            if _drop(db, shelf, name):
                deleted += 1
            else:
                stuck.append(name)
        after = names[-1]


def _expires_before(session: Session, now: datetime) -> datetime:
    rules = policies(session)
    return now - timedelta(days=rules.on(rules.today(now)).policy.recording_days)
