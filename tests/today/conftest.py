"""The fixtures of Today."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.today.scenes import Scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank with a small book and a phone nobody has signed in on."""
    made = Scene(tmp_path)
    yield made
    await made.put_away()
