"""A head finds somebody, gives them a password or revokes their phone, each asked once; what is not theirs is not offered."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import flet as ft
import pytest_asyncio

from tests.people.people_bank import PASSWORD, PHONE, PeopleBank
from tests.sync.bank import a_platform
from tests.team.team_bank import LIU, SUN, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    made.bank = PeopleBank(made.clock, snapshot=made.bank.snapshot)
    made.platform = a_platform(tmp_path, made.bank, made.phone)
    yield made
    await made.put_away()


def bank_of(scene: Scene) -> PeopleBank:
    assert isinstance(scene.bank, PeopleBank)
    return scene.bank


async def tap_away(app: App, identifier: str) -> None:
    """Tap what closes a sheet, and say that it is down as a client does."""
    await app.tap(identifier)
    for each in app.all(ft.BottomSheet):
        if not each.open:
            await app.fire(each, "dismiss")


async def at_liu(app: App) -> None:
    await app.tap("people")
    await app.tap("person-8001")
    assert app.page.route == f"/people/{LIU}"


async def test_a_temporary_password_is_asked_for_once_shown_once_and_gone(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        await app.tap("give-password")
        assert bank_of(scene).deeds == []
        await tap_away(app, "people-confirm")
        assert PASSWORD in app.texts()
        await tap_away(app, "password-told")
        assert PASSWORD not in app.texts()
        assert "等改密码" in app.texts()
    assert bank_of(scene).deeds == [(str(LIU), "password", None)]


async def test_a_phone_with_unsent_records_is_revoked_only_after_it_was_said(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        await app.tap(f"revoke-{PHONE}")
        assert any("还有 3 条没有上传" in words and "传不上来" in words for words in app.texts())
        await tap_away(app, "cancel")
        assert bank_of(scene).deeds == []
        await app.tap(f"revoke-{PHONE}")
        await tap_away(app, "people-confirm")
        assert not app.has(f"revoke-{PHONE}")
    assert bank_of(scene).deeds == [(str(LIU), f"devices/{PHONE}/revoke", None)]


async def test_a_head_without_the_right_is_offered_nothing(scene: Scene) -> None:
    bank_of(scene).listed[str(LIU)]["rights"] = []
    await signed_in(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        assert not any(app.has(name) for name in ("give-password", f"revoke-{PHONE}", "open-or-close"))


async def test_of_an_account_that_somebody_changed_meanwhile_the_present_state_is_shown(scene: Scene) -> None:
    bank = bank_of(scene)
    bank.listed[str(LIU)]["rights"] = ["edit", "sign_in"]
    await signed_in(scene)
    async with scene.app(route="/me") as app:
        await at_liu(app)
        bank.listed[str(LIU)] |= {"version": "2", "must_change_password": True}
        await app.tap("open-or-close")
        assert any("83 位客户" in words for words in app.texts())
        await tap_away(app, "people-confirm")
        assert "刚有别人改过，请看一眼现在的样子再改。" in app.texts()
        assert "等改密码" in app.texts()
        await app.tap("open-or-close")
        await tap_away(app, "people-confirm")
        assert "已停用" in app.texts()
    assert [body["version"] for _, _, body in bank.deeds] == ["1", "2"]


async def test_whom_one_looks_for_is_found_and_the_log_reads_in_words(scene: Scene) -> None:
    bank = bank_of(scene)
    bank.entries = [
        {
            "id": str(SUN),
            "at": "2026-11-23T09:40:00Z",
            "actor": {"id": str(LIU), "name": "孙行长"},
            "action": "staff.changed",
            "subject_kind": "staff",
            "subject_id": str(SUN),
            "subject": "孙悦",
            "before": {"active": True},
            "after": {"active": False},
        },
        {
            "id": str(UUID(int=1)),
            "at": "2026-11-23T09:35:00Z",
            "actor": {"id": str(LIU), "name": "孙行长"},
            "action": "leave.changed",
            "subject_kind": "staff",
            "subject_id": str(SUN),
            "subject": "孙悦",
            "before": {"first_day": "2026-11-24", "last_day": "2026-11-24"},
            "after": {"first_day": "2026-11-24", "last_day": "2026-11-26"},
        },
        {
            "id": str(UUID(int=2)),
            "at": "2026-11-23T09:34:00Z",
            "actor": None,
            "action": "calendar.overridden",
            "subject_kind": "day",
            "subject_id": "2027-02-14",
            "subject": "2027-02-14",
            "before": {"works": None},
            "after": {"works": False},
        },
        {
            "id": str(LIU),
            "at": "2026-11-23T09:30:00Z",
            "actor": None,
            "action": "of.a.newer.server",
            "subject_kind": "staff",
            "subject_id": str(SUN),
            "subject": "",
            "before": None,
            "after": None,
        },
    ]
    await signed_in(scene)
    async with scene.app(route="/people") as app:
        await app.type("people-search", "孙")
        assert not app.has("person-8001")
        assert "已停用" in app.texts()
        await app.tap("people-log")
        assert "改了账号 · 孙悦" in app.texts()
        assert "在用 → 已停用\n孙行长 操作" in app.texts()
        assert "改了休假 · 孙悦" in app.texts()
        assert "2026-11-24 → 2026-11-24 至 2026-11-26\n孙行长 操作" in app.texts()
        assert "改了工作日 · 2027-02-14" in app.texts()
        assert "按公布 → 休息\n命令行导入 操作" in app.texts()
        assert "of.a.newer.server" in app.texts()
        assert "命令行导入 操作" in app.texts()
