"""The fixtures of this folder's screens."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.proposals.test_proposals import SHELF
from tests.today.scenes import BOOK, Scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank with a small book and shelf, and a phone nobody has signed in on."""
    made = Scene(tmp_path, book=[*BOOK, *SHELF])
    yield made
    await made.put_away()
