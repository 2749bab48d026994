"""A head enters leave from an advisor's page, gives it days, takes it back and undoes that; the team's list says so at once."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest_asyncio

from app_client.leave.screen import LeaveForm
from app_client.platform.http import HttpReply
from shared_models.leave import FURTHEST_BACK, MOST_DAYS, LeaveDays
from tests.store.scenes import MONDAY
from tests.sync.bank import a_platform
from tests.team.team_bank import LIU, TeamBank, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App


@dataclass
class LeaveBank(TeamBank):
    """The bank with the leave of its advisors, by id; who has some on Monday is away on it."""

    leave: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith("/api/v1/org/leave") or self.faults:
            return await super().send(method, path, headers=headers, params=params, body=body)
        leave_id = path.removeprefix("/api/v1/org/leave").removeprefix("/")
        if method == "GET":
            return self._told({"leave": [self._one(each) for each in self.leave]})
        if method == "PUT":
            edit = json.loads(body or b"")
            if any(each != leave_id and self._overlap(self.leave[each], edit) for each in self.leave):
                return self._problem(409, "leave_taken")
            self.leave[leave_id] = edit
            answer = self._told(self._one(leave_id))
        else:
            del self.leave[leave_id]
            answer = HttpReply(204, {}, b"")
        self.away = LIU if any(LeaveDays.model_validate(each).covers(MONDAY) for each in self.leave.values()) else None
        return answer

    def _one(self, leave_id: str) -> dict[str, Any]:
        return {"id": leave_id, "staff": {"id": str(LIU), "name": "刘洋"}, **self.leave[leave_id]}

    def _overlap(self, one: dict[str, str], other: dict[str, str]) -> bool:
        return one["first_day"] <= other["last_day"] and other["first_day"] <= one["last_day"]

    def _told(self, answer: dict[str, Any]) -> HttpReply:
        return HttpReply(200, {}, json.dumps(answer).encode())


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    made.bank = LeaveBank(made.clock, snapshot=made.bank.snapshot)
    made.platform = a_platform(tmp_path, made.bank, made.phone)
    yield made
    await made.put_away()


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    """Liu's leave, on a phone."""
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        await opened.tap(f"advisor-{LIU}")
        await opened.tap("leave")
        yield opened


def entered(scene: Scene) -> list[tuple[str, str]]:
    assert isinstance(scene.bank, LeaveBank)
    return [(each["first_day"], each["last_day"]) for each in scene.bank.leave.values()]


async def test_today_is_entered_by_one_tap_and_the_team_says_so(app: App, scene: Scene) -> None:
    assert "近三个月和以后都没有休假。" in app.texts()
    await app.tap("enter-leave")
    assert entered(scene) == [("2026-11-23", "2026-11-23")]
    assert "11月23日 周一" in app.texts()
    assert str(app.at(f"advisor-{LIU}").label).startswith("刘洋 · 休假 · ")


async def test_days_are_set_and_taken_back_and_that_is_undone(app: App, scene: Scene) -> None:
    for step in ("leave-week-later", "leave-day-earlier", "leave-longer", "leave-longer", "leave-shorter"):
        await app.tap(step)
    assert "登记休假：11月29日 周日 至 11月30日 周一" in app.texts()
    await app.tap("enter-leave")
    days = [("2026-11-29", "2026-11-30")]
    assert entered(scene) == days
    assert isinstance(scene.bank, LeaveBank)
    [leave_id] = scene.bank.leave
    assert "撤回 11月29日 周日 至 11月30日 周一 的休假" in app.said()
    await app.tap(f"take-back-{leave_id}")
    assert entered(scene) == []
    assert "已撤回刘洋休假：11月29日 周日 至 11月30日 周一" in app.texts()
    await app.tap("banner-action")
    assert entered(scene) == days
    assert list(scene.bank.leave) == [leave_id]
    assert not app.has("banner-action")


async def test_what_the_server_refuses_or_never_got_is_said_and_stays_to_be_sent(app: App, scene: Scene) -> None:
    await app.tap("enter-leave")
    await app.tap("leave-longer")
    await app.tap("enter-leave")
    assert "其中有的日子已经登记过休假。" in app.texts()
    await app.tap("leave-day-later")
    scene.bank.faults.append("unsent")
    await app.tap("enter-leave")
    assert len(entered(scene)) == 1
    assert "登记休假：11月24日 周二 至 11月25日 周三" in app.texts()
    await app.tap("enter-leave")
    assert entered(scene) == [("2026-11-23", "2026-11-23"), ("2026-11-24", "2026-11-25")]


def test_days_that_the_server_would_refuse_cannot_be_set() -> None:
    form = LeaveForm(MONDAY, UUID(int=1))
    assert form.moved(longer=-1) is None
    form.first_day = MONDAY - FURTHEST_BACK
    assert form.moved(by=-1) is None
    form.days = MOST_DAYS
    assert form.moved(longer=1) is None
    assert form.moved(by=1) is not None
    form.first_day, form.days = date(2027, 11, 24), 1
    assert form.moved(longer=1) is None


async def test_of_days_that_are_past_it_says_that_they_were_counted_again(app: App) -> None:
    await app.tap("leave-day-earlier")
    await app.tap("enter-leave")
    assert "已登记刘洋休假：11月22日 周日，已过的日子已重新计算" in app.texts()
