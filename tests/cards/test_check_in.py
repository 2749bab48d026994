"""A visit with a card, from the phone to the head's screen: what counts, what is a finding, and that a repeat is one."""

import base64
import json
import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, update

from app_server.cards.service import CardReader, note_cards
from app_server.tables import UnitRow
from shared_models.customers import Customer
from shared_models.evidence import Grade
from shared_models.org import Role
from shared_models.sealing import CardNumber
from shared_models.visits import visit_check_id
from tests import factories
from tests.cards.cards import CREDIT, DEBIT, OTHERS, key_pair, sealed, sealed_bytes
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, activity, unknown, void


def reader_of(bank: Bank) -> CardReader:
    return bank.server.app.state.card_reader


def holds(bank: Bank, customer: Customer, *pans: str) -> None:
    """Note that these cards are the customer's."""
    cards = [(customer.id, CardNumber(pan)) for pan in pans]
    bank.db.write(lambda session: note_cards(session, reader_of(bank), cards, now=NOW))


def visit(customer: Customer, pan: str | None = None, **data: Any) -> Json:
    """A visit as a phone sends it, with this card if one is given."""
    made = activity("visit", {"place": "outlet", **data}, customer=customer)
    if pan is not None:
        made["data"] |= {"card": sealed(pan, made["id"]), "card_last4": pan[-4:]}
    return made


def checks_in(changes: list[Json]) -> list[Json]:
    return [each["data"] for each in changes if each["entity"] == "activity" and each["data"]["kind"] == "visit_check"]


def of_head(bank: Bank) -> list[Json]:
    """What the outlet's head sees behind the visits of the day."""
    outlet = bank.db.read(lambda session: session.get_one(UnitRow, outlet_id(bank)))
    head = factories.staff(bank.db, outlet, role=Role.HEAD)
    day = {"day": NOW.date().isoformat()}
    reply = bank.server.http.get("/api/v1/team/activities", params=day, headers=bank.server.bearer(head))
    assert reply.status_code == 200, reply.text
    return reply.json()["activities"]


def outlet_id(bank: Bank) -> UUID:
    me = bank.server.http.get("/api/v1/me", headers=bank.server.bearer(bank.li, device="desk")).json()
    return UUID(me["unit"]["id"])


def test_a_customers_own_card_makes_the_visit_grade_a_everywhere(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    holds(bank, customer, DEBIT)
    made = visit(customer, DEBIT)
    reply = phone.sync(made)
    assert [each["status"] for each in reply["results"]] == ["accepted"]
    [check] = checks_in(reply["changes"])
    assert check["id"] == str(visit_check_id(UUID(made["id"])))
    assert check["data"] == {"visit_id": made["id"], "card": "matched", "card_last4": "3446", "outlet_m": None}
    assert (bank.today().visits, bank.today().visits_verified) == (1, 1)
    assert bank.today().visits_graded == {Grade.A: 1, Grade.B: 0, Grade.C: 0, Grade.D: 0}
    [seen] = of_head(bank)
    assert (seen["grade"], seen["reason"], seen["finding"]) == ("A", "card_matched", None)


def test_the_ledger_keeps_the_visit_without_its_card(bank: Bank) -> None:
    customer = bank.customer()
    bank.phone().sync(visit(customer, DEBIT))
    kept = bank.ledger()
    assert [row.kind for row in kept] == ["visit", "visit_check"]
    assert kept[0].data == {"place": "outlet", "fix": None, "card": None, "card_last4": "3446"} | {
        "minutes": None,
        "note": None,
    }
    assert [row.device_id for row in kept] == ["phone-1", "server"]


@pytest.mark.parametrize(
    ("mine", "theirs", "shown", "result"),
    [
        ([DEBIT], [OTHERS], OTHERS, "other_customer"),
        ([DEBIT], [OTHERS], CREDIT, "unknown_card"),
        ([], [], DEBIT, "unknown_card"),
    ],
)
def test_another_card_is_a_finding_and_no_rejection(
    bank: Bank, mine: list[str], theirs: list[str], shown: str, result: str
) -> None:
    customer = bank.customer()
    if mine:
        holds(bank, customer, *mine)
        holds(bank, bank.customer(bank.wang), *theirs)
    assert bank.phone().send(visit(customer, shown)) == ["accepted"]
    assert bank.today().visits_graded[Grade.D] == 1
    [seen] = of_head(bank)
    assert (seen["grade"], seen["reason"], seen["finding"]) == ("D", "no_fix", result)


def test_a_card_that_moved_to_another_customer_is_the_formers_no_more(bank: Bank) -> None:
    former, latter, phone = bank.customer(), bank.customer(), bank.phone()
    holds(bank, former, DEBIT)
    reader_of(bank).digest_keys.rotate(NOW)
    assert checks_in(phone.sync(visit(former, DEBIT))["changes"])[0]["data"]["card"] == "matched"
    holds(bank, latter, DEBIT)
    results = phone.sync(visit(former, DEBIT), visit(latter, DEBIT))["changes"]
    assert sorted(each["data"]["card"] for each in checks_in(results)) == ["matched", "other_customer"]


def test_a_sealed_card_is_good_for_its_own_visit_alone(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    holds(bank, customer, DEBIT)
    first = visit(customer, DEBIT)
    replayed = visit(customer) | {"data": first["data"]}
    assert phone.send(first, replayed) == ["accepted", "accepted"]
    assert [row.data["card"] for row in bank.ledger() if row.kind == "visit_check"] == ["matched", "nonce_mismatch"]


def flipped(token: str, part: int) -> str:
    parts = token.split(".")
    middle = len(parts[part]) // 2
    letter = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]
    return ".".join(parts)


def with_header(token: str, **words: object) -> str:
    header = json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "first"} | words).encode()
    return ".".join([base64.urlsafe_b64encode(header).rstrip(b"=").decode(), *token.split(".")[1:]])


