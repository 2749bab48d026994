"""Coming out of a visit: the answers, the counter's list, the next day in one tap, and the page a customer takes along."""

from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.main import app_main
from app_client.proposals.actions import AmountUnit, PickEntry, save_proposal
from app_client.session import AppSession
from app_client.summaries.queries import summary_view
from app_server.quality.defaults import default_wordings
from shared_models.proposals import PickResponse
from shared_models.wordings import Judge
from tests.proposals.test_proposals import picked, product_id, visit_of
from tests.today.scenes import OUYANG, Scene
from tests.ui.harness import App

PNG = b"\x89PNG\r\n\x1a\n"


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


async def after(session: AppSession) -> UUID:
    """A visit with one product bought, one interesting and one turned down."""
    visit_id = await visit_of(session, OUYANG)
    bought = PickEntry(product_id(1), PickResponse.BOUGHT, "50", AmountUnit.WAN)
    await save_proposal(
        session,
        visit_id,
        {bought.product_id: bought, **picked(2), **picked(3, response=PickResponse.DECLINED)},
    )
    return visit_id


def page_of(app: App) -> list[str]:
    """The words of the customer's page."""
    return [text.value for text in texts_of(app.one(ft.Screenshot).content) if text.value]


def texts_of(part: Any) -> list[ft.Text]:
    if isinstance(part, ft.Text):
        return [part]
    below = [getattr(part, "content", None), *(getattr(part, "controls", None) or [])]
    return [text for each in below if each is not None for text in texts_of(each)]


async def test_saving_leads_to_what_came_of_it(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        for number in (1, 2, 3):
            await app.tap(f"answer-{product_id(number)}-interested")
        await app.tap("save-proposal")
        assert app.page.route == f"/visits/{visit_id}/summary"
        assert {"面访小结", "产品1", "有意向"} <= set(app.texts())
        await app.tap("summary-done")
        assert app.page.route == "/visits"


async def test_the_counter_is_told_product_code_and_amount(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        assert {"柜面办理清单", "1 笔", "产品1", "P01", "50 万"} <= set(app.texts())


async def test_where_nothing_was_bought_the_counter_has_no_list(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    await save_proposal(session, visit_id, picked(1, 2, 3))
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        assert "柜面办理清单" not in app.texts()


@pytest.mark.parametrize(
    ("tile", "day"), [("promise-tomorrow", date(2026, 11, 24)), ("promise-next-week", date(2026, 11, 30))]
)
async def test_the_next_day_is_one_tap(scene: Scene, session: AppSession, tile: str, day: date) -> None:
    visit_id = await after(session)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        await app.tap(tile)
        assert any(text.startswith("已约 ") for text in app.texts())
    view = summary_view(session, visit_id)
    assert view is not None
    assert view.promised == day


async def test_any_other_day_is_picked_in_the_sheet(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        await app.tap("promise-pick")
        assert "和欧阳婳约在哪天？" in app.texts()


async def test_the_page_names_nobody_in_full_and_has_no_number(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        words = "\n".join(page_of(app))
        view = summary_view(session, visit_id)
        assert view is not None
        customer = view.customer
        assert "尊敬的欧阳客户 · 2026年11月23日" in words
        for secret in (customer.name, customer.phone, customer.phone[-4:], str(customer.id)):
            assert secret not in words


async def test_the_page_leaves_out_what_was_turned_down(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        assert {"产品1", "产品2", "您已选购 50 万", "您有意了解"} <= set(page_of(app))
        assert "产品3" not in page_of(app)


async def test_the_page_warns_of_risk_and_promises_nothing(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    judge = Judge(default_wordings())
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        words = page_of(app)
    assert "理财非存款，产品有风险，投资须谨慎。" in words
    assert [hit for text in words for hit in judge.hits(text)] == []


@asynccontextmanager
async def with_camera(scene: Scene, route: str, picture: bytes | None):
    """The app on a device that makes this picture, or none."""

    def services(name: str, arguments: dict[str, Any]) -> Any:
        # As Flet's client does: it refuses a whole number here.
        assert name != "capture" or isinstance(arguments["pixel_ratio"], float)
        if name == "capture" and picture is None:
            raise RuntimeError("no picture")
        return picture if name == "capture" else None

    app = await App(services).start(app_main(lambda _: scene.platform), route=route)
    await app.settle()
    try:
        yield app
    finally:
        await app.close()


async def test_the_page_is_shared_as_a_picture_without_a_network(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    scene.bank.faults = ["unsent"] * 1000
    async with with_camera(scene, f"/visits/{visit_id}/summary", PNG) as app:
        await app.tap("share-page")
    assert scene.phone.saved == {"day2053-2026-11-23.png": PNG}


async def test_a_device_that_makes_no_picture_says_what_to_do(scene: Scene, session: AppSession) -> None:
    visit_id = await after(session)
    async with with_camera(scene, f"/visits/{visit_id}/summary", None) as app:
        await app.tap("share-page")
        assert "这台设备做不了图片，请截屏后发送" in app.texts()
    assert scene.phone.saved == {}


async def test_a_visit_without_products_has_nothing_to_sum_up(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/summary") as app:
        assert "这次面访还没有产品" in app.texts()
