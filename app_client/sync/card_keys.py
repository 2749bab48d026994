"""Asking the server for the bank's card keys, so that a check-in without network has one to seal to. What they are for is visits'."""

import asyncio
import logging
from datetime import timedelta

from app_client.platform.clock import Clock
from app_client.store.card_keys import keep_card_keys, kept_card_keys
from app_client.store.database import LocalStore
from app_client.sync.transport import ApiTransport
from shared_models.errors import DomainError

FRESH_FOR = timedelta(days=1)
# The next sync waits for it, and it can wait till tomorrow.
LONGEST_SECONDS = 5.0
# After a fetch that came to nothing: a sync may follow every minute, and each would ask again.
PAUSE_SECONDS = 600.0

_log = logging.getLogger("day2053.sync")


class CardKeyFetch:
    """Keeps the keys in one store fresh."""

    def __init__(self, store: LocalStore, transport: ApiTransport, clock: Clock) -> None:
        self._store = store
        self._transport = transport
        self._clock = clock
        self._not_before = float("-inf")

    async def refresh(self) -> None:
        """Fetch the keys if there are none, or they are a day old; never raises for what a server or a disk does."""
        if not self._is_due():
            return
        self._not_before = self._clock.monotonic() + PAUSE_SECONDS
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                keys = await self._transport.get_card_keys()
            await self._store.write(lambda tx: keep_card_keys(tx, keys, now=self._clock.now()))
        except (DomainError, TimeoutError) as error:
            # What is kept goes on being good: the server opens what was sealed to any key it ever had.
            _log.info("no card keys: %s", type(error).__name__)

    def _is_due(self) -> bool:
        if self._clock.monotonic() < self._not_before:
            return False
        kept = self._store.read(kept_card_keys)
        # A clock that was set back makes them of the future: then nobody knows how old they are.
        return kept is None or not timedelta() <= self._clock.now() - kept.fetched_at < FRESH_FOR