BOMB = base64.urlsafe_b64encode(zlib.compress(b"0" * 2_000_000)).decode().rstrip("=")


@pytest.mark.parametrize(
    "spoil",
    [
        *[lambda token, part=part: flipped(token, part) for part in range(5)],
        lambda token: with_header(token, kid="another"),
        lambda token: with_header(token, kid=None),
        lambda token: with_header(token, alg="dir"),
        lambda token: with_header(token, alg="RSA1_5"),
        lambda token: with_header(token, enc="A128GCM"),
        lambda token: with_header(token, zip="DEF"),
        lambda token: with_header(token, crit=["exp"]),
        lambda token: ".".join(
            [with_header(token, zip="DEF").split(".")[0], *token.split(".")[1:3], BOMB[:3000], "AA"]
        ),
        lambda token: ".".join(token.split(".")[:4]),
        lambda token: ".".join(["", *token.split(".")[1:]]),
        lambda token: "A" * 4096,
        lambda token: ".",
    ],
)
def test_what_cannot_be_opened_is_a_finding(sqlite_bank: Bank, spoil: Any) -> None:
    customer, phone = sqlite_bank.customer(), sqlite_bank.phone()
    holds(sqlite_bank, customer, DEBIT)
    made = visit(customer, DEBIT)
    made["data"]["card"] = spoil(made["data"]["card"])
    reply = phone.sync(made)
    assert [each["status"] for each in reply["results"]] == ["accepted"]
    assert checks_in(reply["changes"])[0]["data"] == {
        "visit_id": made["id"],
        "card": "unreadable",
        "card_last4": None,
        "outlet_m": None,
    }


def test_sealed_to_another_pair_under_our_keys_name_it_is_not_opened(sqlite_bank: Bank) -> None:
    made = visit(sqlite_bank.customer())
    strangers = key_pair("another").public().model_copy(update={"kid": "first"})
    made["data"]["card"] = sealed(DEBIT, made["id"], strangers)
    assert checks_in(sqlite_bank.phone().sync(made)["changes"])[0]["data"]["card"] == "unreadable"


def test_sealed_nonsense_is_a_finding(sqlite_bank: Bank) -> None:
    made = visit(sqlite_bank.customer())
    made["data"]["card"] = sealed_bytes(b'{"pan": "1234", "nonce": "x"}')
    assert checks_in(sqlite_bank.phone().sync(made)["changes"])[0]["data"]["card"] == "unreadable"


