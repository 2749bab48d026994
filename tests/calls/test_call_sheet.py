"""The call sheet as a person uses it: one tap logs, and what goes wrong takes nothing away."""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import flet as ft
import pytest
import pytest_asyncio

from app_client.calls.queries import call_in_progress, day_choices
from app_client.session import AppSession
from app_client.store import ledger
from shared_models.activity import Activity, ActivityKind
from shared_models.calls import Call, CallChannel, CallOutcome, DeclineReason, TimedBy
from shared_models.follow_ups import FollowUp, FollowUpReason
from tests.store.scenes import MONDAY
from tests.today.scenes import OUYANG, WANG, Scene, clients_closed, person
from tests.ui.harness import App


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    async with scene.app() as opened:
        yield opened


@dataclass
class InMemory:
    """A storage of which only what was carried to the disk outlives the app."""

    root: Path
    durable: Callable[[], Awaitable[None]] | None


def sheets(app: App) -> list[ft.BottomSheet]:
    return [each for each in app.all(ft.BottomSheet) if each.open]


def written(session: AppSession) -> list[Activity]:
    return session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))


def the_call(session: AppSession) -> Call:
    [call] = [each.data for each in written(session) if isinstance(each.data, Call)]
    return call


async def ring(app: App, scene: Scene, *, seconds: int = 95, number: int = OUYANG) -> None:
    """Tap the phone, talk, come back."""
    await app.tap(f"call-next-{person(number)}")
    scene.clock.forward(seconds=seconds)


