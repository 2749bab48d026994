"""Finding customers: by name, initials and digits over the whole book, and by what the filters say."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app_client.search.queries import Filters, find_customers
from app_client.session import AppSession
from shared_models.calls import CallOutcome
from shared_models.customers import Pool, Tier
from tests.today.scenes import Scene, a_call, customer_json, record


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()


def names(session: AppSession, filters: Filters) -> list[str]:
    return [row.name for row in find_customers(session, filters).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陈", ["陈晓丽"]),
        ("晓丽", ["陈晓丽"]),
        ("OYH", ["欧阳婳"]),
        ("oy", ["欧阳婳"]),
        ("00000002", ["王建国"]),
        (" 王建国 ", ["王建国"]),
        ("138-0000", ["陈晓丽", "李璟瑄", "欧阳婳", "王建国", "赵堃"]),
        ("查无此人", []),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE customers; --", []),
    ],
)
async def test_a_few_letters_find_a_customer(session: AppSession, text: str, expected: Sequence[str]) -> None:
    assert sorted(names(session, Filters(text=text))) == sorted(expected)


async def test_the_end_of_a_phone_number_comes_before_its_middle(tmp_path: Path) -> None:
    scene = Scene(
        tmp_path,
        book=[customer_json(1, "白语丽", phone="13888120000"), customer_json(2, "周华", phone="13900008812")],
    )
    session = await scene.signed_in()
    assert names(session, Filters(text="8812")) == ["周华", "白语丽"]
    await scene.put_away()


async def test_a_page_says_how_many_are_not_on_it(session: AppSession) -> None:
    found = find_customers(session, Filters(), most=2)
    assert (len(found.rows), found.total, found.hidden, found.in_book) == (2, 5, 3, 5)


async def test_filters_add_up(session: AppSession) -> None:
    assert names(session, Filters(pool=Pool.PROSPECT)) == ["李璟瑄"]
    assert names(session, Filters(tier=Tier.GOLD)) == ["陈晓丽"]
    assert names(session, Filters(tier=Tier.GOLD, text="ou")) == []


async def test_silence_lists_the_longest_first_and_a_call_ends_it(session: AppSession) -> None:
    silent = Filters(silent_days=30)
    assert names(session, silent)[:2] == ["李璟瑄", "陈晓丽"]
    assert names(session, Filters(silent_days=90)) == ["李璟瑄", "陈晓丽"]
    await record(session, a_call(4, CallOutcome.NO_ANSWER))
    assert names(session, Filters(silent_days=90)) == ["李璟瑄"]


async def test_a_call_of_exactly_n_days_ago_is_silence(scene: Scene, session: AppSession) -> None:
    await record(session, a_call(4, occurred_at=scene.clock.now() - timedelta(days=7)))
    assert "陈晓丽" in names(session, Filters(silent_days=7))
    await record(session, a_call(4, occurred_at=scene.clock.now() - timedelta(days=6)))
    assert "陈晓丽" not in names(session, Filters(silent_days=7))
