"""Customers who have left the book: each phone of their former advisor counts the calls to them as the server does."""

from datetime import timedelta
from pathlib import Path

import pytest

from app_client.store import materialize, reads
from app_server.customers.service import move_customer
from app_server.tables import StaffRow
from shared_models.customers import Customer
from shared_models.fold import AdvisorDay
from shared_models.sync import Change
from tests.factories import NOW
from tests.store.scenes import open_store
from tests.sync_server.phones import Bank, Json, call

TODAY = NOW.date()


def move(bank: Bank, customer: Customer, to: StaffRow) -> None:
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=to.id, now=NOW))


async def folded(changes: list[Json], folder: Path) -> AdvisorDay:
    """Today on a phone that has taken in these changes and nothing else."""
    store = open_store(folder)
    told = [Change.model_validate_json(Change(**each).model_dump_json()) for each in changes]
    await store.write(lambda tx: materialize.apply_changes(tx, told))
    assert store.read(lambda tx: reads.customers_on(tx, TODAY)) == []
    figures = store.read(lambda tx: reads.day_figures(tx, TODAY))
    store.close()
    return figures


def gone(changes: list[Json]) -> dict[str, Json]:
    """What is said of customers who are not in the book, by their ids."""
    return {each["id"]: each["data"] for each in changes if each["entity"] == "customer" and each["deleted"]}


@pytest.mark.parametrize("limit", [1, 1000])
async def test_a_phone_that_was_off_while_they_came_were_called_and_left(bank: Bank, tmp_path: Path, limit: int):
    customer = bank.customer(bank.wang)
    first, second = bank.phone(), bank.phone(device="phone-2")
    second.pull()
    move(bank, customer, bank.li)
    assert first.send(call(customer)) == ["accepted"]
    move(bank, customer, bank.wang)
    assert await folded(second.pull(limit=limit), tmp_path) == bank.today()
    assert bank.today().calls_effective_managed == 1


@pytest.mark.parametrize("limit", [1, 1000])
async def test_a_phone_that_begins_anew_after_they_left(bank: Bank, tmp_path: Path, limit: int):
    customer = bank.customer()
    bank.phone().send(call(customer))
    move(bank, customer, bank.wang)
    assert await folded(bank.phone(device="phone-2").pull(limit=limit), tmp_path) == bank.today()
    assert bank.today().calls_effective_managed == 1


async def test_a_call_that_is_sent_after_the_other_phone_heard_that_they_left(bank: Bank, tmp_path: Path):
    customer = bank.customer(bank.wang)
    first, second = bank.phone(), bank.phone(device="phone-2")
    second.pull()
    move(bank, customer, bank.li)
    move(bank, customer, bank.wang)
    changes = second.pull()
    assert gone(changes) == {str(customer.id): {}}
    assert first.send(call(customer)) == ["accepted"]
    assert await folded([*changes, *second.pull()], tmp_path) == bank.today()
    assert bank.today().calls_effective_managed == 1


def test_of_who_left_nothing_is_told_but_since_when_the_calls_to_them_count_as_managed(bank: Bank):
    called, never_called, of_wang = bank.customer(), bank.customer(), bank.customer(bank.wang)
    prospect, managed_later = bank.customer(managed_since=None), bank.customer(managed_since=TODAY + timedelta(days=1))
    phone = bank.phone()
    phone.pull()
    phone.send(*(call(each) for each in (called, prospect, managed_later)))
    bank.phone(bank.wang).send(call(of_wang))
    for each in (called, never_called, prospect, managed_later):
        move(bank, each, bank.wang)
    told = {str(called.id): {"managed_since": str(called.managed_since)}}
    assert gone(phone.pull()) == told | {str(each.id): {} for each in (never_called, prospect, managed_later)}
    assert gone(bank.phone(device="phone-2").pull()) == told
    assert phone.pull() == []
