"""The bulletin as a head reads it: ranked, what each heading means, what is behind each figure, and the last answer without a network."""

from collections.abc import AsyncIterator
from pathlib import Path

import flet as ft
import pytest_asyncio

from app_client.session_context import app_state, go
from app_client.team.behind import Focus
from app_client.team.screen import TeamPlace
from tests.bulletins.bulletin_bank import OTHER, BulletinBank
from tests.sync.bank import UNIT
from tests.team.team_bank import CHILD, LIU, signed_in
from tests.today.scenes import Scene, scene_at
from tests.ui.harness import App


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_at(tmp_path, BulletinBank) as made:
        yield made


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        await opened.tap("to-bulletin")
        yield opened


def bank_of(scene: Scene) -> BulletinBank:
    assert isinstance(scene.bank, BulletinBank)
    return scene.bank


def names(app: App) -> list[str]:
    """The rows in their order."""
    rows = [each.identifier or "" for each in app.all(ft.Semantics) if (each.identifier or "").startswith("row-")]
    known = {f"row-{CHILD}": "二道网点", f"row-{OTHER}": "河东网点", f"row-{LIU}": "刘洋", "row-total": "合计"}
    return [known[each] for each in rows]


async def test_rows_are_ranked_and_the_ranking_column_stands_first(app: App) -> None:
    assert names(app) == ["合计", "河东网点", "二道网点", "刘洋"]
    assert app.at(f"row-{OTHER}").label == "第 1 名 河东网点"
    assert app.at(f"cell-{CHILD}-score").label == "二道网点 考核得分 60.5 比上期 –7.5"
    assert app.at(f"cell-{OTHER}-score").label == "河东网点 考核得分 65.0 上期没有可比的数"
    await app.tap("bulletin-order-grouped")
    assert names(app) == ["合计", "二道网点", "河东网点", "刘洋"]


async def test_a_heading_tells_its_one_meaning_and_ranks(app: App) -> None:
    await app.tap("heading-coverage")
    assert "期末当日的管户中，在当日要求规定的天数内有过有效电话的比例" in app.texts()
    await app.tap("rank-by-this")
    assert names(app) == ["合计", "二道网点", "刘洋", "河东网点"]
    assert "按覆盖率排名" in app.texts()
    assert app.at(f"cell-{CHILD}-coverage").label == "二道网点 覆盖率 61.0% 比上期 持平"


async def test_periods_step_to_whole_weeks_and_never_past_today(app: App, scene: Scene) -> None:
    assert app.at("period-after").disabled is True
    await app.tap("period-before")
    # The working day before a Monday.
    assert bank_of(scene).told[-1]["day"] == "2026-11-20"
    await app.tap("bulletin-by-week")
    assert bank_of(scene).told[-1] == {"unit_id": str(UNIT), "period": "week", "lang": "zh", "day": "2026-11-20"}
    await app.tap("period-after")
    assert "第 48 周" in app.texts()
    assert "day" not in bank_of(scene).told[-1], "which day it is the bank knows best"


async def test_the_score_shows_its_formula(app: App) -> None:
    await app.tap(f"cell-{CHILD}-score")
    assert app.at("formula").label == "100 × (50 × 有效电话 12/20 + 50 × 覆盖 61/100) ÷ (50 + 50) = 60.5"


async def test_a_units_figure_leads_to_its_own_bulletin_and_back(app: App, scene: Scene) -> None:
    await app.tap(f"cell-{CHILD}-calls_effective")
    await app.tap("enter-row")
    assert bank_of(scene).told[-1]["unit_id"] == str(CHILD)
    assert "二道网点通报" in app.texts()
    assert names(app) == ["合计", "刘洋"]
    await app.tap("crumb-0")
    assert "人民路支行通报" in app.texts()


async def test_an_advisors_figure_leads_to_the_calls_of_a_day_and_the_bulletin_is_as_it_was(
    app: App, scene: Scene
) -> None:
    await app.tap("bulletin-by-week")
    await app.tap(f"row-{LIU}")
    await app.tap("all-calls_effective")
    await app.tap("behind-2026-11-23")
    await app.until("10 条记录")
    asked = bank_of(scene).asked[-1]
    assert (asked["advisor_id"], asked["metric"], asked["day"]) == (str(LIU), "calls_effective", "2026-11-23")
    assert [each.open for each in app.all(ft.BottomSheet)] == [False, True], "the bulletin's own goes with its screen"
    await app.tap("to-bulletin")
    assert "第 48 周" in app.texts()


async def test_the_teams_sheet_waits_until_the_bulletin_above_it_has_gone(app: App) -> None:
    """A page that leaves closes its own sheet, and with it whatever else has opened meanwhile."""
    beneath = app_state().unfinished["team"]
    assert isinstance(beneath, TeamPlace)
    beneath.look_into(Focus(advisor_id=LIU, metric="calls_effective"))
    await app.settle()
    assert app.all(ft.BottomSheet, open=True) == []
    go("/team")
    await app.settle()
    assert len(app.all(ft.BottomSheet, open=True)) == 1


async def test_a_period_without_records_says_so_and_others_are_a_tap_away(app: App, scene: Scene) -> None:
    bank_of(scene).nothing.add("2026-11-20")
    await app.tap("period-before")
    assert "这一天没有记录" in app.texts()
    assert not app.has("row-total")
    await app.tap("trend-2026-11-19")
    assert app.has("row-total")


async def test_without_a_network_the_last_answer_stays_with_a_word_and_an_unknown_one_is_owned_up(
    app: App, scene: Scene
) -> None:
    bank_of(scene).faults[:] = ["unsent"] * 9
    await app.tap("bulletin-by-week")
    assert app.has("error-state")
    await app.tap("bulletin-by-day")
    assert names(app) == ["合计", "河东网点", "二道网点", "刘洋"]
    assert "再试一次" in app.texts()


async def test_a_file_is_asked_for_as_it_is_ranked_and_saved_or_not(app: App, scene: Scene) -> None:
    await app.tap("save-xlsx")
    assert bank_of(scene).told[-1] == {"unit_id": str(UNIT), "period": "day", "lang": "zh", "rank": "score"}
    assert "已保存 day2053-2026-11-23.xlsx" in app.texts()
    bank_of(scene).faults[:] = ["unsent"]
    await app.tap("save-xlsx")
    assert not [each for each in app.texts() if each.startswith("已保存")]
