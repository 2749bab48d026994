"""Lending from the page of a list: by a tap on the name, and back; what was changed on the page and not stored stays."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, ZHOU, TeamBank, signed_in
from tests.today.scenes import Scene, clients_closed
from tests.ui.harness import App

KEY = (str(LIU), "2026-11-23")


def of(number: int) -> str:
    return str(UUID(int=100 + number))


@pytest_asyncio.fixture
async def bank(scene: Scene) -> TeamBank:
    assert isinstance(scene.bank, TeamBank)
    return scene.bank


@pytest_asyncio.fixture
async def app(scene: Scene, bank: TeamBank) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route=f"/team/morning/{UNIT}/lists/{LIU}/2026-11-23") as opened:
        await opened.settle()
        yield opened


async def test_a_customer_is_lent_by_a_tap_on_the_name_and_taken_back(app: App, bank: TeamBank) -> None:
    await app.tap(f"lend-{of(1)}")
    assert "客户1今天借给谁打" in app.texts()
    await app.tap(f"lend-to-{ZHOU}")
    await app.settle()
    assert bank.loans == {of(1): str(ZHOU)}
    assert {"1. 客户2", "今天由周婷打"} <= set(app.texts())
    await clients_closed(app)
    assert not app.has(f"lend-to-{ZHOU}")
    await app.tap(f"take-back-{of(1)}")
    await app.settle()
    assert bank.loans == {}
    assert "1. 客户1" in app.texts()


async def test_what_was_changed_and_not_stored_stays_and_nobody_else_is_named(app: App, bank: TeamBank) -> None:
    await app.tap(f"out-{of(2)}")
    await app.tap(f"in-{of(5)}")
    await app.tap(f"lend-{of(1)}")
    await app.tap(f"lend-to-{ZHOU}")
    await app.settle()
    assert app.has(f"up-{of(5)}")
    assert not app.has(f"up-{of(2)}")
    assert not any("刚刚改过" in text for text in app.texts())
    await app.tap("freeze-list")
    await app.settle()
    assert of(5) in bank.plans[KEY]["customer_ids"]
    assert not {of(1), of(2)} & set(bank.plans[KEY]["customer_ids"])
    assert not app.has(f"lend-{of(5)}")
    assert not app.has(f"take-back-{of(1)}")


async def test_what_the_server_refuses_is_said(app: App, bank: TeamBank) -> None:
    await app.tap(f"lend-{of(1)}")
    await app.tap(f"lend-to-{ZHOU}")
    await app.settle()
    bank.used.add(of(1))
    await app.tap(f"take-back-{of(1)}")
    await app.settle()
    assert "今天已经打过或见过，收不回来了。" in app.texts()
    assert app.has(f"take-back-{of(1)}")


async def test_nobody_is_lent_for_another_day(scene: Scene, bank: TeamBank) -> None:
    await signed_in(scene)
    async with scene.app(route=f"/team/morning/{UNIT}/lists/{LIU}/2026-11-24") as app:
        await app.settle()
        assert "1. 客户1" in app.texts()
        assert not app.has(f"lend-{of(1)}")
