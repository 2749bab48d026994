"""The picks on the screen: why, how much, another in a card's place, the allocation, and what of it goes into the ledger."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import flet as ft
import pytest_asyncio

from app_client.proposals.actions import save_proposal
from app_client.proposals.queries import proposal_view, read_proposals
from app_client.session import AppSession
from app_client.visits.queries import read_visited
from app_client.widgets.page import Viewport
from shared_models.picks import PICKS_VERSION
from shared_models.proposals import PickResponse, Proposal
from tests.proposals.test_proposals import SHELF, picked, product_id, visit_of
from tests.today.scenes import BOOK, CHEN, OUYANG, Scene, customer_json

# In ten-thousands: 60 ready once the deposit has fallen due, 40 steady; C3 wants 15 / 45 / 25 / 15.
HOLDER = customer_json(
    OUYANG,
    "欧阳婳",
    rating="C3",
    rated_on="2026-03-01",
    holdings={"cash": "100000", "steady": "900000"},
    maturities=[{"name": "安盈 90 天", "amount": "500000", "due_on": "2026-11-24"}],
)
UNKNOWN = customer_json(CHEN, "陈晓丽", rating="C2", rated_on="2026-03-01", idle_cash="180000")


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    others = [each for each in BOOK if each["id"] not in (HOLDER["id"], UNKNOWN["id"])]
    made = Scene(tmp_path, book=[*others, HOLDER, UNKNOWN, *SHELF])
    yield made
    await made.put_away()


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


def saved_at(session: AppSession, visit_id: UUID) -> Proposal:
    def read(tx):
        visit = read_visited(tx, visit_id)
        assert visit is not None
        return read_proposals(tx, visit.proposals)[-1]

    return session.store.read(read)


async def test_each_card_says_why_and_how_much(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert "还没有增值，参考配置是 25% · 建议金额 25 万" in app.texts()
        assert "还没有保障，参考配置是 15% · 建议金额 15 万" in app.texts()
        assert "承接明天到期的 50 万 · 建议金额 5 万" in app.texts()


async def test_the_allocation_is_shown_and_said_and_follows_the_answers(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert "与参考相差 45% → 0%" in app.texts()
        assert "现在：活钱 60% · 稳健 40% · 增值 0% · 保障 0%" in (app.at("allocation").label or "")
        await app.tap(f"answer-{product_id(2)}-declined")
        assert "与参考相差 45% → 25%" in app.texts()


async def test_in_large_type_nothing_expands_in_a_row_that_wraps(scene: Scene, session: AppSession) -> None:
    """Flutter draws such a row as a grey box."""
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route="/visits") as app:
        viewport = app.page.session.store.get("viewport")
        assert isinstance(viewport, Viewport)
        viewport.type_scale = 2.0
        app.page.navigate(f"/visits/{visit_id}/proposal")
        await app.settle()
        assert app.has("allocation")
        wrapping = [row for row in app.all(ft.Row) if row.wrap]
        assert wrapping
        assert not [row for row in wrapping if any(part.expand for part in row.controls)]


async def test_another_product_of_the_need_is_one_tap_away(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert not app.has(f"swap-{product_id(2)}")  # the only one of its need
        await app.tap(f"swap-{product_id(1)}")
        await app.tap(f"answer-{product_id(6)}-interested")
        assert not app.has(f"swap-{product_id(6)}")  # an answer is not swept away
        for number in (2, 3):
            await app.tap(f"answer-{product_id(number)}-presented")
        await app.tap("save-proposal")
    saved = saved_at(session, visit_id)
    assert saved.offered == (product_id(2), product_id(3), product_id(1))
    assert {pick.product_id for pick in saved.picks} == {product_id(6), product_id(2), product_id(3)}
    assert saved.picks_version == PICKS_VERSION


async def test_swapping_goes_round(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"swap-{product_id(1)}")
        await app.tap(f"swap-{product_id(6)}")
        assert app.has(f"swap-{product_id(1)}")


async def test_what_was_offered_first_stays_on_record(session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    await save_proposal(session, visit_id, picked(1, 2, 3), offered=[product_id(1)])
    await save_proposal(session, visit_id, picked(1, 2, 4), offered=[product_id(4)])
    assert saved_at(session, visit_id).offered == (product_id(1),)


async def test_a_visit_is_picked_for_alike_after_its_own_refusals(session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    before = proposal_view(session, visit_id)
    await save_proposal(session, visit_id, picked(1, 2, 3, response=PickResponse.DECLINED))
    after = proposal_view(session, visit_id)
    assert before is not None
    assert after is not None
    assert after.suggested == before.suggested


async def test_an_unknown_allocation_is_not_made_up(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, CHEN)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert "还不知道客户现在的配置，先按风险等级推荐" in app.texts()
        assert "现在" not in app.texts()
        assert any("活期有 18 万闲置" in text for text in app.texts())


def test_a_proposal_without_what_was_offered_is_the_content_it_was() -> None:
    """A repeat of what an earlier app sent is the same to the server, byte for byte."""
    data = {"visit_id": str(product_id(9)), "picks": [{"product_id": str(product_id(1)), "response": "presented"}]}
    assert set(Proposal.model_validate(data).model_dump(mode="json")) == {"visit_id", "picks", "fewer_because"}


async def test_the_legend_says_what_changes(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        assert {"活钱 60→15%", "稳健 40→45%", "增值 0→25%", "保障 0→15%"} <= set(app.texts())
