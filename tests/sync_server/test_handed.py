"""A customer's open follow-ups go with them to another book; what was recorded stays whose it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app_server.customers.service import move_customer
from app_server.tables import StaffRow
from shared_models.customers import Customer
from shared_models.plans import Handed
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, Phone, activity, call, void

HOUR = timedelta(hours=1)


def promised(customer: Customer, **fields: object) -> Json:
    due_on = (NOW.date() + timedelta(days=2)).isoformat()
    return activity(
        "follow_up", {"due_on": due_on, "reason": "callback", "note": "下午三点后"}, customer=customer, **fields
    )


def move(bank: Bank, customer: Customer, to: StaffRow) -> None:
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=to.id, now=NOW))


def brought(phone: Phone, customer: Customer) -> Handed | None:
    """What that phone is told of what the customer brings along, if it is told of the customer."""
    told = [each["data"] for each in phone.pull() if each["entity"] == "customer" and each["id"] == str(customer.id)]
    return Handed.model_validate(told[-1]["handed"]) if told and "handed" in told[-1] else None


def test_what_was_promised_is_open_in_the_next_book_and_the_record_stays(bank: Bank):
    customer = bank.customer()
    promise = promised(customer)
    bank.phone().send(promise)
    of_wang = bank.phone(bank.wang)
    of_wang.pull()

    move(bank, customer, bank.wang)

    handed = brought(of_wang, customer)
    assert handed is not None
    assert handed.promise is not None
    assert (str(handed.promise.activity_id), handed.promise.note) == (promise["id"], "下午三点后")
    assert brought(bank.phone(bank.wang, device="tablet"), customer) == handed
    assert [str(row.id) for row in bank.ledger()] == [promise["id"]]
    assert bank.ledger(bank.wang) == []


def test_what_was_kept_before_they_came_is_open_no_more(bank: Bank):
    customer = bank.customer()
    bank.phone().send(promised(customer, at=NOW - 2 * HOUR), call(customer, at=NOW - HOUR))
    move(bank, customer, bank.wang)
    (told,) = [each["data"] for each in bank.phone(bank.wang).pull() if each["entity"] == "customer"]
    assert Handed.model_validate(told["handed"]) == Handed(promise=None, spoken_at=NOW - HOUR)
    assert told["last_contact_on"] == NOW.date().isoformat()


def test_what_comes_in_or_is_taken_back_after_they_left_reaches_whoever_has_them(bank: Bank):
    customer, back = bank.customer(), bank.customer(bank.wang)
    li, wang = bank.phone(), bank.phone(bank.wang)
    move(bank, customer, bank.wang)
    move(bank, back, bank.li)
    for phone in (li, wang):
        phone.pull()
    # One of both has the later feed: the order in which both are taken is the same.
    for former, other, each in ((li, wang, customer), (wang, li, back)):
        late = promised(each)
        assert former.send(late) == ["accepted"]
        handed = brought(other, each)
        assert handed is not None
        assert handed.promise is not None
        assert str(handed.promise.activity_id) == late["id"]
        assert former.send(void(late)) == ["accepted"]
        assert brought(other, each) is None
        assert other.pull() == []


def test_who_comes_back_brings_along_what_became_of_them_meanwhile(bank: Bank):
    customer = bank.customer()
    li, wang = bank.phone(), bank.phone(bank.wang)
    li.send(promised(customer, at=NOW - 3 * HOUR))
    move(bank, customer, bank.wang)
    wang.send(call(customer, at=NOW - HOUR))
    move(bank, customer, bank.li)
    assert brought(li, customer) == Handed(promise=None, spoken_at=NOW - HOUR)


def test_both_tell_each_other_at_once_and_neither_is_refused(postgresql_bank: Bank):
    bank = postgresql_bank
    of_wang, of_li = [[bank.customer(who) for _ in range(5)] for who in (bank.li, bank.wang)]
    phones = {bank.li.login: (bank.phone(), of_wang), bank.wang.login: (bank.phone(bank.wang), of_li)}
    for each in of_wang:
        move(bank, each, bank.wang)
    for each in of_li:
        move(bank, each, bank.li)
    with ThreadPoolExecutor(2) as pool:
        sent = pool.map(lambda pair: [pair[0].send(promised(each)) for each in pair[1]], phones.values())
    assert [status for of_phone in sent for statuses in of_phone for status in statuses] == ["accepted"] * 10
