"""The lock as people meet it: choosing a PIN, coming back, forgetting it, and finding the app locked after a while."""

from datetime import date

import flet as ft
import pytest

from app_client.calls.queries import call_in_progress
from app_client.i18n import Language
from app_client.lock.actions import choose_minutes
from app_client.session import store_path
from app_client.session_context import Phase, state_of
from app_client.store import ledger
from app_client.store.ledger import outbox_counts
from shared_models.calls import Call
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.meetings import MOST_ADVISORS
from tests.lock.scenes import OTHER_PIN, PIN, LockedPhone, fill_in, press, session_of
from tests.store.scenes import MONDAY
from tests.sync.bank import ADVISOR, a_platform
from tests.team.team_bank import CHILD, LIU, TeamBank
from tests.today.scenes import OUYANG, a_call, clients_closed, person, record
from tests.ui.harness import App


async def gone_for(phone: LockedPhone, app: App, **time: float) -> None:
    """The person puts the phone away and takes it out again."""
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "hide"})
    phone.clock.forward(**time)
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "show"})
    await app.settle(100)


def is_locked(app: App) -> bool:
    return app.has("pin-dots") and "欧阳婳" not in app.texts()


async def test_after_the_first_sign_in_a_pin_is_chosen_twice_and_then_the_day_is_there(phone: LockedPhone) -> None:
    async with phone.app() as app:
        await fill_in(app)
        assert "设一个 6 位 PIN" in app.texts()
        await press(app, "123456")
        assert "太容易猜，换一个试试" in app.texts()
        await press(app, PIN)
        assert "再输一次" in app.texts()
        await press(app, OTHER_PIN)
        assert "两次不一样，请重新设一个" in app.texts()
        await press(app, PIN + PIN)
        await app.settle(100)
        assert "欧阳婳" in app.texts()
        assert phone.vault.drawers[ADVISOR].pin == PIN


async def test_a_head_has_a_pin_as_well(phone: LockedPhone) -> None:
    async with phone.app() as app:
        await fill_in(app, login="head")
        await press(app, PIN + PIN)
        await app.settle(100)
        assert session_of(app).staff.login == "head"
        await gone_for(phone, app, minutes=5)
        assert is_locked(app)


