"""The native platform seals cards where the cryptography package is, and says that it cannot where it is not."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.platform.abilities import Platform
from app_client.platform.native import native_platform
from app_server.cards.sealing import open_card
from shared_models.sealing import CardNumber, clear_text
from tests.cards.cards import DEBIT, key_pair
from tests.ui.harness import App, running

NONCE = UUID("01930000-0000-7000-8000-000000000001")


@pytest_asyncio.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    monkeypatch.setenv("FLET_APP_STORAGE_DATA", str(tmp_path))

    async def main(_page: ft.Page) -> None:
        pass

    async with running(main) as opened:
        yield opened


def platform_of(app: App) -> Platform:
    return native_platform(app.page, api_url="https://day.example")


async def test_what_a_phone_with_the_package_seals_the_server_opens(app: App) -> None:
    sealer = platform_of(app).sealer
    assert sealer is not None
    sealed = await sealer.seal(clear_text(CardNumber(DEBIT), NONCE), key_pair().public())
    assert open_card(sealed, [key_pair()]) == (CardNumber(DEBIT), NONCE)


async def test_a_phone_without_it_asks_for_no_whole_card(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app_client.platform.card_sealer", raising=False)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    assert platform_of(app).sealer is None
