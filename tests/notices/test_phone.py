"""What heads said to all stands on Today, from the top down, without a network, and is gone the next day."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest_asyncio

from app_client.plans.queries import morning_list
from app_client.today.queries import today_view
from tests.store.scenes import MONDAY
from tests.today.scenes import Scene


def notice_json(number: int, words: str, *, kind: str, name: str = "周敏") -> dict[str, Any]:
    notice_id = str(UUID(int=500 + number))
    data = {"id": notice_id, "day": MONDAY.isoformat(), "words": words, "name": name}
    return {"entity": "notice", "id": notice_id, "data": {**data, "unit_name": "人民路", "unit_kind": kind}}


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    await scene.put_away()


async def test_both_are_told_from_the_top_down_and_gone_the_next_day(scene: Scene) -> None:
    scene.bank.snapshot += [
        notice_json(1, "先打到期的", kind="outlet"),
        notice_json(2, "下午碰头", kind="branch", name="赵磊"),
    ]
    session = await scene.signed_in()
    async with scene.app(route="/today") as app:
        told = [each for each in app.texts() if "（人民路）" in each]
    assert told == ["赵磊（人民路）：下午碰头", "周敏（人民路）：先打到期的"]
    scene.bank.feed.append({"entity": "notice", "id": str(UUID(int=502)), "deleted": True, "data": {}})
    await session.sync.sync_now()
    assert [each.words for each in today_view(session, morning_list(session, MONDAY)).notices] == ["先打到期的"]
    scene.clock.forward(days=1)
    assert today_view(session, morning_list(session, session.today())).notices == ()