async def test_the_app_starts_at_the_pin_without_a_network_and_a_wrong_one_is_told(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    phone.bank.faults = ["unsent"] * 9
    async with phone.app() as app:
        assert is_locked(app)
        assert "张敏" in app.texts()
        await press(app, OTHER_PIN)
        assert any("PIN 不对，还可以试 4 次" in text for text in app.texts())
        await press(app, PIN)
        assert is_locked(app), "too soon, so nothing is taken"
        phone.clock.forward(seconds=1)
        await press(app, PIN)
        await app.settle(100)
        assert "欧阳婳" in app.texts()


async def test_a_keyboard_drives_the_pad_and_a_screen_reader_hears_it(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    async with phone.app() as app:
        for key in ("4", "Numpad 2", "9", "Backspace", "F5", "A"):
            await app.fire(app.page, "keyboard_event", _key(key))
        assert "已输入 2 位，共 6 位" in app.said()
        assert {*"0123456789", "删除一位"} <= set(app.said())
        for key in "8190":
            await app.fire(app.page, "keyboard_event", _key(key))
        await app.settle(100)
        assert "欧阳婳" in app.texts()
        assert app.page.on_keyboard_event is None


async def test_a_forgotten_pin_costs_the_password_and_nothing_that_waits(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    await phone.closed(session)
    async with phone.app() as app:
        await app.tap("pin-forgotten")
        assert app.one(ft.TextField, key="login").value == "advisor1"
        await app.tap("by-pin")
        assert is_locked(app)
        await app.tap("pin-forgotten")
        await fill_in(app)
        await press(app, OTHER_PIN + OTHER_PIN)
        await app.settle(200)
        assert "欧阳婳" in app.texts()
        assert len(phone.bank.ledger) == 1


async def test_after_five_wrong_pins_there_is_only_the_password(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    async with phone.app() as app:
        for _ in range(5):
            await press(app, OTHER_PIN)
            phone.clock.forward(minutes=2)
        assert app.has("sign-in")
        assert not app.has("by-pin")
    async with phone.app() as app:
        assert app.has("sign-in"), "a restart changes nothing"
        assert not app.has("by-pin")


async def test_a_phone_put_away_for_long_comes_back_locked_and_one_for_short_does_not(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route="/customers") as app:
        await gone_for(phone, app, minutes=4.9)
        assert not is_locked(app)
        await gone_for(phone, app, minutes=5)
        assert is_locked(app)
        await phone.vault.all_shut.wait()
        assert not store_path(phone.platform, ADVISOR).exists()
        await press(app, PIN)
        await app.settle(200)
        assert "欧阳婳" in app.texts()
        assert app.page.route == "/customers", "where it was"


async def test_touches_keep_it_open_and_the_one_that_comes_too_late_finds_it_locked(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app() as app:
        for _ in range(3):
            phone.clock.forward(minutes=4)
            phone.hand.touches()
        await app.settle()
        assert not is_locked(app)
        phone.clock.forward(minutes=5)
        phone.hand.touches()
        await app.settle(100)
        assert is_locked(app)


async def test_fifteen_minutes_when_one_has_chosen_so(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await choose_minutes(session, 15)
    async with phone.app() as app:
        await gone_for(phone, app, minutes=14)
        assert not is_locked(app)
        await gone_for(phone, app, minutes=15)
        assert is_locked(app)


async def test_a_long_call_comes_back_to_its_outcomes_at_once(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app() as app:
        await app.tap(f"call-next-{person(OUYANG)}")
        await gone_for(phone, app, minutes=40)
        assert app.has("outcome-interested")
        await app.tap("outcome-no_answer")
        await gone_for(phone, app, minutes=6)
        assert is_locked(app)


async def test_a_call_forgotten_for_an_hour_is_asked_about_after_the_pin(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app() as app:
        await app.tap(f"call-next-{person(OUYANG)}")
        await gone_for(phone, app, minutes=61)
        assert is_locked(app)
        await clients_closed(app)
        assert not app.has("outcome-interested")
        phone.clock.forward(minutes=9)
        await press(app, PIN)
        await app.settle(200)
        assert app.has("outcome-interested")
        call = call_in_progress(session_of(app))
        assert call is not None
        assert call.seconds(phone.clock.now()) // 60 == 61, "it ended when the person came back, not with the PIN"


async def test_what_waits_is_sent_when_it_locks(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app() as app:
        session = session_of(app)
        await record(session, a_call(OUYANG))
        assert session.store.read(outbox_counts).waiting == 1
        await gone_for(phone, app, minutes=5)
        await phone.vault.all_shut.wait()
        assert len(phone.bank.ledger) == 1


async def test_who_leaves_before_choosing_a_pin_needs_the_password_again(phone: LockedPhone) -> None:
    async with phone.app() as app:
        await fill_in(app)
        await gone_for(phone, app, minutes=5)
        assert app.has("sign-in")
        assert state_of(app.page).phase is Phase.SIGNED_OUT
        assert not store_path(phone.platform, ADVISOR).exists()


async def test_the_pin_is_asked_for_in_the_language_one_speaks(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route="/me") as app:
        await app.tap(f"language-{Language.EN}")
        await gone_for(phone, app, minutes=5)
        await phone.vault.all_shut.wait()
    async with phone.app() as app:
        assert "Enter your PIN" in app.texts()


async def test_a_vault_that_cannot_be_read_says_so_and_touches_nothing(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    phone.vault.is_broken = True
    async with phone.app() as app:
        assert any("数据没有动过" in text for text in app.texts())
    assert ADVISOR in phone.vault.drawers


@pytest.mark.parametrize("minutes", [1, 5, 15])
async def test_the_idle_time_is_chosen_in_me(phone: LockedPhone, minutes: int) -> None:
    await phone.signed_in()
    async with phone.app(route="/me") as app:
        await app.tap(f"lock-after-{minutes}")
        await gone_for(phone, app, minutes=minutes - 0.1)
        assert not is_locked(app)
        await gone_for(phone, app, minutes=minutes)
        assert is_locked(app)


async def test_one_can_lock_it_at_once(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route="/me") as app:
        await app.tap("lock-now")
        await app.settle(100)
        assert is_locked(app)


def _key(key: str) -> dict[str, object]:
    return {"key": key, "shift": False, "ctrl": False, "alt": False, "meta": False}


async def test_what_was_being_filled_in_is_there_after_the_lock_and_goes_with_its_screen(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route="/customers") as app:
        await app.tap("add-prospect")
        await app.type("prospect-name", "欧阳夏丹")
        await gone_for(phone, app, minutes=5)
        assert is_locked(app)
        await clients_closed(app)
        assert not app.has("save-prospect")
        await press(app, PIN)
        await app.settle(200)
        assert app.one(ft.TextField, key="prospect-name").value == "欧阳夏丹"
        assert len(app.all(ft.BottomSheet, open=True)) == 1
        await app.navigate(0)
        await clients_closed(app)
        await app.navigate(1)
        await app.tap("add-prospect")
        assert app.one(ft.TextField, key="prospect-name").value == ""


async def test_a_call_made_elsewhere_that_was_being_recorded_is_asked_about_as_it_was_after_the_lock(
    phone: LockedPhone,
) -> None:
    await phone.signed_in()
    async with phone.app(route=f"/customers/{person(OUYANG)}") as app:
        await app.tap("record-call")
        await app.tap("length-180")
        await app.tap("add-note")
        await app.type("call-note", "下周带女儿来")
        await gone_for(phone, app, minutes=5)
        await clients_closed(app)
        assert is_locked(app)
        assert not app.has("outcome-interested")
        await press(app, PIN)
        await app.settle(200)
        assert app.one(ft.TextField, key="call-note").value == "下周带女儿来"
        await app.tap("outcome-wrong_number")
        [call] = session_of(app).store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
        assert isinstance(call.data, Call)
        assert (call.data.talk_seconds, call.data.note) == (180, "下周带女儿来")


async def test_the_sheet_that_asks_for_a_day_is_there_after_the_lock(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route=f"/customers/{person(OUYANG)}") as app:
        await app.tap("follow-up")
        await app.tap("promise-appointment")
        await gone_for(phone, app, minutes=5)
        await clients_closed(app)
        assert not app.has("promise-appointment")
        await press(app, PIN)
        await app.settle(200)
        await app.tap("day-2026-11-24")
        [promise] = session_of(app).store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
        assert promise.data == FollowUp(due_on=date(2026, 11, 24), reason=FollowUpReason.APPOINTMENT)


async def test_what_was_being_recorded_is_nobody_elses(phone: LockedPhone) -> None:
    await phone.signed_in()
    async with phone.app(route=f"/customers/{person(OUYANG)}") as app:
        await app.tap("record-call")
        await gone_for(phone, app, minutes=5)
        await clients_closed(app)
        await app.tap("pin-forgotten")
        await fill_in(app, login="advisor2")
        await press(app, PIN + PIN)
        await app.settle(200)
        assert not app.has("outcome-interested")


async def test_a_head_is_after_the_lock_where_they_were_before_and_next_morning_on_the_new_day(
    phone: LockedPhone,
) -> None:
    bank = TeamBank(phone.clock)
    phone.bank = bank
    phone.platform = a_platform(phone.platform.storage.root, bank, phone.phone, vault=phone.vault, attention=phone.hand)
    await phone.signed_in("head")
    async with phone.app(route="/team") as app:
        await app.tap(f"unit-{CHILD}")
        await app.tap(f"advisor-{LIU}")
        await app.tap("behind-calls_effective")
        await gone_for(phone, app, minutes=5)
        await clients_closed(app)
        assert is_locked(app)
        await press(app, PIN)
        await app.settle(200)
        assert "二道网点" in app.texts()
        assert "10 条记录" in app.texts()
        bank.as_of = "2026-11-24T01:42:00Z"
        await gone_for(phone, app, hours=16)
        await clients_closed(app)
        await press(app, PIN)
        await app.settle(200)
        assert bank.asked[-1] == {"unit_id": str(CHILD), "most_advisors": str(MOST_ADVISORS)}
        assert "今天 11月24日 周二" in app.texts()
        await clients_closed(app)
        assert not app.has("behind-count")
