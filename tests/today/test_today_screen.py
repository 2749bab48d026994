"""Today as a person sees it."""

from uuid import UUID

import flet as ft

from app_client.calls.actions import void_activities
from shared_models.calls import CallOutcome
from tests.store.scenes import MONDAY
from tests.today.scenes import (
    OUYANG,
    WANG,
    Scene,
    a_call,
    a_proposal,
    a_visit,
    customer_json,
    person,
    plan_json,
    record,
)


async def test_today_says_where_you_stand_and_whom_to_call(scene: Scene) -> None:
    await scene.signed_in()
    async with scene.app() as app:
        texts = app.texts()
        assert "今日" in texts
        assert "11月23日 周一 · 还差 20 通电话、5 位面访" in texts
        assert any("明天到期 50 万" in text for text in texts)
        assert {"钻石", "潜力", "黄金", "白金"} <= set(texts)
        assert "名单 5 · 已拨 0" in texts
        assert app.has(f"call-next-{person(OUYANG)}")


async def test_a_list_too_short_for_the_target_leads_to_more_customers(scene: Scene) -> None:
    await scene.signed_in()
    async with scene.app() as app:
        assert app.at("pick-more").label == "名单还差 15 位，从客户里挑"
        await app.tap("pick-more")
        assert app.page.route == "/customers"


async def test_a_logged_call_moves_its_row_down_without_a_reload(scene: Scene) -> None:
    session = await scene.signed_in()
    async with scene.app() as app:
        written = await record(session, a_call(OUYANG, CallOutcome.INTERESTED))
        await app.settle()
        assert app.has(f"called-{person(OUYANG)}")
        assert not app.has(f"next-{person(OUYANG)}")
        assert "09:00 · 1 分 35 秒 · 有意向" in app.texts()
        await void_activities(session, [activity.id for activity in written])
        await app.settle()
        assert app.has(f"next-{person(OUYANG)}")


async def test_a_call_that_does_not_count_says_so(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(OUYANG, seconds=12))
    async with scene.app() as app:
        assert "09:00 · 12 秒 · 有意向 · 不计有效" in app.texts()


async def test_the_heads_note_is_shown(scene: Scene) -> None:
    scene.bank.snapshot.append(plan_json([WANG], note="先打生日客户"))
    await scene.signed_in()
    async with scene.app() as app:
        assert "负责人：先打生日客户" in app.texts()
        assert "负责人名单 1 · 已拨 0" in app.texts()
        # One of five rows is the head's; the others are there to reach the target.
        assert app.texts().count("点名") == 1


async def test_a_day_off_is_a_screen_of_its_own(scene: Scene) -> None:
    await scene.signed_in()
    scene.clock.forward(days=5)
    async with scene.app() as app:
        assert "11月28日 周六 · 今天休息，没有指标" in app.texts()
        assert not app.has("ring-calls")
        assert "想联系谁，照常拨打、照常计入" in app.texts()


async def test_on_leave_nothing_is_asked_and_the_list_stays(scene: Scene) -> None:
    days = {"first_day": MONDAY.isoformat(), "last_day": MONDAY.isoformat()}
    scene.bank.snapshot.append({"entity": "leave", "id": str(UUID(int=7)), "deleted": False, "data": days})
    await scene.signed_in()
    async with scene.app() as app:
        assert "11月23日 周一 · 今天休假，没有指标" in app.texts()
        assert not app.has("ring-calls")
        assert any(each.startswith("欧阳婳") for each in app.texts())
    async with scene.app(route="/evening") as app:
        assert "今天休假，没有指标" in app.texts()
        assert not app.has("evening-calls")


async def test_a_day_off_asks_for_no_products(scene: Scene) -> None:
    session = await scene.signed_in()
    scene.clock.forward(days=5)
    await record(session, a_call(WANG), a_visit(OUYANG))
    async with scene.app() as app:
        assert "今天已有 1 通有效电话、1 位面访" in app.texts()
        assert not any(text.startswith("未满") for text in app.texts())


async def test_fewer_products_with_a_reason_are_not_missing(scene: Scene) -> None:
    session = await scene.signed_in()
    explained, silent = await record(session, a_visit(OUYANG), a_visit(WANG))
    await record(session, a_proposal(OUYANG, explained, 1, because="no_time"), a_proposal(WANG, silent, 1))
    async with scene.app() as app:
        assert "未满 3 款的面访 1 位" in app.texts()


async def test_the_pill_tells_what_waits_and_since_when(scene: Scene) -> None:
    session = await scene.signed_in()
    async with scene.app() as app:
        assert "已同步 09:00" in app.said()
        scene.bank.faults = ["unsent"] * 9
        await record(session, a_call(OUYANG))
        await session.sync.sync_now()
        await app.settle()
        assert "离线 · 1 条已存本机" in app.said()


async def test_a_wide_screen_has_a_rail_and_the_figures_beside_the_list(scene: Scene) -> None:
    await scene.signed_in()
    async with scene.app(width=1280, height=800) as app:
        assert app.all(ft.NavigationRail)
        assert app.has("ring-calls")
        assert app.has(f"next-{person(OUYANG)}")


async def test_with_an_empty_book_it_says_what_to_do(tmp_path) -> None:
    scene = Scene(tmp_path, book=[])
    await scene.signed_in()
    async with scene.app() as app:
        assert "名下还没有客户" in app.texts()
    await scene.put_away()


async def test_a_day_done_is_said_and_more_calls_are_an_offer(tmp_path) -> None:
    scene = Scene(tmp_path, book=[customer_json(n, f"客户{n}") for n in range(1, 26)])
    session = await scene.signed_in()
    visits = await record(session, *(a_visit(n) for n in range(1, 6)))
    await record(
        session,
        *(a_call(n) for n in range(1, 21)),
        *(a_proposal(n, visit, 3) for n, visit in enumerate(visits, start=1)),
    )
    async with scene.app() as app:
        texts = app.texts()
        assert "11月23日 周一 · 今天全部完成" in texts
        assert "今天全部完成，辛苦了" in texts
        assert "有效电话 20，目标 20，已完成 证据 C 20" in app.said()
        assert not app.has("pick-more")
    await scene.put_away()
