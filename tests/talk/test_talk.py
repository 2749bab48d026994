"""After refusals in a row: the advisor's own rate, only where there is enough to tell, and a case of the week."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from app_client.talk.entry import odds_words
from app_client.talk.queries import Odds, case_of_week, odds_of, refused_in_a_row
from shared_models.calls import CallOutcome, DeclineReason
from tests.playbook.cases_bank import CASE, shared
from tests.today.scenes import WANG, Scene, a_call, pull, record

OUTCOMES = st.lists(st.sampled_from(CallOutcome), max_size=120)
UNANSWERED = {CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER}


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    yield made
    await made.put_away()


@given(OUTCOMES)
def test_calls_that_nobody_answered_change_nothing(outcomes: list[CallOutcome]) -> None:
    talked = [each for each in outcomes if each not in UNANSWERED]
    assert odds_of(outcomes) == odds_of(talked)
    assert refused_in_a_row(outcomes) == refused_in_a_row(talked)


@given(OUTCOMES)
def test_the_rate_is_told_of_enough_alone_and_one_more_refusal_is_one_further(outcomes: list[CallOutcome]) -> None:
    odds = odds_of(outcomes)
    if odds is None:
        return
    assert odds.talks >= 30
    assert 1 <= odds.one_in <= odds.talks / 5 + 1
    further = odds_of([CallOutcome.DECLINED, *outcomes])
    assert further is not None
    assert further.next_number == odds.next_number + 1
    assert refused_in_a_row([CallOutcome.DECLINED, *outcomes]) == refused_in_a_row(outcomes) + 1


def test_one_in_six_and_the_fifth_comes_next() -> None:
    rounds = [CallOutcome.DECLINED] * 5 + [CallOutcome.APPOINTMENT]
    newest_first = [CallOutcome.DECLINED] * 4 + rounds[::-1] * 6
    odds = odds_of(newest_first)
    assert odds == Odds(one_in=7, next_number=5, talks=40)
    assert odds_words(Odds(one_in=6, next_number=5, talks=40)) == "平均 6 个里有 1 个答应，下一个是第 5 个"
    assert odds_words(Odds(one_in=6, next_number=7, talks=40)) == "平均 6 个里有 1 个答应，有时要多等几个"


async def test_today_says_it_after_three_refusals_and_no_longer_after_a_yes(scene: Scene) -> None:
    session = await scene.signed_in()

    async def call(outcome: CallOutcome) -> None:
        scene.clock.forward(minutes=1)
        reason = DeclineReason.BUSY if outcome is CallOutcome.DECLINED else None
        await record(session, a_call(WANG, outcome, reason=reason))

    for _ in range(6):
        for outcome in [CallOutcome.APPOINTMENT, *[CallOutcome.DECLINED] * 5]:
            await call(outcome)
    await call(CallOutcome.APPOINTMENT)
    for _ in range(2):
        await call(CallOutcome.DECLINED)
    async with scene.app(route="/today") as app:
        assert not app.has("own-odds")
        await call(CallOutcome.DECLINED)
        await app.settle()
        assert (
            app.at("own-odds").label
            == "平均 6 个里有 1 个答应，下一个是第 4 个，你自己近 90 天的 40 次通话；只有你看得到"
        )
        await call(CallOutcome.INTERESTED)
        await app.settle()
        assert not app.has("own-odds")


async def test_a_case_is_of_the_week_for_seven_days(scene: Scene) -> None:
    """It was published on the Friday before the clock's Monday."""
    session = await scene.signed_in()
    assert case_of_week(session) is None
    await pull(session, shared())
    scene.clock.forward(days=3)
    case = case_of_week(session)
    assert case is not None
    assert case.id == CASE
    scene.clock.forward(days=1)
    assert case_of_week(session) is None


async def test_few_calls_say_nothing(scene: Scene) -> None:
    session = await scene.signed_in()
    for _ in range(3):
        scene.clock.forward(minutes=1)
        await record(session, a_call(WANG, CallOutcome.DECLINED, reason=DeclineReason.BUSY))
    async with scene.app(route="/today") as app:
        assert not app.has("own-odds")
