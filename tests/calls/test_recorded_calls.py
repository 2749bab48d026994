"""Calls that the bank's exchange recorded, as the phone shows them: one tap says how each went."""

from collections.abc import AsyncIterator
from datetime import timedelta

import flet as ft
import pytest
import pytest_asyncio

from app_client.calls.queries import LoggedCall, RecordedCall, unlogged_calls
from app_client.customers.queries import can_be_taken_back, customer_view
from app_client.plans.queries import morning_list
from app_client.session import AppSession
from app_client.store import ledger
from app_client.store.rules import policies
from app_client.today.queries import today_view
from shared_models.activity import Activity
from shared_models.calls import Call, CallChannel, CallOutcome, DeclineReason
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay
from shared_models.follow_ups import FollowUp
from shared_models.sync import Change
from shared_models.telephony import pbx_activity_id
from tests.store.scenes import MONDAY, NINE
from tests.today.scenes import LI, OUYANG, WANG, Scene, a_call, a_record, customer_json, person, pull, record
from tests.ui.harness import App

TEN_TO_NINE = NINE - timedelta(minutes=10)
RECORD = pbx_activity_id("generic", "call-1")


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    await pull(session, a_record(OUYANG, TEN_TO_NINE))
    async with scene.app() as opened:
        yield opened


def logged(session: AppSession) -> list[Activity]:
    activities = session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
    return [each for each in activities if isinstance(each.data, Call | FollowUp)]


def waiting(session: AppSession) -> list[RecordedCall]:
    return session.store.read(
        lambda tx: unlogged_calls(tx, ledger.activities_of_day(tx, MONDAY), policies(tx).on(MONDAY))
    )


def figures(session: AppSession) -> AdvisorDay:
    return today_view(session, morning_list(session, MONDAY)).figures


async def test_one_tap_logs_a_recorded_call_and_it_is_gone(app: App, session: AppSession) -> None:
    assert "欧阳婳 · 08:50 呼出 1 分 15 秒" in app.texts()
    assert "外呼系统已记录，点一下结果即登记" in app.texts()
    assert (figures(session).calls, figures(session).calls_effective) == (1, 0)
    await app.tap(f"record-{RECORD}-interested")
    [call] = logged(session)
    assert isinstance(call.data, Call)
    assert (call.data.pbx_record_id, call.data.talk_seconds, call.data.outcome) == (RECORD, 75, "interested")
    assert (call.data.channel, call.corrected_at) == (CallChannel.LANDLINE, TEN_TO_NINE)
    assert not app.has(f"record-{RECORD}-interested")
    assert "已记录：有意向" in app.texts()
    assert "08:50 · 1 分 15 秒 · 有意向" in app.texts()
    day = figures(session)
    assert (day.calls, day.calls_effective, day.calls_graded[Grade.A]) == (1, 1, 1)


async def test_taken_back_it_waits_again(app: App, session: AppSession) -> None:
    await app.tap(f"record-{RECORD}-wrong_number")
    await app.fire(app.all(ft.SnackBarAction)[-1], "click")
    assert app.has(f"record-{RECORD}-wrong_number")
    assert figures(session).calls == 1


async def test_a_day_and_a_reason_are_asked_for_as_ever(app: App, session: AppSession) -> None:
    await app.tap(f"record-{RECORD}-follow_up")
    assert "哪天再联系欧阳婳？" in app.texts()
    await app.tap("day-tomorrow")
    call, promise = logged(session)
    assert isinstance(call.data, Call)
    assert isinstance(promise.data, FollowUp)
    assert (call.data.pbx_record_id, promise.data.due_on) == (RECORD, MONDAY + timedelta(days=1))
    assert call.corrected_at == promise.corrected_at == TEN_TO_NINE
    assert "08:50 · 1 分 15 秒 · 再联系 明天" in app.texts()


