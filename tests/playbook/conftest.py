"""The fixtures of the playbook's screens and of those on which cases are made."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.playbook.cases_bank import CasesBank
from tests.sync.bank import a_platform
from tests.today.scenes import Scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank that takes cases, and a phone nobody has signed in on."""
    made = Scene(tmp_path)
    made.bank = CasesBank(made.clock, snapshot=made.bank.snapshot)
    made.platform = a_platform(tmp_path, made.bank, made.phone)
    yield made
    await made.put_away()
