"""Head office transfers, opens accounts, hands customers over, gives lines and keeps units; who changes what another has changed sees it first."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.people.people_bank import OTHER, PASSWORD, PeopleBank
from tests.people.test_people_screen import at_liu, bank_of, tap_away
from tests.sync.bank import UNIT, a_platform
from tests.team.team_bank import LIU, ZHOU, signed_in
from tests.today.scenes import Scene

EDITS = ["edit", "sign_in"]


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    bank = PeopleBank(made.clock, snapshot=made.bank.snapshot)
    bank.people["head"]["role"] = "admin"
    bank.listed[str(LIU)]["rights"] = EDITS
    made.bank = bank
    made.platform = a_platform(tmp_path, bank, made.phone)
    await signed_in(made)
    yield made
    await made.put_away()


async def test_a_transfer_that_somebody_overtook_shows_theirs_and_keeps_what_was_chosen(scene: Scene) -> None:
    bank = bank_of(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        await app.tap("transfer")
        await app.tap("save-place")
        assert "还没有改什么：换一个机构或岗位。" in app.texts()
        await app.tap("place-unit")
        await app.tap(f"pick-below-{OTHER}")
        await app.tap("pick-unit")
        bank.listed[str(LIU)] |= {"version": "2", "role": "head"}
        await app.tap("save-place")
        assert "刚有别人改过，请看一眼现在的样子再改。" in app.texts()
        assert "现在是负责人 · 人民路支行" in app.texts()
        assert "南湖支行" in app.texts()
        await tap_away(app, "save-place")
        assert not app.has("save-place")
    assert [(body["unit_id"], body["on_day"], body["version"]) for _, _, body in bank.deeds] == [
        (str(OTHER), "2026-11-24", "1"),
        (str(OTHER), "2026-11-24", "2"),
    ]


async def test_a_new_account_asks_for_what_is_missing_and_shows_its_password_once(scene: Scene) -> None:
    bank = bank_of(scene)
    async with scene.app(route="/people") as app:
        await app.tap("open-account")
        await app.type("new-login", "8010")
        await app.tap("save-place")
        assert any("姓名都要填" in words for words in app.texts())
        await app.type("new-name", "王婳")
        await app.tap("place-unit")
        await app.tap(f"pick-below-{UNIT}")
        await app.tap("pick-unit")
        bank.refusal = "login_taken"
        await app.tap("save-place")
        assert "这个工号已经有账号了。" in app.texts()
        await tap_away(app, "save-place")
        assert PASSWORD in app.texts()
        await tap_away(app, "password-told")
        assert PASSWORD not in app.texts()
    (deed,) = bank.deeds
    assert (deed[2]["login"], deed[2]["name"], deed[2]["since"]) == ("8010", "王婳", "2026-11-23")


async def test_customers_go_to_an_advisor_who_is_found_and_is_said_before(scene: Scene) -> None:
    bank = bank_of(scene)
    bank.listed[str(ZHOU)] = bank.listed[str(LIU)] | {"id": str(ZHOU), "login": "8003", "name": "周婷"}
    async with scene.app(route="/me") as app:
        await at_liu(app)
        await app.tap("move-book")
        # Neither the one they are of, nor one whose account is closed.
        assert [app.has(f"advisor-{login}") for login in ("8001", "8002", "8003")] == [False, False, True]
        await app.tap("advisor-8003")
        assert "把 83 位客户移交给周婷？" in app.texts()
        await tap_away(app, "save-book")
        assert not app.has("move-book")
    assert bank.deeds == [(str(LIU), "customers/move", {"to": str(ZHOU), "version": "1"})]


async def test_a_number_that_is_none_or_somebody_elses_is_said_to_be_and_stays_written(scene: Scene) -> None:
    bank = bank_of(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        await app.tap("give-line")
        await app.tap("line-kind-mobile")
        await app.type("line-number", "12")
        bank.refusal = "bad_number"
        await app.tap("save-line")
        assert "这不是能用的号码，请检查。" in app.texts()
        await app.type("line-number", "13900001111")
        bank.refusal = "line_taken"
        await app.tap("save-line")
        assert {"这个号码那天登记在别人名下。", "改给刘洋"} <= set(app.texts())
        await tap_away(app, "save-line")
        assert not app.has("save-line")
    (line,) = [body for _, _, body in bank.deeds]
    assert (line["number"], line["line"], line["since"], line["takes_over"]) == (
        "13900001111",
        "mobile",
        "2026-11-23",
        True,
    )


async def test_units_are_walked_set_up_and_changed_after_the_other_change_was_seen(scene: Scene) -> None:
    bank = bank_of(scene)
    async with scene.app(route="/people") as app:
        await app.tap("people-units")
        await app.tap("new-unit")
        await app.type("unit-name", "新民网点")
        await app.type("unit-lat", "北")
        await app.tap("save-unit")
        assert any("位置写两个度数" in words for words in app.texts())
        await app.type("unit-lat", "")
        await tap_away(app, "save-unit")
        assert "新民网点" in app.texts()
        await app.tap(f"unit-{OTHER}")
        await app.tap("edit-unit")
        await app.type("unit-name", "南湖大路支行")
        bank.units[str(OTHER)] |= {"version": "2", "name": "南湖新支行"}
        await app.tap("save-unit")
        assert "现在是南湖新支行 · 支行 · 4 人" in app.texts()
        await tap_away(app, "save-unit")
        bank.refusal = "unit_in_use"
        await app.tap("close-unit")
        await app.tap("save-unit")
        assert any("还有人属于这个机构" in words for words in app.texts())
    assert bank.units[str(OTHER)]["name"] == "南湖大路支行"
