"""From a refusal on the phone to what the boards answer to it, in one tap."""

from app_client.session import AppSession
from shared_models.calls import CallOutcome, DeclineReason
from shared_models.sync import Change
from tests.boards.conftest import CASH, MATURING, board_json, card_json
from tests.today.scenes import WANG, Scene, a_call, pull, record


async def refused(session: AppSession, reason: DeclineReason) -> None:
    await record(session, a_call(WANG, CallOutcome.DECLINED, reason=reason))


async def test_after_a_refusal_today_leads_to_its_answers(scene: Scene, session: AppSession) -> None:
    await refused(session, DeclineReason.LOW_RETURN)
    async with scene.app(route="/today") as app:
        assert app.at("answers-to-refusal").label == "“收益太低”，怎么答，先看钱什么时候用"
        await app.tap("answers-to-refusal")
        assert {"“利息太低”", "先看钱什么时候用", "利率以当日公告为准", "1 个答法，来自垫板"} <= set(app.texts())
        await app.tap(f"whole-{MATURING}-choices")
        assert app.page.route == f"/boards/{MATURING}"


async def test_a_refusal_that_no_board_meets_leads_nowhere(scene: Scene, session: AppSession) -> None:
    await refused(session, DeclineReason.DISTRUST)
    async with scene.app(route="/today") as app:
        assert not app.has("answers-to-refusal")


async def test_a_board_for_refusals_by_phone_answers_first(scene: Scene, session: AppSession) -> None:
    says = card_json("low", "先问用处", objections=[{"says": "太低", "answer": "先问用处", "reason": "low_return"}])
    made = board_json(CASH, "再打一次", scene="refused_by_phone", length=600, cards=[says])
    await pull(session, Change.model_validate(made))
    await refused(session, DeclineReason.LOW_RETURN)
    async with scene.app(route="/today") as app:
        assert app.at("answers-to-refusal").label == "“收益太低”，怎么答，先问用处"
