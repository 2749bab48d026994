"""The card at a check-in as a person sees it: swiped, typed, mistyped, without a key; and that nothing keeps the number."""

import gc
import inspect
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest
import pytest_asyncio

from app_client.me.queries import exported_outbox
from app_client.platform.abilities import Sealer
from app_client.platform.card_sealer import CryptographySealer
from app_client.session import AppSession
from app_client.session_context import state_of
from app_client.store import ledger
from app_client.visits.card_entry import Strokes
from app_server.cards.sealing import open_card
from shared_models.activity import Activity
from shared_models.visits import Visit
from tests.cards.cards import CREDIT, DEBIT, key_pair
from tests.cards.traces import at_rest, found_in
from tests.lock.scenes import PIN, LockedPhone, press, session_of
from tests.store.scenes import MONDAY
from tests.sync.bank import a_platform
from tests.today.scenes import OUYANG, Scene, clients_closed, person
from tests.ui.harness import App

READER = f";{DEBIT}=30125201234567890?"


def a_scene(folder: Path, sealer: Sealer | None) -> Scene:
    """A phone that seals with this; the bank's key is a real one."""
    scene = Scene(folder)
    scene.bank.card_key = key_pair().public()
    scene.platform = a_platform(folder, scene.bank, scene.phone, sealer=sealer)
    return scene


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = a_scene(tmp_path, CryptographySealer())
    yield made
    await made.put_away()


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    signed_in = await scene.signed_in()
    await signed_in.sync.sync_now()
    return signed_in


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    async with scene.app(route="/visits") as opened:
        await check_in_begun(opened)
        yield opened


async def check_in_begun(app: App) -> None:
    await app.tap("new-visit")
    await app.tap(f"pick-{person(OUYANG)}")


def visits(session: AppSession) -> list[Activity]:
    made = session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
    return [each for each in made if isinstance(each.data, Visit)]


def field(app: App) -> ft.TextField:
    """The field for the number that is on the screen."""
    [found] = [each for each in app.all(ft.TextField) if str(each.key).startswith("card-number-")]
    return found


async def key_in(app: App, text: str, *, enter: bool = True) -> None:
    """Key by key, as a reader does; it does not wait for what the screen makes of it, and neither does this."""
    control = field(app)
    for end in range(1, len(text) + 1):
        app.session.apply_patch(control._i, {"value": text[:end]})
        await app.session.dispatch_event(control._i, "change", text[:end])
    if enter:
        await app.session.dispatch_event(control._i, "submit", text)
    await app.settle()


def card_of(session: AppSession) -> tuple[str, str | None]:
    """The number in the one visit as the server reads it, which must be of that visit, and the last four beside it."""
    [visit] = visits(session)
    assert isinstance(visit.data, Visit)
    assert visit.data.card is not None
    number, nonce = open_card(visit.data.card, [key_pair()])
    assert nonce == visit.id
    return number.digits, visit.data.card_last4


@pytest.mark.parametrize("text", [READER, f"%B{DEBIT}^OUYANG/HUA^3012520123?", DEBIT, CREDIT])
async def test_what_a_reader_types_is_sealed_when_it_ends_with_enter(app: App, session: AppSession, text: str) -> None:
    await app.tap("card-way-whole")
    await key_in(app, text)
    pan = CREDIT if text == CREDIT else DEBIT
    assert f"•••• {pan[-4:]}" in app.texts()
    assert not [each for each in app.all(ft.TextField) if str(each.key).startswith("card-number-")]
    await app.tap("place-outlet")
    assert card_of(session) == (pan, pan[-4:])


async def test_a_reader_without_enter_is_done_at_the_stripes_separator(app: App, session: AppSession) -> None:
    await app.tap("card-way-whole")
    await key_in(app, f";{CREDIT}=", enter=False)
    assert app.has("card-sealed")


async def test_a_typed_number_is_masked_as_it_grows_and_sealed_by_the_place(app: App, session: AppSession) -> None:
    await app.tap("card-way-whole")
    concealed = field(app)
    assert (concealed.password, concealed.can_reveal_password, concealed.enable_suggestions) == (True, False, False)
    assert (concealed.autocorrect, concealed.enable_interactive_selection, concealed.autofill_hints) == (
        False,
        False,
        None,
    )
    await key_in(app, CREDIT[:14], enter=False)
    assert "•••• •••• •••• 56" in app.texts()
    await key_in(app, CREDIT, enter=False)
    assert "•••• •••• •••• 5674" in app.texts()
    await app.tap("place-customer")
    assert card_of(session) == (CREDIT, CREDIT[-4:])


@pytest.mark.parametrize(
    ("text", "words", "stays"),
    [
        (f"{DEBIT[:-1]}5", "卡号不对：错了一位，或前后颠倒。请重新刷卡或输入", ""),
        ("62220202", "卡号不完整，请接着输入", "62220202"),
        (f"{DEBIT[:-1]}512", "卡号太长，请重新刷卡或输入", ""),
        ("?xx", "没有读到卡号，请再刷一次，或输入数字", ""),
        ("", "还没有卡号；不刷卡就点“不刷卡”", ""),
    ],
)
async def test_what_is_no_card_says_so_in_words_and_records_nothing(
    app: App, session: AppSession, text: str, words: str, stays: str
) -> None:
    await app.tap("card-way-whole")
    await key_in(app, text, enter=False)
    before = field(app).key
    await app.tap("place-outlet")
    assert (field(app).error, field(app).value) == (words, stays)
    assert field(app).key != before, "another field asks for the keyboard anew"
    assert visits(session) == []
    if stays:
        await key_in(app, CREDIT)
        assert app.has("card-sealed")


