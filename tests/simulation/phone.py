"""One phone: the app's real store, transport and sync runner over a file, a clock and a line that fail."""

import asyncio
import errno
import random
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

from app_client.store import database, ledger
from app_client.store.database import LocalStore, StoreFailed
from app_client.store.ledger import Draft
from app_client.store.meta import Meta, get_meta, last_synced_at, set_meta
from app_client.sync.machine import Phase
from app_client.sync.runner import SyncRunner, SyncStatus
from app_client.sync.tokens import StoreTokens, new_device_id
from app_client.sync.transport import ApiTransport
from shared_models.activity import Activity
from shared_models.errors import DomainError
from tests.simulation import bank
from tests.simulation.line import Line
from tests.simulation.power import Killed, Power, PoweredConnection
from tests.simulation.virtual import TrueClock, pass_time

T = TypeVar("T")

# What a later version of the app does to a store: a table built anew and filled from the old one.
NEXT_VERSION = (
    """CREATE TABLE outbox_anew (
        activity_id TEXT PRIMARY KEY REFERENCES activities (id), seq INTEGER NOT NULL UNIQUE, state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, code TEXT, detail TEXT, queued_at TEXT NOT NULL
    )""",
    "INSERT INTO outbox_anew SELECT * FROM outbox",
    "DROP TABLE outbox",
    "ALTER TABLE outbox_anew RENAME TO outbox",
    "CREATE INDEX outbox_state ON outbox (state, seq)",
)
BREAKS_HALFWAY = (*NEXT_VERSION[:3], "SELECT the_power_goes_here()")
NO_LIMIT = 1 << 30
# How the app says that nothing goes.
TELLING = (Phase.OFFLINE, Phase.FAILING, Phase.SIGN_IN_AGAIN)


class DeviceClock:
    """What the phone's own clock shows: `ahead` of the truth, in whatever zone the phone is set to."""

    def __init__(self, truth: TrueClock, ahead: timedelta, zone_hours: int) -> None:
        self._truth = truth
        self._zone = timezone(timedelta(hours=zone_hours))
        self.ahead = ahead
        self.set_at = -1.0

    def now(self) -> datetime:
        return (self._truth.now() + self.ahead).astimezone(self._zone)

    def monotonic(self) -> float:
        return self._truth.monotonic()

    def set_ahead(self, ahead: timedelta) -> None:
        """Somebody, or something, sets the clock anew."""
        self.ahead = ahead
        self.set_at = self._truth.monotonic()


@dataclass(frozen=True)
class Tap:
    """When somebody tapped: by the phone's clock, in truth, and whether the phone had measured its clock by then."""

    reading: datetime
    true_at: datetime
    knew_its_clock: bool


@dataclass(frozen=True)
class Promise:
    """An activity that the phone called saved, and the tap that made it."""

    phone: "Phone"
    activity: Activity
    label: str
    tap: Tap


