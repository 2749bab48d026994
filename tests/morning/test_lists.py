"""The page of a list: its order by drag and by tap, its word, freezing, and two heads at one list."""

from collections.abc import AsyncIterator
from uuid import UUID

import flet as ft
import pytest_asyncio

from app_client.morning.form import ListForm
from shared_models.morning import PlanProposal
from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, TeamBank, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App

KEY = (str(LIU), "2026-11-23")


def of(number: int) -> str:
    return str(UUID(int=100 + number))


def listed(bank: TeamBank) -> list[int]:
    return [int(UUID(each)) - 100 for each in bank.plans[KEY]["customer_ids"]]


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


async def test_the_order_is_changed_by_drag_and_by_tap_and_frozen(app: App, bank: TeamBank) -> None:
    assert {"1. 客户1", "2. 客户2", "3. 客户3"} <= set(app.texts())
    await app.fire(app.one(ft.ReorderableListView), "reorder", {"old_index": 0, "new_index": 2})
    await app.tap(f"up-{of(3)}")
    await app.tap(f"out-{of(2)}")
    await app.tap(f"in-{of(5)}")
    await app.tap("say-0")
    await app.tap("freeze-list")
    await app.settle()
    assert listed(bank) == [3, 1, 5]
    assert bank.plans[KEY]["note"] == "先打到期的"
    assert KEY in bank.frozen
    assert "周敏 08:45 冻结，手机一同步就按它打" in app.texts()
    assert not app.has("freeze-list")
    assert not app.has(f"up-{of(3)}")


async def test_a_frozen_list_is_unfrozen_with_a_word(app: App, bank: TeamBank) -> None:
    await app.tap("freeze-list")
    await app.settle()
    await app.tap("thaw")
    assert getattr(app.at("thaw-now").content, "on_click", None) is None
    await app.type("thaw-word", "有新到期")
    await app.tap("thaw-now")
    await app.settle()
    assert bank.words == ["有新到期"]
    assert app.has("freeze-list")


async def test_another_heads_change_is_shown_and_merged_and_nothing_is_lost(app: App, bank: TeamBank) -> None:
    await app.tap(f"out-{of(2)}")
    await app.tap(f"in-{of(5)}")
    bank.set_list(KEY, [of(1), of(2), of(3), of(4)], "上午打完")
    await app.tap("freeze-list")
    await app.settle()
    # Not stored over the other's: shown first.
    assert (listed(bank), KEY in bank.frozen) == ([1, 2, 3, 4], False)
    assert "周敏刚刚改过这份名单，两边的改动已经合在一起，请看一眼再存。" in app.texts()
    await app.tap("freeze-list")
    await app.settle()
    assert set(listed(bank)) == {1, 3, 4, 5}
    assert bank.plans[KEY]["note"] == "上午打完"
    assert KEY in bank.frozen


async def test_what_was_changed_under_a_list_that_another_froze_is_merged_once_it_is_unfrozen(
    app: App, bank: TeamBank
) -> None:
    await app.tap(f"in-{of(5)}")
    bank.set_list(KEY, [of(1), of(4)], None, freeze=True)
    await app.tap("save-list")
    await app.settle()
    assert listed(bank) == [1, 4]
    assert "你的改动还留着，解冻后会合进来。" in app.texts()
    await app.tap("thaw")
    await app.type("thaw-word", "还要加一位")
    await app.tap("thaw-now")
    await app.settle()
    await app.tap("save-list")
    await app.settle()
    assert set(listed(bank)) == {1, 4, 5}


async def test_what_cannot_be_stored_stays_on_the_page(app: App, bank: TeamBank) -> None:
    await app.tap(f"up-{of(3)}")
    bank.faults += ["unsent"]
    await app.tap("save-list")
    await app.settle()
    assert bank.plans == {}
    assert "2. 客户3" in app.texts()
    await app.tap("save-list")
    await app.settle()
    assert listed(bank) == [1, 3, 2]


def test_nobody_is_moved_beyond_the_ends() -> None:
    form = ListForm()
    one = {"customer_id": of(1), "name": "客户1", "reasons": []}
    plan = {"id": str(LIU), "advisor_id": str(LIU), "day": "2026-11-23"}
    told = {"advisor": {"id": str(LIU), "name": "刘洋"}, "plan": plan, "set_by": None, "frozen_by": None}
    form.take(PlanProposal.model_validate({**told, "listed": [one, {**one, "customer_id": of(2)}], "further": []}))
    before = form.ids
    form.move(0, -1)
    form.move(1, 2)
    assert form.ids == before
    assert not form.is_changed
