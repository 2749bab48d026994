"""An advisor who became a head with work still on the phone: what they did as an advisor is taken, and nothing beyond it."""

from datetime import date, timedelta

import pytest

from app_server.org.service import place_staff
from app_server.tables import StaffRow
from shared_models.org import Role
from shared_models.sync import MAX_ACTIVITIES
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, Phone, call, prospect, visit, void

TODAY = NOW.date()
YESTERDAY = NOW - timedelta(days=1)


def place(bank: Bank, who: StaffRow, role: Role, on_day: date) -> None:
    bank.db.write(lambda session: place_staff(session, who.id, unit_id=bank.outlet.id, role=role, on_day=on_day))


@pytest.fixture
def promoted(bank: Bank) -> Phone:
    """Li's phone, in step as an advisor's, on the day on which they are a head."""
    phone = bank.phone()
    phone.pull()
    place(bank, bank.li, Role.HEAD, TODAY)
    return phone


def test_what_was_recorded_before_is_taken_and_counts_on_its_day(bank: Bank, promoted: Phone) -> None:
    customer = bank.customer()
    taken = [call(customer, at=YESTERDAY), visit(customer, at=YESTERDAY), prospect(at=YESTERDAY)]
    assert promoted.send(*taken) == ["accepted"] * 3
    assert promoted.send(*taken) == ["duplicate"] * 3
    day = bank.days()[YESTERDAY.date()]
    assert (day.calls, day.visits) == (1, 1)


def test_what_was_recorded_since_is_not_an_advisors(bank: Bank, promoted: Phone) -> None:
    customer = bank.customer()
    before = call(customer, at=YESTERDAY)
    reply = promoted.sync(before, call(customer), prospect(), void(before))
    assert [each["code"] or each["status"] for each in reply["results"]] == ["accepted", *["not_your_customer"] * 3]
    assert "no advisor on that day" in reply["results"][1]["detail"]
    assert bank.days().keys() == {YESTERDAY.date()}


def test_the_door_closes_when_nothing_of_that_time_could_be_taken_any_more(bank: Bank, promoted: Phone) -> None:
    late_days = 7
    bank.server.clock.pass_(days=late_days - 1)
    promoted = bank.phone()
    assert promoted.send(call(bank.customer(), at=YESTERDAY)) == ["accepted"]
    bank.server.clock.pass_(days=1)
    refused = bank.phone().post(call(bank.customer(), at=YESTERDAY))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_they_are_sent_their_own_feed_and_nothing_else(bank: Bank, promoted: Phone) -> None:
    mine, theirs = bank.customer(), bank.customer(bank.wang)
    bank.phone(bank.wang, device="phone-w").send(call(theirs))
    seen = bank.phone(device="tablet").pull()
    assert {each["id"] for each in seen if each["entity"] == "customer"} == {str(mine.id)}
    assert [each for each in seen if each["entity"] == "activity"] == []


def test_a_batch_that_is_too_large_is_still_told_so_that_the_phone_can_halve_it(bank: Bank, promoted: Phone) -> None:
    customer = bank.customer()
    batch = [call(customer, at=YESTERDAY) for _ in range(MAX_ACTIVITIES + 1)]
    assert promoted.post(*batch).status_code == 413


def test_another_advisors_customer_is_as_little_theirs_as_before(bank: Bank, promoted: Phone) -> None:
    theirs = bank.customer(bank.wang)
    assert promoted.send(call(theirs, at=YESTERDAY)) == ["not_your_customer"]


def test_who_becomes_an_advisor_later_and_who_never_was_one_is_refused(bank: Bank) -> None:
    head = factories.staff(bank.db, bank.outlet, role=Role.HEAD)
    place(bank, head, Role.ADVISOR, TODAY + timedelta(days=1))
    assert bank.phone(head).post(call(bank.customer(), at=YESTERDAY)).status_code == 403
