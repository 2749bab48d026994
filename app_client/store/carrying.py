"""Carrying what is committed to where it outlives the process, where a commit alone does not; at once, and again until it works."""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable

# A browser writes the whole store each time, so a full one is not asked all the time.
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0

_log = logging.getLogger("day2053.store")


class Carrying:
    """How far one store is carried. `carry` brings all of it over or raises OSError; None where a commit is enough.

    What cannot be carried is no failed write: it stands in memory, is read, counted and sent, and ends with the app
    unless a later try carries it. `trouble` says so meanwhile.
    """

    def __init__(self, carry: Callable[[], Awaitable[None]] | None, *, on_change: Callable[[], None]) -> None:
        self._carry = carry
        self._on_change = on_change
        self._kept = self._refused = 0
        self._error: OSError | None = None
        self._again: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> OSError | None:
        """What keeps the newest writes in memory; None when all is carried as far as it was asked for."""
        return self._error if self._refused > self._kept else None

    async def carry(self, version: int) -> None:
        """Carry the store, of which `version` is the last write; where that fails, try again by itself."""
        if self._carry is None:
            return
        try:
            await self._carry()
        except OSError as error:
            # A run that began later may have carried this one's share already.
            if version > self._kept:
                if self.trouble is None:
                    _log.warning("the store stands in memory only: %s", type(error).__name__)
                self._refused, self._error = max(self._refused, version), error
                self._carry_later()
        else:
            self._kept = max(self._kept, version)

    def end(self) -> None:
        """Try no more: the store is closed."""
        if self._again is not None:
            self._again.cancel()

    def _carry_later(self) -> None:
        if self._again is None or self._again.done():
            # An empty context: this outlives the page whose write it was.
            self._again = asyncio.create_task(self._carry_until_kept(), context=contextvars.Context())

    async def _carry_until_kept(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while self.trouble is not None:
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
            await self.carry(self._refused)
        self._on_change()