def test_a_repeat_is_a_duplicate_and_another_card_under_its_id_a_conflict(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    holds(bank, customer, DEBIT)
    made = visit(customer, DEBIT)
    assert phone.send(made, made) == ["accepted", "duplicate"]
    assert phone.send(made) == ["duplicate"]
    resealed = made | {"data": made["data"] | {"card": sealed(DEBIT, made["id"])}}
    assert phone.send(resealed) == ["id_conflict"]
    assert [row.kind for row in bank.ledger()] == ["visit", "visit_check"]
    assert bank.today().visits_graded[Grade.A] == 1


def test_every_phone_of_the_advisor_learns_of_it_once(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    new_phone, old_phone = bank.phone(device="phone-2"), bank.phone(device="phone-3")
    old_phone.pull()
    holds(bank, customer, DEBIT)
    made = visit(customer, DEBIT)
    assert len(checks_in(phone.sync(made)["changes"])) == 1
    for each in (new_phone, old_phone):
        changes = each.pull()
        assert [change["data"]["kind"] for change in changes if change["entity"] == "activity"] == [
            "visit",
            "visit_check",
        ]
        assert each.pull() == []
    assert checks_in(phone.pull()) == []


def test_what_is_found_later_in_the_day_refolds_with_the_rest(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    holds(bank, customer, DEBIT)
    plain = visit(customer)
    phone.sync(plain)
    assert bank.today().visits_graded[Grade.D] == 1
    carded = visit(customer, DEBIT)
    phone.sync(carded)
    assert (bank.today().visits, bank.today().visits_graded[Grade.A]) == (1, 1)
    phone.sync(void(carded))
    assert (bank.today().visits, bank.today().visits_graded[Grade.A], bank.today().visits_graded[Grade.D]) == (1, 0, 1)


def test_no_phone_writes_a_check_voids_one_or_takes_its_place(bank: Bank) -> None:
    customer, phone = bank.customer(), bank.phone()
    made = visit(customer, DEBIT)
    check_id = visit_check_id(UUID(made["id"]))
    forged = {"visit_id": made["id"], "card": "matched"}
    assert phone.send(activity("visit_check", forged, customer=customer)) == ["bad_data"]
    squatter = activity("visit", {"place": "other"}, customer=customer, id=str(check_id))
    assert phone.send(squatter, made) == ["bad_data", "accepted"]
    assert phone.send(activity("void", {"activity_id": str(check_id), "reason": "mistake"})) == ["unknown_activity"]
    another = visit(customer)
    first = activity("visit", {"place": "other"}, customer=customer, id=str(visit_check_id(UUID(another["id"]))))
    assert phone.send(first) == ["bad_data"]
    assert phone.send(another) == ["accepted"]


def place_outlet(bank: Bank, lat: float, lon: float) -> None:
    placed = update(UnitRow).where(col(UnitRow.id) == outlet_id(bank)).values(lat=lat, lon=lon)
    bank.db.write(lambda session: session.exec(placed))


def fix(**fields: Any) -> Json:
    taken_at = (NOW - timedelta(minutes=30)).isoformat()
    return {"lat": 43.88, "lon": 125.32, "accuracy_m": 20, "taken_at": taken_at, "mocked": False} | fields


@pytest.mark.parametrize(
    ("data", "grade", "reason"),
    [
        ({"fix": fix()}, "C", "located"),
        ({"fix": fix(lat=43.9)}, "D", "away"),
        ({"fix": fix(lat=43.9), "place": "customer"}, "C", "located"),
        ({"fix": fix(mocked=True)}, "D", "mocked"),
        ({"fix": fix(accuracy_m=5000)}, "D", "coarse"),
        ({}, "D", "no_fix"),
    ],
)
def test_a_visit_at_the_outlet_was_near_it(bank: Bank, data: Json, grade: str, reason: str) -> None:
    place_outlet(bank, 43.88, 125.32)
    bank.phone().sync(visit(bank.customer(), **data))
    [seen] = of_head(bank)
    assert (seen["grade"], seen["reason"]) == (grade, reason)
    assert seen["outlet_m"] == (2224 if reason == "away" else None)
    assert bank.today().visits_graded[Grade(grade)] == 1


def test_an_outlet_that_moves_changes_no_earlier_visit(bank: Bank) -> None:
    place_outlet(bank, 43.88, 125.32)
    phone, former, latter = bank.phone(), bank.customer(), bank.customer()
    phone.sync(visit(former, fix=fix(lat=43.9)))
    place_outlet(bank, 43.9, 125.32)
    phone.sync(visit(latter, fix=fix(lat=43.9)))
    assert {each["customer_id"]: each["grade"] for each in of_head(bank)} == {str(former.id): "D", str(latter.id): "C"}


def test_unknown_ids_are_unknown(bank: Bank) -> None:
    assert bank.phone().send(visit(bank.customer(bank.wang), DEBIT)) == ["not_your_customer"]
    assert bank.phone().send(activity("visit", {"place": "outlet"}, customer=unknown())) == ["unknown_customer"]
    assert bank.ledger() == []
