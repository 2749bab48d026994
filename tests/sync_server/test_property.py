"""For arbitrary ledgers, however they are delivered: each acknowledged activity is kept once, the days are the phone's fold."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app_server.tables import AdvisorDayRow, LedgerRow
from shared_models.activity import Activity
from shared_models.fold import fold_day
from shared_models.policy import Policies
from tests import factories
from tests.shared_models import ledgers
from tests.sync_server.phones import Bank, Phone, open_bank

# The strategy's days lie around the factories' NOW; from there on nothing is in the future.
PHONE_CLOCK_AHEAD_HOURS = 48
EXAMPLES = {"sqlite": 40, "postgresql": 15}
MANAGED = ledgers.CUSTOMERS[:5]


@contextmanager
def bank_of_the_strategy(url: str, folder: Path) -> Iterator[Bank]:
    """A bank with the customers and products that the ledgers name."""
    with open_bank(url, folder) as bank:
        bank.server.clock.pass_(hours=PHONE_CLOCK_AHEAD_HOURS)
        for each in ledgers.CUSTOMERS:
            bank.customer(id=each, **({} if each in MANAGED else {"managed_since": None}))
        for each in ledgers.PRODUCTS:
            bank.product(id=each)
        yield bank


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ready(
    request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any
) -> Iterator[tuple[str, Bank, Phone]]:
    with (
        fresh_database(request.param) as url,
        bank_of_the_strategy(url, tmp_path_factory.mktemp("property")) as bank,
    ):
        yield request.param, bank, bank.phone()


def deliveries(made: list[Activity], chance: random.Random) -> list[list[Activity]]:
    """Batches as a bad line makes them: cut anywhere, repeated, one overtaking another, mixed up inside."""
    batches: list[list[Activity]] = []
    start = 0
    while start < len(made):
        size = chance.randint(1, 12)
        batch = made[start : start + size]
        batches.append(batch)
        if chance.random() < 0.4:
            batches.append(chance.sample(batch + made[:start], k=chance.randint(0, len(batch))))
        start += size
    for batch in batches:
        if chance.random() < 0.5:
            chance.shuffle(batch)
    return batches


def test_the_servers_days_are_the_phones_fold(ready: tuple[str, Bank, Phone]):
    kind, bank, phone = ready
    customers = dict.fromkeys(MANAGED, factories.LONG_AGO)
    policies = Policies([])

    @settings(
        max_examples=EXAMPLES[kind],
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture),
    )
    @given(made=ledgers.ledgers(), chance=st.randoms(use_true_random=False))
    def check(made: list[Activity], chance: random.Random) -> None:
        for row in (LedgerRow, AdvisorDayRow):
            bank.db.write(lambda session, row=row: session.exec(delete(row)))
        taken: dict[str, Activity] = {}
        for batch in deliveries(made, chance):
            raw = [each.model_dump(mode="json") for each in batch]
            for activity, result in zip(batch, phone.sync(*raw)["results"], strict=True):
                if result["status"] == "rejected":
                    # A void of a void, or one whose target was refused: the phone holds it and counts it no more.
                    assert result["code"] in ("unknown_activity", "unknown_visit"), result
                    assert str(activity.id) not in taken
                else:
                    assert result["status"] == ("duplicate" if str(activity.id) in taken else "accepted")
                    taken[str(activity.id)] = activity
        assert sorted(str(row.id) for row in bank.ledger()) == sorted(taken)
        stored = bank.days()
        days = {policies.business_day(each.occurred_at, each.clock_offset_ms) for each in taken.values()}
        assert stored.keys() == days
        for day in days:
            expected = fold_day(taken.values(), customers, policies.on(day))
            # Whose calls count for coverage is kept in an order of its own.
            assert stored[day].model_dump() == expected.model_dump()
            assert set(stored[day].called_customers) == set(expected.called_customers)

    check()
