"""A bank of two advisors whose server has a pair of keys that was made beforehand, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cards.cards import key_pair
from tests.sync_server.phones import Bank, open_bank


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The server's data folder with the keys in it."""
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    file = keys / "cards.json"
    file.touch(mode=0o600)
    file.write_text(f'{{"keys": [{key_pair().model_dump_json()}]}}', "utf-8")
    return tmp_path / "data"


@pytest.fixture
def bank(database_url: str, data_dir: Path) -> Iterator[Bank]:
    with open_bank(database_url, data_dir) as running:
        yield running


@pytest.fixture
def sqlite_bank(sqlite_url: str, data_dir: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, data_dir) as running:
        yield running
