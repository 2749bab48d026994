"""Who may tell of calls: what is not signed just so is refused, and nothing unexpected is ever more than refused."""

import json
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest

from app_server.telephony.keys import TelephonyKeyFile
from shared_models.errors import NotFound, NotReady
from tests.factories import NOW
from tests.sync_server.phones import Bank
from tests.telephony.exchange import Exchange, ended, standing

PHONE = "13912345678"
PATH = "/api/v1/telephony/generic/events"


@pytest.fixture
def bank(sqlite_bank: Bank) -> Bank:
    sqlite_bank.customer(phone=PHONE)
    return sqlite_bank


@pytest.fixture
def exchange(bank: Bank) -> Exchange:
    return Exchange(bank)


def body() -> bytes:
    return json.dumps({"events": [ended(PHONE)]}).encode()


def refused(reply) -> bool:
    return reply.status_code == 401 and reply.json()["code"] == "not_signed"


def test_without_any_key_nobody_is_let_in(bank: Bank):
    for path in (PATH, "/api/v1/telephony/nobody/events", "/api/v1/telephony/%00/events"):
        assert refused(bank.server.http.post(path, content=body()))


def test_unsigned(bank: Bank, exchange: Exchange):
    reply = bank.server.http.post(PATH, content=body())
    assert refused(reply)
    assert reply.headers["WWW-Authenticate"] == "Day2053-HMAC-SHA256"
    assert refused(bank.server.http.post(PATH, content=body(), headers=bank.server.bearer(bank.li)))
    assert standing(bank) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Day2053-Key": "0" * 16},
        {"Day2053-Key": "' OR 1=1 --"},
        {"Day2053-Signature": "0" * 64},
        {"Day2053-Signature": ""},
        {"Day2053-Signature": "Ä"},
        {"Day2053-Timestamp": ""},
        {"Day2053-Timestamp": "9" * 4000},
        {"Day2053-Timestamp": "-1"},
        {"Day2053-Timestamp": "٢٠٢٦٠٠٠٠٠٠"},
        {"Day2053-Timestamp": "1e9"},
    ],
)
def test_a_header_that_is_not_the_signed_one(exchange: Exchange, headers: dict[str, str]):
    assert refused(exchange.post_bytes(body(), headers=headers))


def test_a_body_that_was_changed_on_the_way(bank: Bank, exchange: Exchange):
    sent = body()
    signed = exchange.post_bytes(sent).request.headers
    changed = sent.replace(b'"talk_seconds": 60', b'"talk_seconds": 61')
    headers = {name: signed[name] for name in ("Day2053-Key", "Day2053-Timestamp", "Day2053-Signature")}
    assert refused(bank.server.http.post(PATH, content=changed, headers=headers))


@pytest.mark.parametrize(("minutes", "is_good"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_a_signature_is_good_for_five_minutes(exchange: Exchange, minutes: int, is_good: bool):
    reply = exchange.post_bytes(body(), at=NOW + timedelta(minutes=minutes))
    assert (reply.status_code == 200) is is_good


def test_a_replay_within_the_window_changes_nothing(bank: Bank, exchange: Exchange):
    sent = body()
    assert exchange.post_bytes(sent).json()["results"][0]["status"] == "taken"
    assert exchange.post_bytes(sent).json()["results"][0]["status"] == "duplicate"
    assert len(bank.ledger()) == 1


def test_another_providers_key(bank: Bank, exchange: Exchange):
    other = Exchange(bank, "other")
    assert refused(other.post_bytes(body(), provider="generic"))
    assert other.post_bytes(body()).status_code == 200


def test_keys_rotate(bank: Bank, exchange: Exchange):
    newer = Exchange(bank)
    keys = TelephonyKeyFile(bank.server.settings.telephony_keys_file)
    assert [each.post_bytes(body()).status_code for each in (exchange, newer)] == [200, 200]
    keys.remove("generic", exchange.key.key_id)
    assert [each.post_bytes(body()).status_code for each in (exchange, newer)] == [401, 200]
    with pytest.raises(NotFound):
        keys.remove("other", newer.key.key_id)


def test_the_keys_are_nobody_elses_to_read(bank: Bank, exchange: Exchange):
    file = bank.server.settings.telephony_keys_file
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(NotReady):
        TelephonyKeyFile(file).keys()
    assert exchange.post_bytes(body()).status_code in (200, 503)  # a server that has read it goes on


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"events": NaN}', 400),
        (b"[]", 422),
        (b'{"events": {}}', 422),
        (b'{"events": []}', 422),
        (b'{"events": [' + b",".join([b"1"] * 501) + b"]}", 413),
    ],
)
def test_what_is_no_batch_of_events(exchange: Exchange, sent: bytes, status: int):
    assert exchange.post_bytes(sent).status_code == status


