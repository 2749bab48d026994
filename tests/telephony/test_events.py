"""Events of an exchange: whose call each is, when it enters the ledger, and what is said of those that do not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app_server.customers.service import move_customer
from app_server.org.queries import memberships
from app_server.org.service import place_staff
from app_server.tables import TelephonyRecordRow
from shared_models.activity import uuid7
from shared_models.evidence import Grade
from shared_models.org import Role
from shared_models.telephony import PbxLine, pbx_activity_id
from tests.factories import LONG_AGO, NOW
from tests.sync_server.phones import Bank, Json, activity, call, void
from tests.telephony.exchange import Exchange, beside, ended, line, standing

PHONE = "13912345678"


def met_prospect(phone: str, **fields: Any) -> Json:
    return activity("prospect", {"name": "欧阳婳", "phone": phone, "source": "street"}, **fields)


def test_a_finished_call_is_an_entry_of_whose_extension_it_was(bank: Bank, exchange: Exchange):
    customer = bank.customer(phone="+86 139-1234-5678")
    told = ended(PHONE, talk=75)
    assert exchange.tell(told) == ["taken"]
    (entry,) = bank.ledger()
    assert (entry.kind, entry.customer_id, entry.device_id) == ("pbx_record", customer.id, "pbx:generic")
    assert entry.id == pbx_activity_id("generic", told["record_id"])
    day = bank.today()
    assert (day.calls, day.calls_connected, day.calls_effective, day.calls_graded[Grade.A]) == (1, 1, 0, 1)
    assert standing(bank) == {told["record_id"]: ("entered", None)}


def test_it_reaches_the_phone_and_the_logged_call_becomes_its_outcome(bank: Bank, exchange: Exchange):
    customer, phone = bank.customer(phone=PHONE), bank.phone()
    phone.pull()
    exchange.tell(ended(PHONE, talk=45))
    (change,) = phone.pull()
    assert (change["entity"], change["data"]["kind"], change["data"]["data"]["talk_seconds"]) == (
        "activity",
        "pbx_record",
        45,
    )
    outcome = call(customer, talk_seconds=10)
    outcome["data"]["pbx_record_id"] = change["id"]
    assert phone.send(outcome) == ["accepted"]
    day = bank.today()
    assert (day.calls, day.calls_effective, day.calls_graded[Grade.A]) == (1, 1, 1)


def test_again_and_out_of_order_changes_nothing(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    told = ended(PHONE)
    in_another_zone = told | {"ended_at": told["ended_at"].replace("+00:00", "Z")}
    ready = beside("recording_ready", told, url="https://pbx.bank.example/r/1.wav")
    assert exchange.tell(ready, told, told) == ["taken", "taken", "duplicate"]
    assert exchange.tell(beside("ringing", told), in_another_zone, ready) == ["taken", "duplicate", "duplicate"]
    assert len(bank.ledger()) == 1
    assert exchange.tell(told | {"talk_seconds": 59}) == ["id_conflict"]
    assert bank.ledger()[0].data["talk_seconds"] == 60


def test_the_other_events_are_kept_beside_their_call(bank: Bank, exchange: Exchange):
    told = ended(PHONE)
    exchange.tell(*(beside(kind, told, more={"a": [1]}) for kind in ("ringing", "answered", "transcript_ready")))
    rows = bank.db.read(lambda session: session.exec(select(TelephonyRecordRow)).all())
    assert {row.event.value for row in rows} == {"ringing", "answered", "transcript_ready"}
    assert all(row.document["more"] == {"a": [1]} for row in rows)
    assert bank.ledger() == []


def test_an_unknown_number_waits_for_the_prospect_and_enters_as_it_would_have(bank: Bank, exchange: Exchange):
    told = ended(PHONE, talk=40)
    assert exchange.tell(told) == ["taken"]
    assert standing(bank)[told["record_id"]] == ("waiting", "unknown_number")
    phone = bank.phone()
    met = met_prospect("139 1234 5678")
    assert phone.send(met) == ["accepted"]
    made, entry = bank.ledger()
    assert (made.kind, entry.kind, str(entry.customer_id)) == ("prospect", "pbx_record", met["id"])
    assert entry.id == pbx_activity_id("generic", told["record_id"])
    assert standing(bank)[told["record_id"]] == ("entered", None)
    assert bank.today().calls == 1
    assert [change["data"]["kind"] for change in phone.pull() if change["entity"] == "activity"] == ["pbx_record"]


def test_a_customer_of_somebody_elses_waits_until_they_come_over(bank: Bank, exchange: Exchange):
    customer = bank.customer(bank.wang, phone=PHONE)
    told = ended(PHONE)
    assert exchange.tell(told) == ["taken"]
    assert (bank.ledger(), bank.ledger(bank.wang)) == ([], [])
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.li.id, now=NOW))
    assert [entry.customer_id for entry in bank.ledger()] == [customer.id]
    assert bank.ledger(bank.wang) == []


def test_a_call_before_the_customer_left_is_still_its_advisors(bank: Bank, exchange: Exchange):
    customer = bank.customer(phone=PHONE)
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.wang.id, now=NOW))
    before, after = ended(PHONE), ended(PHONE, at=NOW + timedelta(minutes=5))
    exchange.tell(before, after)
    assert [entry.occurred_at for entry in bank.ledger()] == [NOW - timedelta(minutes=1)]
    assert standing(bank)[after["record_id"]] == ("waiting", "unknown_number")


def test_two_managed_customers_of_one_number_are_nobodys_to_choose(bank: Bank, exchange: Exchange):
    customer = bank.customer(phone=PHONE, managed_since=LONG_AGO)
    other = bank.customer(phone=f"+86{PHONE}", managed_since=LONG_AGO)
    told = ended(PHONE)
    assert exchange.tell(told) == ["taken"]
    assert standing(bank)[told["record_id"]] == ("waiting", "several_customers")
    bank.db.write(lambda session: move_customer(session, other.id, to_advisor=bank.wang.id, now=NOW))
    # Both were in the book when that call was, whenever it is told of; of the next call there is no doubt.
    before, after = ended(PHONE), ended(PHONE, at=NOW + timedelta(minutes=5))
    exchange.tell(before, after)
    assert standing(bank) == {
        told["record_id"]: ("waiting", "several_customers"),
        before["record_id"]: ("waiting", "several_customers"),
        after["record_id"]: ("entered", None),
    }
    assert [entry.customer_id for entry in bank.ledger()] == [customer.id]


def test_whom_the_bank_manages_comes_before_a_prospect_of_the_same_number(bank: Bank, exchange: Exchange):
    bank.phone().sync(met_prospect(PHONE))
    customer = bank.customer(phone=PHONE, managed_since=LONG_AGO)
    bank.customer(phone=PHONE, managed_since=NOW.date() + timedelta(days=1))
    exchange.tell(ended(PHONE))
    assert [entry.customer_id for entry in bank.ledger() if entry.kind == "pbx_record"] == [customer.id]


@pytest.mark.parametrize("told_first", [True, False])
def test_of_two_prospects_of_one_number_it_was_who_was_met_first(bank: Bank, exchange: Exchange, told_first: bool):
    first, second = (met_prospect(PHONE, id=str(uuid7(NOW - timedelta(days=days)))) for days in (1, 0))
    phone, told = bank.phone(), ended(PHONE)
    phone.sync(first)
    if told_first:
        exchange.tell(told)
    phone.sync(second)
    exchange.tell(told)
    assert [str(entry.customer_id) for entry in bank.ledger() if entry.kind == "pbx_record"] == [first["id"]]


def test_numbers_that_name_nobody_are_said_and_counted_nowhere(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    numbers = ("139****5678", "anonymous", "", "77")
    assert exchange.tell(*(ended(number) for number in numbers)) == [
        "masked_number",
        "withheld_number",
        "withheld_number",
        "unreadable_number",
    ]
    assert bank.ledger() == []
    assert {state for state, _ in standing(bank).values()} == {"waiting"}


def test_a_line_is_somebodys_from_a_day_to_a_day(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    theirs = bank.customer(bank.wang, phone="13912340000")
    line(bank, bank.li, "8003", ends_on=NOW.date())
    line(bank, bank.wang, "8003", since=NOW.date())
    yesterday = NOW - timedelta(days=1)
    exchange.tell(ended(PHONE, own="8003", at=yesterday), ended(theirs.phone, own="8003"))
    assert [entry.business_day for entry in bank.ledger()] == [yesterday.date()]
    assert [entry.customer_id for entry in bank.ledger(bank.wang)] == [theirs.id]


def test_one_exchanges_extension_is_not_anothers(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    theirs = bank.customer(bank.wang, phone="13912340000")
    line(bank, bank.wang, "8001", provider="branch")
    assert Exchange(bank, "branch").tell(ended(theirs.phone)) == ["taken"]
    assert exchange.tell(ended(PHONE)) == ["taken"]
    assert (len(bank.ledger()), len(bank.ledger(bank.wang))) == (1, 1)


def test_a_mobile_is_a_line_too_however_it_is_written(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    line(bank, bank.li, "+8613700001111", line=PbxLine.MOBILE)
    exchange.tell(ended(PHONE, own="0086 137 0000 1111", direction="inbound"))
    assert (bank.ledger()[0].data["line"], bank.ledger()[0].data["direction"]) == ("mobile", "inbound")


def test_an_unknown_extension_is_said(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    assert exchange.tell(ended(PHONE, own="8999")) == ["unknown_line"]
    assert (bank.ledger(), bank.ledger(bank.wang)) == ([], [])


def test_a_head_is_no_advisor_but_was_one_the_day_before(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    unit_id = bank.db.read(lambda session: memberships(session, bank.li.id)[0][1].id)
    today = NOW.date()
    bank.db.write(lambda session: place_staff(session, bank.li.id, unit_id=unit_id, role=Role.HEAD, on_day=today))
    told = ended(PHONE), ended(PHONE, at=NOW - timedelta(days=1))
    assert exchange.tell(*told) == ["not_an_advisor", "taken"]
    assert [entry.business_day for entry in bank.ledger()] == [today - timedelta(days=1)]


def test_days_late_counts_and_too_late_is_kept(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    late, too_late = ended(PHONE, at=NOW - timedelta(days=6)), ended(PHONE, at=NOW - timedelta(days=8))
    assert exchange.tell(late, too_late) == ["taken", "too_old"]
    assert [entry.business_day for entry in bank.ledger()] == [(NOW - timedelta(days=6)).date()]
    assert standing(bank)[too_late["record_id"]] == ("late", "too_old")


def test_a_record_that_waited_too_long_is_not_counted_either(bank: Bank, exchange: Exchange):
    told = ended(PHONE)
    exchange.tell(told)
    bank.server.clock.pass_(days=8)
    phone = bank.phone()
    now = bank.server.clock.now().isoformat()
    met = met_prospect(PHONE, occurred_at=now)
    assert phone.send(met) == ["accepted"]
    assert [entry.kind for entry in bank.ledger()] == ["prospect"]
    assert standing(bank)[told["record_id"]] == ("late", "too_old")


def test_no_clock_of_an_exchange_may_run_ahead(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    told = ended(PHONE, at=NOW + timedelta(minutes=20))
    assert exchange.tell(told) == ["in_future"]
    assert standing(bank) == {}
    bank.server.clock.pass_(minutes=20)
    assert exchange.tell(told) == ["taken"]


def test_only_the_exchange_writes_records_and_nobody_takes_them_back(bank: Bank, exchange: Exchange):
    customer, phone = bank.customer(phone=PHONE), bank.phone()
    exchange.tell(ended(PHONE))
    (change,) = [each for each in phone.pull() if each["entity"] == "activity"]
    forged = {"id": change["id"], **change["data"]}
    assert phone.send(forged) == ["bad_data"]
    # Nor can a phone take the id of a call that the exchange has yet to tell of.
    told = ended(PHONE)
    squatter = call(customer) | {"id": str(pbx_activity_id("generic", told["record_id"]))}
    assert phone.send(squatter, void(change)) == ["bad_data", "unknown_activity"]
    assert exchange.tell(told) == ["taken"]
    assert bank.today().calls == 2


def test_a_first_sync_has_the_records_too(bank: Bank, exchange: Exchange):
    bank.customer(phone=PHONE)
    exchange.tell(ended(PHONE), ended(PHONE))
    kinds = [each["data"]["kind"] for each in bank.phone().pull() if each["entity"] == "activity"]
    assert kinds == ["pbx_record", "pbx_record"]
