"""The shelf of boards, the cards that face a customer, the advisor's side, and what is recorded of a showing."""

import flet as ft
import pytest

from app_client.boards.queries import board_shelf
from app_client.i18n import Language
from app_client.me.actions import choose_language
from app_client.session import AppSession
from app_client.session_context import state_of
from app_client.store import ledger, reads
from shared_models.activity import Activity
from shared_models.boards import BoardShown
from shared_models.sync import Change
from tests.boards.conftest import CASH, MATURING, board_json
from tests.proposals.test_proposals import visit_of
from tests.store.scenes import MONDAY
from tests.today.scenes import OUYANG, Scene, person, pull
from tests.ui.harness import App


def shown(session: AppSession) -> list[Activity]:
    """What is in the ledger of boards, without what was taken back."""
    day = session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
    return [each for each in day if isinstance(each.data, BoardShown)]


def faces(app: App) -> list[str]:
    """All that faces the customer, beneath it the shelf: words, and Markdown as written."""
    return [*app.texts(), *(each.value for each in app.all(ft.Markdown))]


async def swipe(app: App, index: int) -> None:
    await app.fire(app.one(ft.PageView), "change", index)


async def test_the_shelf_is_by_category_and_says_what_is_new(scene: Scene, session: AppSession) -> None:
    async with scene.app(route="/boards") as app:
        texts = app.texts()
        assert texts.index("存款") < texts.index("存款到期怎么放") < texts.index("理财") < texts.index("三分钟看闲钱")
        assert "存款到期 · 3 分钟\n换了利率图" in texts
        await app.tap("scene-busy_hall")
        assert "存款到期怎么放" not in app.texts()
        await app.tap("scene-")
        await app.tap("length-180")
        assert "三分钟看闲钱" not in app.texts()
        await app.tap("scene-busy_hall")
        assert "没有这样的垫板" in app.texts()


async def test_a_board_is_new_until_it_is_opened_and_again_in_its_next_version(
    scene: Scene, session: AppSession
) -> None:
    async with scene.app(route=f"/boards/{MATURING}") as app:
        assert "到期后三条路" in app.texts()
    assert {each.board.id: each.is_new for each in board_shelf(session)} == {MATURING: False, CASH: True}
    await pull(session, Change.model_validate(board_json(MATURING, "存款到期怎么放", version=2)))
    assert {each.board.id: each.is_new for each in board_shelf(session)} == {MATURING: True, CASH: True}


async def test_what_is_withdrawn_is_gone(scene: Scene, session: AppSession) -> None:
    await pull(session, Change.model_validate(board_json(MATURING, "", deleted=True)))
    async with scene.app(route=f"/boards/{MATURING}") as app:
        assert "这块垫板已撤下" in app.texts()
        await app.tap(next(each.content for each in app.all(ft.Semantics, label="返回垫板") if each.content))
        assert app.page.route == "/boards"


