"""A bank on both databases whose li has the extension 8001 and wang the 8002, and an exchange with a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync_server.phones import Bank, open_bank
from tests.telephony.exchange import Exchange, line


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(database_url, tmp_path) as running:
        line(running, running.li)
        line(running, running.wang, "8002")
        yield running


@pytest.fixture
def sqlite_bank(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, tmp_path) as running:
        line(running, running.li)
        line(running, running.wang, "8002")
        yield running


@pytest.fixture
def exchange(bank: Bank) -> Exchange:
    return Exchange(bank)


@pytest.fixture
def sqlite_exchange(sqlite_bank: Bank) -> Exchange:
    return Exchange(sqlite_bank)
