"""The sync of one store: does what the machine says, one round trip at a time, and says how it stands."""

import asyncio
import logging
import random
import sqlite3
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app_client.platform.clock import Clock
from app_client.platform.listeners import Listeners
from app_client.store import ledger, lent, materialize
from app_client.store.database import LocalStore, StoreFailed
from app_client.store.meta import Meta, clock_offset_ms, get_meta, last_synced_at, set_meta
from app_client.store.rules import policies
from app_client.sync import machine
from app_client.sync.card_keys import CardKeyFetch
from app_client.sync.clock_offset import keep_offset
from app_client.sync.machine import Phase, SyncState
from app_client.sync.transport import ApiTransport, BadReply, Offline, ServerSaid, SignInAgain, TimedResponse
from shared_models.activity import Activity
from shared_models.errors import CursorExpired, DomainError, Throttled, TooLarge
from shared_models.sync import MAX_PAGE, SyncRequest

# A person who logs a call often logs another thing with it.
DEBOUNCE_SECONDS = 0.3

_log = logging.getLogger("day2053.sync")


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How the sync stands, for a person: what waits, what was rejected, when all was last in step."""

    phase: Phase
    waiting: int
    held: int
    last_synced_at: datetime | None
    detail: str | None = None

    @property
    def unsent(self) -> int:
        """How many activities are on this side alone, the rejected ones included."""
        return self.waiting + self.held


class SyncRunner:
    """Steps the machine for one store.

    `is_active` False for heads and admins, who have no ledger to sync: then only what waits from a time as an advisor is.
    """

    def __init__(
        self,
        store: LocalStore,
        transport: ApiTransport,
        clock: Clock,
        *,
        is_active: bool = True,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._transport = transport
        self._clock = clock
        self._is_active = is_active
        self._chance = chance
        self._card_keys = CardKeyFetch(store, transport, clock)
        self._state = SyncState()
        self._todo: deque[machine.Effect] = deque()
        self._listeners = Listeners()
        self._one_at_a_time = asyncio.Lock()
        self._poked = asyncio.Event()
        self._is_urgent = False
        self._waiting = 0
        transport.on_signed_out(lambda: self._feed(machine.SignedOut()))

    @property
    def status(self) -> SyncStatus:
        """How the sync stands now."""
        counts, synced_at = self._store.read(lambda tx: (ledger.outbox_counts(tx), last_synced_at(tx)))
        return SyncStatus(
            phase=self._state.phase,
            waiting=counts.waiting,
            held=counts.held,
            last_synced_at=synced_at,
            detail=self._state.detail,
        )

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the phase changes; returns what ends it. What waits changes with the store."""
        return self._listeners.add(listener)

    def poke(self, *, urgent: bool = False) -> None:
        """Ask for a sync soon; `urgent` when a person pulls, the app comes up or a network returns.

        What a person records needs no poke: the running sync sees the outbox grow.
        """
        self._is_urgent = self._is_urgent or urgent
        self._poked.set()

    def signed_in(self) -> None:
        """The person has signed in (again): go on at once."""
        if self._is_wanted():
            self._feed(machine.SignedIn(now=self._clock.monotonic()))
        else:
            self._become(SyncState())
        self.poke(urgent=True)

    async def step_once(self, *, urgent: bool = True) -> bool:
        """Do the next thing; True when there is another to be done at once. Never raises for what a server does."""
        async with self._one_at_a_time:
            if not self._is_wanted():
                # Nothing to wake up for any more.
                self._state = replace(self._state, wake_at=None)
                return False
            if not self._todo:
                self._feed(machine.Asked(now=self._clock.monotonic(), urgent=urgent))
            if not self._todo:
                return False
            try:
                with self._telling_when_it_drags():
                    await self._perform(self._todo.popleft())
                if self._state.phase is Phase.IDLE:
                    # Both sides are in step: what was recorded has gone first.
                    await self._card_keys.refresh()
            except BaseException:
                # Cancelled in mid-air: whatever the server did, the same batch goes out next time.
                self._todo.clear()
                self._become(replace(self._state, phase=Phase.IDLE))
                raise
            return bool(self._todo)

    async def sync_now(self) -> SyncStatus:
        """Sync until nothing more is to be done, or it fails; for a pull to refresh."""
        while await self.step_once():
            pass
        return self.status

    async def run(self) -> None:
        """Sync for ever: at once, after each poke, when the outbox grows, and by the machine's timer."""
        unsubscribe = self._store.subscribe(self._notice_new_work)
        self.poke(urgent=True)
        try:
            while True:
                await self._until_due()
                urgent, self._is_urgent = self._is_urgent, False
                self._poked.clear()
                while await self.step_once(urgent=urgent):
                    pass
        finally:
            unsubscribe()

    def _is_wanted(self) -> bool:
        return self._is_active or self._store.read(ledger.outbox_counts).waiting > 0

    def _notice_new_work(self) -> None:
        waiting = self._store.read(ledger.outbox_counts).waiting
        if waiting > self._waiting:
            self.poke()
        self._waiting = waiting

    async def _until_due(self) -> None:
        wake_at = self._state.wake_at
        pause = None if wake_at is None else max(0.0, wake_at - self._clock.monotonic())
        try:
            # Not wait_for: until 3.12 it swallows a cancellation that comes in the same turn as the poke.
            async with asyncio.timeout(pause):
                await self._poked.wait()
        except TimeoutError:
            return
        if not self._is_urgent:
            await asyncio.sleep(DEBOUNCE_SECONDS)

    @contextmanager
    def _telling_when_it_drags(self) -> Generator[None]:
        drags_in = machine.DRAGS_AFTER - (self._clock.monotonic() - self._state.further_at)
        timer = asyncio.get_running_loop().call_later(max(0.0, drags_in), self._feed, machine.Dragging())
        try:
            yield
        finally:
            timer.cancel()

    async def _perform(self, effect: machine.Effect) -> None:
        match effect:
            case machine.Exchange(limit=limit):
                self._feed(await self._exchange(limit))
            case machine.ForgetCursor():
                try:
                    await self._store.write(_forget_cursor)
                except StoreFailed as error:
                    self._todo.clear()
                    self._feed(self._failed(error.detail))

    async def _exchange(self, limit: int) -> machine.Event:
        sent = 0
        try:
            await self._forget_lent()
            request = self._store.read(lambda tx: _request(tx, limit))
            sent = len(request.activities)
            timed = await self._transport.sync(request, clock=self._clock)
            response = timed.response
            if response.has_more and not (request.activities or response.changes or response.cursor != request.cursor):
                raise BadReply("The server promises more and sends nothing.")
            more = await self._store.write(lambda tx: _apply(tx, request, timed))
            return machine.Exchanged(now=self._clock.monotonic(), more=more)
        except DomainError as error:
            return self._event_of(error, sent)
        except Exception as error:  # noqa: BLE001 - a bug here must show as a failing sync, not end it silently
            _log.exception("sync failed")
            return self._failed(f"Something unexpected happened ({type(error).__name__}).")

    async def _forget_lent(self) -> None:
        """Whether the server can be reached or not: what is here for a day goes when the day is over."""

        def today(tx: sqlite3.Connection) -> date:
            return policies(tx).today(self._clock.now() + timedelta(milliseconds=clock_offset_ms(tx)))

        if self._store.read(lambda tx: lent.has_lent_before(tx, today(tx))):
            await self._store.write(lambda tx: lent.forget_lent(tx, today(tx)))

    def _event_of(self, error: DomainError, sent: int) -> machine.Event:
        now, jitter = self._clock.monotonic(), self._chance()
        match error:
            case SignInAgain():
                return machine.SignedOut()
            case TooLarge():
                return machine.BatchTooLarge(now=now, jitter=jitter, sent=sent)
            case CursorExpired():
                return machine.CursorGone(now=now, jitter=jitter)
            case Offline():
                return machine.Unreachable(now=now, jitter=jitter)
            case Throttled(retry_after=retry_after) | ServerSaid(retry_after=retry_after):
                return self._failed(error.detail, retry_after)
            case _:
                return self._failed(error.detail)

    def _failed(self, detail: str, retry_after: float | None = None) -> machine.Failed:
        return machine.Failed(
            now=self._clock.monotonic(), jitter=self._chance(), detail=detail, retry_after=retry_after
        )

    def _feed(self, event: machine.Event) -> None:
        state, effects = machine.step(self._state, event)
        self._todo.extend(effects)
        self._become(state)

    def _become(self, state: SyncState) -> None:
        before, self._state = self._state, state
        if (before.phase, before.detail) == (state.phase, state.detail):
            return
        self._listeners.tell()


