"""Visits as an advisor records them: the check-in with what the device knew, the day's list, and taking one back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import flet as ft
import pytest
import pytest_asyncio

from app_client.customers.queries import PastActivity, customer_view
from app_client.session import AppSession
from app_client.store import ledger
from app_client.store.materialize import apply_changes
from app_client.visits.actions import CheckIn, check_in, is_card_end, take_back_visit
from app_client.visits.queries import visits_view
from shared_models.activity import Activity, ActivityKind
from shared_models.errors import BadInput
from shared_models.evidence import Grade
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.sync import Change
from shared_models.visits import Fix, Visit, VisitCheck, VisitPlace, visit_check_id
from tests.store.scenes import MONDAY, NINE
from tests.sync.bank import a_platform
from tests.today.scenes import (
    CHEN,
    OUYANG,
    WANG,
    PhoneInHand,
    Scene,
    a_proposal,
    a_visit,
    clients_closed,
    person,
    record,
)
from tests.ui.harness import App

FIX = Fix(lat=43.88, lon=125.32, accuracy_m=20, taken_at=NINE, mocked=False)


class PhoneOutdoors(PhoneInHand):
    """A device that sees satellites."""

    async def fix(self) -> Fix | None:
        return FIX


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


@pytest_asyncio.fixture
async def app(scene: Scene, session: AppSession) -> AsyncIterator[App]:
    async with scene.app(route="/visits") as opened:
        yield opened


def written(session: AppSession) -> list[Activity]:
    return session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))


def an_appointment(number: int, *, days: int, note: str | None = None) -> ledger.Draft:
    data = FollowUp(due_on=MONDAY + timedelta(days=days), reason=FollowUpReason.APPOINTMENT, note=note)
    return ledger.Draft(kind=ActivityKind.FOLLOW_UP, data=data, customer_id=person(number))


@pytest.mark.parametrize(
    ("text", "fine"),
    [("", True), (" 1234 ", True), ("123", False), ("12345", False), ("12a4", False), ("１２３４", False)],
)
def test_a_card_ends_in_four_digits_or_is_left_out(text: str, fine: bool) -> None:
    assert is_card_end(text) is fine


async def test_bad_card_digits_write_nothing(session: AppSession) -> None:
    with pytest.raises(BadInput):
        await check_in(session, CheckIn(person(OUYANG), VisitPlace.OUTLET, card_last4="12"))
    assert written(session) == []


async def test_a_visit_is_picked_by_search_and_recorded_by_one_tap(app: App, session: AppSession) -> None:
    await app.tap("new-visit")
    await app.type("visit-search", "wjg")
    await app.tap(f"pick-{person(WANG)}")
    assert "未取得定位，按自述登记" in app.texts()
    await app.tap("place-customer")
    [visit] = written(session)
    assert (visit.customer_id, visit.data) == (person(WANG), Visit(place=VisitPlace.CUSTOMER))
    assert app.page.route == f"/visits/{visit.id}/proposal"


async def test_a_fix_is_kept_as_evidence(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.phone = PhoneOutdoors()
    scene.platform = a_platform(tmp_path, scene.bank, scene.phone)
    session = await scene.signed_in()
    async with scene.app(route="/visits") as app:
        await app.tap("new-visit")
        await app.tap(f"pick-{person(OUYANG)}")
        assert "已定位 ±20 米" in app.texts()
        await app.tap("place-outlet")
        [visit] = written(session)
        assert visit.data == Visit(place=VisitPlace.OUTLET, fix=FIX)
        assert visits_view(session).rows[0].evidence.grade is Grade.C
    await scene.put_away()


async def test_the_end_of_a_card_and_a_note_go_along(app: App, session: AppSession) -> None:
    await app.tap("new-visit")
    await app.tap(f"pick-{person(OUYANG)}")
    await app.tap("card-way-end")
    assert "末四位只作记录，不算核实。" in app.texts()
    await app.type("card-last4", "12")
    await app.tap("place-outlet")
    assert app.one(ft.TextField, key="card-last4").error == "请填四位数字，或留空"
    assert written(session) == []
    await app.type("card-last4", "6789")
    await app.tap("ask-note")
    await app.type("visit-note", "带了女儿")
    await app.tap("place-outlet")
    [visit] = written(session)
    assert visit.data == Visit(place=VisitPlace.OUTLET, card_last4="6789", note="带了女儿")


async def test_undo_takes_back_the_visit_and_its_products(app: App, session: AppSession) -> None:
    visit_id = await check_in(session, CheckIn(person(OUYANG), VisitPlace.OUTLET))
    visit = session.store.read(lambda tx: ledger.activity(tx, visit_id))
    assert visit is not None
    await record(session, a_proposal(OUYANG, visit, 3))
    await app.settle()
    assert "3 款" in app.texts()
    await app.tap(f"undo-{visit_id}")
    # A stray tap is not a lost visit: it asks first.
    assert "撤销欧阳婳的面访？" in app.texts()
    await app.tap("cancel")
    assert visits_view(session).figures.visits == 1
    await clients_closed(app)
    await app.tap(f"undo-{visit_id}")
    await app.tap("take-back")
    assert visits_view(session).figures.visits == 0
    assert visits_view(session).figures.products_presented == 0
    before = len(written(session))
    await take_back_visit(session, visit_id)
    assert len(written(session)) == before


async def test_a_visit_says_how_many_products_are_missing_and_leads_to_them(app: App, session: AppSession) -> None:
    [visit] = await record(session, a_visit(OUYANG))
    await record(session, a_proposal(OUYANG, visit, 1))
    await app.settle()
    assert "还差 2 款" in app.texts()
    await app.tap(f"visit-{visit.id}")
    assert app.page.route == f"/visits/{visit.id}/proposal"


async def test_appointments_come_up_due_first_and_a_tap_checks_in(app: App, session: AppSession) -> None:
    await record(
        session,
        an_appointment(OUYANG, days=0, note="谈续期"),
        an_appointment(WANG, days=2),
        an_appointment(CHEN, days=20),
    )
    await app.settle()
    view = visits_view(session)
    assert [each.name for each in view.due] == ["欧阳婳"]
    assert [each.name for each in view.ahead] == ["王建国"]
    assert "约在今天 · 谈续期" in app.texts()
    await app.tap(f"check-in-{person(OUYANG)}")
    await app.tap("place-outlet")
    assert [each.name for each in visits_view(session).rows] == ["欧阳婳"]
    assert visits_view(session).due == ()


def a_check(visit: Activity, **found: object) -> Change:
    """What the server writes beside a visit, as it comes by the feed."""
    check_id = visit_check_id(visit.id)
    told = {"id": check_id, "kind": ActivityKind.VISIT_CHECK}
    check = visit.model_copy(update={**told, "data": VisitCheck.model_validate({"visit_id": visit.id, **found})})
    return Change(entity="activity", id=str(check_id), data=check.model_dump(mode="json"))


async def pull(session: AppSession, *changes: Change) -> None:
    await session.store.write(lambda tx: apply_changes(tx, changes))


async def test_what_the_server_found_is_said_beside_the_visit(app: App, session: AppSession) -> None:
    draft = ledger.Draft(
        kind=ActivityKind.VISIT, data=Visit(place=VisitPlace.OUTLET, fix=FIX), customer_id=person(OUYANG)
    )
    [visit] = await record(session, draft)
    await app.settle()
    assert any("网点 · 已定位" in text for text in app.texts())
    await pull(session, a_check(visit, card="matched", card_last4="3446"))
    await app.settle()
    assert any("网点 · 刷卡核实" in text for text in app.texts())
    assert visits_view(session).figures.visits_graded[Grade.A] == 1


async def test_a_card_of_another_customer_and_a_place_elsewhere_are_said(app: App, session: AppSession) -> None:
    draft = ledger.Draft(
        kind=ActivityKind.VISIT, data=Visit(place=VisitPlace.OUTLET, fix=FIX), customer_id=person(OUYANG)
    )
    [visit] = await record(session, draft)
    await pull(session, a_check(visit, card="other_customer", card_last4="3446", outlet_m=2400))
    await app.settle()
    assert any("自述登记（定位不在网点）" in text for text in app.texts())
    assert "刷的是别的客户的卡" in app.texts()
    assert visits_view(session).figures.visits_verified == 0
    assert [each.id for each in customer_view_of(session)] == [visit.id]


def customer_view_of(session: AppSession) -> tuple[PastActivity, ...]:
    found = customer_view(session, person(OUYANG))
    assert found is not None
    return found.history


async def test_the_heading_says_what_is_left(app: App, session: AppSession) -> None:
    assert any("还差 5 位面访" in text for text in app.texts())
    await record(session, *(a_visit(number) for number in range(1, 6)))
    await app.settle()
    assert any("今天的面访完成了" in text for text in app.texts())
