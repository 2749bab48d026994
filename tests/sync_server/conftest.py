"""Two advisors with books and a phone each, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync_server.phones import Bank, open_bank


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def postgresql_bank(postgresql_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(postgresql_url, tmp_path) as running:
        yield running


@pytest.fixture
def sqlite_bank(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, tmp_path) as running:
        yield running
