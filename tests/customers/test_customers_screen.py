"""The book and a customer's page as an advisor uses them: search, filters, a new prospect, promises and history."""

from collections.abc import AsyncIterator
from uuid import UUID

import flet as ft
import pytest_asyncio

from app_client.customers.queries import customer_view
from app_client.plans.queries import morning_list
from app_client.search.queries import Filters, find_customers
from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.materialize import apply_change
from shared_models.activity import ActivityKind, Void
from shared_models.fold import AdvisorDay
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.plans import ReasonCode
from shared_models.sync import Change
from tests.store.scenes import MONDAY
from tests.today.scenes import (
    CHEN,
    LI,
    OUYANG,
    WANG,
    Scene,
    a_call,
    a_promise,
    a_proposal,
    a_visit,
    clients_closed,
    person,
    record,
)
from tests.ui.harness import App

PROMISED = UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0001)


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    async with scene.app(route="/customers") as opened:
        yield opened


def listed(app: App) -> set[str | None]:
    return {
        node.identifier
        for node in app.all(ft.Semantics)
        if node.identifier and node.identifier.startswith("customer-0")
    }


def figures(session: AppSession) -> AdvisorDay:
    return session.store.read(lambda tx: reads.day_figures(tx, MONDAY))


async def undo(app: App) -> None:
    await app.fire(app.all(ft.SnackBarAction)[-1], "click")


async def test_typing_narrows_the_list_at_once(app: App) -> None:
    assert len(listed(app)) == 5
    await app.type("customer-search", "cxl")
    assert listed(app) == {f"customer-{person(CHEN)}"}
    assert "1 位" in app.texts()


async def test_nobody_found_offers_the_way_back(app: App) -> None:
    await app.type("customer-search", "zzz")
    assert app.has("empty-state")
    await app.tap("empty-action")
    assert len(listed(app)) == 5


async def test_filters_are_chips_that_turn_on_and_off(app: App) -> None:
    await app.tap("filter-prospect")
    assert listed(app) == {f"customer-{person(LI)}"}
    await app.tap("filter-prospect")
    assert len(listed(app)) == 5
    await app.tap("filter-silent")
    await app.tap("silent-90")
    assert listed(app) == {f"customer-{person(LI)}", f"customer-{person(CHEN)}"}
    await app.tap("filter-gold")
    assert listed(app) == {f"customer-{person(CHEN)}"}
    await app.tap("filter-everyone")
    assert len(listed(app)) == 5


async def test_who_was_not_called_says_for_how_long_and_that_a_visit_came_since(app: App, session: AppSession) -> None:
    await record(session, a_call(WANG), a_visit(LI))
    await app.tap("filter-silent")
    assert app.at(f"customer-{person(LI)}").label == "李璟瑄, 从未拨打 · 今天联系过"
    assert app.at(f"customer-{person(CHEN)}").label == "陈晓丽, 92 天没拨打"
    assert f"customer-{person(WANG)}" not in listed(app)


async def test_the_phone_button_of_a_row_dials(app: App, scene: Scene) -> None:
    await app.tap(f"call-customer-{person(WANG)}")
    assert scene.phone.dialled == ["13800000002"]


async def test_a_prospect_is_in_the_book_at_once_without_a_network(app: App, scene: Scene, session: AppSession) -> None:
    scene.bank.faults += ["unsent"] * 20
    await app.tap("add-prospect")
    await app.type("prospect-name", "贾堃")
    await app.type("prospect-phone", "139 1234 5678")
    await app.tap("source-walk_in")
    await app.tap("save-prospect")
    found = find_customers(session, Filters(text="5678"))
    assert [row.name for row in found.rows] == ["贾堃"]
    assert f"customer-{found.rows[0].id}" in listed(app)
    await undo(app)
    assert app.page.route == f"/customers/{found.rows[0].id}"


async def test_a_form_with_gaps_says_what_is_missing_and_keeps_the_rest(app: App, session: AppSession) -> None:
    await app.tap("add-prospect")
    await app.type("prospect-phone", "12ab")
    await app.tap("save-prospect")
    assert app.one(ft.TextField, key="prospect-name").error == "请填写姓名"
    assert app.one(ft.TextField, key="prospect-phone").error == "请核对号码：5 到 15 位数字"
    assert app.one(ft.TextField, key="prospect-phone").value == "12ab"
    assert "请选一个来源" in app.texts()
    assert find_customers(session, Filters()).in_book == 5


async def test_a_number_that_is_in_the_book_is_pointed_out(app: App) -> None:
    await app.tap("add-prospect")
    await app.type("prospect-phone", "+86 138 0000 0002")
    assert "这个号码已在名下：王建国" in app.texts()
    await app.tap("banner-action")
    assert app.page.route == f"/customers/{person(WANG)}"


async def test_a_row_opens_the_customer_and_back_returns(app: App) -> None:
    await app.tap(f"customer-{person(OUYANG)}")
    assert app.page.route == f"/customers/{person(OUYANG)}"
    assert "13800000001" in app.texts()
    assert "C3 平衡型（有效至 2027-03-01）" in app.texts()
    await app.tap("back")
    assert app.page.route == "/customers"


async def test_a_promise_is_one_tap_and_can_be_taken_back(app: App, session: AppSession) -> None:
    await app.tap(f"customer-{person(OUYANG)}")
    await app.tap("follow-up")
    await app.tap("promise-appointment")
    await app.tap("day-2026-11-25")
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert [(each.due_on.isoformat(), each.reason) for each in view.promises] == [("2026-11-25", "appointment")]
    assert "后天" in app.texts()
    await undo(app)
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert view.promises == ()


