"""Whom nobody has called: coverage by advisor, and the customers behind what is missing of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared_models.activity import Activity
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, Server, Tree
from tests.team.recording import call, record

TODAY = NOW.date()
PATH = "/api/v1/team/coverage"


class Bank:
    """An outlet with a head and one advisor, and another advisor elsewhere."""

    def __init__(self, server: Server, tree: Tree) -> None:
        self.server = server
        self.tree = tree
        self.li = factories.staff(server.db, tree.outlets[0], name="李想")
        self.stranger = factories.staff(server.db, tree.outlets[1])
        self.head = factories.staff(server.db, tree.outlets[0], role=Role.HEAD)

    def get(self, path: str = "", **params: str):
        return self.server.http.get(PATH + path, params=params, headers=self.server.bearer(self.head))

    def customer(self, name: str, *, aum: int | None, since: date = date(2020, 1, 1)) -> UUID:
        money = None if aum is None else Decimal(aum)
        return factories.customer(self.server.db, self.li, name=name, aum=money, managed_since=since).id

    def called(self, *calls: Activity) -> None:
        record(self.server.db, self.li, calls)


def days_ago(days: int, customer_id: UUID, *, seq: int, seconds: int = 90) -> Activity:
    return call(customer_id, at=NOW - timedelta(days=days), seconds=seconds, seq=seq)


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with factories.serving(database_url, tmp_path) as server:
        yield Bank(server, factories.tree(server.db))


def test_who_was_not_called_in_the_window_the_largest_first(bank: Bank) -> None:
    small, large, unknown = (
        bank.customer("小户", aum=10_000),
        bank.customer("大户", aum=900_000),
        bank.customer("未知", aum=None),
    )
    reached, long_ago = bank.customer("刚打过", aum=500_000), bank.customer("久未打", aum=50_000)
    bank.customer("明天开户", aum=1, since=TODAY + timedelta(days=1))
    too_short = days_ago(1, large, seq=3, seconds=5)
    bank.called(days_ago(89, reached, seq=1), days_ago(90, long_ago, seq=2), too_short)
    found = bank.get(f"/{bank.li.id}").json()
    assert (found["advisor"]["name"], found["window_days"], found["count"]) == ("李想", 90, 4)
    listed = [(UUID(each["customer_id"]), each["last_called_on"]) for each in found["customers"]]
    since = str(TODAY - timedelta(days=90))
    assert listed == [(large, None), (long_ago, since), (small, None), (unknown, None)]


def test_the_parts_are_the_days_coverage(bank: Bank) -> None:
    called, _ = bank.customer("甲", aum=1), bank.customer("乙", aum=2)
    bank.called(days_ago(0, called, seq=1))
    found = bank.get().json()
    day = bank.server.http.get("/api/v1/team/day", headers=bank.server.bearer(bank.head)).json()
    assert [(each["advisor"]["name"], each["coverage"]) for each in found["advisors"]] == [
        ("李想", {"managed_customers": 2, "called_in_window": 1, "window_days": 90})
    ]
    assert day["totals"]["coverage"] == found["advisors"][0]["coverage"]


def test_a_past_day_is_as_it_stood_then(bank: Bank) -> None:
    customer = bank.customer("甲", aum=1)
    bank.called(days_ago(0, customer, seq=1))
    assert bank.get(f"/{bank.li.id}").json()["count"] == 0
    yesterday = bank.get(f"/{bank.li.id}", day=str(TODAY - timedelta(days=1))).json()
    assert (yesterday["count"], [each["name"] for each in yesterday["customers"]]) == (1, ["甲"])


def test_more_advisors_than_a_page_takes_are_not_listed(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_server.team.service.MOST_ADVISORS", 0)
    found = bank.get().json()
    assert (found["advisors"], found["advisors_left_out"]) == ([], 1)


def test_an_advisor_of_another_unit_is_not_there(bank: Bank) -> None:
    replies = [bank.get(f"/{each}") for each in (bank.stranger.id, uuid4())]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].text == replies[1].text
