"""What a signed-in person's screens work with, and the registry that lets several pages of one person share one store."""

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app_client.platform.abilities import Platform
from app_client.platform.clock import Clock
from app_client.store.database import LocalStore
from app_client.store.meta import clock_offset_ms
from app_client.store.rules import policies
from app_client.sync.runner import SyncRunner
from app_client.sync.tokens import StoreTokens
from app_client.sync.transport import ApiTransport
from shared_models.org import Role, Staff


@dataclass(slots=True, eq=False)
class SharedStore:
    """One person's open store with its transport and sync, for all pages of that person in this process."""

    key: tuple[Path, UUID]
    store: LocalStore
    transport: ApiTransport
    holders: int = 0
    runner: SyncRunner | None = None
    task: asyncio.Task[None] | None = None

    def runner_for(self, staff: Staff, clock: Clock) -> SyncRunner:
        """The one sync of this store, made when it is first known whose it is."""
        if self.runner is None:
            self.runner = SyncRunner(self.store, self.transport, clock, is_active=staff.role is Role.ADVISOR)
        return self.runner

    def start(self) -> None:
        """Let the sync run by itself, if it does not yet."""
        if self.runner is not None and (self.task is None or self.task.done()):
            # An empty context: the sync outlives the page that happened to be first, and must not act in its name.
            self.task = asyncio.create_task(self.runner.run(), context=contextvars.Context())

    async def close(self) -> None:
        """Stop the sync and close the file."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])
            self.task = None
        await self.transport.close()
        self.store.close()


class OpenStores:
    """The stores that are open in this process, by folder and person, counted by their holders."""

    def __init__(self) -> None:
        self._open: dict[tuple[Path, UUID], SharedStore] = {}

    def acquire(self, platform: Platform, staff_id: UUID) -> SharedStore:
        """This person's store, opened if it is not yet; raises NewerStore or StoreFailed."""
        key = (platform.storage.root, staff_id)
        shared = self._open.get(key)
        if shared is None or not shared.store.is_open:
            store = LocalStore.open(
                store_path(platform, staff_id), clock=platform.clock, durable=platform.storage.durable
            )
            shared = SharedStore(key, store, ApiTransport(platform.open_http(), tokens=StoreTokens(store)))
            self._open[key] = shared
        shared.holders += 1
        return shared

    async def release(self, shared: SharedStore) -> None:
        """One holder fewer; the last one closes the store."""
        shared.holders -= 1
        if shared.holders <= 0:
            await self.discard(shared)

    async def discard(self, shared: SharedStore) -> None:
        """Close the store whoever holds it: its person has signed out."""
        if self._open.get(shared.key) is shared:
            del self._open[shared.key]
        if shared.store.is_open:
            await shared.close()


# One per process, because a process may open a store file only once for its sync to be alone with it.
OPEN_STORES = OpenStores()


def store_path(platform: Platform, staff_id: UUID) -> Path:
    """Where that person's store lies on this device."""
    return platform.storage.root / f"{staff_id}.sqlite3"


@dataclass(slots=True, eq=False, kw_only=True)
class AppSession:
    """One signed-in page: whose it is, their store and its sync, and the device. Close it when the page goes.

    `unlock_secret` opens the store again without the server; only this page's browser keeps it.
    """

    staff: Staff
    store: LocalStore
    sync: SyncRunner
    clock: Clock
    platform: Platform
    transport: ApiTransport
    shared: SharedStore = field(repr=False)
    unlock_secret: str = field(repr=False)
    open_stores: OpenStores = field(repr=False, default=OPEN_STORES)
    _leave: list[Callable[[], None]] = field(repr=False, default_factory=list[Callable[[], None]])
    _is_closed: bool = False

    def now(self) -> datetime:
        """What the device's own clock says: the `occurred_at` of what happens now."""
        return self.clock.now()

    def corrected_now(self) -> datetime:
        """What a right clock would say, as far as the server's is known."""
        offset = self.store.read(clock_offset_ms)
        return self.clock.now() + timedelta(milliseconds=offset)

    def today(self) -> date:
        """The business day (营业日) by the corrected clock."""
        now = self.corrected_now()
        return self.store.read(policies).today(now)

    def start(self) -> None:
        """Let the sync run by itself, and wake it when the device finds a network."""
        self.shared.start()
        self._leave.append(self.platform.connectivity.subscribe(lambda: self.sync.poke(urgent=True)))

    async def close(self) -> None:
        """The page has gone; the store stays open while other pages of this person hold it."""
        if self._is_closed:
            return
        self._is_closed = True
        for leave in self._leave:
            leave()
        await self.open_stores.release(self.shared)
