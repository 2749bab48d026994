"""The page "me": the sync in full, what needs attention and the ways out of it, language, look, and signing out."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import flet as ft
import pytest_asyncio

from app_client.session import AppSession
from app_client.session_context import Phase, state_of
from app_client.shell.queries import sync_words
from app_client.sign_in.actions import sign_in
from app_client.store import ledger
from shared_models.activity import Activity
from shared_models.calls import Call, CallOutcome
from shared_models.outbox import read_outbox
from tests.store.scenes import MONDAY
from tests.sync.bank import ADVISOR, PASSWORD
from tests.today.scenes import OUYANG, WANG, Scene, a_call, a_proposal, a_visit, clients_closed, record
from tests.ui.harness import App


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    async with scene.app(route="/me") as opened:
        yield opened


async def give_back(scene: Scene, session: AppSession, app: App) -> None:
    """Record a call that the server does not take."""
    [call] = await record(session, a_call(OUYANG))
    scene.bank.rejects = {str(call.id)}
    await session.sync.sync_now()
    await app.settle()


async def test_it_says_who_and_how_the_sync_stands(app: App) -> None:
    assert "张敏" in app.texts()
    assert "人民路支行 · 客户经理 · advisor1" in app.texts()
    assert "本机的记录都已在银行系统里。" in app.texts()


async def test_what_the_server_gave_back_is_explained(app: App, scene: Scene, session: AppSession) -> None:
    await give_back(scene, session, app)
    assert "电话 · 欧阳婳" in app.texts()
    assert "银行系统里没有这位客户，可能已经合并或删除。" in app.texts()
    assert "1 条需要处理" in app.said()


async def test_a_call_given_back_is_entered_anew(app: App, scene: Scene, session: AppSession) -> None:
    await give_back(scene, session, app)
    [held] = session.store.read(ledger.held)
    await app.tap(f"edit-{held.activity.id}")
    await app.tap("outcome-wrong_number")
    assert session.store.read(ledger.held) == []
    [call] = session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
    assert isinstance(call.data, Call)
    assert (call.data.outcome, call.data.talk_seconds) == (CallOutcome.WRONG_NUMBER, 95)


async def test_the_outcome_of_a_recorded_call_stays_its_outcome(app: App, scene: Scene, session: AppSession) -> None:
    ended = session.now() - timedelta(minutes=40)
    record_id = UUID(int=1)
    plain = a_call(OUYANG, occurred_at=ended)
    [held] = await record(session, replace(plain, data=plain.data.model_copy(update={"pbx_record_id": record_id})))
    scene.bank.rejects = {str(held.id)}
    await session.sync.sync_now()
    await app.settle()
    await app.tap(f"edit-{held.id}")
    await app.tap("outcome-wrong_number")
    [call] = session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))
    assert isinstance(call.data, Call)
    assert (call.data.pbx_record_id, call.corrected_at) == (record_id, held.corrected_at)


async def test_the_last_sync_is_told_by_a_right_clock(scene: Scene) -> None:
    scene.bank.ahead_ms = 3 * 3_600_000
    session = await scene.signed_in()
    await session.sync.sync_now()
    assert sync_words(session).pill == "已同步 12:00"


async def test_or_dropped_once_it_is_confirmed(app: App, scene: Scene, session: AppSession) -> None:
    await give_back(scene, session, app)
    [held] = session.store.read(ledger.held)
    await app.tap(f"drop-{held.activity.id}")
    assert len(session.store.read(ledger.held)) == 1
    await app.tap("drop-confirm")
    assert session.store.read(ledger.held) == []
    assert "电话 · 欧阳婳" not in app.texts()


async def test_products_given_back_are_chosen_anew(app: App, scene: Scene, session: AppSession) -> None:
    [visit] = await record(session, a_visit(OUYANG))
    [proposal] = await record(session, a_proposal(OUYANG, visit, 3))
    scene.bank.rejects = {str(proposal.id)}
    await session.sync.sync_now()
    await app.settle()
    await app.tap(f"edit-{proposal.id}")
    assert app.page.route == f"/visits/{visit.id}/proposal"


async def test_the_language_changes_everywhere_at_once(app: App) -> None:
    await app.tap("language-en")
    assert "我的" not in app.texts()
    await app.tap("language-zh")
    assert "我的" in app.texts()


async def test_the_look_is_kept(app: App, scene: Scene) -> None:
    await app.tap("theme-dark")
    assert app.page.theme_mode is ft.ThemeMode.DARK
    async with scene.app() as again:
        assert again.page.theme_mode is ft.ThemeMode.DARK


async def test_who_became_a_head_sees_what_waits_from_before(scene: Scene, session: AppSession) -> None:
    await record(session, a_call(OUYANG))
    await session.close()
    scene.bank.people["advisor1"]["role"] = "head"
    await (await sign_in(scene.platform, "advisor1", PASSWORD)).close()
    scene.bank.faults = ["unsent"] * 9
    async with scene.app(route="/me") as app:
        assert "人民路支行 · 负责人 · advisor1" in app.texts()
        assert "等待上传 1 条" in app.said()


async def test_signing_out_with_nothing_unsent_is_one_tap(app: App) -> None:
    await app.tap("sign-out")
    assert state_of(app.page).phase is Phase.SIGNED_OUT
    assert app.has("sign-in")


async def test_signing_out_with_unsent_work_asks_first(app: App, scene: Scene, session: AppSession) -> None:
    scene.bank.faults = ["unsent"] * 9
    await record(session, a_call(OUYANG))
    await app.settle()
    await app.tap("sign-out")
    assert "还有 1 条记录没有上传" in app.texts()
    assert state_of(app.page).phase is Phase.SIGNED_IN
    await app.tap("cancel")
    await clients_closed(app)
    assert session.store.is_open
    await app.tap("sign-out")
    await app.tap("leave-anyway")
    assert state_of(app.page).phase is Phase.SIGNED_OUT


async def test_without_a_network_it_asks_before_one_cannot_come_back(
    app: App, scene: Scene, session: AppSession
) -> None:
    scene.bank.faults = ["unsent"] * 9
    await session.sync.sync_now()
    await app.settle()
    await app.tap("sign-out")
    assert "没有网络，确定退出？" in app.texts()
    await app.tap("cancel")
    assert state_of(app.page).phase is Phase.SIGNED_IN


async def test_sync_now_sends_what_waits(app: App, scene: Scene, session: AppSession) -> None:
    await record(session, a_call(OUYANG))
    await app.tap("sync-now")
    await app.settle(200)
    assert len(scene.bank.ledger) == 1


async def test_what_needs_attention_comes_before_the_sync(app: App, scene: Scene, session: AppSession) -> None:
    await give_back(scene, session, app)
    texts = app.texts()
    assert texts.index("需要处理") < texts.index("同步")


async def test_what_was_not_uploaded_is_exported_and_stays(app: App, scene: Scene, session: AppSession) -> None:
    await give_back(scene, session, app)
    scene.bank.faults = ["unsent"] * 9
    [waiting] = await record(session, a_call(WANG))
    [held] = session.store.read(ledger.held)
    await app.settle()

    await app.tap("export")
    assert "导出 2 条未上传的记录" in app.texts()
    assert "文件含客户信息，交给负责人，勿转发。" in app.texts()
    assert scene.phone.saved == {}
    await app.tap("export-confirm")

    [(name, content)] = scene.phone.saved.items()
    assert re.fullmatch(r"day2053-advisor1-20261123-09\d\d\.json", name)
    outbox = read_outbox(content)
    device_id = scene.bank.grants[-1]["device_id"]
    assert (outbox.staff_id, outbox.login, outbox.device_id) == (ADVISOR, "advisor1", device_id)
    assert [Activity.model_validate(each) for each in outbox.activities] == [held.activity, waiting]
    assert outbox.activities[1:] == session.store.read(lambda tx: ledger.waiting_batch(tx, 10))
    assert "已导出 2 条，请把文件交给负责人" in app.texts()
    assert session.store.read(ledger.outbox_counts) == ledger.OutboxCounts(waiting=1, held=1)


async def test_a_book_is_not_in_the_export(app: App, scene: Scene, session: AppSession) -> None:
    scene.bank.faults = ["unsent"] * 9
    await record(session, a_call(OUYANG))
    await app.settle()
    await app.tap("export")
    await app.tap("export-confirm")
    [content] = scene.phone.saved.values()
    assert "欧阳婳" not in content.decode()
    assert "13800000001" not in content.decode()


async def test_an_export_that_was_not_saved_says_so(app: App, scene: Scene, session: AppSession) -> None:
    scene.bank.faults = ["unsent"] * 9
    scene.phone.saves = False
    await record(session, a_call(OUYANG))
    await app.settle()
    await app.tap("export")
    await app.tap("export-confirm")
    assert "没有导出，记录都还在本机" in app.texts()


async def test_with_everything_uploaded_there_is_nothing_to_export(app: App) -> None:
    assert not app.has("export")
