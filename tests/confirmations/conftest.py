"""A bank on both databases whose gateway takes down what it is sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app_server.cards.keys import DigestKey
from app_server.confirmations.sender import sender_of
from app_server.confirmations.service import Codes
from app_server.key_ring import KeyRing
from app_server.signatures import sign
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, open_bank

GATEWAY = "https://gateway.example/codes"


@dataclass
class Gateway:
    """The bank's gateway for codes; `status` is what it answers. A request that is not signed is refused."""

    keys: KeyRing[DigestKey]
    sent: list[Json] = field(default_factory=list[Json])
    status: int = 202

    def take(self, request: httpx.Request) -> httpx.Response:
        key = self.keys.newest(NOW)
        signature = sign(key.secret, timestamp=request.headers["Day2053-Timestamp"], body=request.content)
        assert (str(request.url), request.headers["Day2053-Key"]) == (GATEWAY, key.kid)
        assert request.headers["Day2053-Signature"] == signature
        self.sent.append(json.loads(request.content))
        return httpx.Response(self.status)

    @property
    def last_code(self) -> str:
        return self.sent[-1]["code"]


@pytest.fixture
def any_bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    """On both databases."""
    with open_bank(database_url, tmp_path, code_gateway_url=GATEWAY) as running:
        yield running


@pytest.fixture
def bank(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, tmp_path, code_gateway_url=GATEWAY) as running:
        yield running


@pytest.fixture
def bank_without_gateway(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, tmp_path) as running:
        yield running


@pytest.fixture
def gateway(bank: Bank) -> Gateway:
    return gateway_of(bank)


def gateway_of(bank: Bank) -> Gateway:
    """The gateway that this bank sends its codes to from now on."""
    settings = bank.server.settings
    made = Gateway(KeyRing(settings.code_gateway_keys_file, DigestKey))
    sender = sender_of(settings, transport=httpx.MockTransport(made.take))
    bank.server.app.state.codes = Codes(settings, sender)
    return made
