"""A customer's code, from the outlet's screen or the gateway to grade B; whose it is, how often it may be tried, and what is kept of it."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select, update

from app_server.tables import ConfirmationRow, CustomerRow, UnitRow
from shared_models.activity import uuid7
from shared_models.confirmations import OutletCodes
from shared_models.customers import Customer
from shared_models.evidence import Grade
from shared_models.org import Role
from tests import factories
from tests.confirmations.conftest import Gateway, gateway_of
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, activity, void

CODES, CHECK, SCREEN = "/api/v1/confirmations", "/api/v1/confirmations/check", "/api/v1/team/outlet-code"
AT = NOW - timedelta(minutes=30)


def head_of(bank: Bank, unit: UnitRow | None = None) -> dict[str, str]:
    return bank.server.bearer(factories.staff(bank.db, unit or bank.outlet, role=Role.HEAD), device="screen")


def screen(bank: Bank) -> OutletCodes:
    """What the outlet's screen has had since half an hour ago."""
    bank.server.clock.pass_(minutes=-30)
    reply = bank.server.http.get(SCREEN, params={"unit_id": str(bank.outlet.id)}, headers=head_of(bank))
    bank.server.clock.pass_(minutes=30)
    assert reply.status_code == 200, reply.text
    assert reply.headers["cache-control"] == "no-store"
    return OutletCodes.model_validate(reply.json())


def code_at(codes: OutletCodes, at: datetime) -> str:
    shown = codes.code_at(at)
    assert shown is not None
    return shown[0]


def confirmed(
    customer: Customer, code: str, *, by: str = "outlet_screen", place: str = "outlet", **fields: Any
) -> Json:
    data = {"place": place, "confirmation": {"by": by, "code": code}}
    return activity("visit", data, customer=customer, **fields)


def results(bank: Bank) -> list[str]:
    return [row.data["confirmation"] for row in bank.ledger() if row.kind == "visit_check"]


# -- the outlet's screen


def test_a_code_from_the_outlets_screen_makes_grade_b_on_the_phone_the_server_and_for_the_head(any_bank: Bank) -> None:
    bank = any_bank
    customer, code = bank.customer(), code_at(screen(bank), AT)
    reply = bank.phone().sync(confirmed(customer, code))
    [check] = [each["data"] for each in reply["changes"] if each["data"].get("kind") == "visit_check"]
    assert check["data"]["confirmation"] == "matched"
    assert (bank.today().visits_verified, bank.today().visits_graded[Grade.B]) == (1, 1)
    day = {"day": NOW.date().isoformat()}
    [seen] = bank.server.http.get("/api/v1/team/activities", params=day, headers=head_of(bank)).json()["activities"]
    assert (seen["grade"], seen["reason"], seen["code_finding"]) == ("B", "confirmed", None)
    assert seen["data"]["confirmation"]["by"] == "outlet_screen"


def test_the_screen_goes_on_for_hours_without_asking_again(bank: Bank) -> None:
    codes = screen(bank)
    assert codes.code_at(AT + timedelta(hours=11)) is not None
    assert len(set(codes.codes)) > 700


def test_a_code_is_of_its_time(bank: Bank) -> None:
    code, minutes = code_at(screen(bank), AT), (0, 1, -1, 2, -20, -90)
    bank.phone().sync(*(confirmed(bank.customer(), code, at=AT + timedelta(minutes=n)) for n in minutes))
    assert results(bank) == ["matched", "matched", "matched", "expired", "expired", "wrong"]


def test_the_corrected_instant_counts_and_not_the_phones_clock(bank: Bank) -> None:
    code = code_at(screen(bank), AT)
    wrong_clock = confirmed(bank.customer(), code, at=AT - timedelta(hours=3), clock_offset_ms=3 * 3_600_000)
    bank.phone().sync(wrong_clock)
    assert results(bank) == ["matched"]


def test_the_hall_reads_one_code_but_each_customer_uses_it_once(bank: Bank) -> None:
    one, two, code = bank.customer(), bank.customer(), code_at(screen(bank), AT)
    phone = bank.phone()
    phone.sync(confirmed(one, code), confirmed(two, code))
    phone.sync(confirmed(one, code))
    assert results(bank) == ["matched", "matched", "used"]
    assert bank.today().visits_graded == {Grade.A: 0, Grade.B: 2, Grade.C: 0, Grade.D: 0}


