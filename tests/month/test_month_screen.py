"""A head's month: the calendar, strips with the gaps first, the funnel; each as a table, and a tap that opens what is behind."""

from collections.abc import AsyncIterator

import flet as ft
import pytest_asyncio

from app_client.session_context import app_state
from app_client.team.screen import TeamPlace
from tests.month.month_bank import CALLS, MonthBank
from tests.sync.bank import UNIT
from tests.team.team_bank import CHILD, LIU, MA, ZHOU, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        await opened.tap("to-month")
        yield opened


def bank_of(scene: Scene) -> MonthBank:
    assert isinstance(scene.bank, MonthBank)
    return scene.bank


def strips(app: App) -> list[str]:
    """The strips in their order."""
    ids = [each.identifier or "" for each in app.all(ft.Semantics)]
    return [each.removeprefix("strip-") for each in ids if each.startswith("strip-")]


async def test_each_picture_says_its_essence_once(app: App, scene: Scene) -> None:
    assert bank_of(scene).months == [{"unit_id": str(UNIT), "month": "2026-11"}]
    assert app.at("words-calendar").label == ("有效电话 97，16 个工作日里 0 天够数；最多 11月2日 44，最少 11月5日 0。")
    assert app.at("words-rows").label == "差距在前：刘洋 0/15 天达标；最后是 周婷 3/16 天达标。"
    assert app.at("words-funnel").label == "有效电话 97，约见 8，面访 23，成交产品 0。"


async def test_a_day_says_what_it_is_and_leads_to_that_day_of_the_team(app: App) -> None:
    assert app.at("cell-2026-11-02").label == "11月2日 周一 有效电话 44，要 60"
    assert app.at("cell-2026-11-14").label == "11月14日 周六 休息日，有效电话 3"
    assert app.at("cell-2026-11-30").disabled is True, "it has not come"
    await app.tap("cell-2026-11-03")
    place = app_state().unfinished["team"]
    assert isinstance(place, TeamPlace)
    assert (place.where.day.isoformat(), place.where.unit.id, place.focus) == ("2026-11-03", UNIT, None)


async def test_the_widest_gap_stands_first_and_leads_to_their_own_month(app: App) -> None:
    assert strips(app) == [str(LIU), str(MA), str(ZHOU)]
    assert app.at(f"strip-{LIU}").label == "刘洋 · 0/15 天达标 · 有效电话 7 · 休假 1 天"
    await app.tap(f"strip-{LIU}")
    assert "刘洋" in app.texts()
    assert app.at("cell-2026-11-09").label == "11月9日 周一 休假，有效电话 0"
    await app.tap("cell-2026-11-02")
    place = app_state().unfinished["team"]
    assert isinstance(place, TeamPlace)
    assert place.focus is not None
    assert place.focus.advisor_id == LIU


async def test_back_from_an_advisor_is_the_unit_and_from_there_the_team(app: App) -> None:
    await app.tap(f"strip-{MA}")
    assert strips(app) == []
    await app.tap("back")
    assert len(strips(app)) == len(CALLS)
    await app.tap("back")
    assert app.has("to-month")


async def test_every_picture_is_a_table_a_tap_away(app: App) -> None:
    await app.tap("table-calendar")
    assert "11月2日 周一, 有效电话 44, 面访 11, 达标 2/3" in app.said()
    assert "11月1日 周日, 有效电话 0, 面访 0, 达标 休息日" in app.said()
    assert not app.has("cell-2026-11-02")
    await app.tap("table-rows")
    assert "周婷, 达标天数 3/16, 有效电话 62, 面访 15" in app.said()
    await app.tap("table-funnel")
    assert "约见, 数量 8, 往下走的 上一步的 8.2%" in app.said()
    await app.tap("table-calendar")
    assert app.has("cell-2026-11-02")


async def test_visits_are_shown_in_the_calls_place_with_the_evidence_of_their_sum(app: App) -> None:
    await app.tap("month-figure-visits")
    assert app.at("cell-2026-11-02").label == "11月2日 周一 面访 11，要 15"
    assert "面访合计" in app.texts()


async def test_an_earlier_month_is_asked_for_and_none_that_has_not_come(app: App, scene: Scene) -> None:
    assert app.at("month-after").disabled is True
    await app.tap("month-before")
    assert bank_of(scene).months[-1]["month"] == "2026-10"
    assert app.has("cell-2026-10-31")


async def test_of_too_many_advisors_the_units_are_told_and_entered(scene: Scene) -> None:
    bank_of(scene).large.add(UNIT)
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.tap("to-month")
        assert app.at(f"strip-{CHILD}").label == "二道网点 · 4/47 人日达标 · 有效电话 97"
        assert "600 位客户经理，进入下级机构看每个人" in app.texts()
        await app.tap(f"strip-{CHILD}")
        assert bank_of(scene).months[-1]["unit_id"] == str(CHILD)
        assert strips(app) == [str(LIU), str(MA), str(ZHOU)]
        await app.tap("back")
        assert strips(app) == [str(CHILD)]


async def test_on_a_wide_screen_the_strips_stand_beside_and_give_way_to_an_advisor(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team", width=1280, height=800) as app:
        await app.tap("to-month")
        await app.tap(f"strip-{ZHOU}")
        assert app.has("words-calendar")
        assert app.has("words-their-calendar")
        await app.tap("all-rows")
        assert len(strips(app)) == len(CALLS)


async def test_without_a_network_the_last_answer_stays_and_an_unknown_month_is_owned_up(app: App, scene: Scene) -> None:
    scene.bank.faults[:] = ["unsent"] * 9
    await app.tap("month-before")
    assert app.has("error-state")
    await app.tap("month-after")
    assert app.has("cell-2026-11-02")
    assert "再试一次" in app.texts()
