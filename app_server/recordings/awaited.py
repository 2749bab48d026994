"""Recordings that were told of and have not come: each claimed by one process at a time, fetched outside any transaction, tried again later."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app_server.clock import Clock
from app_server.database import Database
from app_server.recordings import queries, service
from app_server.recordings.arriving import Arrival
from app_server.recordings.fetching import FetchFailed, Resolve, Source, fetch, read_sources, resolve_by_system
from app_server.recordings.service import Other, RecordingShelf
from app_server.recordings.sniffing import BadAudio, NotAudio, TooLong
from app_server.recordings.storage import StorageFailed
from app_server.settings import Settings
from app_server.tables import RecordingState
from shared_models.errors import DomainError, TooLarge

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# Within about a day and a half; who mends the host or the setting later has the exchange tell of it, or upload it.
MOST_ATTEMPTS = 14
# Beyond the time that one attempt may take: a process that dies hands its recording on after that.
SPARE = timedelta(minutes=10)
_FINAL = (TooLarge, NotAudio, BadAudio, TooLong, Other)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one awaited recording: `reason` is empty when it is here."""

    recording_id: UUID
    reason: str = ""
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches for one installation; any number of processes may do so at once."""

    db: Database
    shelf: RecordingShelf
    settings: Settings
    sources: Sequence[Source]
    tls: ssl.SSLContext
    resolve: Resolve = resolve_by_system

    @classmethod
    def of(cls, db: Database, settings: Settings) -> "Fetcher":
        """By the settings, which have to be right: raises BadInput."""
        sources = read_sources(settings.recording_hosts)
        return cls(db, RecordingShelf.of(settings), settings, sources, ssl.create_default_context())

    async def fetch_next(self, clock: Clock) -> Fetched | None:
        """Try one recording that is due; None when none is."""
        now = clock.now()
        lease = timedelta(seconds=self.settings.recording_timeout_seconds) + SPARE
        row = self.db.write(lambda session: queries.claim_due(session, now=now, until=now + lease))
        if row is None:
            return None
        try:
            with Arrival(row.id, most=self.settings.recording_bytes) as arrival:
                await fetch(
                    row.url or "",
                    self.sources,
                    arrival,
                    seconds=self.settings.recording_timeout_seconds,
                    resolve=self.resolve,
                    tls=self.tls,
                )
                service.keep(
                    self.db, self.shelf, arrival, provider=row.provider, record_id=row.record_id, now=clock.now()
                )
        except (FetchFailed, StorageFailed, *_FINAL) as error:
            return self._failed(row.id, row.attempts, error, clock.now())
        return Fetched(row.id)

    def _failed(self, recording_id: UUID, attempts: int, error: DomainError, now: datetime) -> Fetched:
        is_final = isinstance(error, _FINAL) or (isinstance(error, FetchFailed) and error.is_final)
        gives_up = is_final or attempts >= MOST_ATTEMPTS
        values = {"reason": error.code, "due_at": now + wait_after(attempts)}
        if gives_up:
            values |= {"state": RecordingState.GIVEN_UP, "due_at": None, "url": None}
        self.db.write(lambda session: queries.change_unkept(session, recording_id, values))
        return Fetched(recording_id, error.code, gives_up)


def wait_after(attempts: int) -> timedelta:
    """How long after so many attempts the next one is: twice as long each time, up to LONGEST_WAIT."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
