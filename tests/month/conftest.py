"""The fixtures of the months' screens; the server's tests of this folder use those of tests/conftest.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.month.month_bank import MonthBank
from tests.today.scenes import Scene, scene_at


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank that answers months and a phone nobody has signed in on."""
    async with scene_at(tmp_path, MonthBank) as made:
        yield made
