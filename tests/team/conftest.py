"""The fixtures of the team's screens; the server's tests of this folder use those of tests/conftest.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.team.team_bank import TeamBank
from tests.today.scenes import Scene, scene_at


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank with its team view and a phone nobody has signed in on."""
    async with scene_at(tmp_path, TeamBank) as made:
        yield made
