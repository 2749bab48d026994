"""Hints on the advisor's own evening: said kindly, answered with a sentence, and again, without a network."""

from datetime import timedelta

from app_client.evening.queries import evening_view
from app_client.hints.queries import hints_on
from app_client.session import AppSession
from app_client.store import ledger
from shared_models.activity import ActivityKind
from shared_models.calls import CallOutcome
from tests.store.scenes import MONDAY
from tests.today.scenes import CHEN, LI, WANG, Scene, a_call, clients_closed, record


async def two_places(scene: Scene) -> AppSession:
    """Two calls at once, and one that is said to have been two hours earlier."""
    session = await scene.signed_in()
    await record(session, a_call(CHEN, seconds=600))
    scene.clock.forward(minutes=2)
    await record(session, a_call(WANG, seconds=600))
    scene.clock.forward(hours=4)
    await record(session, a_call(LI, CallOutcome.NO_ANSWER, seconds=0, occurred_at=session.now() - timedelta(hours=2)))
    return session


async def test_a_plain_day_has_no_card(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(CHEN))
    async with scene.app(route="/evening") as app:
        assert not app.has("hints")


async def test_each_hint_is_said_once_and_answered_with_a_sentence(scene: Scene) -> None:
    session = await two_places(scene)
    figures = evening_view(session, MONDAY).figures
    scene.bank.faults += ["unsent"] * 50
    async with scene.app(route="/evening") as app:
        assert "有 2 处可以说明一下" in app.texts()
        await app.tap("hints")
        overlap, late = hints_on(session, MONDAY).hints
        assert (
            f"可能时间有重叠, {overlap.about[0].at:%H:%M} 陈晓丽、{overlap.about[1].at:%H:%M} 王建国\n"
            "和另一条记录同时进行了 8 分（超过 1 分 时提示）\n点一下，写一句说明"
        ) == app.at(f"hint-overlap-{overlap.hint.group}").label
        await app.tap(f"hint-overlap-{overlap.hint.group}")
        await app.tap("save-hint-answer")
        assert "写一句就好" in app.texts()
        await app.type("hint-answer", "  上午开会，会后一起登记 ")
        await app.tap("save-hint-answer")
        # The other one still waits for a word.
        assert "2 处提示，1 处已说明" in app.texts()
        assert "你的说明：上午开会，会后一起登记" in (app.at(f"hint-overlap-{overlap.hint.group}").label or "")
        await app.tap(f"hint-backdated-{late.hint.group}")
        await app.type("hint-answer", "在客户那边")
        await app.tap("save-hint-answer")
        assert "2 处都已说明" in app.texts()
    assert evening_view(session, MONDAY).figures == figures
    waiting = session.store.read(lambda tx: ledger.waiting_batch(tx, 10))
    assert [each["data"]["text"] for each in waiting if each["kind"] == ActivityKind.HINT_ANSWER] == [
        "上午开会，会后一起登记",
        "在客户那边",
    ]


async def test_an_answer_can_be_given_again(scene: Scene) -> None:
    session = await two_places(scene)
    async with scene.app(route="/evening") as app:
        for text in ("先这么说", "再这么说"):
            await app.tap("hints")
            group = hints_on(session, MONDAY).hints[0].hint.group
            await app.tap(f"hint-overlap-{group}")
            await app.type("hint-answer", text)
            await app.tap("save-hint-answer")
            await app.tap("sheet-close")
            await clients_closed(app)
        [overlap, _] = hints_on(session, MONDAY).hints
        assert overlap.hint.answer is not None
        assert overlap.hint.answer.text == "再这么说"
