"""Choosing a PIN, trying one, and leaving a store behind the lock. What stands on the screen meanwhile is door.py's."""

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Awaitable
from dataclasses import replace
from uuid import UUID

from app_client.lock.pin import MOST_MISSES, seconds_to_wait
from app_client.lock.queries import LOCK_AFTER_MINUTES
from app_client.platform.abilities import Platform
from app_client.platform.wards import Standing, VaultFailed, Ward
from app_client.session import AppSession
from app_client.store.meta import Meta, get_meta, set_meta
from shared_models.errors import DomainError, Throttled

# What a sync may take once the screens are gone; a day's work takes a second.
SYNC_SECONDS = 10.0
# A page that does not draw any more, hidden or cut off, must not keep the store open.
SCREENS_SECONDS = 2.0
# Between two tries to keep what the device has no room for.
ROOM_SECONDS = 60.0

_log = logging.getLogger("day2053.lock")


class WrongPin(DomainError):
    """Not this person's PIN; `left` says how many more tries there are."""

    code = "wrong_pin"

    def __init__(self, left: int) -> None:
        super().__init__("That is not the PIN.")
        self.left = left


class PinsSpent(DomainError):
    """Too many wrong PINs: only the password opens the store now."""

    code = "pins_spent"


async def ward_of(platform: Platform, staff_id: UUID) -> Ward | None:
    """What the vault says of one person; raises VaultFailed."""
    return next((ward for ward in await platform.vault.wards() if ward.staff_id == staff_id), None)


def may_try_pin(ward: Ward) -> bool:
    """Whether a PIN opens this store, and may still be tried."""
    return ward.standing is Standing.SHUT and ward.misses < MOST_MISSES


async def try_pin(platform: Platform, staff_id: UUID, pin: str) -> None:
    """Open the store of somebody by their PIN. Raises WrongPin, PinsSpent, Throttled, VaultFailed."""
    ward = await ward_of(platform, staff_id)
    if ward is None or ward.misses >= MOST_MISSES:
        raise PinsSpent("Sign in with the password.")
    now = platform.clock.now()
    wait = seconds_to_wait(ward.misses, ward.missed_at, now)
    if wait:
        raise Throttled("Too many wrong PINs.", retry_after=wait)
    # Counted before it is tried: whoever ends the app in between has not had it for nothing.
    missed = replace(ward, misses=ward.misses + 1, missed_at=now)
    await platform.vault.note(missed)
    if not await platform.vault.enter(staff_id, pin):
        if missed.misses >= MOST_MISSES:
            raise PinsSpent("Sign in with the password.")
        raise WrongPin(MOST_MISSES - missed.misses)
    await platform.vault.note(replace(ward, misses=0, missed_at=None))


async def choose_pin(session: AppSession, pin: str) -> None:
    """Let this PIN open the store from now on; raises VaultFailed."""
    vault, staff = session.platform.vault, session.staff
    await vault.choose_pin(staff.id, pin)
    ward = await ward_of(session.platform, staff.id)
    if ward is not None:
        await vault.note(replace(ward, login=staff.login, name=staff.name, misses=0, missed_at=None))


async def note_manner(session: AppSession) -> None:
    """Remember how the app speaks and looks, for the PIN screen, which cannot read the store; raises VaultFailed."""
    ward = await ward_of(session.platform, session.staff.id)
    if ward is None:
        return
    language, theme = session.store.read(lambda tx: (get_meta(tx, Meta.LANGUAGE), get_meta(tx, Meta.THEME)))
    wanted = replace(ward, language=language or "", theme=theme or "")
    if wanted != ward:
        await session.platform.vault.note(wanted)


async def choose_minutes(session: AppSession, minutes: int) -> None:
    """Lock after so many idle minutes on this device."""
    await session.store.write(lambda tx: set_meta(tx, LOCK_AFTER_MINUTES, str(minutes)))


class Leaving:
    """A session whose screens are gone already: its sync gets what it can, then the store is closed and shut.

    What the device cannot keep stays open and in memory, behind the lock, until there is room for it. `after` is set when no
    screen reads the store any more.
    """

    def __init__(self, session: AppSession, *, after: asyncio.Event) -> None:
        self.session = session
        self._after = after
        self._hurry = asyncio.Event()
        # An empty context: it must not act in the name of the page that is locked.
        self._task = asyncio.create_task(self._leave(), context=contextvars.Context())

    async def hurry(self) -> None:
        """Return as soon as it is done, or cannot be: somebody is at the door."""
        self._hurry.set()
        await asyncio.wait([self._task])

    async def _leave(self) -> None:
        try:
            await note_manner(self.session)
        except DomainError as error:
            _log.info("the PIN screen keeps its language: %s", type(error).__name__)
        await self._until_hurried(self.session.sync.sync_now(), SYNC_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SCREENS_SECONDS):
                await self._after.wait()
        while not await self._is_shut() and not self._hurry.is_set():
            await self._until_hurried(self._hurry.wait(), ROOM_SECONDS)

    async def _is_shut(self) -> bool:
        durable = self.session.platform.storage.durable
        try:
            if durable is not None:
                await durable()
            await self.session.close()
            await self.session.platform.vault.shut(self.session.staff.id)
        except (OSError, VaultFailed) as error:
            _log.warning("the store stays open behind the lock: %s", type(error).__name__)
            return False
        return True

    async def _until_hurried(self, work: Awaitable[object], seconds: float) -> None:
        tasks = [asyncio.ensure_future(work), asyncio.ensure_future(self._hurry.wait())]
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if tasks[0].done() and not tasks[0].cancelled() and (error := tasks[0].exception()):
            _log.warning("no sync before the lock: %s", type(error).__name__)
