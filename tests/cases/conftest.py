"""A bank of two advisors with a head, a head elsewhere and head office, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.bank import CaseBank, open_case_bank


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[CaseBank]:
    with open_case_bank(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_bank(sqlite_url: str, tmp_path: Path) -> Iterator[CaseBank]:
    with open_case_bank(sqlite_url, tmp_path) as made:
        yield made
