"""Attacks on the round trip: each is refused in its own place, its neighbours are kept, and nothing is ever a 500."""

import gzip
import json

import pytest

from shared_models.org import Role
from shared_models.sync import MAX_BODY_BYTES
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import SYNC, Bank, call, proposal, unknown, visit, void


def test_nobody_syncs_without_a_token(bank: Bank):
    body = {"device_id": "phone-1", "activities": []}
    assert bank.server.http.post(SYNC, json=body).status_code == 401
    assert bank.server.http.post(SYNC, json=body, headers={"Authorization": "Bearer x.y.z"}).status_code == 401


@pytest.mark.parametrize("role", [Role.HEAD, Role.ADMIN])
def test_only_advisors_sync(bank: Bank, role: Role):
    head = factories.staff(bank.db, factories.tree(bank.db).root, role=role)
    reply = bank.phone(head).post(call(bank.customer()))
    assert reply.status_code == 403
    assert bank.ledger() == []


def test_a_body_cannot_be_another_device(bank: Bank):
    phone = bank.phone()
    reply = phone.post(call(bank.customer()), device_id="phone-2")
    assert (reply.status_code, reply.json()["code"]) == (403, "other_device")
    assert bank.ledger() == []


def test_a_signed_out_device_syncs_no_more(bank: Bank):
    phone = bank.phone()
    bank.phone()  # signing in again ends the earlier sign-in of this device
    assert phone.post().status_code == 401


def test_what_a_body_says_of_its_sender_is_never_obeyed(bank: Bank):
    made = call(
        bank.customer(),
        advisor_id=str(bank.wang.id),
        unit_id=str(unknown()),
        role="admin",
        business_day="2026-01-01",
        branch_id=str(unknown()),
        feed_seq=10**9,
    )
    reply = bank.phone().post(made, advisor_id=str(bank.wang.id), role="admin", staff_id=str(bank.wang.id))
    assert reply.json()["results"][0]["status"] == "accepted"
    [row] = bank.ledger()
    assert (row.business_day, row.feed_seq) == (NOW.date(), 1)
    assert bank.ledger(bank.wang) == []


def test_what_is_anothers_is_refused_alone(bank: Bank):
    own, theirs, product = bank.customer(), bank.customer(bank.wang), bank.product()
    of_wang = [visit(theirs), call(theirs)]
    bank.phone(bank.wang).send(*of_wang)
    at = visit(own)
    assert bank.phone().send(
        call(theirs),
        visit(theirs),
        proposal(own, of_wang[0], product),
        proposal(theirs, of_wang[0], product),
        void(of_wang[1]),
        at,
        proposal(own, at, unknown()),
        call(own),
    ) == [
        "not_your_customer",
        "not_your_customer",
        "unknown_visit",
        "not_your_customer",
        "unknown_activity",
        "accepted",
        "unknown_product",
        "accepted",
    ]
    assert (bank.today(bank.wang).calls, bank.today(bank.wang).visits) == (1, 1)


def test_anothers_id_is_a_conflict_that_does_not_tell_whose(bank: Bank):
    theirs = call(bank.customer(bank.wang))
    bank.phone(bank.wang).send(theirs)
    own = call(bank.customer())
    phone = bank.phone()
    phone.send(own)
    changed = {**own, "seq": 10**6}
    with_theirs, with_own = (phone.sync(each)["results"][0] for each in (theirs, changed))
    assert with_theirs["code"] == with_own["code"] == "id_conflict"
    assert with_theirs["detail"] == with_own["detail"]
    assert str(bank.wang.id) not in json.dumps(with_theirs)


HOSTILE = {
    "NaN": '"talk_seconds":NaN',
    "Infinity": '"talk_seconds":Infinity',
    "10^400": '"talk_seconds":1e400',
    "an integer of 401 digits": '"talk_seconds":1' + "0" * 400,
    "an integer of 5,000 digits": '"talk_seconds":1' + "0" * 5000,
    "64 bits and more": '"talk_seconds":18446744073709551616',
    "a fraction": '"talk_seconds":1.5',
    "NUL": '"note":"a\\u0000b"',
    "half a surrogate pair": '"note":"a\\ud800b"',
    "half a surrogate pair in a name": '"outcome":"\\udfff"',
    "a note of 2001": '"note":"' + "x" * 2001 + '"',
    "a list for a string": '"note":[[[[]]]]',
    "nested 300 deep": '"note":' + "[" * 300 + "]" * 300,
}