def test_too_many_bytes(exchange: Exchange):
    assert exchange.post_bytes(b'{"events": ["' + b"x" * 4 * 1024 * 1024 + b'"]}').status_code == 413


@pytest.mark.parametrize(
    "event",
    [
        None,
        1,
        "ended",
        [],
        {},
        {"event": "dance"},
        {"event": ["ended"]},
        ended(PHONE, record_id=""),
        ended(PHONE, record_id="a\x00b"),
        ended(PHONE, record_id=5),
        ended(PHONE, own_number=""),
        ended("1" * 65),
        ended(PHONE, talk_seconds=10**30),
        ended(PHONE, talk_seconds=61.5),
        ended(PHONE, started_at="0001-01-01T00:00:00Z"),
        ended(PHONE, ended_at="9999-12-31T23:59:59-12:00"),
        ended(PHONE, ended_at="2026-11-23T15:00:00"),
        {"event": "ringing", "record_id": "1", "at": "2026-11-23T15:00:00+08:00", "more": "a\x00b"},
        {"event": "ringing", "record_id": "1", "at": "2026-11-23T15:00:00+08:00", "more": "x" * 20_000},
        {"event": "ringing", "record_id": "1", "at": "9999-12-31T23:59:59-12:00"},
    ],
)
def test_a_bad_event_is_refused_alone(bank: Bank, exchange: Exchange, event: object):
    assert exchange.tell(event, ended(PHONE)) == ["bad_data", "taken"]
    assert len(bank.ledger()) == 1


def test_fields_that_would_say_whose_it_is_are_not_obeyed(bank: Bank, exchange: Exchange):
    other = bank.customer(bank.wang)
    told = ended(PHONE, advisor_id=str(bank.wang.id), customer_id=str(other.id), line="mobile", provider="x")
    assert exchange.tell(told) == ["taken"]
    (entry,) = bank.ledger()
    assert (entry.advisor_id, entry.data["line"], entry.data["provider"]) == (bank.li.id, "landline", "generic")
    assert bank.ledger(bank.wang) == []


def test_whether_a_number_is_a_customers_is_not_told(bank: Bank, exchange: Exchange):
    bank.customer(bank.wang, phone="13955556666")
    replies = [exchange.post(ended(number)).json()["results"][0] for number in (PHONE, "13955556666", "13900000009")]
    assert {(each["status"], each["code"], each["detail"]) for each in replies} == {("taken", None, None)}


def test_no_number_and_no_name_is_logged(bank: Bank, exchange: Exchange, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        exchange.tell(ended(PHONE), ended("13900000009"), ended(PHONE, own="8999"), ended(PHONE, record_id=5))
        exchange.post_bytes(body(), headers={"Day2053-Signature": "0"})
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert not re.search("139|8999|客户", logged)


def test_secrets_are_shown_once(tmp_path: Path):
    key = TelephonyKeyFile(tmp_path / "telephony.json").add("generic", NOW)
    assert key.secret not in repr(key)
