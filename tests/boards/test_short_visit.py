"""Three minutes in a full hall: three cards that fit the customer, the picks, and what was not reached promised by itself."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app_client.boards.queries import OnShelf, scenes_for, short_board
from app_client.session import AppSession
from app_client.store import ledger, reads
from shared_models.boards import Board, BoardScene
from shared_models.customers import Customer, Maturity
from shared_models.plans import Promise
from shared_models.sync import Change
from tests.boards.conftest import CASH, MATURING, board_json, card_json
from tests.proposals.test_proposals import product_id, visit_of
from tests.store.scenes import MONDAY
from tests.today.scenes import OUYANG, WANG, Scene, customer_json, person, pull


def on_shelf(number: int, scene: str, length: int) -> OnShelf:
    return OnShelf(Board.model_validate(board_json(UUID(int=number), "一块", scene=scene, length=length)["data"]), 0)


def promises(session: AppSession) -> list[Promise]:
    return session.store.read(lambda tx: reads.promises(tx, ledger.ledger_since(tx, MONDAY)))


def test_the_longest_of_the_best_scene_that_three_minutes_allow() -> None:
    shelf = [
        on_shelf(1, "busy_hall", 180),
        on_shelf(2, "maturing_deposit", 30),
        on_shelf(3, "maturing_deposit", 180),
        on_shelf(4, "maturing_deposit", 600),
    ]
    chosen = short_board(shelf, (BoardScene.MATURING_DEPOSIT, BoardScene.BUSY_HALL))
    assert chosen is not None
    assert chosen.id == UUID(int=3)
    assert short_board(shelf[::-1], (BoardScene.MATURING_DEPOSIT, BoardScene.BUSY_HALL)) == chosen
    assert short_board(shelf, (BoardScene.FAMILY,)) is None


@pytest.mark.parametrize(
    ("due_on", "idle", "first"),
    [
        (date(2026, 12, 23), None, BoardScene.MATURING_DEPOSIT),
        (date(2026, 12, 24), Decimal(5), BoardScene.IDLE_CASH),
        (date(2026, 11, 22), None, BoardScene.BUSY_HALL),
    ],
)
def test_what_fits_the_customer_goes_first(due_on: date, idle: Decimal | None, first: BoardScene) -> None:
    due = Maturity(name="存单", amount=Decimal(1), due_on=due_on)
    customer = Customer.model_validate(
        {**customer_json(WANG, "王建国")["data"], "maturities": [due], "idle_cash": idle}
    )
    scenes = scenes_for(customer, MONDAY)
    assert (scenes[0], scenes[-1]) == (first, BoardScene.BUSY_HALL)


async def test_three_cards_then_the_picks_and_the_rest_is_promised(scene: Scene, session: AppSession) -> None:
    cards = [card_json(f"card-{number}", f"卡 {number}") for number in range(5)]
    await pull(session, Change.model_validate(board_json(MATURING, "存款到期怎么放", cards=cards)))
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap("short-visit")
        assert "第 1 张，共 3 张" in app.said()
        await app.tap("end-showing")
        await app.tap("reaction-wants_more")
        assert app.page.route == f"/visits/{visit_id}/proposal"
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap("save-proposal")
        await app.tap("because-no_time")
    (promise,) = promises(session)
    assert (promise.customer_id, promise.due_on) == (person(OUYANG), date(2026, 11, 24))
    assert promise.reason == "deferred_products"
    assert promise.note == "还没讲：产品2、产品3"


async def test_who_tells_the_rest_after_all_promises_nothing(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap("save-proposal")
        await app.tap("because-no_time")
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        for number in (2, 3):
            await app.tap(f"answer-{product_id(number)}-interested")
        await app.tap("save-proposal")
    assert promises(session) == []


async def test_another_reason_promises_nothing(scene: Scene, session: AppSession) -> None:
    visit_id = await visit_of(session, OUYANG)
    async with scene.app(route=f"/visits/{visit_id}/proposal") as app:
        await app.tap(f"answer-{product_id(1)}-interested")
        await app.tap("save-proposal")
        await app.tap("because-customer_left")
    assert promises(session) == []


async def test_without_a_short_board_the_picks_are_one_tap_away(scene: Scene, session: AppSession) -> None:
    gone = [board_json(each, "", deleted=True) for each in (MATURING, CASH)]
    await pull(session, *(Change.model_validate(each) for each in gone))
    visit_id = await visit_of(session, WANG)
    async with scene.app(route=f"/visits/{visit_id}/short") as app:
        assert "没有三分钟的垫板" in app.texts()