HOSTILE_ENVELOPES: list[dict[str, object]] = [
    {"occurred_at": "0001-01-01T00:00:00+14:00"},
    {"occurred_at": "9999-12-31T23:59:59-12:00"},
    {"occurred_at": "2026-11-23T09:00:00"},
    {"occurred_at": 10**30},
    {"clock_offset_ms": 2**63},
    {"clock_offset_ms": -(10**14)},
    {"seq": 2**63},
    {"seq": 0},
    {"id": "x"},
    {"id": "\ud800"},
    {"id": {"$ne": None}},
    {"kind": "__class__"},
    {"customer_id": "' OR 1=1 --"},
    {"customer_id": None},
    {"data": None},
    {"data": []},
]


def test_hostile_values_spoil_their_own_activity_only(bank: Bank):
    customer = bank.customer()
    hostile: dict[str, str] = {}
    for name, field in HOSTILE.items():
        bad = call(customer)
        bad["data"].pop(field.split(":", 1)[0].strip('"'), None)
        hostile[name] = json.dumps(bad).replace('"data": {', '"data": {' + field + ", ")
    for envelope in HOSTILE_ENVELOPES:
        hostile[str(envelope)] = json.dumps({**call(customer), **envelope})
    phone = bank.phone()
    # Together, with a good one between any two; and each of the worst alone, for they change how the body is read.
    together = ",".join(f"{bad},{json.dumps(call(customer))}" for bad in hostile.values())
    reply = phone.post_bytes(f'{{"device_id": "phone-1", "activities": [{together}]}}'.encode())
    assert reply.status_code == 200, reply.text
    codes = [each["code"] for each in reply.json()["results"]]
    assert dict(zip(hostile, codes[::2], strict=True)) == dict.fromkeys(hostile, "bad_data")
    assert set(codes[1::2]) == {None}
    assert len(bank.ledger()) == len(hostile)
    for name in HOSTILE:
        body = f'{{"device_id": "phone-1", "activities": [{hostile[name]}]}}'
        assert phone.post_bytes(body.encode()).json()["results"][0]["code"] == "bad_data", name


def test_extreme_but_well_formed_values_do_not_break_anything(bank: Bank):
    customer, product = bank.customer(), bank.product()
    at = visit(customer)
    at["data"]["fix"] = {
        "lat": 90,
        "lon": -180,
        "accuracy_m": 0,
        "taken_at": "0001-01-01T00:00:00+14:00",
        "mocked": False,
    }
    rich = proposal(customer, at, product)
    rich["data"]["picks"][0] |= {"response": "bought", "amount": "9999999999.99"}
    promise = {**call(customer), "kind": "follow_up", "data": {"due_on": "9999-12-31", "reason": "x"}}
    phone = bank.phone()
    assert phone.send(at, rich, promise, call(customer, at=NOW, clock_offset_ms=10**13)) == [
        "accepted",
        "accepted",
        "accepted",
        "in_future",
    ]
    assert len(bank.phone(device="phone-2").pull()) == 5


def test_unreadable_bodies_are_refused_whole(bank: Bank):
    phone = bank.phone()
    deep = b"[" * 10_000 + b"]" * 10_000
    inside = b'{"device_id": "phone-1", "activities": [' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"]}"
    for body in (b"", b"{", b"\xff\xfe", deep, inside, b'{"device_id": "phone-1", "activities": [1,]}'):
        reply = phone.post_bytes(body)
        assert (reply.status_code, reply.json()["code"]) == (400, "bad_input")
    for body in (b"null", b"[]", b'{"device_id": 1}', b'{"device_id": "phone-1", "activities": {}}'):
        assert phone.post_bytes(body).status_code == 422
    for fields in (
        {"limit": 0},
        {"limit": 1001},
        {"limit": 10**30},
        {"waiting": -1},
        {"cursor": 7},
        {"cursor": "x" * 2001},
    ):
        assert phone.post(**fields).status_code == 422


def test_gzip_is_taken_and_bombs_are_not(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    body = json.dumps({"device_id": "phone-1", "activities": [call(customer)]}).encode()
    packed = {"Content-Encoding": "gzip"}
    assert phone.post_bytes(gzip.compress(body), **packed).json()["results"][0]["status"] == "accepted"
    bomb = gzip.compress(b" " * 50_000_000)
    assert phone.post_bytes(bomb, **packed).status_code == 413
    assert phone.post_bytes(b" " * (MAX_BODY_BYTES + 1)).status_code == 413
    assert phone.post_bytes(body, **packed).status_code == 400
    padded = body[:-1] + b" " * (MAX_BODY_BYTES - len(body)) + b"}"
    assert phone.post_bytes(padded).status_code == 200


def test_no_row_of_another_advisor_is_ever_sent(bank: Bank):
    for staff in (bank.li, bank.wang):
        bank.phone(staff).send(*(call(bank.customer(staff)) for _ in range(3)))
    text = json.dumps(bank.phone().pull() + bank.phone(device="phone-2").pull())
    for row in bank.ledger(bank.wang):
        assert str(row.id) not in text
        assert str(row.customer_id) not in text
