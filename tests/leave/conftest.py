"""The small bank of the sync tests, and heads who enter leave in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leave.heads import Heads
from tests.sync_server.phones import open_bank


@pytest.fixture
def heads(database_url: str, tmp_path: Path) -> Iterator[Heads]:
    with open_bank(database_url, tmp_path) as bank:
        yield Heads(bank)


@pytest.fixture
def postgresql_heads(postgresql_url: str, tmp_path: Path) -> Iterator[Heads]:
    with open_bank(postgresql_url, tmp_path) as bank:
        yield Heads(bank)
