"""Tells an open screen that a unit's day has moved, by a token that says nothing else; what it moved to is asked for as ever.

Each stream looks for itself, by one cheap statement at short intervals (decision 0029): processes share nothing but the database,
and a push pays nothing for whoever is looking. HTTP is endpoints.py's.
"""

import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import blake2s
from uuid import UUID

import anyio
from anyio import to_thread
from sqlmodel import Session

from app_server.auth.dependencies import HeadAgain
from app_server.auth.service import Caller
from app_server.database import Database
from app_server.team import queries
from app_server.team.service import asked_unit, checked_day
from shared_models.errors import DomainError, Throttled

MOST_OF_A_CALLER = 4
# A look takes at most a twentieth of the time, however large the unit.
REST_AFTER_LOOK = 20
RETRY_AFTER = 10


@dataclass(frozen=True, slots=True)
class Watched:
    """What a stream is of."""

    unit_id: UUID
    path: str
    day: date


def watched(session: Session, who: Caller, *, unit_id: UUID | None, day: date | None) -> Watched:
    """A unit's day, the caller's own and today when left out; raises NotFound outside their subtree, BadInput."""
    unit = asked_unit(session, who, unit_id)
    return Watched(unit.id, unit.path, checked_day(day or who.today, who))


def day_token(session: Session, of: Watched) -> str:
    """Another one whenever an advisor-day of the subtree was folded anew, a phone of its advisors synced, one came or left, or is on leave."""
    pulse = queries.pulse_of(session, path=of.path, day=of.day)
    return blake2s(repr(tuple(pulse)).encode(), digest_size=12).hexdigest()


class Streams:
    """How many streams are open in this process, and whose."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: Counter[UUID] = Counter()

    @contextmanager
    def place(self, staff_id: UUID) -> Generator[None]:
        """A place for one more; raises Throttled where the caller, or this process, has as many as it may."""
        if self._of[staff_id] >= MOST_OF_A_CALLER or self._of.total() >= self._most:
            raise Throttled(
                "Too many screens are being kept up to date; ask for the day itself.", retry_after=RETRY_AFTER
            )
        self._of[staff_id] += 1
        try:
            yield
        finally:
            self._of[staff_id] -= 1
            self._of += Counter()  # without those who have none left


@dataclass(frozen=True, slots=True)
class Watch:
    """A stream that was let in: what it is of, and who looks."""

    db: Database
    of: Watched
    head: HeadAgain

    async def tokens(self, *, after: str | None, every: float, seconds: float) -> AsyncGenerator[str]:
        """Each token that is another than the one before, `after` at first; for so many seconds, looking `every` so many.

        It ends earlier once the caller may not look any more.
        """
        told, ends_at = after, time.monotonic() + seconds
        while True:
            began = time.monotonic()
            token = await self._look(told)
            if token is None:
                return
            if token != told:
                told = token
                yield token
            pause = max(every, REST_AFTER_LOOK * (time.monotonic() - began))
            if time.monotonic() + pause >= ends_at:
                return
            await anyio.sleep(pause)

    async def _look(self, told: str | None) -> str | None:
        return await to_thread.run_sync(
            lambda: self.db.read(lambda session: look_again(session, self.of, told=told, head=self.head))
        )


def look_again(session: Session, of: Watched, *, told: str | None, head: HeadAgain) -> str | None:
    """The token of now; None once the caller's access token has run out, or where there is news and they may not have it any more."""
    if not head.may_speak():
        return None
    token = day_token(session, of)
    if token != told:
        try:
            asked_unit(session, head.read(session), of.unit_id)
        except DomainError:
            return None
    return token
