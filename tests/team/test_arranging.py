"""A head sets lists: who can be picked, for which days, what is sent, and what an earlier list or a refusal does."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app_client.team.arrange_form import ArrangeForm
from app_client.team.candidates import Candidate, Group, candidates_of, list_days
from shared_models.plans import Plan
from shared_models.policy import Calendar, Policy
from shared_models.team import TeamActivities
from tests.team.team_bank import LIU, ROWS, TeamBank, activity_json, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App

FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)


def call_json(number: int, outcome: str, *, customer: int | None = None, **more: Any) -> dict[str, Any]:
    """A call in that minute to that customer, by default one of the same number."""
    made = activity_json(number)
    customer_id = str(customer_of(customer or number))
    return {**made, "customer_id": customer_id, "data": {**made["data"], "outcome": outcome}, **more}


def customer_of(number: int) -> UUID:
    return UUID(int=100 + number)


def groups_of(*activities: dict[str, Any]) -> list[tuple[str, Group]]:
    found = TeamActivities.model_validate({"activities": activities}).activities
    return [(each.name, each.group) for each in candidates_of(found)]


def test_a_customer_is_offered_once_by_the_last_that_happened() -> None:
    assert groups_of(
        call_json(1, "no_answer"),
        call_json(2, "interested", customer=1, customer_name="客户1"),
        call_json(3, "no_answer"),
        call_json(4, "declined"),
        {**activity_json(5), "kind": "visit", "data": {"place": "outlet"}},
    ) == [
        ("客户3", Group.NO_ANSWER),
        ("客户1", Group.INTERESTED),
        ("客户5", Group.MET),
        ("客户4", Group.DECLINED),
    ]


def test_a_promise_outweighs_a_later_call_that_nobody_answered() -> None:
    promise = {**activity_json(1), "kind": "follow_up", "data": {"due_on": "2026-11-27", "reason": "callback"}}
    assert groups_of(promise, call_json(2, "no_answer", customer=1, customer_name="客户1")) == [
        ("客户1", Group.PROMISED)
    ]


def test_wrong_numbers_strangers_and_what_was_taken_back_are_not_offered() -> None:
    assert (
        groups_of(
            call_json(1, "wrong_number"),
            call_json(2, "no_answer", customer_name=None),
            call_json(3, "no_answer", voided=True),
            call_json(4, "an_outcome_of_a_later_version"),
        )
        == []
    )


def test_lists_are_for_working_days() -> None:
    holiday = Calendar(days_off=frozenset({MONDAY}))
    policy = Policy(effective_from=date(2020, 1, 1), calendar=holiday)
    assert list_days(policy, FRIDAY, count=2) == [FRIDAY, TUESDAY]
    assert list_days(policy, MONDAY, count=1) == [TUESDAY]


def test_the_earlier_note_comes_back_but_never_over_what_was_typed() -> None:
    form = ArrangeForm(TUESDAY)
    plan = Plan(id=UUID(int=1), advisor_id=LIU, day=TUESDAY, note="先打到期的")
    form.take_earlier(plan)
    assert form.note == "先打到期的"
    form.take_earlier(plan.model_copy(update={"note": None}))
    assert form.note == ""
    form.note = "上午打完"
    form.take_earlier(plan)
    assert form.note == "上午打完"


def test_a_ready_sentence_follows_what_is_there_without_a_second_stop() -> None:
    form = ArrangeForm(TUESDAY)
    form.note = "晨会已讲。"
    form.add_to_note("先打久未联系的")
    form.add_to_note("先打久未联系的")
    assert form.note == "晨会已讲；先打久未联系的"


def test_a_group_and_a_customer_are_left_out_by_a_tap() -> None:
    form = ArrangeForm(TUESDAY)
    one, other = (Candidate(customer_of(n), f"客户{n}", LIU, Group.NO_ANSWER) for n in (1, 2))
    refused = Candidate(customer_of(3), "客户3", LIU, Group.DECLINED)
    form.toggle_customer(other.customer_id)
    assert form.chosen([one, other, refused]) == [one]
    form.toggle_group(Group.DECLINED)
    form.toggle_group(Group.NO_ANSWER)
    assert form.chosen([one, other, refused]) == [refused]


# -- the page


@pytest_asyncio.fixture
async def bank(scene: Scene) -> TeamBank:
    assert isinstance(scene.bank, TeamBank)
    scene.bank.activities = [call_json(1, "no_answer"), call_json(2, "interested"), call_json(3, "declined")]
    return scene.bank


@pytest_asyncio.fixture
async def app(scene: Scene, bank: TeamBank) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        yield opened


async def open_list(app: App) -> None:
    await app.tap(f"advisor-{LIU}")
    await app.tap("arrange")
    await app.settle()


async def test_three_taps_set_tomorrows_list(app: App, bank: TeamBank) -> None:
    await open_list(app)
    assert "安排 2 位" in app.texts()
    await app.tap("save-list")
    assert bank.plans == {
        (str(LIU), "2026-11-24"): {"customer_ids": [str(customer_of(n)) for n in (1, 2)], "note": None}
    }
    assert "已安排 刘洋 11月24日 周二的名单" in app.texts()
    # Back at the advisor, on whose page it began.
    assert app.has("behind-visits")


async def test_somebody_is_left_out_and_a_word_goes_with_it(app: App, bank: TeamBank) -> None:
    await open_list(app)
    await app.tap(f"candidate-{customer_of(1)}")
    await app.tap("list-day-2026-11-25")
    await app.tap("say-0")
    await app.tap("save-list")
    assert bank.plans == {(str(LIU), "2026-11-25"): {"customer_ids": [str(customer_of(2))], "note": "先打到期的"}}


@pytest.mark.parametrize(("keeps", "listed"), [(True, [9, 1, 2]), (False, [1, 2])])
async def test_an_earlier_list_stays_in_front_unless_it_is_put_away(
    app: App, bank: TeamBank, keeps: bool, listed: list[int]
) -> None:
    bank.plans[str(LIU), "2026-11-24"] = {"customer_ids": [str(customer_of(9))], "note": "上午打完"}
    await open_list(app)
    assert "已在名单 1" in app.texts()
    if not keeps:
        await app.tap("group-earlier")
    await app.tap("save-list")
    saved = bank.plans[str(LIU), "2026-11-24"]
    assert saved == {"customer_ids": [str(customer_of(n)) for n in listed], "note": "上午打完"}


async def test_everybody_gets_their_own_customers_and_the_same_word(scene: Scene, bank: TeamBank) -> None:
    bank.has_units = False
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.tap("arrange-all")
        await app.settle()
        await app.tap("say-1")
        await app.tap("save-list")
    assert {advisor for advisor, _ in bank.plans} == {row["staff"]["id"] for row in ROWS}
    assert {plan["note"] for plan in bank.plans.values()} == {"先打久未联系的"}
    assert [len(plan["customer_ids"]) for (advisor, _), plan in bank.plans.items() if advisor == str(LIU)] == [2]


async def test_what_the_server_refuses_is_said_and_nothing_typed_is_lost(app: App, bank: TeamBank) -> None:
    await open_list(app)
    await app.type("list-note", "先打到期的")
    bank.faults += ["ok", 400]
    await app.tap("save-list")
    assert any("刘洋的名单没有存上" in text for text in app.texts())
    assert "安排 2 位" in app.texts()
    await app.tap("save-list")
    assert bank.plans[str(LIU), "2026-11-24"]["note"] == "先打到期的"


async def test_a_branch_sets_no_list_for_all_its_outlets_at_once(app: App) -> None:
    assert not app.has("arrange-all")
