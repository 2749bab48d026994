"""The word to all on the morning's page: written, said otherwise, taken back; and how two heads meet over it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.sync.bank import UNIT
from tests.team.team_bank import TeamBank, signed_in
from tests.today.scenes import Scene, clients_closed
from tests.ui.harness import App


@pytest_asyncio.fixture
async def bank(scene: Scene) -> TeamBank:
    assert isinstance(scene.bank, TeamBank)
    return scene.bank


@pytest_asyncio.fixture
async def app(scene: Scene, bank: TeamBank) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route=f"/team/morning/{UNIT}") as opened:
        await opened.settle()
        yield opened


async def said(app: App, words: str) -> None:
    await app.tap("word-to-all")
    await app.type("unit-word", words)
    await app.tap("say-it")
    await app.settle()
    await clients_closed(app)


async def test_a_word_is_said_otherwise_and_taken_back(app: App, bank: TeamBank) -> None:
    assert "写一句给全队的话" in app.texts()
    await said(app, "先打到期的")
    assert bank.notice == {"words": "先打到期的", "version": 1}
    assert {"先打到期的", "周敏 08:40 说"} <= set(app.texts())
    await said(app, "上午打完")
    assert bank.notice == {"words": "上午打完", "version": 2}
    await app.tap("word-to-all")
    await app.tap("take-word-back")
    await app.settle()
    assert bank.notice == {"words": "", "version": 3}
    await clients_closed(app)
    assert "写一句给全队的话" in app.texts()


async def test_another_heads_word_is_shown_before_it_is_replaced(app: App, bank: TeamBank) -> None:
    bank.notice = {"words": "下午碰头", "version": 1}
    await app.tap("word-to-all")
    await app.type("unit-word", "先打到期的")
    await app.tap("say-it")
    await app.settle()
    assert bank.notice["words"] == "下午碰头"
    assert {"别人刚刚说了另一句，请看一眼再改。", "现在是：下午碰头"} <= set(app.texts())
    await app.tap("say-it")
    await app.settle()
    assert bank.notice == {"words": "先打到期的", "version": 2}


async def test_what_cannot_be_sent_stays_in_the_sheet(app: App, bank: TeamBank) -> None:
    await app.tap("word-to-all")
    await app.type("unit-word", "先打到期的")
    bank.faults += ["unsent"]
    await app.tap("say-it")
    await app.settle()
    assert bank.notice["version"] == 0
    assert "连不上网络，请检查后再试。" in app.texts()
    await app.tap("say-it")
    await app.settle()
    assert bank.notice == {"words": "先打到期的", "version": 1}
