"""The fixtures of the months' screens; the server's tests of this folder use those of tests/conftest.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.month.month_bank import MonthBank
from tests.sync.bank import a_platform
from tests.today.scenes import Scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank that answers months and a phone nobody has signed in on."""
    made = Scene(tmp_path)
    made.bank = MonthBank(made.clock)
    made.platform = a_platform(tmp_path, made.bank, made.phone)
    yield made
    await made.put_away()
