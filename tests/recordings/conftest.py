"""A bank whose li has the extension 8001 and wang the 8002, each with a customer, and an exchange that records."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recordings.recorded import PHONE, Recorder
from tests.sync_server.phones import Bank, open_bank
from tests.telephony.exchange import Exchange, line


def _recorder(bank: Bank) -> Recorder:
    line(bank, bank.li)
    line(bank, bank.wang, "8002")
    bank.customer(phone=PHONE)
    bank.customer(bank.wang, phone=PHONE)
    return Recorder(bank, Exchange(bank))


@pytest.fixture
def recorder(database_url: str, tmp_path: Path) -> Iterator[Recorder]:
    with open_bank(database_url, tmp_path) as bank:
        yield _recorder(bank)


@pytest.fixture
def sqlite_recorder(sqlite_url: str, tmp_path: Path) -> Iterator[Recorder]:
    with open_bank(sqlite_url, tmp_path, recording_bytes=200_000) as bank:
        yield _recorder(bank)
