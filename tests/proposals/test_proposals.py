"""Three products at a visit: amounts, suggestions, the rules before anything is saved, and the screen's taps."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.proposals.actions import (
    AmountTrouble,
    AmountUnit,
    PickEntry,
    read_amount,
    save_proposal,
    typed_amount,
)
from app_client.proposals.queries import proposal_view
from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.visits.actions import CheckIn, check_in, take_back_visit
from shared_models.errors import BadInput, NotFound
from shared_models.fold import AdvisorDay
from shared_models.products import SuitabilityRule
from shared_models.proposals import PickResponse
from shared_models.visits import VisitPlace
from tests.store.scenes import MONDAY
from tests.today.scenes import BOOK, CHEN, OUYANG, WANG, Scene, customer_json, person


def product_id(number: int) -> UUID:
    return UUID(int=0x0193_0000_0000_7000_8000_0000_0002_0000 + number)


def product_json(number: int, need: str, risk: str, **facts: Any) -> dict[str, Any]:
    data = {
        "id": str(product_id(number)),
        "code": f"P{number:02d}",
        "name": f"产品{number}",
        "category": "wealth",
        "need": need,
        "risk": risk,
        **facts,
    }
    return {"entity": "product", "id": str(product_id(number)), "data": data}


SHELF = [
    product_json(1, "steady", "R2"),
    product_json(2, "growth", "R3"),
    product_json(3, "protection", "R1"),
    product_json(4, "cash", "R1"),
    product_json(5, "growth", "R5"),
    product_json(6, "steady", "R2"),
    product_json(7, "steady", "R1", on_sale_until="2026-11-22"),
]
EXPIRED = customer_json(CHEN, "陈晓丽", rating="C3", rated_on="2025-01-01")


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    book = [each for each in BOOK if each["id"] != EXPIRED["id"]]
    made = Scene(tmp_path, book=[*book, EXPIRED, *SHELF])
    yield made
    await made.put_away()


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


async def visit_of(session: AppSession, number: int) -> UUID:
    return await check_in(session, CheckIn(person(number), VisitPlace.OUTLET))


def picked(*numbers: int, response: PickResponse = PickResponse.INTERESTED) -> dict[UUID, PickEntry]:
    return {product_id(number): PickEntry(product_id(number), response) for number in numbers}


def figures(session: AppSession) -> AdvisorDay:
    return session.store.read(lambda tx: reads.day_figures(tx, MONDAY))


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("50", AmountUnit.WAN, Decimal("500000.00")),
        ("12.5", AmountUnit.WAN, Decimal("125000.00")),
        ("0.000001", AmountUnit.WAN, Decimal("0.01")),
        ("1,234.56", AmountUnit.ONE, Decimal("1234.56")),
        ("１２", AmountUnit.ONE, Decimal("12.00")),
        ("", AmountUnit.WAN, AmountTrouble.MISSING),
        ("十", AmountUnit.WAN, AmountTrouble.NO_NUMBER),
        ("NaN", AmountUnit.WAN, AmountTrouble.NO_NUMBER),
        ("Infinity", AmountUnit.ONE, AmountTrouble.NO_NUMBER),
        ("0", AmountUnit.WAN, AmountTrouble.NOT_POSITIVE),
        ("-3", AmountUnit.WAN, AmountTrouble.NOT_POSITIVE),
        ("0.001", AmountUnit.ONE, AmountTrouble.TOO_FINE),
        ("1e30", AmountUnit.ONE, AmountTrouble.TOO_LARGE),
        ("9999999999", AmountUnit.WAN, AmountTrouble.TOO_LARGE),
    ],
)
def test_an_amount_is_read_exactly_or_refused(text: str, unit: AmountUnit, amount: Decimal | AmountTrouble) -> None:
    assert read_amount(text, unit) == amount


@pytest.mark.parametrize("amount", ["500000.00", "125000.00", "1234.56", "10050.05", "0.01"])
def test_a_saved_amount_is_shown_as_it_would_be_typed(amount: str) -> None:
    assert read_amount(*typed_amount(Decimal(amount))) == Decimal(amount)


async def test_suggestions_suit_and_come_from_three_needs(session: AppSession) -> None:
    view = proposal_view(session, await visit_of(session, OUYANG))
    assert view is not None
    # Her deposit falls due tomorrow: a steady home first; R5 is beyond her C3, number 7 is not on sale.
    assert view.suggested == (product_id(1), product_id(2), product_id(3))
    assert [offer.rule for offer in view.offers if not offer.is_suitable] == [SuitabilityRule.RISK_TOO_HIGH]
    assert view.offer(product_id(7)) is None


async def test_what_was_declined_is_suggested_last(session: AppSession) -> None:
    first = await visit_of(session, OUYANG)
    await save_proposal(session, first, picked(1, 2, 3, response=PickResponse.DECLINED))
    view = proposal_view(session, await visit_of(session, OUYANG))
    assert view is not None
    assert product_id(6) in view.suggested
    assert product_id(1) not in view.suggested


async def test_saving_again_replaces_and_counts_once(session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    bought = PickEntry(product_id(1), PickResponse.BOUGHT, "5", AmountUnit.WAN)
    await save_proposal(session, visit_id, {bought.product_id: bought, **picked(2, 3)})
    await save_proposal(session, visit_id, {bought.product_id: bought, **picked(3, 4)})
    folded = figures(session)
    assert (folded.products_presented, folded.products_bought) == (3, 1)
    assert folded.amount_bought == Decimal("50000.00")
    assert folded.visits_with_three == 1


async def test_what_the_server_gave_back_goes_when_it_is_chosen_anew(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    refused = await save_proposal(session, visit_id, picked(1, 2, 3))
    scene.bank.rejects = {str(refused)}
    await session.sync.sync_now()
    assert [each.activity.id for each in session.store.read(ledger.held)] == [refused]
    await save_proposal(session, visit_id, picked(1, 2, 4))
    assert session.store.read(ledger.held) == []
    assert figures(session).products_presented == 3


@pytest.mark.parametrize(
    ("numbers", "because", "code"),
    [((5, 1, 2), None, "unsuitable_product"), ((7, 1, 2), None, "unsuitable_product"), ((1, 2), None, "needs_reason")],
)
async def test_the_rules_come_before_the_ledger(
    session: AppSession, numbers: tuple[int, ...], because: str | None, code: str
) -> None:
    visit_id = await visit_of(session, OUYANG)
    with pytest.raises(BadInput) as refused:
        await save_proposal(session, visit_id, picked(*numbers), fewer_because=because)
    assert refused.value.code == code
    assert figures(session).products_presented == 0


async def test_an_expired_rating_lets_nothing_be_saved(session: AppSession) -> None:
    visit_id = await visit_of(session, CHEN)
    with pytest.raises(BadInput):
        await save_proposal(session, visit_id, picked(3), fewer_because="other")


async def test_a_visit_taken_back_takes_no_products(session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    await take_back_visit(session, visit_id)
    with pytest.raises(NotFound):
        await save_proposal(session, visit_id, picked(1, 2, 3))
    assert proposal_view(session, visit_id) is None


# -- the screen


async def test_three_taps_and_one_save(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap(f"answer-{product_id(2)}-declined")
        await app.tap(f"answer-{product_id(3)}-presented")
        assert "完成 · 保存 3 款" in app.texts()
        await app.tap("save-proposal")
        await app.tap("summary-done")
        assert app.page.route == "/visits"
        assert "3 款" in app.texts()
    assert figures(session).visits_with_three == 1


async def test_what_was_bought_needs_its_amount(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        for number in (2, 3):
            await app.tap(f"answer-{product_id(number)}-presented")
        await app.tap(f"answer-{product_id(1)}-bought")
        await app.tap("save-proposal")
        assert app.one(ft.TextField, key=f"amount-{product_id(1)}").error == "请填写购买金额"
        assert figures(session).products_presented == 0
        await app.type(f"amount-{product_id(1)}", "62")
        await app.tap("save-proposal")
    assert figures(session).amount_bought == Decimal("620000.00")


async def test_fewer_than_three_ask_why_with_one_tap(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap("save-proposal")
        assert "只有 1 款，因为…" in app.texts()
        await app.tap("because-no_time")
        await app.tap("summary-done")
        assert app.page.route == "/visits"
        assert "1 款，已说明" in app.texts()


async def test_the_same_answer_again_takes_it_back(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap(f"answer-{product_id(1)}-interested")
        assert app.has("leave-proposal")
        await app.tap("leave-proposal")
        assert app.page.route == "/visits"
    assert figures(session).products_presented == 0


async def test_the_shelf_offers_what_suits_and_greys_the_rest(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert "R5 超过客户风险等级 C3，不能推荐" in app.texts()
        assert not app.has(f"answer-{product_id(5)}-interested")
        assert not app.has(f"add-{product_id(5)}")
        await app.type("product-search", "产品6")
        assert not app.has(f"add-{product_id(4)}")
        await app.tap(f"add-{product_id(6)}")
        assert app.at(f"answer-{product_id(6)}-presented").selected is True


@pytest.mark.parametrize(("number", "words"), [(CHEN, "风险评估已过期"), (WANG, "还没有风险评估")])
async def test_without_a_valid_rating_nothing_can_be_picked(
    scene: Scene, session: AppSession, number: int, words: str
) -> None:
    visit_id = await visit_of(session, number)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert any(words in text for text in app.texts())
        assert not any((node.identifier or "").startswith(("answer-", "add-")) for node in app.all(ft.Semantics))
        # One sentence instead of the whole shelf in grey, which a tap unfolds.
        assert not app.has(f"unsuitable-{product_id(1)}")
        await app.tap("fold-unsuitable")
        assert app.has(f"unsuitable-{product_id(1)}")
        await app.tap("fold-unsuitable")
        assert not app.has(f"unsuitable-{product_id(1)}")
        await app.tap("leave-proposal")
        assert app.page.route == "/visits"


async def test_saved_answers_come_back_to_be_changed(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    await save_proposal(session, visit_id, picked(1, 2, 4))
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert app.at(f"answer-{product_id(4)}-interested").selected is True
        await app.tap(f"answer-{product_id(4)}-declined")
        await app.tap("save-proposal")
    view = proposal_view(session, visit_id)
    assert view is not None
    assert {pick.product_id: pick.response for pick in view.saved}[product_id(4)] is PickResponse.DECLINED