async def test_one_tap_dials_and_one_logs_with_the_measured_time(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    assert scene.phone.dialled == ["13800000001"]
    assert len(sheets(app)) == 1
    await app.tap("outcome-wrong_number")
    assert sheets(app) == []
    assert the_call(session) == Call(
        channel=CallChannel.MOBILE, outcome=CallOutcome.WRONG_NUMBER, talk_seconds=95, timed_by=TimedBy.DEVICE
    )
    assert call_in_progress(session) is None
    assert app.has(f"called-{person(OUYANG)}")


async def test_what_the_device_cannot_keep_is_recorded_once_and_said_to_be_at_risk(scene: Scene) -> None:
    disk_is_full = False

    async def persist() -> None:
        if disk_is_full:
            raise OSError(errno.ENOSPC, "IndexedDB")

    scene.platform = replace(scene.platform, storage=InMemory(scene.platform.storage.root, persist))
    session = await scene.signed_in()
    async with scene.app() as app:
        scene.bank.faults = ["unsent"] * 9
        disk_is_full = True
        await ring(app, scene)
        await app.tap("outcome-wrong_number")
        assert len(written(session)) == 1
        assert "已记录：号码错误 · 还没存到本机，先不要关闭应用" in app.texts()
        assert "还没存到本机" in app.texts()
        disk_is_full = False
        await clients_closed(app)
        await ring(app, scene, number=WANG)
        await app.tap("outcome-wrong_number")
        assert "已记录：号码错误" in app.texts()
        assert "还没存到本机" not in app.texts()


async def test_nobody_talked_when_nobody_answered(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene, seconds=40)
    await app.tap("outcome-no_answer")
    assert the_call(session).talk_seconds == 0


async def test_a_follow_up_asks_for_a_day_and_writes_both_at_once(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("outcome-follow_up")
    assert written(session) == []
    # The questions that follow are no talk.
    scene.clock.forward(seconds=60)
    await app.tap("day-tomorrow")
    call, promise = written(session)
    assert isinstance(call.data, Call)
    assert call.data.talk_seconds == 95
    assert promise.data == FollowUp(due_on=date(2026, 11, 24), reason=FollowUpReason.CALLBACK)
    assert "09:02 · 1 分 35 秒 · 再联系 明天" in app.texts()


async def test_an_appointment_can_be_on_any_day(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("outcome-appointment")
    await app.tap("day-pick")
    await app.tap("weeks-later")
    await app.tap("date-2026-12-30")
    assert written(session)[1].data == FollowUp(due_on=date(2026, 12, 30), reason=FollowUpReason.APPOINTMENT)


async def test_interest_may_go_without_a_day(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("outcome-interested")
    await app.tap("day-none")
    assert [each.kind for each in written(session)] == [ActivityKind.CALL]


@pytest.mark.parametrize(("tap", "reason"), [("reason-fears_loss", DeclineReason.FEARS_LOSS), ("reason-skip", None)])
async def test_a_refusal_asks_why_and_takes_no_answer(
    app: App, scene: Scene, session: AppSession, tap: str, reason: DeclineReason | None
) -> None:
    await ring(app, scene)
    await app.tap("outcome-declined")
    await app.tap(tap)
    assert the_call(session).decline_reason == reason


async def test_undo_takes_back_the_call_and_its_promise(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("outcome-follow_up")
    await app.tap("day-tomorrow")
    snackbar = app.all(ft.SnackBar)[-1]
    assert isinstance(snackbar.action, ft.SnackBarAction)
    await app.fire(snackbar.action, "click")
    kinds = [each.kind for each in written(session)]
    assert kinds.count(ActivityKind.VOID) == 2
    assert app.has(f"next-{person(OUYANG)}")
    assert "11月23日 周一 · 还差 20 通电话、5 位面访" in app.texts()


async def test_the_way_back_is_said_above_the_action_of_the_screen_one_goes_on_to(app: App, scene: Scene) -> None:
    def said() -> list[tuple[str, float]]:
        """What is still said, and how far above the edge."""
        shown = [each for each in app.all(ft.SnackBar) if each.open]
        return [(each.content.content.value, each.margin.bottom) for each in shown]  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess] - a snackbar's own

    await ring(app, scene)
    await app.tap("outcome-no_answer")
    [(words, low)] = said()
    await app.navigate(1)
    assert said() == [(words, low)]
    await app.navigate(2)
    [(again, high)] = said()
    assert again == words
    assert high > low
    await app.navigate(0)
    assert said() == [(words, high)]
    await app.tap(f"next-{person(OUYANG)}")
    [(_, highest)] = said()
    assert highest > high, "a customer's page has two rows of them"


async def test_a_corrected_length_is_the_persons_own(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene, seconds=40)
    await app.tap("length-more")
    await app.tap("length-more")
    await app.tap("outcome-wrong_number")
    assert (the_call(session).talk_seconds, the_call(session).timed_by) == (90, TimedBy.MANUAL)


async def test_a_short_call_is_told_not_to_count(app: App, scene: Scene) -> None:
    await ring(app, scene, seconds=5)
    await app.tap("length-less")
    assert "未满 30 秒，接通也不计有效" in app.texts()
    await app.tap("length-more")
    assert "未满 30 秒，接通也不计有效" not in app.texts()
    await app.tap("length-less")
    await app.tap("outcome-interested")
    await app.tap("day-none")
    assert "已记录：有意向（不计有效）" in app.texts()


async def test_a_landline_call_takes_two_taps_more(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("channel-landline")
    await app.tap("length-180")
    await app.tap("outcome-wrong_number")
    call = the_call(session)
    assert (call.channel, call.talk_seconds, call.timed_by) == (CallChannel.LANDLINE, 180, TimedBy.MANUAL)


async def test_a_call_on_the_desk_telephone_is_logged_from_the_customers_page(
    scene: Scene, session: AppSession
) -> None:
    async with scene.app(route=f"/customers/{person(WANG)}") as app:
        await app.tap("record-call")
        assert "王建国 · 补记通话" in app.texts()
        assert app.at("channel-landline").selected
        await app.tap("length-60")
        await app.tap("outcome-wrong_number")
    call = the_call(session)
    assert (call.channel, call.talk_seconds, call.timed_by) == (CallChannel.LANDLINE, 60, TimedBy.MANUAL)
    assert scene.phone.dialled == []


async def test_each_question_leads_back_to_the_one_before(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("outcome-appointment")
    await app.tap("day-pick")
    assert app.has("date-2026-11-23")
    await app.tap("sheet-back")
    assert app.has("day-tomorrow")
    await app.tap("sheet-back")
    assert app.has("outcome-declined")
    assert not app.has("sheet-back")
    assert written(session) == []


async def test_without_a_length_nothing_is_logged_and_it_says_what_is_missing(
    app: App, scene: Scene, session: AppSession
) -> None:
    await ring(app, scene)
    await app.tap("channel-callback")
    await app.tap("outcome-declined")
    assert written(session) == []
    assert "先点一下谈了多久。" in app.texts()


async def test_not_made_logs_nothing(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("not-made")
    assert sheets(app) == []
    assert written(session) == []
    assert call_in_progress(session) is None


async def test_a_note_goes_with_the_call(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("add-note")
    await app.type("call-note", "想了解大额存单")
    await app.tap("outcome-wrong_number")
    assert the_call(session).note == "想了解大额存单"


async def test_a_sheet_put_away_is_reminded_of_and_comes_back(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.fire(sheets(app)[0], "dismiss")
    assert "给欧阳婳的电话还没有记录" in app.texts()
    await app.tap("banner-action")
    await app.tap("outcome-wrong_number")
    assert the_call(session).talk_seconds == 95
    assert "给欧阳婳的电话还没有记录" not in app.texts()


async def test_a_reload_finds_the_call_again(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    async with scene.app() as reloaded:
        assert len(sheets(reloaded)) == 1
        await reloaded.tap("outcome-wrong_number")
    assert the_call(session).talk_seconds == 95


async def test_coming_back_from_the_dialler_ends_the_talk(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene, seconds=50)
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "hide"})
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "resume"})
    scene.clock.forward(seconds=300)
    await app.tap("outcome-wrong_number")
    assert the_call(session).talk_seconds == 50


async def test_a_full_disk_keeps_the_sheet_and_what_was_entered(app: App, scene: Scene, session: AppSession) -> None:
    await ring(app, scene)
    await app.tap("add-note")
    await app.type("call-note", "下周来开户" * 200)
    pages: int = session.store.read(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
    session.store._connection.execute(f"PRAGMA max_page_count = {pages}")
    await session.store.write(lambda tx: tx.execute("DELETE FROM replies"))
    await app.tap("outcome-wrong_number")
    assert len(sheets(app)) == 1
    assert written(session) == []
    assert any("手机空间满了" in text for text in app.texts())
    assert app.one(ft.TextField, key="call-note").value == "下周来开户" * 200
    session.store._connection.execute("PRAGMA max_page_count = 1000000")
    await app.tap("outcome-wrong_number")
    assert the_call(session).note == "下周来开户" * 200


async def test_the_next_call_steps_on(app: App, scene: Scene, session: AppSession) -> None:
    for number in (OUYANG, WANG):
        await ring(app, scene, number=number)
        await app.tap("outcome-wrong_number")
        await clients_closed(app)
    assert len(written(session)) == 2
    assert sheets(app) == []


@pytest.mark.parametrize(
    ("day", "offered"),
    [
        (MONDAY, [("tomorrow", date(2026, 11, 24)), ("this_week", date(2026, 11, 27))]),
        (date(2026, 11, 26), [("tomorrow", date(2026, 11, 27)), ("next_week", date(2026, 11, 30))]),
        (date(2026, 11, 29), [("tomorrow", date(2026, 11, 30))]),
    ],
)
def test_the_days_offered_are_tomorrow_and_the_end_of_the_week(day: date, offered: list[tuple[str, date]]) -> None:
    assert [(choice.word, choice.day) for choice in day_choices(day)] == offered
