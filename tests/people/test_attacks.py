"""Who reaches for people and units that are not theirs gets 404 and no hint, or 403; nothing changes, and nothing is logged."""

from shared_models.activity import uuid7
from tests.factories import NOW
from tests.people.conftest import DESK, ORG, Bank

TODAY = NOW.date().isoformat()


def writes(bank: Bank, login: str) -> list[tuple[str, str, dict | None]]:
    of, unit = bank.of(login), str(bank.tree.outlets[1].id)
    line = {"number": "8001", "line": "landline", "since": TODAY}
    new = {"login": "x", "name": "x", "role": "head", "unit_id": unit, "since": TODAY}
    return [
        ("PUT", of, {"name": "x", "active": False, "version": "x"}),
        ("POST", f"{of}/transfer", {"unit_id": unit, "role": "head", "on_day": TODAY, "version": "x"}),
        ("PUT", f"{of}/lines", line),
        ("POST", "/staff", new),
        ("PUT", f"/units/{unit}", {"name": "x", "version": "x"}),
        ("POST", "/units", {"parent_id": unit, "name": "x", "kind": "outlet"}),
        ("POST", f"{of}/customers/move", {"to": str(bank.staff["li"].id), "version": "x"}),
    ]


def test_an_advisor_reaches_nothing(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    reads = [("GET", path, None) for path in ("/units", "/staff", "/audit", bank.of("li"), bank.of("admin"))]
    signs = [("POST", f"{bank.of(login)}/password", None) for login in ("li", "chen", "admin")]
    for method, path, body in reads + signs + writes(bank, "chen"):
        assert bank.ask("li", method, path, body).status_code == 403, path
    assert bank.actions() == []


def test_nobody_without_a_token_is_told_anything(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    for path in ("/units", "/staff", "/audit", bank.of("li")):
        assert bank.server.http.get(f"{ORG}{path}").status_code == 401


def test_a_head_finds_nothing_of_a_sibling_or_of_those_above(bank: Bank) -> None:
    who = "head"
    nobody = f"/staff/{uuid7(NOW)}"
    unknown = bank.ask(who, "GET", nobody)
    for login in ("chen", "branch", "admin"):
        for method, path in (
            ("GET", bank.of(login)),
            ("POST", f"{bank.of(login)}/password"),
            ("POST", f"{bank.of(login)}/devices/phone-1/revoke"),
        ):
            reply = bank.ask(who, method, path)
            assert (reply.status_code, reply.json()) == (404, unknown.json())
    for path in ("/units", "/staff"):
        for unit in (bank.tree.outlets[1], bank.tree.root):
            assert bank.ask(who, "GET", path, unit_id=str(unit.id)).status_code == 404
    assert bank.actions() == []


def test_a_head_edits_nobody_and_takes_no_other_head_of_the_unit_by_the_password(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    for method, path, body in writes(bank, "li"):
        assert bank.ask("head", method, path, body).status_code == 403, path
    for login in ("deputy", "head"):
        assert bank.ask("head", "POST", f"{bank.of(login)}/password").status_code == 403
    assert bank.ask("branch", "POST", f"{bank.of('deputy')}/password").status_code == 200
    assert bank.get("head", bank.of("deputy"))["rights"] == []


def test_an_admin_cannot_lock_themselves_out(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    of, version = bank.of("admin"), bank.version("admin")
    place = {"unit_id": str(bank.tree.outlets[0].id), "role": "head", "on_day": TODAY, "version": version}
    for method, path, body in (
        ("PUT", of, {"name": "x", "active": False, "version": version}),
        ("POST", f"{of}/transfer", place),
        ("POST", f"{of}/password", None),
        ("POST", f"{of}/devices/{DESK}/revoke", None),
    ):
        assert bank.ask("admin", method, path, body).status_code == 409, path
    assert bank.actions() == []


def test_an_admin_is_of_head_office_and_no_day_that_has_passed_is_changed(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    body = {"unit_id": str(bank.tree.outlets[0].id), "role": "admin", "on_day": TODAY, "version": bank.version("li")}
    assert bank.ask("admin", "POST", f"{bank.of('li')}/transfer", body).status_code == 422
    earlier = body | {"role": "advisor", "unit_id": str(bank.tree.outlets[1].id), "on_day": "2026-11-01"}
    assert bank.ask("admin", "POST", f"{bank.of('li')}/transfer", earlier).status_code == 422
    assert len(bank.get("admin", bank.of("li"))["stays"]) == 1
