"""A bank on both databases with an exchange, li at extension 8001 and a head of their outlet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quality.checked import Checked, open_checked


@pytest.fixture
def checked(database_url: str, tmp_path: Path) -> Iterator[Checked]:
    with open_checked(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_checked(sqlite_url: str, tmp_path: Path) -> Iterator[Checked]:
    with open_checked(sqlite_url, tmp_path) as made:
        yield made
