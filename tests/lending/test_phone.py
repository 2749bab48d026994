"""What the phones of both show on the lent day, and that a phone forgets by itself when it is over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app_client.plans.queries import morning_list
from app_client.session import AppSession
from app_client.store import reads
from app_client.today.queries import Away, today_view
from tests.store.scenes import MONDAY
from tests.today.scenes import BOOK, LI, OUYANG, WANG, Scene, a_call, customer_json, person, plan_json, record

SUN = 9
HERE = {"lent_from": {"day": MONDAY.isoformat(), "name": "周婷"}}
AWAY = {"lent_to": {"day": MONDAY.isoformat(), "name": "周婷"}}
OF_ZHOU = customer_json(SUN, "孙福林", last_contact_on="2026-11-20", **HERE)


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    await scene.put_away()


async def told(scene: Scene, *changes: dict) -> AppSession:
    session = await scene.signed_in()
    scene.bank.feed += changes
    await session.sync.sync_now()
    return session


def lend_away(number: int) -> dict:
    change = next(each for each in BOOK if each["id"] == str(person(number)))
    return {**change, "data": {**change["data"], **AWAY}}


async def test_who_is_lent_here_comes_first_on_the_list_of_the_ranking(scene: Scene) -> None:
    session = await told(scene, OF_ZHOU)
    first, *others = today_view(session, morning_list(session, MONDAY)).next_rows
    # Spoken to on Friday, the ranking would have left them in peace.
    assert (first.customer.name, first.lent_from, first.customer.phone) == ("孙福林", "周婷", "13800000009")
    assert {each.lent_from for each in others} == {None}


async def test_who_is_lent_away_is_on_no_list_and_a_call_made_before_stands(scene: Scene) -> None:
    session = await scene.signed_in()
    await record(session, a_call(WANG))
    session = await told(scene, plan_json([OUYANG, WANG, LI]), lend_away(OUYANG), lend_away(WANG))
    view = today_view(session, morning_list(session, MONDAY))
    assert not {person(OUYANG), person(WANG)} & {row.customer.id for row in view.next_rows}
    assert (view.list_length, view.figures.calls) == (1, 1)
    assert [row.name for row in view.called] == ["王建国"]
    assert view.away == (Away("周婷", ("欧阳婳", "王建国")),)


async def test_the_phone_forgets_them_when_the_day_is_over_without_any_network(scene: Scene) -> None:
    session = await told(scene, OF_ZHOU)
    await record(session, a_call(SUN))
    before = session.store.read(lambda tx: reads.day_figures(tx, MONDAY))
    scene.clock.forward(days=1)
    # Even before it has tried to sync.
    assert person(SUN) not in {each.customer_id for each in morning_list(session, session.today()).listed}
    scene.bank.faults += ["unsent"]
    await session.sync.step_once()
    assert session.store.read(lambda tx: reads.customer(tx, person(SUN))) is None
    assert session.store.read(lambda tx: reads.customer(tx, person(OUYANG))) is not None
    assert session.store.read(lambda tx: reads.day_figures(tx, MONDAY)) == before
    assert before.calls_effective_managed == 1
    assert session.sync.status.waiting == 1


async def test_both_are_said_on_today_and_on_the_customers_page(scene: Scene) -> None:
    await told(scene, OF_ZHOU, lend_away(OUYANG))
    async with scene.app(route="/today") as app:
        assert "欧阳婳今天由周婷代打" in app.texts()
        assert "代打" in app.texts()
        assert any(text.startswith("周婷的客户") for text in app.texts())
        await app.tap(f"next-{person(SUN)}")
        await app.settle()
        assert "周婷的客户，今天由你代打；过了今天就回到原来的名下。" in app.texts()
    async with scene.app(route=f"/customers/{person(OUYANG)}") as app:
        assert "今天由周婷代打。你打的也算数，别让客户接到两通。" in app.texts()