async def test_a_card_is_alone_on_the_screen(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{MATURING}") as app:
        view = app.one(ft.View, route=f"/boards/{MATURING}")
        assert view.navigation_bar is None
        assert view.appbar is None
        words = faces(app)
        assert {"到期后三条路", "利率以当日公告为准", "来源：示例数据", "1.25%"} <= set(words)
        assert "**先留够**半年要用的钱" in words
        assert not any("说说" in each or "先看钱" in each for each in words)
        assert "活期 0.05%，三年 1.25%，来源：示例数据" in app.said()


async def test_the_advisors_side_is_one_tap_away_and_closes_when_the_card_turns(
    scene: Scene, session: AppSession
) -> None:
    async with scene.app(route=f"/boards/{MATURING}") as app:
        await app.tap("turn-over")
        assert {"说说到期后三条路", "“利息太低”", "先看钱什么时候用"} <= set(app.texts())
        assert not app.all(ft.PageView)
        await app.tap("card-after")
        assert "第 2 张，共 3 张" in app.said()
        assert "说说您的钱" not in app.texts()


async def test_keys_turn_the_cards(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{MATURING}") as app:
        for key, said in (
            ("Arrow Right", "第 2 张，共 3 张"),
            ("Arrow Left", "第 1 张，共 3 张"),
            ("Arrow Left", "第 1 张，共 3 张"),
        ):
            pressed = {"key": key, "shift": False, "ctrl": False, "alt": False, "meta": False}
            await app.fire(app.page, "keyboard_event", pressed)
            assert said in app.said()


async def test_one_showing_at_a_visit_is_one_activity_with_each_cards_seconds(
    scene: Scene, session: AppSession
) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap("show-board")
        await app.tap(f"board-{MATURING}")
        scene.clock.forward(seconds=20)
        await swipe(app, 1)
        scene.clock.forward(seconds=40)
        await app.tap("turn-over")
        scene.clock.forward(seconds=300)
        await app.tap("turn-over")
        scene.clock.forward(seconds=5)
        await app.tap("end-showing")
        scene.clock.forward(seconds=9)
        await app.tap("reaction-wants_more")
        assert app.page.route == f"/visits/{visit_id}/boards"
    (activity,) = shown(session)
    assert isinstance(activity.data, BoardShown)
    assert activity.customer_id == person(OUYANG)
    assert activity.data.visit_id == visit_id
    assert activity.data.reaction == "wants_more"
    assert [(card.key, card.seconds) for card in activity.data.cards] == [("choices", 20), ("yours", 45)]
    assert activity.data.seconds == 65


async def test_time_away_from_the_screen_counts_for_no_card(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        scene.clock.forward(seconds=10)
        state_of(app.page).presence.is_seen = False
        await app.settle()
        scene.clock.forward(seconds=500)
        state_of(app.page).presence.come_back()
        await app.settle()
        scene.clock.forward(seconds=7)
        await app.tap("end-showing")
        await app.tap("reaction-unsure")
    (activity,) = shown(session)
    assert isinstance(activity.data, BoardShown)
    assert (activity.data.seconds, activity.data.visit_id, activity.customer_id) == (17, None, None)


async def test_going_on_after_the_question_records_nothing_yet(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        await app.tap("end-showing")
        await app.fire(app.one(ft.BottomSheet, open=True), "dismiss")
        assert not app.has("reaction-unsure")
        assert shown(session) == []


async def test_what_only_the_advisor_looked_at_is_not_recorded(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        await swipe(app, 1)
        await app.tap("end-showing")
        await app.tap("reaction-nobody")
        assert app.page.route == "/boards"
    async with scene.app(route="/today"):
        assert shown(session) == []


@pytest.mark.parametrize("is_lost", [True, False])
async def test_what_was_shown_outlives_a_lost_app_and_a_way_out_without_a_word(
    scene: Scene, session: AppSession, is_lost: bool
) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        scene.clock.forward(seconds=30)
        await swipe(app, 1)
        scene.clock.forward(seconds=2)
        if not is_lost:
            app.page.navigate("/today")
            await app.settle()
    async with scene.app(route="/today"):
        (activity,) = shown(session)
    assert isinstance(activity.data, BoardShown)
    assert [(card.key, card.seconds) for card in activity.data.cards] == [
        ("first", 30),
        ("second", 0 if is_lost else 2),
    ]
    assert activity.data.reaction is None


async def test_a_board_that_was_opened_and_left_at_once_was_not_shown(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        app.page.navigate("/today")
        await app.settle()
        assert shown(session) == []


async def test_a_showing_that_another_page_took_for_lost_counts_once(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/boards/{CASH}") as app:
        scene.clock.forward(seconds=30)
        await swipe(app, 1)
        async with scene.app(route="/today"):
            pass
        await app.tap("end-showing")
        await app.tap("reaction-not_now")
    assert session.store.read(lambda tx: reads.day_figures(tx, MONDAY)).boards_shown == 1
    assert {each.data.reaction for each in shown(session) if isinstance(each.data, BoardShown)} == {None, "not_now"}


async def test_own_numbers_face_the_customer_of_a_visit_and_nobody_else(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/boards/{MATURING}") as app:
        assert (app.at("own-numbers").label or "").startswith("您的资产配置，现在：")
    async with scene.app(route=f"/boards/{MATURING}") as app:
        assert not app.has("own-numbers")


async def test_in_english_where_it_is_written_in_english(scene: Scene, session: AppSession) -> None:
    await choose_language(session, Language.EN)
    async with scene.app(route=f"/boards/{CASH}") as app:
        assert "Card one" in app.texts()
    async with scene.app(route=f"/boards/{MATURING}") as app:
        assert "到期后三条路" in app.texts()
