"""The fixtures of the team's screens; the server's tests of this folder use those of tests/conftest.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.sync.bank import a_platform
from tests.team.team_bank import TeamBank
from tests.today.scenes import Scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank with its team view and a phone nobody has signed in on."""
    made = Scene(tmp_path)
    bank = TeamBank(made.clock)
    made.bank = bank
    made.platform = a_platform(tmp_path, bank, made.phone)
    yield made
    await made.put_away()