class Phone:
    """A device of one advisor. It is off, or on with its app asleep, or awake: then the sync runs by itself."""

    def __init__(
        self,
        name: str,
        advisor: str,
        folder: Path,
        *,
        clock: DeviceClock,
        line: Line,
        chance: random.Random,
        told: Callable[[str], None],
        in_memory: bool,
    ) -> None:
        self.name = name
        self.advisor = advisor
        self.advisor_id = bank.ADVISOR_IDS[advisor]
        self.clock = clock
        self.line = line
        self.promises: dict[UUID, Promise] = {}
        self.dismissed: set[UUID] = set()
        # What the server ever refused; a request that comes late may have brought it after all.
        self.refused: set[UUID] = set()
        # Writes of which the person was not told that they are saved; they may be, or not.
        self.unsure = 0
        self.unsure_drafts: list[Draft] = []
        # Writes of which the person was told that they stand in memory only, until they are told better.
        self._at_risk: list[tuple[list[Activity], str, Tap]] = []
        self._taps: dict[UUID, list[Tap]] = {}
        # Every id this device ever signed in under.
        self.devices: set[str] = set()
        self.failures: list[BaseException] = []
        self.is_disk_full = False
        self.version = 0
        self.transport: ApiTransport
        self.runner: SyncRunner
        self._folder = folder
        self._chance = chance
        self._told = told
        # A browser's store lives in memory and outlives the page only as far as it was carried to the disk.
        self.in_memory = in_memory
        self._kept: dict[str, bytes] = {}
        self._kept_number = self._number = 0
        self._starts = 0
        self._power: Power | None = None
        self._store: LocalStore | None = None
        self._running: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake_since = self._told_person_at = 0.0
        self._is_telling = False

    @property
    def is_on(self) -> bool:
        return self._power is not None and self._power.is_on

    @property
    def is_awake(self) -> bool:
        return self.is_on and self._running is not None and not self._running.done()

    @property
    def store(self) -> LocalStore:
        assert self._store is not None
        return self._store

    def look(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read the store from outside: the power does not go by it."""
        assert self._power is not None
        with self._power.looked_at():
            return self.store.read(work)

    @property
    def status(self) -> SyncStatus:
        """How the app says that it stands."""
        assert self._power is not None
        with self._power.looked_at():
            return self.runner.status

    def start(self, *, migrations: Sequence[tuple[str, ...]] = ()) -> None:
        """Start the app over what the last one left; raises what opening the store raises."""
        self.kill()
        path = self._folder / f"start {self._starts}" / "store.sqlite3"
        self._starts += 1
        path.parent.mkdir(parents=True)
        for name, content in self._kept.items():
            path.with_name(name).write_bytes(content)
        try:
            with _app_of(self.version, migrations):
                store = LocalStore.open(path, clock=self.clock, durable=self._carry_to_disk if self.in_memory else None)
        except DomainError:
            self._kept = _files(path.parent)
            raise
        self._is_telling = False
        self._power = Power()
        self._connection = store._connection
        # As with the server's: what a killed process wrote is in the files.
        self._connection.execute("PRAGMA synchronous = OFF")
        store._connection = cast("sqlite3.Connection", PoweredConnection(self._connection, self._power))
        self._store = store
        self.is_disk_full = False
        self.transport = ApiTransport(self.line, tokens=StoreTokens(store))
        self.runner = SyncRunner(store, self.transport, self.clock, chance=self._chance.random)
        self.runner.subscribe(self._hear_phase)
        store.subscribe(self._hear_store)
        self._check_saved()

    def kill(self) -> None:
        """Cut the power now. What is on its way to the server stays on its way."""
        if self._power is None or self._store is None:
            return
        self._power.is_on = False
        if not self.in_memory:
            self._kept = _files(self.store.path.parent)
        # Only the memory of a dead process still sees this; its store is out of reach.
        for task in [*self._tasks, *([self._running] if self._running else [])]:
            task.cancel()
        self.store._carrying.end()
        self._at_risk.clear()
        self._connection.close()
        self._power = self._store = self._running = None
        self._told("is dead")

    def kill_in(self, statements: int) -> None:
        """Let the power go before that statement from here on."""
        if self._power is not None:
            self._power.statements_left = statements

    def wake(self) -> None:
        """The person brings the app up."""
        if self.is_on and not self.is_awake and self.is_signed_in:
            self._awake_since = self.clock.monotonic()
            self._running = self._watch(self.runner.run())

    def put_away(self) -> None:
        """The system stops the app in the background."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Let the person do something; it may outlast this call, or the phone."""
        task = self._watch(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Wait until nothing is under way but the sync."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def record(self, drafts: Sequence[Draft], label: str) -> None:
        """Write drafts in one transaction, as a tap does; once it returns, they are promised."""
        tap = Tap(self.clock.now(), self.clock.now() - self.clock.ahead, self._knows_its_clock())
        self.unsure += len(drafts)
        self.unsure_drafts = [draft for draft in drafts if draft.id is not None]
        for draft in self.unsure_drafts:
            self._taps.setdefault(_id_of(draft), []).append(tap)
        try:
            written = await self.store.write(lambda tx: ledger.append_activities(tx, drafts, now=tap.reading))
        except StoreFailed as error:
            self._told(f"cannot save {label}: {error.code}")
            # A failed write must have left nothing.
            self.unsure -= len(drafts)
            return
        if self.store.unkept is None:
            self.unsure_drafts = []
            self._promise(written, label, tap)
        else:
            self._told(f"has {label} in memory only: {self.store.unkept}")
            self._at_risk.append((written, label, tap))

    def _promise(self, written: Sequence[Activity], label: str, tap: Tap) -> None:
        self.unsure -= len(written)
        for activity in written:
            # A draft given again may have been kept at the first tap.
            taps = [each for each in self._taps.get(activity.id, []) if each.reading == activity.occurred_at]
            promise = Promise(self, activity, label, (taps or [tap])[0])
            known = self.promises.setdefault(activity.id, promise)
            assert known.activity == activity, f"{self.name} changed {label} after it was saved"
        self._told(f"saved {label}")

    def _hear_store(self) -> None:
        if self.is_on and self.store.unkept is None:
            told_better, self._at_risk = self._at_risk, []
            for written, label, tap in told_better:
                self._promise(written, label, tap)

    async def sign_in(self) -> None:
        """The person gives their password; as `sign_in` does it, without the page around it."""
        try:
            device_id = self.store.read(lambda tx: get_meta(tx, Meta.DEVICE_ID)) or new_device_id()
            self.devices.add(device_id)
            granted = await self.transport.sign_in(
                self.advisor, bank.PASSWORD, device_id=device_id, device_name=self.name
            )

            def keep(tx: sqlite3.Connection) -> None:
                set_meta(tx, Meta.DEVICE_ID, device_id)
                set_meta(tx, Meta.STAFF, granted.staff.model_dump_json())
                set_meta(tx, Meta.REFRESH_TOKEN, granted.refresh_token)

            await self.store.write(keep)
        except DomainError as error:
            self._told(f"cannot sign in: {error.code}")
            return
        self.transport.use_tokens(StoreTokens(self.store), access_token=granted.access_token)
        self.runner.signed_in()
        self._told("signed in")

    @property
    def is_signed_in(self) -> bool:
        """Whether the store has ever been signed in and the server has not ended it, as far as the app knows."""
        return (
            self.look(lambda tx: get_meta(tx, Meta.REFRESH_TOKEN)) is not None
            and self.status.phase is not Phase.SIGN_IN_AGAIN
        )

    def _hear_phase(self) -> None:
        if not self.is_on:
            return
        status = self.status
        is_telling = status.phase in TELLING
        if "unexpected" in (status.detail or ""):
            self.failures.append(AssertionError(status.detail))
        if is_telling or self._is_telling:
            self._told_person_at = self.clock.monotonic()
        self._is_telling = is_telling

    def is_silent_since(self, then: float) -> bool:
        """Whether something has waited since then, with the app up, and neither went nor was said to be stuck."""
        if (
            self._is_telling
            or max(self.line.moved_at, self._told_person_at, self._awake_since, self.clock.set_at) > then
        ):
            return False
        row = self.look(
            lambda tx: tx.execute("SELECT min(queued_at) AS oldest FROM outbox WHERE state = 'waiting'").fetchone()
        )
        if row["oldest"] is None:
            return False
        waits = self.clock.now() - datetime.fromisoformat(row["oldest"])
        return waits.total_seconds() > self.clock.monotonic() - then

    def fill_disk(self) -> None:
        """No page can be added to the store any more, or what lies in memory not be carried to the disk."""
        if self.is_on and not self.in_memory:
            pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
            self._connection.execute(f"PRAGMA max_page_count = {pages}")
        self.is_disk_full = self.is_on

    def free_disk(self) -> None:
        """There is room again."""
        if self.is_on:
            self._connection.execute(f"PRAGMA max_page_count = {NO_LIMIT}")
        self.is_disk_full = False

    def bytes_at_rest(self) -> bytes:
        """All that lies on the phone's disk now."""
        return b"".join(_files(self.store.path.parent).values())

    def _check_saved(self) -> None:
        kept = self.look(lambda tx: {UUID(row["id"]) for row in tx.execute("SELECT id FROM activities")})
        lost = [promise.label for each, promise in self.promises.items() if each not in kept | self.dismissed]
        assert not lost, f"{self.name} came back without {lost}, which it had called saved"

    def _knows_its_clock(self) -> bool:
        """Whether the last exchange that the store took in measured the clock as it is set now."""
        if self.line.last_exchange is None:
            return False
        began, ended = self.line.last_exchange
        synced_at = self.look(last_synced_at)
        received_at = self.clock.now() - timedelta(seconds=self.clock.monotonic() - ended)
        is_taken_in = synced_at is not None and abs(synced_at - received_at) < timedelta(milliseconds=1)
        return is_taken_in and ended - began <= 30 and began > self.clock.set_at

    def _watch(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        power = self._power

        def ended(task: asyncio.Task[None]) -> None:
            if task.cancelled():
                return
            error = task.exception()
            if isinstance(error, Killed):
                if power is self._power:
                    self.kill()
            elif error is not None:
                self.failures.append(error)

        task.add_done_callback(ended)
        return task

    async def _carry_to_disk(self) -> None:
        self._number += 1
        number, files, power = self._number, _files(self.store.path.parent), self._power
        await pass_time(self._chance.uniform(0.005, 0.2))
        if power is not self._power or power is None:
            raise Killed
        if self.is_disk_full:
            raise OSError(errno.ENOSPC, "IndexedDB")
        if number > self._kept_number:
            self._kept, self._kept_number = files, number


def _id_of(draft: Draft) -> UUID:
    assert draft.id is not None
    return draft.id


def _files(folder: Path) -> dict[str, bytes]:
    """The database and its log, as a new process would find them."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


@contextmanager
def _app_of(version: int, breaking: Sequence[tuple[str, ...]]) -> Iterator[None]:
    """The app `version` releases after this one; `breaking` instead of its migrations."""
    before = database.MIGRATIONS
    database.MIGRATIONS = (*before, *(breaking or (NEXT_VERSION,) * version))
    try:
        yield
    finally:
        database.MIGRATIONS = before
