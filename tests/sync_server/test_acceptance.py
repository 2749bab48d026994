"""What the server takes and what it answers to the rest, over the wire."""

from datetime import timedelta
from typing import Any

import pytest

from app_server.customers.service import move_customer
from shared_models.products import Risk
from shared_models.sync import MAX_ACTIVITIES
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, activity, call, proposal, prospect, unknown, visit, void


def test_an_accepted_activity_is_in_the_ledger_and_counted(bank: Bank):
    customer = bank.customer()
    reply = bank.phone().sync(call(customer), waiting=3)
    assert [each["status"] for each in reply["results"]] == ["accepted"]
    assert reply["business_day"] == "2026-11-23"
    assert [row.customer_id for row in bank.ledger()] == [customer.id]
    assert (bank.today().calls, bank.today().calls_effective_managed) == (1, 1)


def test_the_same_again_is_a_duplicate_and_changes_nothing(bank: Bank):
    phone, made = bank.phone(), call(bank.customer())
    assert phone.send(made, made) == ["accepted", "duplicate"]
    before = bank.ledger()
    assert phone.send(made) == ["duplicate"]
    assert bank.ledger() == before
    assert bank.today().calls == 1


def test_a_duplicate_stays_one_when_it_is_too_old_and_its_customer_has_gone(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    made = call(customer)
    phone.send(made)
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.wang.id, now=NOW))
    bank.server.clock.pass_(days=10)
    assert bank.phone().send(made) == ["duplicate"]


def test_an_id_with_other_content_is_a_conflict(bank: Bank):
    phone, made = bank.phone(), call(bank.customer())
    phone.send(made)
    other = {**made, "data": {**made["data"], "talk_seconds": 7}}
    assert phone.send(other) == ["id_conflict"]
    fresh = call(bank.customer())
    assert phone.send(fresh, {**fresh, "seq": 999}) == ["accepted", "id_conflict"]


def test_a_bad_one_does_not_hold_back_its_neighbours(bank: Bank):
    customer = bank.customer()
    bad = {**call(customer), "kind": "poem"}
    reply = bank.phone().sync(call(customer), bad, "nonsense", None, call(customer))
    codes = [each["code"] for each in reply["results"]]
    assert codes == [None, "bad_data", "bad_data", "bad_data", None]
    assert reply["results"][1]["id"] == bad["id"]
    assert all(each["detail"].endswith(".") for each in reply["results"] if each["code"])
    assert bank.today().calls == 2


def test_time_is_bounded_on_both_sides_by_the_corrected_clock(bank: Bank):
    customer = bank.customer()
    late, early = NOW - timedelta(days=7), NOW + timedelta(minutes=10)
    assert bank.phone().send(
        call(customer, at=late),
        call(customer, at=late - timedelta(seconds=1)),
        call(customer, at=early),
        call(customer, at=early + timedelta(seconds=1)),
        call(customer, at=early + timedelta(hours=9), clock_offset_ms=-9 * 3_600_000),
        call(customer, at=NOW, clock_offset_ms=3_600_000),
    ) == ["accepted", "too_old", "accepted", "in_future", "accepted", "in_future"]


def test_a_customer_must_be_known_and_ones_own(bank: Bank):
    assert bank.phone().send(call(unknown()), call(bank.customer(bank.wang)), visit(unknown())) == [
        "unknown_customer",
        "not_your_customer",
        "unknown_customer",
    ]


def test_a_call_made_before_the_customer_moved_away_is_taken(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.wang.id, now=NOW))
    bank.server.clock.pass_(minutes=5)
    assert phone.send(call(customer, at=NOW - timedelta(minutes=1)), call(customer, at=NOW + timedelta(minutes=1))) == [
        "accepted",
        "not_your_customer",
    ]
    assert bank.phone(bank.wang).send(call(customer, at=NOW + timedelta(minutes=2))) == ["accepted"]


def test_a_prospect_makes_a_customer_that_others_of_the_batch_may_name_in_any_order(bank: Bank):
    phone, made = bank.phone(), prospect()
    customer_id = made["id"]
    first_visit = visit(customer_id)
    reply = phone.sync(call(customer_id), first_visit, made)
    assert [each["status"] for each in reply["results"]] == ["accepted"] * 3
    other = bank.phone(device="phone-2")
    [customer] = [each for each in other.pull() if each["entity"] == "customer"]
    assert (customer["data"]["name"], customer["data"]["initials"]) == ("欧阳婳", "oyh")
    assert customer["data"]["managed_since"] is None
    assert bank.today().calls_effective_prospect == 1
    assert phone.send(call(customer_id, talk_seconds=31)) == ["accepted"]
    assert bank.phone(bank.wang).send(call(customer_id)) == ["not_your_customer"]


