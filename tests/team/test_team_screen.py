"""The team as a head reads it: gaps first, figures that lead to their activities, units beneath, and the last answer without a network."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.team import screen
from app_client.team.queries import KeptDay, figure_of, team_view
from app_client.team.words import day_off_words, gap_words, standing_words
from shared_models.fold import AdvisorDay
from shared_models.team import TeamDay
from tests.store.scenes import MONDAY, NINE
from tests.sync.bank import UNIT
from tests.team.team_bank import (
    CHILD,
    GONE,
    LIU,
    ROWS,
    SUN,
    TeamBank,
    activity_json,
    day_json,
    row_json,
    signed_in,
    team_json,
    with_leave,
)
from tests.today.scenes import OUYANG, Scene, a_record
from tests.ui.harness import App


def asked(scene: Scene) -> list[dict[str, str]]:
    assert isinstance(scene.bank, TeamBank)
    return scene.bank.asked


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


def test_units_come_furthest_behind_first_and_those_without_advisors_last() -> None:
    team = team_json(UNIT, MONDAY)
    (child,) = team["units"]
    empty = {
        **child,
        "unit": {**child["unit"], "id": str(UUID(int=91)), "name": "空"},
        "totals": day_json(0, 0, advisors=0),
    }
    ahead = {
        **child,
        "unit": {**child["unit"], "id": str(UUID(int=92)), "name": "先"},
        "totals": day_json(60, 15, advisors=3),
    }
    view = team_view(KeptDay(TeamDay.model_validate({**team, "units": [empty, ahead, child]}), NINE))
    assert [each.unit.name for each in view.units] == [child["unit"]["name"], "先", "空"]


def test_nobody_is_behind_on_a_day_off() -> None:
    saturday = team_json(UNIT, date(2026, 11, 21))
    view = team_view(KeptDay(TeamDay.model_validate(saturday), NINE))
    assert view.is_day_off
    assert len(view.done) == 4


def test_who_is_on_leave_is_neither_behind_nor_waited_for() -> None:
    # Sun has not synced for days.
    team = with_leave(team_json(UNIT, MONDAY), SUN)
    view = team_view(KeptDay(TeamDay.model_validate(team), NINE))
    assert [each.row.staff.name for each in view.on_leave] == ["孙悦"]
    assert [each.row.staff.name for each in view.advisors] == ["刘洋", "马骏", "周婷", "孙悦"]
    assert not view.not_synced
    assert not view.on_leave[0].calls_short
    assert standing_words(view).endswith("4 人中 3 人已同步 · 1 人休假")
    # On a day off it makes no difference to anybody.
    assert not team_view(KeptDay(TeamDay.model_validate({**team, "day": "2026-11-21"}), NINE)).on_leave


async def test_the_page_says_who_is_on_leave_and_counts_the_others(app: App, scene: Scene) -> None:
    assert isinstance(scene.bank, TeamBank)
    scene.bank.away = LIU
    await app.tap("refresh")
    assert str(app.at(f"advisor-{LIU}").label).startswith("刘洋 · 休假 · ")
    assert "达标 / 3 人" in app.texts()
    await app.tap(f"advisor-{LIU}")
    assert "休假，这天没有指标" in app.texts()


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (day_json(0, 0), "没有记录"),
        (day_json(2, 1), "2 通有效电话 · 1 位面访"),
        (day_json(0, 0, products_bought=1, amount_bought="50000"), "成交 1 笔 · 5 万"),
    ],
)
def test_what_somebody_did_on_a_day_off_is_said_in_words(done: dict[str, Any], words: str) -> None:
    saturday = team_json(UNIT, date(2026, 11, 21))
    saturday["advisors"] = [row_json(LIU, "刘洋", done, synced=None)]
    [advisor] = team_view(KeptDay(TeamDay.model_validate(saturday), NINE)).done
    assert day_off_words(advisor) == words


def gap_of(**day: Any) -> str:
    """What is said of an advisor with that day."""
    answer = team_json(UNIT, MONDAY)
    answer["advisors"] = [row_json(LIU, "刘洋", day, synced="2026-11-23T09:40:00Z")]
    [advisor] = team_view(KeptDay(TeamDay.model_validate(answer), NINE)).advisors
    return gap_words(advisor)


def test_fewer_products_count_as_a_gap_only_where_it_is_certain() -> None:
    # A visit with a reason for fewer products looks the same in a day's figures as one without.
    assert gap_of(**day_json(9, 5, visits_with_three=3)) == "落后 11 通电话 · 2 位未满三款（含已说明）"
    assert gap_of(**day_json(20, 5, visits_with_three=3)) == "有面访未满三款，也没有说明原因"
    assert gap_of(**day_json(20, 5, met=True, visits_with_three=3)) == ""


@pytest.mark.parametrize(
    ("metric", "value"), [("calls_effective", 9), ("declines", 3), ("declines.busy", 1), ("calls_graded.A", 0)]
)
def test_a_metric_is_read_by_the_servers_name_for_it(metric: str, value: int) -> None:
    assert figure_of(AdvisorDay.model_validate(ROWS[3]["day"]), metric) == Decimal(value)


async def test_the_page_says_unit_time_and_totals(app: App) -> None:
    assert "人民路支行" in app.texts()
    assert "截至 17:42 · 4 人中 3 人已同步" in app.texts()
    assert app.at("figure-calls_effective").label == "47 有效电话 / 80 证据 A 4 · C 3 · D 2"
    assert (
        app.at(f"advisor-{LIU}").label
        == "刘洋 · 有效电话 9/20 证据 A 4 · C 3 · D 2 · 面访客户 2/5 · 满三款 2/2 · 落后 11 通电话、3 位面访 · 17:40"
    )
    assert app.at(f"advisor-{SUN}").label == "孙悦 · 未同步 · 上次 11月20日 周五 11:20，手机上还有 4 条"
    assert "成交 2 笔 · 62 万" in app.texts()


async def test_of_too_many_advisors_the_units_are_read(scene: Scene) -> None:
    assert isinstance(scene.bank, TeamBank)
    scene.bank.left_out = 10_000
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        assert app.has("figure-calls_effective")
        assert app.has(f"unit-{CHILD}")
        assert app.has("to-bulletin")
        assert "10000 位客户经理，进入下级机构看每个人" in app.texts()
        assert not app.has(f"advisor-{LIU}")
        assert not app.has("hold-meeting")


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
    await app.tap("sheet-back")
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
    assert "今天 11月23日 周一" in app.texts()
    assert "day" not in asked(scene)[-1], "which day it is the bank knows best"


@pytest.mark.parametrize("days", [-400, -1, 1])
async def test_a_phone_with_a_wrong_clock_shows_the_banks_day(scene: Scene, days: int) -> None:
    await signed_in(scene)
    scene.clock.forward(days=days)
    async with scene.app(route="/team") as app:
        assert "今天 11月23日 周一" in app.texts()
        assert "47 有效电话 / 80 证据 A 4 · C 3 · D 2" in app.said()
        assert app.at("day-after").disabled is True
        await app.tap("day-before")
        assert asked(scene)[-1]["day"] == "2026-11-22"
        await app.tap(f"advisor-{LIU}")
        await app.tap("arrange")
        assert "明天" in app.texts()
        assert app.has("list-day-2026-11-24")
        scene.bank.faults += ["unsent"] * 50
    async with scene.app(route="/team") as again:
        assert "今天 11月23日 周一" in again.texts(), "also without the bank, once it was asked"


async def test_left_open_overnight_today_is_the_banks_new_day(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await signed_in(scene)
    assert isinstance(scene.bank, TeamBank)
    async with scene.app(route="/team") as app:
        scene.bank.as_of = "2026-11-23T16:01:00Z"
        monkeypatch.setattr(screen, "REFRESH_SECONDS", 0.0)
        await leave_and_come_back(app)
        assert "今天 11月24日 周二" in app.texts()


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
        assert "47 有效电话 / 80 证据 A 4 · C 3 · D 2" in again.said()
        assert any("截至 17:42 的数据" in text for text in again.texts())
        await again.tap(f"advisor-{LIU}")
        await again.tap("behind-calls_effective")
        assert "10 条记录" in again.texts()
        await again.tap("day-before")
        assert again.has("error-state")
        scene.bank.faults.clear()
        await again.tap("error-action")
        assert "47 有效电话 / 80 证据 A 4 · C 3 · D 2" in again.said()


async def test_on_a_wide_screen_the_figure_opens_beside_the_list(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team", width=1280, height=800) as app:
        assert app.has("figure-products_bought")
        await app.tap("figure-visits")
        assert app.has("behind-figure")
        assert app.has(f"advisor-{LIU}")
        await app.tap("close-focus")
        assert app.has("figure-products_bought")


async def test_the_chosen_advisor_is_marked_in_the_list(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team", width=1280, height=800) as app:
        await app.tap(f"advisor-{LIU}")
        marked = [row for row in app.all(ft.Semantics, selected=True) if (row.identifier or "").startswith("advisor-")]
        assert [row.identifier for row in marked] == [f"advisor-{LIU}"]


async def test_the_page_asks_again_by_itself_and_keeps_what_is_open(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_in(scene)
    assert isinstance(scene.bank, TeamBank)
    async with scene.app(route="/team", width=1280, height=800) as app:
        await app.tap(f"advisor-{LIU}")
        scene.bank.as_of = "2026-11-23T09:55:00Z"
        monkeypatch.setattr(screen, "REFRESH_SECONDS", 0.02)
        # The running wait is the long one still: coming back to the page begins anew.
        await leave_and_come_back(app)
        assert "截至 17:55 · 4 人中 3 人已同步" in app.texts()
        assert app.has("behind-visits")
        assert not app.all(ft.ProgressRing)
        scene.bank.as_of = "2026-11-23T10:02:00Z"
        await app.until("截至 18:02 · 4 人中 3 人已同步")


async def test_nothing_is_asked_while_nobody_looks(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "REFRESH_SECONDS", 0.0)
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.fire(app.page, "app_lifecycle_state_change", {"state": "hide"})
        await app.settle()
        before = len(asked(scene))
        await app.settle(200)
        assert len(asked(scene)) == before


async def test_a_cut_line_ends_the_asking_and_a_new_one_begins_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "REFRESH_SECONDS", 0.0)
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.fire(app.page, "disconnect")
        await app.settle()
        before = len(asked(scene))
        await app.settle(100)
        assert len(asked(scene)) == before
        await app.fire(app.page, "connect")
        assert len(asked(scene)) > before


async def leave_and_come_back(app: App) -> None:
    """Put the page away and look at it again."""
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "hide"})
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "show"})
    await app.settle()


async def test_a_head_sees_what_proves_a_call_or_a_visit(scene: Scene, app: App) -> None:
    assert isinstance(scene.bank, TeamBank)
    visit = {"kind": "visit", "reason": "card_matched", "data": {"place": "outlet"}}
    record = {"kind": "pbx_record", "data": a_record(OUYANG, NINE).data["data"]}
    scene.bank.activities = [
        activity_json(1) | {"grade": "A", "recorded_talk_seconds": 75},
        activity_json(2) | {"grade": "A"} | visit,
        activity_json(3) | {"grade": "A"} | record,
        activity_json(4),
    ]
    await app.tap(f"advisor-{LIU}")
    await app.tap("behind-calls")
    assert [text for text in app.texts() if text.startswith("证据 ") and len(text) < 20] == [
        "证据 A · 外呼记录核实",
        "证据 A · 刷卡核实",
        "证据 A",
        "证据 C",
    ]
    assert any("外呼记录 · 呼出" in said and "证据 A" in said for said in app.said())


async def test_a_head_sees_what_decided_a_visits_grade_and_what_was_wrong_with_the_card(scene: Scene, app: App) -> None:
    assert isinstance(scene.bank, TeamBank)
    visit = activity_json(1) | {"kind": "visit", "grade": "D", "data": {"place": "outlet"}}
    scene.bank.activities = [visit | {"reason": "away", "outlet_m": 2400, "finding": "other_customer"}]
    await app.tap(f"advisor-{LIU}")
    await app.tap("behind-visits")
    texts = app.texts()
    assert "登记时离网点 2400 米" in texts
    assert "刷的是别的客户的卡" in texts


async def test_each_figure_has_its_evidence_beneath_it_and_says_so(scene: Scene, app: App) -> None:
    assert {"A 4", "C 3", "D 2"} <= set(app.texts())
    assert any("刘洋 · 有效电话 9/20 证据 A 4 · C 3 · D 2" in said for said in app.said())
    assert "47 有效电话 / 80 证据 A 4 · C 3 · D 2" in app.said()
    await app.tap(f"advisor-{LIU}")
    assert "有效电话, 9 / 20, 证据 A 4 · C 3 · D 2" in app.said()
    assert "面访客户, 2 / 5" in app.said()


async def test_grade_a_alone_stays_chosen_in_other_units_and_on_other_days_and_works_without_a_line(
    scene: Scene, app: App
) -> None:
    assert isinstance(scene.bank, TeamBank)
    await app.tap("grades-A")
    assert asked(scene)[-1]["grades"] == "A"
    assert any(text.startswith("只计 A 级证据") for text in app.texts())
    assert "4 有效电话 / 80 证据 A 4" in app.said()
    assert "覆盖按全部证据计，不受筛选影响。" in app.texts()
    await app.tap("figure-calls_effective")
    assert (asked(scene)[-1]["metric"], asked(scene)[-1]["grades"]) == ("calls_effective", "A")
    await app.tap("sheet-close")
    await app.tap(f"unit-{CHILD}")
    await app.tap("day-before")
    assert (asked(scene)[-1]["unit_id"], asked(scene)[-1]["grades"]) == (str(CHILD), "A")
    scene.bank.faults += ["unsent"] * 50
    await app.tap("day-after")
    assert "4 有效电话 / 80 证据 A 4" in app.said()
    await app.tap("grades-all")
    # The child's day was never asked for with all of its evidence.
    assert app.has("error-state")


async def test_an_answer_of_other_grades_is_not_taken_for_the_one_asked_for(scene: Scene, app: App) -> None:
    assert isinstance(scene.bank, TeamBank)
    scene.bank.knows_grades = False  # as a server of before
    await app.tap("grades-A")
    assert app.has("error-state")
    assert "47 有效电话 / 80 证据 A 4 · C 3 · D 2" not in app.said()


async def test_a_head_listens_to_a_call(scene: Scene, app: App) -> None:
    assert isinstance(scene.bank, TeamBank)
    recording, silent = str(UUID(int=501)), str(UUID(int=502))
    scene.bank.activities = [
        activity_json(1) | {"grade": "A", "recording_id": recording, "recording_seconds": 75},
        activity_json(2) | {"grade": "A", "recording_id": str(GONE)},
        activity_json(3) | {"grade": "A", "recording_id": silent},
        activity_json(4) | {"grade": "A", "recording_deleted_on": "2026-11-20"},
        activity_json(5),
    ]
    await app.tap(f"advisor-{LIU}")
    await app.tap("behind-calls")
    assert "听录音 · 1 分 15 秒" in app.texts()
    assert "录音已按规定删除：11月20日 周五" in app.texts()
    assert not any(app.has(f"listen-{UUID(int=number)}") for number in (4, 5))
    await app.tap(f"listen-{UUID(int=1)}")
    assert scene.bank.tickets == [recording]
    assert scene.phone.opened == [f"/api/v1/recordings/listen/{recording}"]
    await app.tap(f"listen-{UUID(int=2)}")
    assert "没有找到，或已不归你管，请返回后再试。" in app.texts()
    scene.phone.opens = False
    await app.tap(f"listen-{UUID(int=3)}")
    assert "这台设备打不开录音，换一台设备再试。" in app.texts()
    assert len(scene.phone.opened) == 1
