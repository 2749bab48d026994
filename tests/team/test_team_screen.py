"""The team as a head reads it: gaps first, figures that lead to their activities, units beneath, and the last answer without a network."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app_client.platform.http import HttpReply
from app_client.session import AppSession
from app_client.team.queries import KeptDay, figure_of, team_view
from shared_models.fold import AdvisorDay, sum_figures
from shared_models.policy import Policy
from shared_models.team import TeamDay
from tests.store.scenes import MONDAY, NINE
from tests.sync.bank import UNIT, Bank, a_platform
from tests.today.scenes import Scene
from tests.ui.harness import App

CHILD = UUID("01930000-0000-7000-8000-0000000000cc")
TARGETS = {"calls": 20, "visits": 5, "products_per_visit": 3}
LIU, SUN, ZHOU, MA = (UUID(int=0x0193_0000_0000_7000_8000_0000_0003_0000 + number) for number in range(4))


def day_json(calls: int, visits: int, *, met: bool = False, **more: Any) -> dict[str, Any]:
    made = {"calls": calls, "calls_effective": calls, "visits": visits, "visits_with_three": visits}
    return {**made, "targets": TARGETS, "met": met, **more}


def row_json(staff: UUID, name: str, day: dict[str, Any], *, synced: str | None, pending: int | None = None) -> Any:
    return {"staff": {"id": str(staff), "name": name}, "day": day, "last_sync_at": synced, "pending_hint": pending}


ROWS = [
    row_json(
        ZHOU,
        "周婷",
        day_json(20, 5, met=True, products_bought=2, amount_bought="620000"),
        synced="2026-11-23T09:41:00Z",
    ),
    row_json(SUN, "孙悦", day_json(0, 0), synced="2026-11-20T03:20:00Z", pending=4),
    row_json(MA, "马骏", day_json(18, 5), synced="2026-11-23T09:38:00Z"),
    row_json(LIU, "刘洋", day_json(9, 2, declines={"low_return": 2, "busy": 1}), synced="2026-11-23T09:40:00Z"),
]


def team_json(unit: UUID, day: date) -> dict[str, Any]:
    days = [AdvisorDay.model_validate(row["day"]) for row in ROWS]
    totals = {
        **sum_figures(days).model_dump(mode="json"),
        "advisors": 4,
        "advisors_met": 1,
        "advisors_reported": 3,
        "coverage": {"managed_customers": 200, "called_in_window": 122, "window_days": 90},
    }
    child = {"id": str(CHILD), "name": "二道网点", "kind": "outlet"}
    return {
        "unit": {"id": str(unit), "name": "人民路支行" if unit == UNIT else "二道网点", "kind": "sub_branch"},
        "day": day.isoformat(),
        "policy": Policy(effective_from=date(2020, 1, 1)).model_dump(mode="json"),
        "as_of": "2026-11-23T09:42:00Z",
        "totals": totals,
        "units": [{"unit": child, "totals": totals}] if unit == UNIT else [],
        "advisors": ROWS,
    }


def activity_json(number: int, *, voided: bool = False) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number)),
        "kind": "call",
        "occurred_at": f"2026-11-23T01:{number:02d}:00Z",
        "received_at": "2026-11-23T09:40:00Z",
        "advisor": {"id": str(LIU), "name": "刘洋"},
        "customer_id": str(UUID(int=100 + number)),
        "customer_name": f"客户{number}",
        "pool": "managed",
        "grade": "C",
        "voided": voided,
        "counted": not voided,
        "adds": "0" if voided else "1",
        "data": {"channel": "mobile", "outcome": "interested", "talk_seconds": 95, "timed_by": "device"},
    }


class TeamBank(Bank):
    """The bank with its team view; `asked` are the queries it answered, in order."""

    asked: list[dict[str, str]]

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith("/api/v1/team/") or self.faults:
            return await super().send(method, path, headers=headers, params=params, body=body)
        assert params is not None
        self.asked.append(dict(params))
        if path.endswith("/day"):
            answer: Any = team_json(UUID(params["unit_id"]), date.fromisoformat(params["day"]))
        else:
            answer = {
                "activities": [activity_json(number) for number in range(1, 10)] + [activity_json(10, voided=True)]
            }
        return HttpReply(200, {}, json.dumps(answer).encode())


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    bank = TeamBank(made.clock)
    bank.asked = []
    made.bank = bank
    made.platform = a_platform(tmp_path, bank, made.phone)
    yield made
    await made.put_away()


def asked(scene: Scene) -> list[dict[str, str]]:
    assert isinstance(scene.bank, TeamBank)
    return scene.bank.asked


async def signed_in(scene: Scene) -> AppSession:
    from app_client.sign_in.actions import sign_in
    from tests.sync.bank import PASSWORD

    return await sign_in(scene.platform, "head", PASSWORD)


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        yield opened


def test_gaps_come_first_then_who_has_not_synced_then_who_is_done() -> None:
    view = team_view(KeptDay(TeamDay.model_validate(team_json(UNIT, MONDAY)), NINE))
    assert [each.row.staff.name for each in view.advisors] == ["刘洋", "马骏", "孙悦", "周婷"]
    assert [(each.calls_short, each.visits_short) for each in view.behind] == [(11, 3), (2, 0)]
    assert view.declines == (("low_return", 2), ("busy", 1))


def test_nobody_is_behind_on_a_day_off() -> None:
    saturday = team_json(UNIT, date(2026, 11, 21))
    view = team_view(KeptDay(TeamDay.model_validate(saturday), NINE))
    assert view.is_day_off
    assert len(view.done) == 4


@pytest.mark.parametrize(
    ("metric", "value"), [("calls_effective", 9), ("declines", 3), ("declines.busy", 1), ("calls_graded.A", 0)]
)
def test_a_metric_is_read_by_the_servers_name_for_it(metric: str, value: int) -> None:
    assert figure_of(AdvisorDay.model_validate(ROWS[3]["day"]), metric) == Decimal(value)


async def test_the_page_says_unit_time_and_totals(app: App) -> None:
    assert "人民路支行" in app.texts()
    assert "截至 17:42 · 4 人中 3 人已同步" in app.texts()
    assert app.at("figure-calls_effective").label == "47 有效电话 / 80"
    assert app.at(f"advisor-{LIU}").label == "刘洋 · 9/20 2/5 0 · 落后 11 通电话、3 位面访 · 17:40"
    assert app.at(f"advisor-{SUN}").label == "孙悦 · 未同步 · 上次 11月20日 周五 11:20，手机上还有 4 条"
    assert "成交 2 笔 · 62 万" in app.texts()


async def test_an_advisors_figure_leads_to_what_is_behind_it(app: App, scene: Scene) -> None:
    await app.tap(f"advisor-{LIU}")
    await app.tap("behind-calls_effective")
    assert asked(scene)[-1] == {
        "unit_id": str(UNIT),
        "day": "2026-11-23",
        "advisor_id": str(LIU),
        "metric": "calls_effective",
    }
    shown = [node for node in app.said() if node.startswith("09:")]
    assert len(shown) == 10
    assert "10 条记录" in app.texts()
    assert [each for each in shown if "已撤销" in each] == ["09:10，客户10，有意向 · 1 分 35 秒，证据 C，已撤销"]
    assert "9" in app.texts()
    await app.tap("back-to-advisor")
    assert app.has("behind-visits")


async def test_a_refusal_of_the_team_leads_to_its_calls(app: App, scene: Scene) -> None:
    await app.tap("figure-declines.low_return")
    assert asked(scene)[-1]["metric"] == "declines.low_return"
    assert "advisor_id" not in asked(scene)[-1]
    assert "拒绝：收益太低" in app.texts()


async def test_days_step_back_and_never_past_today(app: App, scene: Scene) -> None:
    assert app.at("day-after").disabled is True
    await app.tap("day-before")
    assert asked(scene)[-1]["day"] == "2026-11-22"
    await app.tap("day-after")
    assert asked(scene)[-1]["day"] == "2026-11-23"


async def test_a_unit_leads_down_and_the_crumb_back_up(app: App, scene: Scene) -> None:
    await app.tap(f"unit-{CHILD}")
    assert asked(scene)[-1]["unit_id"] == str(CHILD)
    assert "二道网点" in app.texts()
    assert not app.has(f"unit-{CHILD}")
    await app.tap("crumb-0")
    assert app.has(f"unit-{CHILD}")


async def test_without_a_network_the_last_answer_is_shown_with_its_time(app: App, scene: Scene) -> None:
    await app.tap(f"advisor-{LIU}")
    await app.tap("behind-calls_effective")
    scene.bank.faults += ["unsent"] * 50
    async with scene.app(route="/team") as again:
        assert "47 有效电话 / 80" in again.said()
        assert any("截至 17:42 的数据" in text for text in again.texts())
        await again.tap(f"advisor-{LIU}")
        await again.tap("behind-calls_effective")
        assert "10 条记录" in again.texts()
        await again.tap("day-before")
        assert again.has("error-state")
        scene.bank.faults.clear()
        await again.tap("error-action")
        assert "47 有效电话 / 80" in again.said()


async def test_on_a_wide_screen_the_figure_opens_beside_the_list(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team", width=1280, height=800) as app:
        assert app.has("figure-products_bought")
        await app.tap("figure-visits")
        assert app.has("behind-figure")
        assert app.has(f"advisor-{LIU}")
        await app.tap("close-focus")
        assert app.has("figure-products_bought")