def test_a_prospect_cannot_take_a_customers_id(bank: Bank):
    taken = bank.customer(bank.wang)
    assert bank.phone().send(prospect(id=str(taken.id))) == ["id_conflict"]


def test_a_rejected_prospect_takes_along_what_names_it(bank: Bank):
    made = prospect(at=NOW + timedelta(days=1))
    assert bank.phone().send(made, call(made["id"])) == ["in_future", "unknown_customer"]


def test_a_proposal_needs_known_and_suitable_products(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    at = visit(customer)
    fitting, too_risky = bank.product(risk=Risk.R3), bank.product(risk=Risk.R4)
    over = bank.product(on_sale_until=NOW.date() - timedelta(days=1))
    assert phone.send(
        at,
        proposal(customer, at, fitting),
        proposal(customer, at, unknown()),
        proposal(customer, at, fitting, too_risky),
        proposal(customer, at, over),
    ) == ["accepted", "accepted", "unknown_product", "unsuitable_product", "unsuitable_product"]
    assert bank.today().products_presented == 1


def test_a_rating_is_judged_on_the_day_of_the_proposal(bank: Bank):
    rated_on = NOW.date() - timedelta(days=366)
    customer, product = bank.customer(rated_on=rated_on), bank.product()
    then, now = visit(customer, at=NOW - timedelta(days=1)), visit(customer)
    assert bank.phone().send(
        then, proposal(customer, then, product, at=NOW - timedelta(days=1)), now, proposal(customer, now, product)
    ) == ["accepted", "accepted", "accepted", "unsuitable_product"]


@pytest.mark.parametrize("rating", [{"rating": None}, {"rated_on": None}])
def test_nothing_is_suitable_for_a_customer_who_is_not_rated(bank: Bank, rating):
    customer = bank.customer(**rating)
    at = visit(customer)
    reply = bank.phone().sync(at, proposal(customer, at, bank.product()))
    assert reply["results"][1]["code"] == "unsuitable_product"
    assert "rated first" in reply["results"][1]["detail"]


def test_a_proposal_needs_ones_own_visit_with_that_customer(bank: Bank):
    customer, other, product = bank.customer(), bank.customer(), bank.product()
    rejected, elsewhere = visit(customer, at=NOW + timedelta(days=1)), visit(other)
    theirs = bank.customer(bank.wang)
    of_wang = visit(theirs)
    bank.phone(bank.wang).send(of_wang)
    not_a_visit = call(customer)
    assert bank.phone().send(
        rejected,
        elsewhere,
        not_a_visit,
        *(proposal(customer, each, product) for each in (rejected, elsewhere, of_wang, not_a_visit)),
        proposal(customer, {"id": str(unknown())}, product),
    ) == ["in_future", "accepted", "accepted", *["unknown_visit"] * 5]


def test_a_proposal_may_come_before_its_visit_in_a_batch_and_after_it_in_another(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    at = visit(customer)
    assert phone.send(proposal(customer, at, bank.product()), at) == ["accepted", "accepted"]
    assert phone.send(proposal(customer, at, bank.product())) == ["accepted"]
    assert bank.today().products_presented == 2


def test_a_void_takes_out_what_it_names_and_the_ledger_keeps_both(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    made, kept = call(customer), call(customer, talk_seconds=3)
    phone.send(made, kept)
    assert phone.send(void(made)) == ["accepted"]
    assert len(bank.ledger()) == 3
    assert (bank.today().calls, bank.today().calls_effective) == (1, 0)
    again = call(customer)
    assert phone.send(void(again), again) == ["accepted", "accepted"]
    assert bank.today().calls == 1


def test_a_void_refolds_the_day_of_what_it_names(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    yesterday = NOW - timedelta(days=1)
    made = call(customer, at=yesterday)
    phone.send(made)
    assert bank.days()[yesterday.date()].calls == 1
    phone.send(void(made))
    assert bank.days()[yesterday.date()].calls == 0


def test_voiding_a_visit_takes_its_proposals_out_on_whatever_day_they_are(bank: Bank):
    phone, customer, product = bank.phone(), bank.customer(), bank.product()
    at = visit(customer, at=NOW - timedelta(days=1))
    phone.send(at)
    phone.send(proposal(customer, at, product))
    assert bank.today().products_presented == 1
    phone.send(void(at))
    assert bank.today().products_presented == 0
    phone.send(proposal(customer, at, bank.product()), call(customer))
    assert (bank.today().products_presented, bank.today().calls) == (0, 1)


def test_a_proposal_of_a_visit_that_was_voided_days_ago_presents_nothing(bank: Bank):
    phone, customer, product = bank.phone(), bank.customer(), bank.product()
    at = visit(customer, at=NOW - timedelta(days=1))
    phone.send(at, void(at, at=NOW - timedelta(days=1)))
    assert phone.send(proposal(customer, at, product)) == ["accepted"]
    assert bank.today().products_presented == 0


def test_a_void_needs_an_own_activity_that_is_no_void(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    theirs, made = call(bank.customer(bank.wang)), call(customer)
    bank.phone(bank.wang).send(theirs)
    taken_back = void(made)
    assert phone.send(
        made,
        taken_back,
        void(taken_back),
        void(theirs),
        void({"id": str(unknown())}),
        void(made, customer_id=str(bank.customer().id)),
    ) == ["accepted", "accepted", *["unknown_activity"] * 4]
    assert bank.today(bank.wang).calls == 1


def test_an_answer_to_a_hint_is_of_an_own_call_or_the_like_and_counts_nothing(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    theirs, made = call(bank.customer(bank.wang)), call(customer)
    bank.phone(bank.wang).send(theirs)
    said = answer(made)
    assert phone.send(
        said,
        made,
        answer(said),
        void(said),
        answer(theirs),
        answer({"id": str(unknown())}),
        answer(made, customer_id=str(bank.customer().id)),
        answer(made, text=" "),
        answer(made, text="长" * 501),
        answer(made, hint="misconduct"),
    ) == ["accepted", "accepted", *["unknown_activity"] * 5, *["bad_data"] * 3]
    assert (bank.today().calls, len(bank.ledger())) == (1, 2)
    # It reaches the advisor's other devices.
    [told] = [each for each in bank.phone(device="tablet").pull() if each["id"] == said["id"]]
    assert told["data"]["data"] == said["data"]


def test_an_answer_is_taken_after_the_customer_has_moved_on(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    made = call(customer)
    phone.send(made)
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.wang.id, now=NOW))
    assert phone.send(answer(made), answer(made, customer_id=str(customer.id))) == ["accepted", "accepted"]


def answer(target: dict[str, Any], *, hint: str = "burst", text: str = "集中登记", **fields: Any) -> dict[str, Any]:
    return activity("hint_answer", {"activity_id": target["id"], "hint": hint, "text": text}, **fields)


def test_a_board_is_shown_at_ones_own_visit_or_call(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    at = visit(customer)
    board = {"board_id": str(unknown()), "board_version": 1, "seconds": 40}
    assert phone.send(
        at,
        activity("board_shown", {**board, "visit_id": at["id"]}, customer=customer),
        activity("board_shown", board),
        activity("board_shown", {**board, "visit_id": str(unknown())}),
        activity("board_shown", {**board, "call_id": at["id"]}),
    ) == ["accepted", "accepted", "accepted", "unknown_visit", "unknown_activity"]


def test_the_branch_of_a_late_activity_is_that_of_its_day(bank: Bank):
    tree = factories.tree(bank.db)
    new = factories.staff(bank.db, tree.outlets[0], since=NOW.date() - timedelta(days=30))
    from app_server.org.service import move_staff

    bank.db.write(lambda session: move_staff(session, new.id, tree.outlets[2].id, NOW.date()))
    customer = bank.customer(new)
    bank.phone(new).send(call(customer, at=NOW - timedelta(days=2)), call(customer))
    assert [row.branch_id for row in bank.ledger(new)] == [tree.branches[0].id, tree.branches[1].id]


def test_the_device_is_noted(bank: Bank):
    from app_server.tables import DeviceRow

    bank.phone().sync(waiting=12)
    device = bank.db.read(lambda session: session.get(DeviceRow, (bank.li.id, "phone-1")))
    assert device is not None
    assert (device.waiting, device.last_sync_at) == (12, NOW)


def test_more_than_500_are_refused_and_nothing_is_stored(bank: Bank):
    customer = bank.customer()
    reply = bank.phone().post(*(call(customer) for _ in range(MAX_ACTIVITIES + 1)))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert bank.ledger() == []
    assert set(bank.phone().send(*(call(customer) for _ in range(MAX_ACTIVITIES)))) == {"accepted"}
