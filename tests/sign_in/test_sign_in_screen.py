"""Signing in as a person does it: clear sentences when it fails, and what was typed stays."""

import flet as ft
import pytest

from app_client.i18n import Language
from app_client.session_context import Phase, state_of
from app_client.store.meta import Meta, get_meta
from tests.sync.bank import PASSWORD
from tests.today.scenes import OUYANG, Scene, a_call, record
from tests.ui.harness import App


async def fill(app: App, login: str, password: str) -> None:
    await app.type("login", login)
    await app.type("password", password)


def typed(app: App) -> tuple[str | None, str | None]:
    return app.one(ft.TextField, key="login").value, app.one(ft.TextField, key="password").value


async def test_the_enter_key_signs_in_and_the_book_arrives(scene: Scene) -> None:
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.submit("password")
        await app.settle(200)
        assert "欧阳婳" in app.texts()


async def test_a_wrong_password_is_said_and_nothing_typed_is_lost(scene: Scene) -> None:
    async with scene.app() as app:
        await fill(app, "advisor1", "wrong")
        await app.tap("sign-in")
        assert "用户名或密码不对，请再试一次。" in app.texts()
        assert typed(app) == ("advisor1", "wrong")


async def test_without_a_network_it_says_so(scene: Scene) -> None:
    scene.bank.faults = ["unsent"]
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        assert "连不上网络，请检查后再试。" in app.texts()
        assert typed(app) == ("advisor1", PASSWORD)


async def test_throttled_says_how_long_to_wait(scene: Scene) -> None:
    scene.bank.faults, scene.bank.retry_after = [429], "90"
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        assert "试的次数太多了，请过 1 分 30 秒再试。" in app.texts()


@pytest.mark.parametrize(("login", "password"), [("", PASSWORD), ("advisor1", "")])
async def test_empty_fields_ask_for_nothing_of_the_server(scene: Scene, login: str, password: str) -> None:
    async with scene.app() as app:
        await fill(app, login, password)
        await app.tap("sign-in")
        assert "请填写用户名和密码。" in app.texts()
        assert scene.bank.grants == []


async def test_the_app_comes_back_without_a_network(scene: Scene) -> None:
    await scene.signed_in()
    scene.bank.faults = ["unsent"] * 9
    async with scene.app() as app:
        assert "欧阳婳" in app.texts()
        assert state_of(app.page).phase is Phase.SIGNED_IN


async def test_english_by_one_switch_and_it_is_kept(scene: Scene) -> None:
    async with scene.app() as app:
        await app.tap("language-switch")
        assert "登录" not in app.texts()
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        await app.settle(200)
        session = state_of(app.page).session
        assert session is not None
        assert session.store.read(lambda tx: get_meta(tx, Meta.LANGUAGE)) == Language.EN
        assert "今日" not in app.texts()


async def test_an_expired_sign_in_keeps_the_outbox_and_a_new_one_drains_it(scene: Scene) -> None:
    session = await scene.signed_in()
    scene.bank.revoke_all()
    async with scene.app(route="/me") as app:
        await record(session, a_call(OUYANG))
        await session.sync.sync_now()
        await app.settle()
        assert "请重新登录" in app.said()
        await app.tap("sign-in-again")
        assert app.one(ft.TextField, key="login").value == "advisor1"
        await app.type("password", PASSWORD)
        await app.tap("sign-in")
        await app.settle(200)
        assert app.page.route == "/me", "where they were"
        assert not app.has("sign-in-again")
        await session.sync.sync_now()
        assert session.sync.status.waiting == 0
        assert len(scene.bank.ledger) == 1


async def test_who_cannot_sign_in_again_now_goes_on_recording(scene: Scene) -> None:
    session = await scene.signed_in()
    scene.bank.revoke_all()
    async with scene.app(route="/me") as app:
        assert not app.has("sign-in-later")
        await record(session, a_call(OUYANG))
        await session.sync.sync_now()
        await app.settle()
        await app.tap("sign-in-again")
        await app.tap("sign-in-later")
        assert app.has("sign-in-again")
        assert session.sync.status.waiting == 1


async def choose(app: App, new: str, again: str) -> None:
    await app.type("new-password", new)
    await app.type("repeat-password", again)
    await app.tap("sign-in")


async def test_a_temporary_password_is_followed_by_the_choice_of_ones_own(scene: Scene) -> None:
    scene.bank.temporary = {"advisor1"}
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        assert "设置新密码" in app.texts()
        await choose(app, "a long one of my own", "a long one of my own")
        await app.settle(200)
        assert "欧阳婳" in app.texts()
        assert scene.bank.chosen == {"advisor1": "a long one of my own"}


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", "short", "新密码至少 10 位。"),
        ("1234567890", "1234567890", "这个密码太容易猜，换一个试试。"),
        ("I am advisor1 here", "I am advisor1 here", "密码里不要带用户名。"),
        ("a long one of my own", "a long one of my 0wn", "两次填的不一样，请再核对。"),
    ],
)
async def test_what_is_wrong_with_a_choice_is_said_before_anything_is_sent(
    scene: Scene, new: str, again: str, said: str
) -> None:
    scene.bank.temporary = {"advisor1"}
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        sent = len(scene.bank.grants)
        await choose(app, new, again)
        assert said in app.texts()
        assert (len(scene.bank.grants), scene.bank.chosen) == (sent, {})


async def test_one_can_go_back_from_the_choice_and_the_password_is_gone(scene: Scene) -> None:
    scene.bank.temporary = {"advisor1"}
    async with scene.app() as app:
        await fill(app, "advisor1", PASSWORD)
        await app.tap("sign-in")
        await app.tap("back-to-sign-in")
        assert typed(app) == ("advisor1", "")
