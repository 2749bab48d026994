"""A head looks for whom nobody has called, and puts some of them on tomorrow's list."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest_asyncio

from app_client.platform.http import HttpReply
from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, MA, TeamBank, signed_in
from tests.today.scenes import Scene, scene_at
from tests.ui.harness import App

CUSTOMERS = [UUID(int=100 + number) for number in range(1, 4)]


class CoverageBank(TeamBank):
    """The team's bank, where 刘洋 has left three customers uncalled and 马骏 none."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith("/api/v1/team/coverage"):
            return await super().send(method, path, headers=headers, params=params, body=body)
        answer = _not_called() if path.endswith(str(LIU)) else _of_unit()
        return HttpReply(200, {}, json.dumps({**answer, "day": "2026-11-23", "window_days": 90}).encode())


def _of_unit() -> dict[str, Any]:
    def row(staff: UUID, name: str, called: int) -> dict[str, Any]:
        coverage = {"managed_customers": 100, "called_in_window": called, "window_days": 90}
        return {"advisor": {"id": str(staff), "name": name}, "coverage": coverage}

    unit = {"id": str(UNIT), "name": "人民路支行", "kind": "sub_branch"}
    return {"unit": unit, "advisors": [row(MA, "马骏", 100), row(LIU, "刘洋", 97)]}


def _not_called() -> dict[str, Any]:
    rows = [
        {"customer_id": str(each), "name": f"客户{number}", "tier": "gold", "managed_since": "2020-01-01"}
        for number, each in enumerate(CUSTOMERS, start=1)
    ]
    told = [{**each, "last_called_on": day} for each, day in zip(rows, (None, "2026-03-02", None), strict=True)]
    return {"advisor": {"id": str(LIU), "name": "刘洋"}, "count": 3, "customers": told}


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_at(tmp_path, CoverageBank) as made:
        yield made


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        await opened.tap("to-not-called")
        yield opened


async def test_the_widest_gap_comes_first_and_a_book_without_one_has_nothing_to_open(app: App) -> None:
    assert "人民路支行 · 90 天内没有有效电话" in app.texts()
    said = app.texts()
    listed = said[said.index("共 3 位没打到") :]
    assert listed.index("刘洋") < listed.index("马骏")
    assert app.has(f"book-of-{LIU}")
    assert not app.has(f"book-of-{MA}")


async def test_the_chosen_go_behind_who_is_on_tomorrows_list(app: App, scene: Scene) -> None:
    bank = scene.bank
    assert isinstance(bank, CoverageBank)
    key = str(LIU), "2026-11-24"
    bank.set_list(key, [str(CUSTOMERS[1])], "先打到期的")
    await app.tap(f"book-of-{LIU}")
    assert app.at(f"not-called-{CUSTOMERS[0]}").label == "客户1, 还没有过有效电话"
    assert app.at(f"not-called-{CUSTOMERS[1]}").label == "客户2, 已在名单"
    await app.tap(f"not-called-{CUSTOMERS[0]}")
    assert "1 位排进明天的名单" in app.texts()
    await app.tap("put-on-list")
    assert bank.plans[key] == {"customer_ids": [str(CUSTOMERS[1]), str(CUSTOMERS[0])], "note": "先打到期的"}
    assert app.at(f"not-called-{CUSTOMERS[0]}").label == "客户1, 已在名单"


async def test_a_frozen_list_is_said_and_the_choice_stays(app: App, scene: Scene) -> None:
    bank = scene.bank
    assert isinstance(bank, CoverageBank)
    bank.set_list((str(LIU), "2026-11-24"), [], None, freeze=True)
    await app.tap(f"book-of-{LIU}")
    await app.tap("choose-first")
    await app.tap("put-on-list")
    assert "名单已经冻结，要改先解冻。" in app.texts()
    assert "3 位排进明天的名单" in app.texts()