def _request(tx: sqlite3.Connection, limit: int) -> SyncRequest:
    batch = ledger.waiting_batch(tx, limit)
    return SyncRequest(
        device_id=get_meta(tx, Meta.DEVICE_ID) or "",
        cursor=get_meta(tx, Meta.CURSOR),
        limit=MAX_PAGE,
        activities=batch,
        waiting=ledger.outbox_counts(tx).waiting - len(batch),
    )


def _apply(tx: sqlite3.Connection, request: SyncRequest, timed: TimedResponse) -> bool:
    """Results, changes and cursor of one reply, in one transaction; True when there is more to exchange."""
    response = timed.response
    sent = [Activity.model_validate(each) for each in request.activities]
    if get_meta(tx, Meta.CURSOR) != request.cursor:
        # Another process that shares this file has gone on meanwhile: what it was told is newer.
        materialize.settle(tx, response.results, sent=sent)
        return True
    if request.cursor is None:
        materialize.begin_snapshot(tx)
    materialize.settle(tx, response.results, sent=sent)
    materialize.apply_changes(tx, response.changes)
    if not response.has_more:
        materialize.end_snapshot(tx)
        set_meta(tx, Meta.LAST_SYNCED_AT, timed.received_at.isoformat())
    set_meta(tx, Meta.CURSOR, response.cursor)
    keep_offset(tx, sent_at=timed.sent_at, received_at=timed.received_at, server_time=response.server_time)
    return response.has_more or ledger.outbox_counts(tx).waiting > 0


def _forget_cursor(tx: sqlite3.Connection) -> None:
    set_meta(tx, Meta.CURSOR, None)
    materialize.abandon_snapshot(tx)
