"""Time and chance of a simulation: a loop that never waits and an entropy that repeats."""

import asyncio
import random
import secrets
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

ENTROPY = ("randbits", "token_bytes", "token_hex", "token_urlsafe")


class Stuck(Exception):
    """Nothing is under way and nothing is due: the simulation would wait for ever."""


class _Idle(selectors.SelectSelector):
    """Where a loop would sleep, the time passes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self.passed += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass only when all who could act have acted."""

    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.passed


class TrueClock:
    """What a right clock says: the start of the simulation and the loop's seconds since."""

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop) -> None:
        self._start = start
        self._loop = loop

    def now(self) -> datetime:
        return self._start + timedelta(seconds=round(self._loop.time(), 6))

    def monotonic(self) -> float:
        return self._loop.time()


async def pass_time(seconds: float) -> None:
    """Let virtual time pass for whoever awaits this."""
    loop = asyncio.get_running_loop()
    due: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, lambda: due.done() or due.set_result(None))
    try:
        await due
    finally:
        timer.cancel()


@contextmanager
def seeded_entropy(seed: int) -> Iterator[None]:
    """Ids and tokens that repeat with the seed: the standard library's `secrets` draws from it meanwhile."""
    chance = random.Random(f"entropy {seed}")
    before = {name: getattr(secrets, name) for name in ENTROPY}
    secrets.randbits = chance.getrandbits
    secrets.token_bytes = lambda nbytes=None: chance.randbytes(nbytes or 32)
    secrets.token_hex = lambda nbytes=None: chance.randbytes(nbytes or 32).hex()
    secrets.token_urlsafe = lambda nbytes=None: f"{chance.getrandbits(8 * (nbytes or 32)):x}"
    try:
        yield
    finally:
        for name, real in before.items():
            setattr(secrets, name, real)
