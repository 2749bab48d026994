"""A customer lent for a day: the borrower's phone has them, their calls are taken and counted, and the next day they are back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from app_server.customers.service import move_customer
from app_server.tables import AuditEntryRow
from app_server.team.coverage import Covered, coverage_of
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.lending.conftest import TODAY, TOMORROW, Lending
from tests.sync_server.phones import Json, activity, call, proposal, visit, void

DAY = timedelta(days=1)


def told(changes: list[Json], customer) -> Json | None:
    """What the changes say last of a customer: the data, {} with nothing in it where they are gone, None where nothing is said."""
    of_them = [each for each in changes if each["entity"] == "customer" and each["id"] == str(customer.id)]
    return (of_them[-1]["data"] | {"is_gone": of_them[-1]["deleted"]}) if of_them else None


def test_the_borrowers_phone_has_them_and_the_owners_says_who(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    li, wang = bank.phone(), bank.phone(bank.wang)
    for phone in (li, wang):
        phone.pull()
    reply = lending.lend(customer, bank.wang)
    assert reply.status_code == 200
    assert (reply.json()["owner"]["name"], reply.json()["borrower"]["name"]) == ("li", "wang")
    for of_wang in (wang.pull(), bank.phone(bank.wang, device="tablet").pull()):
        here = told(of_wang, customer)
        assert here is not None
        assert (here["phone"], here["lent_from"]) == (customer.phone, {"day": TODAY.isoformat(), "name": "li"})
    owners = told(li.pull(), customer)
    assert owners is not None
    assert owners["lent_to"] == {"day": TODAY.isoformat(), "name": "wang"}
    assert "lent_from" not in owners


def test_their_call_and_visit_are_the_borrowers_and_cover_the_owners_book(lending: Lending) -> None:
    bank = lending.bank
    customer, product = bank.customer(), bank.product()
    assert lending.lend(customer, bank.wang).status_code == 200
    met = visit(customer)
    said = [call(customer), met, proposal(customer, met, product)]
    assert bank.phone(bank.wang).send(*said) == ["accepted"] * 3
    assert (bank.today(bank.wang).calls_effective_managed, bank.today(bank.wang).visits) == (1, 1)
    assert TODAY not in bank.days()
    # Asked for alone: whose calls count is not known from who is asked for.
    covered = [
        bank.db.read(lambda s, who=who: coverage_of(s, [who.id], day=TODAY, window_days=90))
        for who in (bank.li, bank.wang)
    ]
    assert covered == [{bank.li.id: Covered(1, 1)}, {}]


@pytest.mark.parametrize("limit", [1, 1000])
def test_another_phone_of_the_borrowers_has_them_after_they_were_called(lending: Lending, limit: int) -> None:
    bank = lending.bank
    customer = bank.customer()
    tablet = bank.phone(bank.wang, device="tablet")
    tablet.pull()
    lending.lend(customer, bank.wang)
    bank.phone(bank.wang).send(call(customer))
    for phone in (tablet, bank.phone(bank.wang, device="third")):
        here = told(phone.pull(limit=limit), customer)
        assert here is not None
        assert here["is_gone"] is False


def test_both_calls_stand_when_the_owner_was_quicker(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    early = call(customer, at=NOW - timedelta(hours=2))
    assert lending.lend(customer, bank.wang).status_code == 200
    assert bank.phone().send(early) == ["accepted"]
    assert bank.phone(bank.wang).send(call(customer)) == ["accepted"]
    assert (bank.today().calls_effective, bank.today(bank.wang).calls_effective) == (1, 1)


def test_the_next_day_they_are_back_and_late_calls_of_the_day_are_taken(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    wang = bank.phone(bank.wang)
    wang.pull()
    lending.lend(customer, bank.wang)
    wang.send(call(customer, at=NOW - timedelta(hours=1)))
    bank.server.clock.pass_(days=1)
    tablet = bank.phone(bank.wang, device="tablet")
    since = {"managed_since": factories.LONG_AGO.isoformat(), "is_gone": True}
    assert told(tablet.pull(), customer) == since
    wang = bank.phone(bank.wang)
    assert wang.send(call(customer)) == ["accepted"]
    assert wang.send(call(customer, at=NOW + DAY - timedelta(hours=1))) == ["not_your_customer"]
    assert wang.send(call(customer, at=NOW - DAY)) == ["not_your_customer"]
    back = told(bank.phone(device="tablet").pull(), customer)
    assert back is not None
    assert back["is_gone"] is False
    bank.server.clock.pass_(days=7)
    late = bank.phone(bank.wang)
    assert late.send(call(customer)) == ["too_old"]


def test_a_loan_is_taken_back_until_something_is_recorded_under_it(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    wang = bank.phone(bank.wang)
    lending.lend(customer, bank.wang)
    wang.pull()
    assert lending.take_back(customer).status_code == 204
    assert told(wang.pull(), customer) == {"is_gone": True}
    assert lending.take_back(customer).status_code == 404
    # What the phone held when it heard of it.
    assert wang.send(call(customer)) == ["accepted"]
    assert lending.lend(customer, bank.wang).status_code == 200
    refused = lending.take_back(customer)
    assert (refused.status_code, refused.json()["code"]) == (409, "loan_used")
    entries = lending.bank.db.read(lambda s: [row.action for row in s.exec(select(AuditEntryRow)).all()])
    assert entries == ["customer.lent", "customer.taken_back", "customer.lent"]


def test_one_is_lent_to_one(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    third = factories.staff(bank.db, bank.outlet)
    first = lending.lend(customer, bank.wang)
    assert lending.lend(customer, bank.wang).json() == first.json()
    refused = lending.lend(customer, third)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_lent")
    assert lending.lend(customer, bank.li).status_code == 422


def test_who_comes_into_the_borrowers_book_is_lent_no_more(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    lending.lend(customer, bank.wang)
    bank.db.write(lambda s: move_customer(s, customer.id, to_advisor=bank.wang.id, now=NOW))
    own = told(bank.phone(bank.wang).pull(), customer)
    assert own is not None
    assert "lent_from" not in own
    assert lending.lend(customer, bank.li).status_code == 200
    assert lending.take_back(customer).status_code == 204


def test_lists_of_the_day_change_sides(lending: Lending) -> None:
    bank = lending.bank
    ill, other, theirs = bank.customer(), bank.customer(), bank.customer(bank.wang)
    lending.lend(ill, bank.wang)
    assert lending.listed(bank.li) == [str(other.id)]
    assert lending.listed(bank.wang) == [str(ill.id), str(theirs.id)]
    told_of = lending.proposal(bank.li)
    assert [each["customer_name"] for each in told_of["loans"]] == [ill.name]
    assert [each["name"] for each in told_of["colleagues"]] == ["wang"]
    assert set(lending.listed(bank.li, TOMORROW)) == {str(ill.id), str(other.id)}
    lending.take_back(ill)
    assert set(lending.listed(bank.li)) == {str(ill.id), str(other.id)}


def test_the_morning_says_who_has_them_that_day(lending: Lending) -> None:
    bank = lending.bank
    due = [{"name": "安盈", "amount": "500000", "due_on": str(TODAY)}]
    customer = bank.customer(maturities=due)
    said = activity("follow_up", {"due_on": str(TODAY), "reason": "callback"}, customer=customer, at=NOW - DAY)
    bank.phone().send(said)
    lending.lend(customer, bank.wang)

    def told_of(day: object) -> list[str]:
        url = f"/api/v1/team/agenda?day={day}"
        agenda = bank.server.http.get(url, headers=lending.head).json()
        return [each["advisor"]["name"] for each in (*agenda["promises"], *agenda["money"])]

    assert told_of(TODAY) == ["wang", "wang"]
    assert told_of(TOMORROW) == ["li"]


def test_whom_the_borrower_spoke_to_is_left_in_peace_the_next_day(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    assert lending.listed(bank.li, TOMORROW) == [str(customer.id)]
    lending.lend(customer, bank.wang)
    bank.phone(bank.wang).send(call(customer))
    # As the owner's phone has it, which is told of the day of the last contact.
    assert lending.listed(bank.li, TOMORROW) == []


def test_lists_that_are_set_hand_them_over_and_those_frozen_refuse(lending: Lending) -> None:
    bank = lending.bank
    ill, other, theirs = bank.customer(), bank.customer(), bank.customer(bank.wang)
    lending.set_list(bank.li, ill, other)
    lending.set_list(bank.wang, theirs)
    lending.lend(ill, bank.wang)
    assert lending.listed(bank.li) == [str(other.id)]
    assert lending.listed(bank.wang) == [str(theirs.id), str(ill.id)]
    # Who is lent may be put wherever the head likes.
    lending.set_list(bank.wang, ill, theirs)
    assert lending.listed(bank.wang) == [str(ill.id), str(theirs.id)]
    lending.set_list(bank.wang, ill, theirs, freeze=True)
    assert lending.lend(other, bank.wang).json()["code"] == "colleague_frozen"
    assert lending.take_back(ill).json()["code"] == "colleague_frozen"
    lending.set_list(bank.li, other, freeze=True)
    assert lending.lend(other, bank.wang).json()["code"] in ("plan_frozen", "colleague_frozen")
    assert lending.proposal(bank.li)["loans"][0]["customer_id"] == str(ill.id)


def test_a_promise_of_the_borrower_is_the_owners_to_keep(lending: Lending) -> None:
    bank = lending.bank
    customer = bank.customer()
    li = bank.phone()
    li.pull()
    lending.lend(customer, bank.wang)
    promise = {"due_on": (TODAY + 2 * DAY).isoformat(), "reason": "callback"}
    said = activity("follow_up", promise, customer=customer)
    wang = bank.phone(bank.wang)
    assert wang.send(call(customer, at=NOW - timedelta(hours=1)), said) == ["accepted"] * 2
    owners = told(li.pull(), customer)
    assert owners is not None
    assert owners["handed"]["promise"]["activity_id"] == said["id"]
    assert owners["last_contact_on"] == TODAY.isoformat()
    assert wang.send(void(said)) == ["accepted"]
    owners = told(li.pull(), customer)
    assert owners is not None
    assert owners["handed"]["promise"] is None


def test_outside_the_subtree_nobody_is_lent_and_advisors_lend_nobody(lending: Lending) -> None:
    bank = lending.bank
    next_door = factories.unit(bank.db, name="next door")
    stranger = factories.staff(bank.db, next_door)
    own, foreign = bank.customer(), factories.customer(bank.db, stranger)
    replies = [lending.lend(foreign, bank.wang), lending.lend(uuid4(), bank.wang), lending.take_back(foreign)]
    replies += [lending.lend(own, stranger), lending.lend(own, uuid4())]
    assert {each.status_code for each in replies} == {404}
    lending.lend(own, bank.wang)
    lending.head = bank.server.bearer(factories.staff(bank.db, next_door, role=Role.HEAD))
    assert lending.take_back(own).status_code == 404
    lending.head = bank.server.bearer(bank.wang)
    assert {lending.lend(own, bank.wang).status_code, lending.take_back(own).status_code} == {403}
    lending.head = {}
    assert lending.lend(own, bank.wang).status_code == 401


@pytest.mark.parametrize("day", [TOMORROW, TODAY - DAY])
def test_one_is_lent_for_today(lending: Lending, day: object) -> None:
    refused = lending.lend(lending.bank.customer(), lending.bank.wang, day)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_today")