def test_a_visit_that_was_taken_back_has_not_used_its_code(any_bank: Bank) -> None:
    bank = any_bank
    customer, code, phone = bank.customer(), code_at(screen(bank), AT), bank.phone()
    first = confirmed(customer, code)
    phone.sync(first)
    phone.sync(void(first), confirmed(customer, code))
    assert results(bank) == ["matched", "matched"]
    again, third = confirmed(customer, code), confirmed(customer, code)
    phone.sync(again, third, void(again))
    assert results(bank)[2:] == ["used", "used"]


def test_a_repeat_is_a_duplicate_and_uses_nothing(bank: Bank) -> None:
    made = confirmed(bank.customer(), code_at(screen(bank), AT))
    assert bank.phone().send(made) == ["accepted"]
    assert bank.phone().send(made) == ["duplicate"]
    assert results(bank) == ["matched"]


def test_the_screen_hangs_in_the_outlet_and_nowhere_else(bank: Bank) -> None:
    code = code_at(screen(bank), AT)
    bank.phone().sync(*(confirmed(bank.customer(), code, place=place) for place in ("customer", "other")))
    assert results(bank) == ["wrong", "wrong"]


def test_another_outlets_code_is_wrong_and_takes_nothing_away(bank: Bank) -> None:
    branch = bank.db.read(lambda session: session.get_one(UnitRow, bank.outlet.parent_id))
    other = factories.unit(bank.db, branch)
    asked = {"unit_id": str(other.id)}
    codes = OutletCodes.model_validate(bank.server.http.get(SCREEN, params=asked, headers=head_of(bank, other)).json())
    fix = {"lat": 43.88, "lon": 125.32, "accuracy_m": 20, "taken_at": NOW.isoformat(), "mocked": False}
    made = confirmed(bank.customer(), codes.codes[0], at=NOW)
    made["data"]["fix"] = fix
    bank.phone().sync(made)
    assert results(bank) == ["wrong"]
    assert bank.today().visits_graded[Grade.C] == 1
    assert bank.server.http.get(SCREEN, params=asked, headers=head_of(bank)).status_code == 404


def test_after_ten_wrong_codes_in_a_day_none_is_believed(bank: Bank) -> None:
    codes, phone = screen(bank), bank.phone()
    right = code_at(codes, AT)
    wrong = next(each for each in (f"{n:06d}" for n in range(1000)) if each not in codes.codes)
    guesses = [confirmed(bank.customer(), wrong) for _ in range(9)]
    phone.sync(*guesses, confirmed(bank.customer(), right))
    phone.sync(confirmed(bank.customer(), wrong), confirmed(bank.customer(), right))
    assert results(bank)[9:] == ["matched", "wrong", "wrong"]


def test_who_may_have_a_screen(bank: Bank) -> None:
    asked = {"unit_id": str(bank.outlet.id)}
    get = bank.server.http.get
    assert get(SCREEN, params=asked).status_code == 401
    assert get(SCREEN, params=asked, headers=bank.server.bearer(bank.li)).status_code == 403
    assert get(SCREEN, params={"unit_id": str(uuid4())}, headers=head_of(bank)).status_code == 404


def test_the_key_is_private_and_a_rotation_leaves_the_mornings_screen_good(bank: Bank) -> None:
    codes = screen(bank)
    file = bank.server.settings.confirmation_keys_file
    assert file.stat().st_mode & 0o777 == 0o600
    bank.server.app.state.codes.keys.rotate(AT)
    bank.phone().sync(
        confirmed(bank.customer(), code_at(codes, AT + timedelta(minutes=20)), at=NOW - timedelta(minutes=10))
    )
    assert results(bank) == ["matched"]


# -- a code that was sent


def ask(bank: Bank, customer: Customer | UUID, visit_id: UUID, headers: dict[str, str]):
    body = {"visit_id": str(visit_id), "customer_id": str(customer if isinstance(customer, UUID) else customer.id)}
    return bank.server.http.post(CODES, json=body, headers=headers)


