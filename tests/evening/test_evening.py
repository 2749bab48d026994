"""The evening: the day's own figures, refusals, promises, and another day by a tap."""

from datetime import date, timedelta

from app_client.evening.queries import evening_view
from app_client.session import AppSession
from shared_models.calls import CallOutcome, DeclineReason
from shared_models.evidence import Grade
from tests.store.scenes import MONDAY
from tests.today.scenes import (
    CHEN,
    LI,
    OUYANG,
    WANG,
    ZHAO,
    Scene,
    a_call,
    a_promise,
    a_proposal,
    a_visit,
    record,
)

TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 20)


async def a_full_day(session: AppSession) -> None:
    friday = session.now() - timedelta(days=3)
    await record(session, a_call(CHEN, occurred_at=friday), a_promise(CHEN, TUESDAY, occurred_at=friday))
    [visit] = await record(session, a_visit(ZHAO))
    await record(
        session,
        a_proposal(ZHAO, visit, 3),
        a_call(OUYANG, CallOutcome.FOLLOW_UP),
        a_promise(OUYANG, TUESDAY, note="带上方案"),
        a_call(WANG, CallOutcome.DECLINED, reason=DeclineReason.LOW_RETURN),
        a_call(LI, CallOutcome.DECLINED, reason=DeclineReason.LOW_RETURN),
        a_call(LI, CallOutcome.DECLINED, reason=DeclineReason.BUSY),
        a_promise(LI, date(2026, 11, 27)),
    )


async def test_the_day_is_the_fold_with_what_is_left(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    view = evening_view(session, MONDAY)
    assert (view.figures.calls_effective_managed, view.figures.calls_effective_prospect) == (2, 1)
    assert (view.left.calls, view.left.visits, view.left.visits_short) == (17, 4, 0)
    assert view.declines == (("low_return", 2), ("busy", 1))


async def test_promises_are_grouped_by_their_day(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    view = evening_view(session, MONDAY)
    assert [(day, [each.name for each in promised]) for day, promised in view.promised] == [
        (TUESDAY, ["陈晓丽", "欧阳婳"]),
        (date(2026, 11, 27), ["李璟瑄"]),
    ]


async def test_an_earlier_day_knows_nothing_of_what_came_after(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    view = evening_view(session, FRIDAY)
    assert view.figures.calls_effective == 1
    assert [[each.name for each in promised] for _, promised in view.promised] == [["陈晓丽"]]
    assert view.declines == ()


async def test_the_evening_on_the_screen(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    async with scene.app(route="/evening") as app:
        texts = app.texts()
        assert "还差 17 通电话、4 位面访" in texts
        assert "今天 · 11月23日 周一" in texts
        assert {"收益太低", "在忙", "带上方案", "明天 · 11月24日 周二"} <= set(texts)
        assert "收益太低 2 次" in app.said()


async def test_another_day_is_a_tap_away_and_today_is_the_last(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    async with scene.app(route="/evening") as app:
        for _ in range(3):
            await app.tap("day-before")
        assert "11月20日 周五" in app.texts()
        assert "差 19 通电话、5 位面访" in app.texts()
        for _ in range(3):
            await app.tap("day-after")
        assert "今天 · 11月23日 周一" in app.texts()
        assert app.at("day-after").disabled


async def test_nothing_promised_and_nothing_refused_are_said(scene: Scene) -> None:
    await scene.signed_in()
    async with scene.app(route="/evening") as app:
        assert "这一天没有客户拒绝" in app.texts()
        assert "还没有约好的客户" in app.texts()


async def test_a_visit_with_a_reason_for_fewer_products_is_not_short(scene: Scene) -> None:
    session = await scene.signed_in()
    explained, silent = await record(session, a_visit(ZHAO), a_visit(WANG))
    await record(session, a_proposal(ZHAO, explained, 2, because="customer_left"), a_proposal(WANG, silent, 2))
    assert evening_view(session, MONDAY).left.visits_short == 1


async def test_of_grade_a_alone_the_evening_counts_what_is_proved(scene: Scene) -> None:
    session = await scene.signed_in()
    await a_full_day(session)
    view = evening_view(session, MONDAY, (Grade.A,))
    assert (view.figures.calls, view.figures.visits, view.figures.products_presented) == (0, 0, 0)
    assert (view.left.calls, view.left.visits, view.left.visits_short) == (20, 5, 0)
    assert not view.declines
    async with scene.app(route="/evening") as app:
        assert "有效 3 差 17 证据 C 3" in app.said()
        await app.tap("grades-A")
        assert "有效 0 差 20" in app.said()
        assert any(text.startswith("只计 A 级证据") for text in app.texts())
        await app.tap("grades-all")
        assert "有效 3 差 17 证据 C 3" in app.said()
