"""Heads and head office change units, staff, sign-ins and devices: what follows, what is logged, and what the past keeps."""

from datetime import timedelta

import pytest

from app_server.audit.service import Change, note_all
from app_server.org import queries as org
from shared_models.errors import Conflict
from tests import factories
from tests.factories import NOW, with_token
from tests.people.conftest import Bank

TODAY = NOW.date()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()


def test_a_head_finds_the_staff_below_and_an_admin_everybody(bank: Bank) -> None:
    def logins(who: str, **params: str) -> list[str]:
        return [each["login"] for each in bank.get(who, "/staff", **params)["people"]]

    assert logins("head") == ["deputy", "head", "li"]
    assert logins("branch") == ["branch", "chen", "deputy", "head", "li"]
    assert logins("admin") == ["admin", "branch", "chen", "deputy", "head", "li", "stranger"]
    assert logins("admin", q="che") == ["chen"]
    assert logins("admin", q="%") == []
    assert logins("admin", after="head") == ["li", "stranger"]
    assert logins("branch", unit_id=str(bank.tree.outlets[1].id)) == ["chen"]


def test_a_head_gives_an_advisor_a_temporary_password_that_is_told_once(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    phone = bank.server.sign_in("li").json()["access_token"]

    reply = bank.ask("head", "POST", f"{bank.of('li')}/password")

    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert bank.server.http.get("/api/v1/me", headers=with_token(phone)).status_code == 401
    signed_in = bank.server.sign_in("li", password=reply.json()["password"]).json()
    assert signed_in["password_change_required"] is True
    assert bank.get("head", bank.of("li"))["must_change_password"] is True
    (entry,) = bank.get("head", "/audit")["entries"]
    assert (entry["action"], entry["actor"]["name"], entry["subject"]) == ("staff.reset", "head", "li")
    assert reply.json()["password"] not in str(bank.get("admin", "/audit"))


def test_a_lost_device_is_revoked_and_the_others_stay_signed_in(bank: Bank) -> None:
    lost = bank.server.sign_in("li", device="phone-1").json()
    kept = bank.server.sign_in("li", device="tablet").json()

    after = bank.post("head", f"{bank.of('li')}/devices/phone-1/revoke")

    assert {each["device_id"]: each["signed_in"] for each in after["devices"]} == {"phone-1": False, "tablet": True}
    me = bank.server.http.get
    assert me("/api/v1/me", headers=with_token(lost["access_token"])).status_code == 401
    assert me("/api/v1/me", headers=with_token(kept["access_token"])).status_code == 200
    assert bank.server.refresh(lost["refresh_token"], device="phone-1").status_code == 400
    assert bank.server.sign_in("li", device="phone-1").status_code == 400
    bank.post("head", f"{bank.of('li')}/devices/phone-1/revoke")
    assert bank.actions() == ["device.revoked"]


def test_a_transfer_takes_effect_on_its_day_and_the_past_stays(bank: Bank) -> None:
    there = bank.tree.outlets[2]
    body = {"unit_id": str(there.id), "role": "advisor", "on_day": TOMORROW, "version": bank.version("li")}

    after = bank.post("admin", f"{bank.of('li')}/transfer", body)

    assert [(stay["unit"]["id"], stay["until"]) for stay in after["stays"]] == [
        (str(there.id), None),
        (str(bank.tree.outlets[0].id), TOMORROW),
    ]
    assert after["unit"]["id"] == str(bank.tree.outlets[0].id)
    assert bank.ask("stranger", "GET", bank.of("li")).status_code == 404
    assert bank.actions("head") == ["staff.left"]
    assert bank.actions("stranger") == ["staff.placed"]
    bank.server.clock.pass_(days=1)
    assert bank.get("stranger", bank.of("li"))["unit"]["id"] == str(there.id)
    assert bank.ask("head", "GET", bank.of("li")).status_code == 404


def test_a_closed_account_opens_nothing_at_once_and_counts_for_its_unit_until_today(bank: Bank) -> None:
    phone = bank.server.sign_in("li").json()
    version = bank.version("li")

    after = bank.put("admin", bank.of("li"), {"name": "li", "active": False, "version": version})

    assert bank.server.http.get("/api/v1/me", headers=with_token(phone["access_token"])).status_code == 401
    assert bank.server.refresh(phone["refresh_token"]).status_code == 400
    assert (after["active"], after["stays"][0]["until"]) == (False, TOMORROW)
    assert bank.actions() == ["staff.changed", "staff.left"]

    again = bank.put("admin", bank.of("li"), {"name": "li", "active": True, "version": after["version"]})

    assert (again["active"], [stay["until"] for stay in again["stays"]]) == (True, [None])
    assert bank.server.refresh(phone["refresh_token"]).status_code == 400
    assert bank.server.sign_in("li").status_code == 200


def test_of_two_admins_at_one_account_the_second_sees_the_first_ones_change(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    seen = bank.version("li")
    bank.put("admin", bank.of("li"), {"name": "李昇", "active": True, "version": seen})

    late = bank.ask("admin", "PUT", bank.of("li"), {"name": "li", "active": False, "version": seen})

    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    now = bank.get("admin", bank.of("li"))
    assert (now["name"], now["active"]) == ("李昇", True)


def test_a_unit_is_renamed_and_placed_once_for_two_who_looked_at_the_same(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    outlet = bank.tree.outlets[0]
    seen = bank.get("admin", "/units", unit_id=str(outlet.id))["unit"]["version"]
    edit = {"name": "南湖网点", "lat": 43.88, "lon": 125.32, "version": seen}
    after = bank.put("admin", f"/units/{outlet.id}", edit)
    assert (after["name"], after["lat"], after["staff"]) == ("南湖网点", 43.88, 3)
    bank.put("admin", f"/units/{outlet.id}", edit, expect=409)
    half = {"name": "南湖网点", "lat": 43.88, "version": after["version"]}
    bank.put("admin", f"/units/{outlet.id}", half, expect=422)
    twin = {"name": bank.tree.outlets[1].name, "version": after["version"]}
    bank.put("admin", f"/units/{outlet.id}", twin, expect=409)
    (entry,) = bank.get("head", "/audit")["entries"]
    assert entry["after"] == {"name": "南湖网点", "lat": 43.88, "lon": 125.32}


def test_a_unit_is_set_up_closed_once_it_is_empty_and_opened_again(bank: Bank) -> None:
    parent = bank.tree.outlets[0].parent_id
    made = bank.post("admin", "/units", {"parent_id": str(parent), "name": "新民网点", "kind": "outlet"}, expect=201)
    bank.post("admin", "/units", {"parent_id": str(parent), "name": "新民网点", "kind": "outlet"}, expect=409)
    place = {"role": "advisor", "on_day": TODAY.isoformat(), "unit_id": made["id"]}
    bank.post("admin", f"{bank.of('li')}/transfer", place | {"version": bank.version("li")})
    edit = {"name": "新民网点", "is_open": False, "version": made["version"]}
    in_use = bank.ask("admin", "PUT", f"/units/{made['id']}", edit)
    assert (in_use.status_code, in_use.json()["code"]) == (409, "unit_in_use")

    back = place | {"unit_id": str(bank.tree.outlets[0].id), "on_day": TOMORROW, "version": bank.version("li")}
    bank.post("admin", f"{bank.of('li')}/transfer", back)
    closed = bank.put("admin", f"/units/{made['id']}", edit)

    assert closed["closed_on"] == TOMORROW
    for body in (
        place | {"version": bank.version("chen")},
        back | {"unit_id": made["id"], "version": bank.version("chen")},
    ):
        refused = bank.ask("admin", "POST", f"{bank.of('chen')}/transfer", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "unit_closed")
    bank.post("admin", "/units", {"parent_id": made["id"], "name": "x", "kind": "outlet"}, expect=409)
    opened = bank.put("admin", f"/units/{made['id']}", edit | {"is_open": True, "version": closed["version"]})
    assert opened["closed_on"] is None
    assert "unit.created" in bank.actions()


def test_all_customers_of_somebody_go_to_another_advisor_and_the_log_says_how_many(bank: Bank) -> None:
    customers = [factories.customer(bank.server.db, bank.staff["li"]) for _ in range(3)]
    kept = factories.customer(bank.server.db, bank.staff["chen"])
    seen = bank.version("li")
    move = f"{bank.of('li')}/customers/move"
    for nobody in ("head", "li"):
        bank.post("admin", move, {"to": str(bank.staff[nobody].id), "version": seen}, expect=409)

    after = bank.post("admin", move, {"to": str(bank.staff["chen"].id), "version": seen})

    assert after["customers"] == 0
    body = {"device_id": "phone-1", "cursor": None, "activities": []}
    told = bank.server.http.post("/api/v1/sync", json=body, headers=bank.server.bearer("chen")).json()["changes"]
    book = {each["id"] for each in told if each["entity"] == "customer" and not each["deleted"]}
    assert book == {str(each.id) for each in [*customers, kept]}
    assert bank.actions() == ["customers.came", "customers.left"]
    assert bank.actions("head") == ["customers.left"]


def test_a_new_account_signs_in_with_the_password_it_was_opened_with(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    new = {"login": "8009", "name": "王婳", "role": "advisor", "unit_id": str(bank.tree.outlets[0].id)}
    made = bank.post("admin", "/staff", {**new, "since": TODAY.isoformat()}, expect=201)
    assert bank.server.sign_in("8009", password=made["password"]).json()["staff"]["name"] == "王婳"
    bank.post("admin", "/staff", {**new, "since": TODAY.isoformat()}, expect=409)
    assert bank.actions("head") == ["staff.created", "staff.placed"]


def test_an_extension_passes_to_somebody_else_from_its_day_on(bank: Bank) -> None:
    line = {"number": "8001", "line": "landline", "since": TODAY.isoformat()}
    bank.put("admin", f"{bank.of('li')}/lines", line)
    taken = bank.ask("admin", "PUT", f"{bank.of('chen')}/lines", {**line, "since": TOMORROW, "takes_over": False})
    assert (taken.status_code, taken.json()["code"]) == (409, "line_taken")
    bank.put("admin", f"{bank.of('li')}/lines", {**line, "takes_over": False})
    bank.put("admin", f"{bank.of('chen')}/lines", {**line, "since": TOMORROW})
    assert [(each["number"], each["until"]) for each in bank.get("head", bank.of("li"))["lines"]] == [
        ("8001", TOMORROW)
    ]
    bank.put("admin", f"{bank.of('li')}/lines", {**line, "line": "mobile"}, expect=422)
    assert bank.actions() == ["line.changed", "line.created", "line.created"]


def test_a_line_without_an_exchange_is_that_of_the_one_that_has_it(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    line = {"number": "8001", "line": "landline", "since": TODAY.isoformat()}
    bank.put("admin", f"{bank.of('li')}/lines", line | {"provider": "asterisk"})
    bank.put("admin", f"{bank.of('chen')}/lines", line | {"takes_over": False}, expect=409)
    after = bank.put("admin", f"{bank.of('chen')}/lines", line)
    assert [each["provider"] for each in after["lines"]] == ["asterisk"]
    assert bank.get("head", bank.of("li"))["lines"] == []


def test_the_log_is_read_page_by_page_without_a_gap(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    changes = [
        Change("staff.changed", "staff", bank.staff["li"].id, None, None, {"name": f"li {n}"}) for n in range(60)
    ]
    for number, change in enumerate(changes):
        # Two each of one instant.
        at = NOW + timedelta(seconds=number // 2)
        bank.server.db.write(lambda session, change=change, at=at: note_all(session, [change], actor=None, now=at))
    first = bank.get("admin", "/audit")
    second = bank.get("admin", "/audit", before=first["before"])
    names = [entry["after"]["name"] for entry in first["entries"] + second["entries"]]
    assert sorted(names) == sorted(f"li {number}" for number in range(60))
    assert (len(first["entries"]), {names[0], names[1]}) == (50, {"li 59", "li 58"})
    assert second["before"] is None


@pytest.mark.parametrize("way", ["close", "demote", "import"])
def test_head_office_keeps_an_admin(sqlite_bank: Bank, way: str) -> None:
    bank = sqlite_bank
    from app_server.imports.entities import Move, Plan
    from app_server.imports.service import carry_out
    from app_server.imports.staff import note_staff
    from shared_models.org import Role

    admin = bank.staff["admin"]
    if way == "import":
        plan = Plan()
        note_staff(plan, admin.model_dump(), {"name": "admin", "active": False}, path=None)
        with pytest.raises(Conflict):
            bank.server.db.write(lambda session: carry_out(session, plan, actor=None, now=NOW))
    elif way == "close":
        bank.put(
            "admin", bank.of("admin"), {"name": "a", "active": False, "version": bank.version("admin")}, expect=409
        )
    else:
        plan = Plan(moves=[Move(admin.id, bank.tree.outlets[0].id, Role.HEAD, TODAY)])
        with pytest.raises(Conflict):
            bank.server.db.write(lambda session: carry_out(session, plan, actor=None, now=NOW))
    assert bank.server.db.read(org.admins_to_stay) == {admin.id}