def try_it(bank: Bank, customer: Customer, visit_id: UUID, code: str, headers: dict[str, str]) -> Json:
    body = {"visit_id": str(visit_id), "customer_id": str(customer.id), "code": code}
    reply = bank.server.http.post(CHECK, json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_that_was_sent_makes_grade_b_and_is_right_the_moment_it_is_typed(bank: Bank, gateway: Gateway) -> None:
    customer, phone, visit_id = bank.customer(), bank.phone(), uuid7(NOW)
    reply = ask(bank, customer, visit_id, phone.headers)
    assert reply.status_code == 201
    assert reply.json() == {"by": "sms", "expires_at": "2026-11-23T08:10:00Z", "tries": 3} | {
        "expires_at": reply.json()["expires_at"]
    }
    assert datetime.fromisoformat(reply.json()["expires_at"]) == NOW + timedelta(minutes=10)
    [sent] = gateway.sent
    assert (sent["to"], sent["expires_in"]) == (f"+86{customer.phone}", 600)
    tried = try_it(bank, customer, visit_id, gateway.last_code, phone.headers)
    assert tried == {"result": "matched", "tries_left": 3}
    phone.sync(confirmed(customer, gateway.last_code, by="sms", place="customer", id=str(visit_id), at=NOW))
    assert results(bank) == ["matched"]
    assert bank.today().visits_graded[Grade.B] == 1


def test_three_wrong_tries_end_a_code(any_bank: Bank) -> None:
    bank = any_bank
    gateway = gateway_of(bank)
    customer, phone, visit_id = bank.customer(), bank.phone(), uuid7(NOW)
    ask(bank, customer, visit_id, phone.headers)
    wrong = other_than(gateway.last_code)
    left = [try_it(bank, customer, visit_id, wrong, phone.headers)["tries_left"] for _ in range(3)]
    assert left == [2, 1, 0]
    assert try_it(bank, customer, visit_id, gateway.last_code, phone.headers)["result"] == "used"
    phone.sync(confirmed(customer, gateway.last_code, by="sms", id=str(visit_id), at=NOW))
    assert results(bank) == ["used"]


def test_a_sent_code_is_good_for_its_visit_its_customer_and_its_time(bank: Bank, gateway: Gateway) -> None:
    customer, other, phone, visit_id = bank.customer(), bank.customer(), bank.phone(), uuid7(NOW)
    ask(bank, customer, visit_id, phone.headers)
    code = gateway.last_code
    bank.server.clock.pass_(minutes=12)
    late = NOW + timedelta(minutes=12)
    phone.sync(
        confirmed(customer, code, by="sms", at=NOW),
        confirmed(other, code, by="sms", at=NOW),
        confirmed(customer, code, by="sms", id=str(visit_id), at=late),
        confirmed(other, other_than(code), by="app", at=NOW),
    )
    assert results(bank) == ["used", "wrong", "expired", "wrong"]


def test_a_second_code_for_the_visit_ends_the_first(bank: Bank, gateway: Gateway) -> None:
    customer, phone, visit_id = bank.customer(), bank.phone(), uuid7(NOW)
    ask(bank, customer, visit_id, phone.headers)
    first = gateway.last_code
    bank.server.clock.pass_(seconds=30)
    ask(bank, customer, visit_id, phone.headers)
    assert try_it(bank, customer, visit_id, first, phone.headers)["result"] == "expired"
    assert try_it(bank, customer, visit_id, gateway.last_code, phone.headers)["result"] == "matched"


def test_codes_are_few_for_a_customer_and_for_an_advisor(any_bank: Bank) -> None:
    bank = any_bank
    gateway = gateway_of(bank)
    customer, phone = bank.customer(), bank.phone()
    asked = [ask(bank, customer, uuid7(NOW), phone.headers) for _ in range(4)]
    assert [each.status_code for each in asked] == [201, 201, 201, 429]
    assert int(asked[-1].headers["retry-after"]) == 3601
    others = [ask(bank, bank.customer(), uuid7(NOW), phone.headers).status_code for _ in range(18)]
    assert others == [201] * 17 + [429]
    assert len(gateway.sent) == 20


def test_nobody_has_a_code_sent_to_another_advisors_customer_or_to_a_number_of_their_own(
    bank: Bank, gateway: Gateway
) -> None:
    phone = bank.phone()
    theirs, prospect = bank.customer(bank.wang), bank.customer(managed_since=None)
    assert ask(bank, theirs, uuid7(NOW), phone.headers).status_code == 404
    assert ask(bank, uuid4(), uuid7(NOW), phone.headers).status_code == 404
    refused = ask(bank, prospect, uuid7(NOW), phone.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "code_for_prospect")
    assert ask(bank, theirs, uuid7(NOW), head_of(bank)).status_code == 403
    body = {"visit_id": str(uuid4()), "customer_id": str(theirs.id), "code": "123456"}
    assert bank.server.http.post(CHECK, json=body, headers=phone.headers).status_code == 404
    assert gateway.sent == []


def test_another_advisor_tries_no_code_that_was_sent_for_this_one(bank: Bank, gateway: Gateway) -> None:
    customer, visit_id = bank.customer(), uuid7(NOW)
    ask(bank, customer, visit_id, bank.phone().headers)
    body = {"visit_id": str(visit_id), "customer_id": str(customer.id), "code": gateway.last_code}
    theirs = bank.phone(bank.wang, device="phone-2")
    assert bank.server.http.post(CHECK, json=body, headers=theirs.headers).status_code == 404


def test_what_the_gateway_does_not_take_is_said_and_counts(bank: Bank, gateway: Gateway) -> None:
    gateway.status = 500
    refused = ask(bank, bank.customer(), uuid7(NOW), bank.phone().headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "code_not_sent")
    assert gateway.last_code not in refused.text


def test_without_a_gateway_no_code_is_sent(bank_without_gateway: Bank) -> None:
    refused = ask(
        bank_without_gateway, bank_without_gateway.customer(), uuid7(NOW), bank_without_gateway.phone().headers
    )
    assert (refused.status_code, refused.json()["code"]) == (503, "no_code_gateway")


def test_no_code_rests_but_as_a_keyed_digest_and_none_is_logged(
    bank: Bank, gateway: Gateway, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    customer, phone, visit_id = bank.customer(), bank.phone(), uuid7(NOW)
    ask(bank, customer, visit_id, phone.headers)
    try_it(bank, customer, visit_id, other_than(gateway.last_code), phone.headers)
    [row] = bank.db.read(lambda session: session.exec(select(ConfirmationRow)).all())
    kept = repr(row.model_dump()).encode() + b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    said = caplog.text.encode() + repr(bank.server.app.state.codes).encode()
    assert gateway.last_code.encode() not in kept + said
    assert customer.phone.encode() not in said


# -- where the customer lives


def lives(bank: Bank, customer: Customer, lat: float, lon: float) -> None:
    placed = update(CustomerRow).where(col(CustomerRow.id) == customer.id).values(lat=lat, lon=lon)
    bank.db.write(lambda session: session.exec(placed))


def test_a_visit_at_the_customers_was_near_their_address(any_bank: Bank) -> None:
    bank, phone = any_bank, any_bank.phone()
    fix = {"lat": 43.9, "lon": 125.32, "accuracy_m": 20, "taken_at": AT.isoformat(), "mocked": False}
    for place, near in (("customer", True), ("customer", False), ("other", False), ("outlet", False)):
        customer = bank.customer()
        lives(bank, customer, 43.9 if near else 43.88, 125.32)
        phone.sync(activity("visit", {"place": place, "fix": fix}, customer=customer))
    day = {"day": NOW.date().isoformat()}
    seen = bank.server.http.get("/api/v1/team/activities", params=day, headers=head_of(bank)).json()["activities"]
    assert sorted((each["grade"], each["reason"], each["customer_m"] or 0) for each in seen) == [
        ("C", "located", 0),
        ("C", "located", 0),
        ("C", "located", 0),
        ("D", "away_from_customer", 2200),
    ]
    told = [each["data"] for each in bank.phone(device="phone-2").pull() if each["entity"] == "customer"]
    assert len(told) == 4
    assert all({"lat", "lon"}.isdisjoint(each) for each in told)