async def test_a_refusal_says_why_and_may_go_back_to_another_outcome(app: App, session: AppSession) -> None:
    await app.tap(f"record-{RECORD}-declined")
    await app.tap("sheet-back")
    assert not app.has("length-60")
    assert not app.has("channel-callback")
    await app.tap("outcome-declined")
    await app.tap(f"reason-{DeclineReason.NO_MONEY}")
    [call] = logged(session)
    assert isinstance(call.data, Call)
    assert (call.data.decline_reason, call.data.pbx_record_id, call.data.talk_seconds) == ("no_money", RECORD, 75)


async def test_of_a_call_that_nobody_took_there_is_little_to_say(scene: Scene, session: AppSession) -> None:
    await pull(session, a_record(OUYANG, TEN_TO_NINE, talk=0, inbound=True))
    async with scene.app() as app:
        assert "欧阳婳 · 08:50 呼入 未接通" in app.texts()
        assert not app.has(f"record-{RECORD}-interested")
        await app.tap(f"record-{RECORD}-no_answer")
        assert (figures(session).calls, figures(session).calls_connected) == (1, 0)


async def test_several_wait_in_their_order(scene: Scene, session: AppSession) -> None:
    later = a_record(WANG, NINE - timedelta(minutes=2), record_id="call-2")
    await pull(session, later, a_record(OUYANG, TEN_TO_NINE))
    async with scene.app() as app:
        assert "外呼系统已记录，点一下结果即登记 · 还有 1 通" in app.texts()
        await app.tap(f"record-{RECORD}-interested")
        assert "王建国 · 08:58 呼出 1 分 15 秒" in app.texts()


async def test_what_was_logged_by_itself_does_not_wait(session: AppSession) -> None:
    await pull(session, a_record(OUYANG, TEN_TO_NINE))
    await record(session, a_call(OUYANG, seconds=300))
    assert waiting(session) == []
    # The exchange's word on how long it was.
    assert [call.talk_seconds for call in _called(session)] == [75]
    assert figures(session).calls_graded[Grade.A] == 1


def _called(session: AppSession) -> list[LoggedCall]:
    return [row.call for row in today_view(session, morning_list(session, MONDAY)).called]


async def test_nobody_logs_a_call_with_whom_has_left_the_book(session: AppSession) -> None:
    await pull(session, a_record(LI, TEN_TO_NINE))
    gone = customer_json(LI, "李璟瑄") | {"deleted": True}
    await pull(session, Change.model_validate(gone))
    assert waiting(session) == []
    assert figures(session).calls == 1


@pytest.mark.parametrize("offset_ms", [-90_000, 0, 90_000])
async def test_a_clock_that_is_wrong_logs_it_when_it_was(scene: Scene, offset_ms: int) -> None:
    scene.bank.ahead_ms = offset_ms
    session = await scene.signed_in()
    await pull(session, a_record(OUYANG, TEN_TO_NINE))
    async with scene.app() as app:
        await app.tap(f"record-{RECORD}-interested")
    [call] = logged(session)
    assert (call.clock_offset_ms, call.corrected_at) == (offset_ms, TEN_TO_NINE)


async def test_the_customers_page_tells_of_it_and_it_is_not_the_advisors_to_take_back(
    scene: Scene, session: AppSession
) -> None:
    await pull(session, a_record(OUYANG, TEN_TO_NINE))
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert (view.last_called_on, view.last_spoken_on) == (MONDAY, MONDAY)
    [past] = view.history
    assert not can_be_taken_back(past, today=MONDAY)
    async with scene.app(route=f"/today/customers/{person(OUYANG)}") as app:
        assert "外呼记录 · 呼出" in app.texts()
        assert any("1 分 15 秒 · 未登记结果" in text for text in app.texts())
        await record(session, a_call(OUYANG, CallOutcome.DECLINED, seconds=300))
        await app.settle()
        assert "外呼记录 · 呼出" not in app.texts()
        assert any("1 分 15 秒" in text for text in app.texts())
