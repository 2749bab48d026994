"""What Today is told: the list in order with its reasons, what is left, and who moves down."""

from datetime import timedelta

import pytest

from app_client.plans.queries import morning_key, morning_list
from app_client.session import AppSession
from app_client.sign_in.actions import sign_in
from app_client.store import reads
from app_client.today.queries import (
    TodayView,
    is_first_sync_under_way,
    left_to_do,
    products_per_visit,
    today_view,
)
from shared_models.calls import CallOutcome
from shared_models.fold import AdvisorDay
from shared_models.morning import MorningList
from shared_models.plans import ReasonCode
from tests.store.scenes import MONDAY
from tests.sync.bank import PASSWORD
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
    customer_json,
    figures_of,
    person,
    plan_json,
    record,
)


def view_of(session: AppSession) -> TodayView:
    return today_view(session, morning_list(session, session.today()))


def names(view: TodayView) -> list[str]:
    return [row.customer.name for row in view.next_rows]


async def test_the_list_is_ranked_and_every_row_says_why(scene: Scene) -> None:
    session = await scene.signed_in()
    view = view_of(session)
    assert names(view) == ["欧阳婳", "王建国", "赵堃", "李璟瑄", "陈晓丽"]
    assert [row.reasons[0].code for row in view.next_rows] == [
        ReasonCode.MATURITY,
        ReasonCode.BIRTHDAY,
        ReasonCode.INTEREST,
        ReasonCode.NEVER_CALLED,
        ReasonCode.IDLE_CASH,
    ]
    assert (view.left.calls, view.left.visits) == (20, 5)


async def test_a_promise_for_today_comes_first(scene: Scene) -> None:
    session = await scene.signed_in()
    friday = session.now() - timedelta(days=3)
    await record(session, a_promise(CHEN, MONDAY, note="下午三点", occurred_at=friday))
    first = view_of(session).next_rows[0]
    assert first.customer.name == "陈晓丽"
    assert first.reasons[0].code is ReasonCode.PROMISED
    assert first.reasons[0].text == "下午三点"


async def test_a_called_customer_moves_down_at_once_and_the_list_keeps_its_length(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(OUYANG))
    view = view_of(session)
    assert "欧阳婳" not in names(view)
    assert [row.name for row in view.called] == ["欧阳婳"]
    assert (view.list_length, view.list_called) == (5, 1)
    assert view.left.calls == 19


async def test_who_did_not_answer_goes_to_the_end_of_the_list(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(OUYANG, CallOutcome.NO_ANSWER, seconds=0))
    view = view_of(session)
    assert names(view)[-1] == "欧阳婳"
    assert view.next_rows[-1].unanswered == 1
    assert view.called == ()
    await record(session, a_call(OUYANG))
    assert [row.name for row in view_of(session).called] == ["欧阳婳"]


async def test_a_call_back_promised_for_this_afternoon_is_on_the_list_again(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(ZHAO, CallOutcome.FOLLOW_UP), a_promise(ZHAO, MONDAY))
    view = view_of(session)
    assert names(view)[0] == "赵堃"
    assert view.next_rows[0].reasons[0].code is ReasonCode.PROMISED


async def test_a_voided_call_leaves_no_trace(scene: Scene) -> None:
    session = await scene.signed_in()
    from app_client.calls.actions import void_activities

    written = await record(session, a_call(OUYANG))
    await void_activities(session, [activity.id for activity in written])
    view = view_of(session)
    assert names(view)[0] == "欧阳婳"
    assert view.called == ()
    assert view.left.calls == 20


async def test_the_heads_plan_sets_the_order_and_what_is_due_comes_before_it(scene: Scene) -> None:
    scene.bank.snapshot.append(plan_json([CHEN, LI], note="先打到期客户"))
    session = await scene.signed_in()
    friday = session.now() - timedelta(days=3)
    await record(session, a_promise(WANG, MONDAY, occurred_at=friday))
    view = view_of(session)
    assert names(view)[:3] == ["王建国", "陈晓丽", "李璟瑄"]
    assert view.list_is_set
    assert view.head_note == "先打到期客户"
    assert view.list_length == 3


async def test_a_customer_of_the_plan_who_left_the_book_is_passed_over(scene: Scene) -> None:
    scene.bank.snapshot.append(plan_json([CHEN, 99]))
    session = await scene.signed_in()
    assert morning_list(session, MONDAY).listed[0].customer_id == person(CHEN)
    assert len(morning_list(session, MONDAY).listed) == 1


async def test_the_list_grows_until_it_can_reach_the_target(tmp_path) -> None:
    book = [customer_json(n, f"客户{n}", last_contact_on=None) for n in range(10, 50)]
    scene = Scene(tmp_path, book=book)
    session = await scene.signed_in()
    view = view_of(session)
    assert (view.list_length, len(view.next_rows)) == (20, 20)
    # Ten of the list answered too shortly to count: still twenty to go, so ten more step in.
    await record(session, *(a_call(row.customer.id.int - person(0).int, seconds=5) for row in view.next_rows[:10]))
    assert len(view_of(session).next_rows) == 20
    await scene.put_away()


async def test_the_morning_does_not_move_with_what_is_done_today(scene: Scene) -> None:
    session = await scene.signed_in()
    key: object = morning_key(session, MONDAY)
    morning: MorningList = morning_list(session, MONDAY)
    await record(session, a_call(OUYANG), a_promise(OUYANG, MONDAY + timedelta(days=1)))
    assert morning_key(session, MONDAY) == key
    assert morning_list(session, MONDAY) == morning


async def test_a_day_off_has_no_targets(scene: Scene) -> None:
    session = await scene.signed_in()
    scene.clock.forward(days=5)
    view = view_of(session)
    assert view.is_day_off
    assert view.left.nothing


async def test_ring_three_is_never_full_while_a_visit_is_short(scene: Scene) -> None:
    session = await scene.signed_in()
    first, second = await record(session, a_visit(OUYANG), a_visit(WANG))
    await record(session, a_proposal(OUYANG, first, 5), a_proposal(WANG, second, 1))
    view = view_of(session)
    assert view.figures.products_presented == 6
    assert products_per_visit(view.figures) == 2
    assert view.left.visits_short == 1


@pytest.mark.parametrize(
    ("figures", "nothing"),
    [(figures_of(20, 5), True), (figures_of(19, 5), False), (figures_of(20, 4), False), (figures_of(25, 9), True)],
)
def test_nothing_is_left_once_both_targets_are_reached(figures: AdvisorDay, nothing: bool) -> None:
    assert left_to_do(figures, visits_short=0).nothing is nothing


async def test_the_list_waits_until_the_book_is_whole(scene: Scene) -> None:
    scene.bank.page = 2
    session = await sign_in(scene.platform, "advisor1", PASSWORD)
    assert is_first_sync_under_way(session)
    await session.sync.step_once()
    assert session.store.read(lambda tx: reads.customers_on(tx, MONDAY))
    assert is_first_sync_under_way(session)
    await session.sync.sync_now()
    assert not is_first_sync_under_way(session)
    await session.close()


async def test_half_a_book_is_shown_when_the_server_has_gone(scene: Scene) -> None:
    scene.bank.page = 2
    session = await sign_in(scene.platform, "advisor1", PASSWORD)
    await session.sync.step_once()
    scene.bank.faults = ["lost"]
    await session.sync.step_once()
    assert not is_first_sync_under_way(session)
    await session.close()
