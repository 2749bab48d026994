"""A phone with a vault, and a person who may open the app on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.lock.scenes import LockedPhone


@pytest_asyncio.fixture
async def phone(tmp_path: Path) -> AsyncIterator[LockedPhone]:
    """A bank with a small book and a phone nobody has signed in on."""
    made = LockedPhone(tmp_path / "phone")
    yield made
    await made.put_away()