async def test_a_second_card_takes_the_place_of_the_first(app: App, session: AppSession) -> None:
    await app.tap("card-way-whole")
    await key_in(app, DEBIT)
    await app.tap("another-card")
    await key_in(app, CREDIT)
    await app.tap("place-outlet")
    assert card_of(session) == (CREDIT, CREDIT[-4:])


async def test_without_network_the_kept_key_is_good(scene: Scene, session: AppSession, app: App) -> None:
    scene.bank.faults = ["unsent"] * 9
    await app.tap("card-way-whole")
    await key_in(app, DEBIT)
    await app.tap("place-outlet")
    assert card_of(session) == (DEBIT, DEBIT[-4:])


async def test_without_a_key_only_the_last_four_digits_are_asked_for(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, CryptographySealer())
    scene.bank.card_key = None
    await scene.signed_in()
    async with scene.app(route="/visits") as app:
        await check_in_begun(app)
        await app.tap("card-way-whole")
        assert "还没有取到银行的密钥，这次只能填末四位；联网同步后就能刷卡。" in app.texts()
        await app.type("card-last4", "3446")
        await app.tap("card-way-none")
        assert "没有卡，就看定位；也没有定位，算自述。" in app.texts()
    await scene.put_away()


async def test_a_device_that_cannot_seal_says_so(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, None)
    session = await scene.signed_in()
    await session.sync.sync_now()
    async with scene.app(route="/visits") as app:
        await check_in_begun(app)
        await app.tap("card-way-whole")
        assert "这台设备不能加密卡号，只能填末四位。" in app.texts()
        assert app.one(ft.TextField, key="card-last4")
    await scene.put_away()


async def test_no_byte_of_a_phone_and_nothing_it_sends_or_says_has_the_number(
    scene: Scene, session: AppSession, app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scene.bank.faults = ["unsent"] * 99
    await app.tap("card-way-whole")
    await key_in(app, f"{CREDIT[:-1]}9")
    await key_in(app, CREDIT)
    await app.tap("another-card")
    await key_in(app, READER)
    await app.tap("place-outlet")
    [visit] = visits(session)
    waiting = at_rest(tmp_path) + exported_outbox(session).content
    assert str(visit.id).encode() in waiting
    scene.bank.faults = []
    scene.bank.clock.forward(hours=1)
    status = await session.sync.sync_now()
    assert status.waiting == 0
    assert session.store.read(lambda tx: ledger.activity(tx, visit.id)) == visit.without_card()
    sent_to_the_screen = b"".join(repr(each.body).encode() for each in app.connection.sent)
    said = (
        waiting + at_rest(tmp_path) + json.dumps(scene.bank.ledger).encode() + caplog.text.encode() + sent_to_the_screen
    )
    assert DEBIT[-4:].encode() in said
    assert found_in(said) == []


@pytest.mark.parametrize("ending", ["sealed", "refused", "closed"])
async def test_no_object_holds_the_number_afterwards(app: App, ending: str) -> None:
    # Put together here, so that it is in no constant.
    pan = "".join(reversed("4321000000000026" if ending != "refused" else "5321000000000026"))
    await app.tap("card-way-whole")
    await key_in(app, pan, enter=ending != "closed")
    if ending == "closed":
        assert holders_of(pan) != [], "the search finds it while it is there"
        await app.fire(app.one(ft.BottomSheet, open=True), "dismiss")
    assert holders_of(pan) == []


async def test_a_check_in_is_there_after_the_lock_without_what_was_keyed_of_a_card(tmp_path: Path) -> None:
    phone = LockedPhone(tmp_path / "phone")
    phone.bank.card_key = key_pair().public()
    phone.platform = replace(phone.platform, sealer=CryptographySealer())
    await (await phone.signed_in()).sync.sync_now()
    pan = "".join(reversed("4321000000000026"))
    async with phone.app(route="/visits") as app:
        await check_in_begun(app)
        await app.tap("ask-note")
        await app.type("visit-note", "带女儿来")
        await app.tap("card-way-whole")
        await key_in(app, pan, enter=False)
        await state_of(app.page).lock_now()
        await app.settle()
        await clients_closed(app)
        assert holders_of(pan) == []
        assert not app.has("place-outlet")
        await press(app, PIN)
        await app.settle(200)
        assert app.one(ft.TextField, key="visit-note").value == "带女儿来"
        assert field(app).value == ""
        await key_in(app, DEBIT)
        await app.tap("place-outlet")
        session = session_of(app)
        assert card_of(session) == (DEBIT, DEBIT[-4:])
        [visit] = visits(session)
        assert isinstance(visit.data, Visit)
        assert visit.data.note == "带女儿来"
    await phone.put_away()


def holders_of(pan: str) -> list[str]:
    """Which objects of the process have a text with the number, beside the frames of the test."""
    # What conftest.py has frozen is looked through, too.
    gc.unfreeze()
    gc.collect()
    frames = {id(frame.f_locals) for frame in inspect.stack() for frame in [frame.frame]}
    found: list[str] = []
    for each in gc.get_objects():
        if isinstance(each, dict) and id(each) not in frames:
            found += [
                f"{key} in a dict" for key, value in list(each.items()) if isinstance(value, str) and pan in value
            ]
        elif isinstance(each, list | tuple):
            found += [f"a {type(each).__name__}" for value in list(each) if isinstance(value, str) and pan in value]
        elif isinstance(each, ft.TextField) and pan in (each.value or ""):
            found.append(f"the field {each.key}")
        elif isinstance(each, Strokes) and pan in each.text:
            found.append("strokes")
    return found