async def test_what_the_former_advisor_promised_is_due_here_and_kept_here(scene: Scene) -> None:
    promise = {"due_on": "2026-11-23", "reason": "callback", "note": "下午三点后", "made_at": "2026-11-20T02:00:00Z"}
    handed = {"promise": {"activity_id": str(PROMISED), "customer_id": str(person(OUYANG)), **promise}}
    of_ouyang = next(each for each in scene.bank.snapshot if each["id"] == str(person(OUYANG)))
    of_ouyang["data"] |= {"handed": handed}
    session = await scene.signed_in()
    first = morning_list(session, MONDAY).listed[0]
    assert (first.customer_id, first.reasons[0].code) == (person(OUYANG), ReasonCode.PROMISED)
    async with scene.app(route=f"/customers/{person(OUYANG)}") as opened:
        assert "回电 · 下午三点后 · 上一位客户经理约的" in opened.texts()
    await record(session, a_call(OUYANG))
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert view.promises == ()
    # Once they have left the book, it is for whoever has them.
    await session.store.write(
        lambda tx: apply_change(tx, Change(entity="customer", id=str(person(OUYANG)), deleted=True))
    )
    assert session.store.read(lambda tx: reads.promises(tx, [])) == []


async def test_a_promise_can_be_for_any_day(app: App, session: AppSession) -> None:
    await app.tap(f"customer-{person(OUYANG)}")
    await app.tap("follow-up")
    await app.tap("day-pick")
    await app.tap("sheet-back")
    await app.tap("day-pick")
    await app.tap("weeks-later")
    await app.tap("date-2026-12-30")
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert [(each.due_on.isoformat(), each.reason) for each in view.promises] == [("2026-12-30", "callback")]


async def test_history_strikes_out_what_was_taken_back(app: App, session: AppSession) -> None:
    [call] = await record(session, a_call(OUYANG))
    [void] = await record(
        session, ledger.Draft(kind=ActivityKind.VOID, data=Void(activity_id=call.id, reason="mistake"))
    )
    await app.tap(f"customer-{person(OUYANG)}")
    past = app.at(f"past-{call.id}")
    assert "已撤销" in str(past.label)
    struck = [text for text in app.all(ft.Text) if text.value == "电话 · 有意向"]
    assert struck[0].style is not None
    assert struck[0].style.decoration is ft.TextDecoration.LINE_THROUGH
    assert not app.has(f"past-{void.id}")


async def test_a_wrong_tap_found_later_is_taken_back_from_the_history(
    app: App, scene: Scene, session: AppSession
) -> None:
    call, promise = await record(session, a_call(OUYANG), a_promise(OUYANG, MONDAY))
    scene.clock.forward(seconds=600)
    [visit] = await record(session, a_visit(OUYANG))
    await record(session, a_proposal(OUYANG, visit, 3))
    await app.tap(f"customer-{person(OUYANG)}")
    await app.tap(f"undo-{call.id}")
    assert "今天 09:00 电话 · 有意向，撤销后不再计入，不能恢复。" in app.texts()
    await app.tap("take-back")
    assert figures(session).calls == 0
    view = customer_view(session, person(OUYANG))
    assert view is not None
    assert view.promises == ()
    assert not app.has(f"undo-{promise.id}")
    await clients_closed(app)
    await app.tap(f"undo-{visit.id}")
    await app.tap("take-back")
    assert (figures(session).visits, figures(session).products_presented) == (0, 0)


async def test_what_was_reported_yesterday_stays(app: App, scene: Scene, session: AppSession) -> None:
    [call] = await record(session, a_call(OUYANG))
    scene.clock.forward(days=1)
    await app.tap(f"customer-{person(OUYANG)}")
    assert app.has(f"past-{call.id}")
    assert not app.has(f"undo-{call.id}")


async def test_history_says_why_the_server_returned_something(app: App, scene: Scene, session: AppSession) -> None:
    promise = FollowUp(due_on=MONDAY, reason=FollowUpReason.CALLBACK)
    draft = ledger.Draft(kind=ActivityKind.FOLLOW_UP, data=promise, customer_id=person(OUYANG))
    [made] = await record(session, draft)
    scene.bank.rejects.add(str(made.id))
    await session.sync.sync_now()
    await app.tap(f"customer-{person(OUYANG)}")
    assert "被退回" in app.texts()
    assert "This customer is not known here." in app.texts()


async def test_a_customer_who_has_left_the_book_is_said_to_have(scene: Scene, session: AppSession) -> None:
    async with scene.app(route=f"/customers/{person(99)}") as app:
        assert "这位客户已不在你的名下" in app.texts()


async def test_on_a_wide_screen_the_customer_stands_beside_the_list(scene: Scene, session: AppSession) -> None:
    async with scene.app(route="/customers", width=1280, height=800) as app:
        await app.type("customer-search", "wjg")
        assert "13800000002" in app.texts()
        await app.type("customer-search", "")
        await app.tap(f"customer-{person(OUYANG)}")
        assert app.page.route == "/customers"
        assert "13800000001" in app.texts()
        assert len(listed(app)) == 5
        marked = [row for row in app.all(ft.Semantics, selected=True) if (row.identifier or "").startswith("customer-")]
        assert [row.identifier for row in marked] == [f"customer-{person(OUYANG)}"]
