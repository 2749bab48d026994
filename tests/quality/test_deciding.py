"""Who may see what was found, what they may say of it, and how head office changes the list."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from app_server.org.service import move_staff
from app_server.quality.service import PAGE
from shared_models.org import Role, UnitKind
from tests import factories
from tests.factories import NOW
from tests.quality.checked import Checked
from tests.sync_server.phones import call


def test_a_decision_is_kept_with_who_and_when_and_so_is_a_change_of_mind(checked: Checked):
    checked.note("跟客户说保本")
    [found] = checked.found(state="open")
    path = f"team/quality/{found['finding']['id']}"

    first = checked.put(path, {"state": "dismissed", "note": "是存款"}).json()
    checked.put(path, {"state": "dismissed", "note": "是存款"})
    second = checked.put(path, {"state": "confirmed", "note": "听了录音"}).json()

    assert (first["state"], second["state"]) == ("dismissed", "confirmed")
    assert [(each["state"], each["note"], each["by"]["name"]) for each in second["decisions"]] == [
        ("dismissed", "是存款", "行长"),
        ("confirmed", "听了录音", "行长"),
    ]
    assert checked.found(state="open") == []
    assert len(checked.found(state="confirmed")) == 1
    assert checked.put(path, {"state": "open"}).status_code == 422


def test_other_units_findings_do_not_exist(checked: Checked):
    checked.note("跟客户说保本")
    [found] = checked.found()
    bank = checked.bank
    elsewhere = factories.unit(bank.db, factories.unit(bank.db, kind=UnitKind.HEAD_OFFICE))
    stranger = bank.server.bearer(factories.staff(bank.db, elsewhere, role=Role.HEAD))
    path = f"team/quality/{found['finding']['id']}"

    assert checked.get(headers=stranger).json() == {"findings": [], "cursor": None, "waiting": 0}
    assert checked.get(headers=stranger, unit_id=bank.outlet.id).status_code == 404
    assert checked.put(path, {"state": "confirmed"}, headers=stranger).status_code == 404
    assert checked.put(f"team/quality/{uuid4()}", {"state": "confirmed"}).status_code == 404
    assert checked.found()[0]["state"] == "open"


def test_what_was_found_stays_with_the_unit_of_its_day(sqlite_checked: Checked):
    checked = sqlite_checked
    checked.note("跟客户说保本")
    db = checked.bank.db
    elsewhere, tomorrow = factories.unit(db), NOW.date() + timedelta(days=1)
    db.write(lambda session: move_staff(session, checked.bank.li.id, elsewhere.id, tomorrow))

    assert checked.rules() == ["principal"]


def test_advisors_and_nobody_are_refused(sqlite_checked: Checked):
    advisor = sqlite_checked.phone.headers
    some = f"team/quality/{uuid4()}"
    edit = {"base_version": 0, "wordings": {"rules": []}}
    for headers, status in ((advisor, 403), ({"Authorization": "no"}, 401)):
        assert sqlite_checked.get(headers=headers).status_code == status
        assert sqlite_checked.get("quality/wordings", headers=headers).status_code == status
        assert sqlite_checked.put(some, {"state": "confirmed"}, headers=headers).status_code == status
        assert sqlite_checked.put("quality/wordings", edit, headers=headers).status_code == status
    assert sqlite_checked.put("quality/wordings", edit).status_code == 403


def test_pages_go_on_where_the_last_one_ended(checked: Checked):
    made = [call(checked.customer) for _ in range(PAGE + 5)]
    for each in made:
        each["data"]["note"] = "跟客户说保本"
    checked.phone.send(*made)

    first = checked.get().json()
    second = checked.get(cursor=first["cursor"]).json()

    ids = [each["finding"]["activity_id"] for each in (*first["findings"], *second["findings"])]
    assert sorted(ids) == sorted(each["id"] for each in made)
    assert (len(first["findings"]), second["cursor"], first["waiting"]) == (PAGE, None, PAGE + 5)
    backwards: dict[str, Any] = {"from": "2026-11-24", "to": "2026-11-23"}
    assert checked.get(cursor="nonsense").status_code == 422
    assert checked.get(**backwards).status_code == 422
    assert checked.get(rule="profit").json()["findings"] == []


def test_two_people_do_not_overwrite_each_others_list(checked: Checked):
    current = checked.get("quality/wordings").json()
    assert (current["version"], current["made_by"]) == (0, None)
    wordings = {**current["wordings"], "rules": current["wordings"]["rules"][:1]}

    made = checked.put("quality/wordings", {"base_version": 0, "wordings": wordings}, headers=checked.admin)
    stale = checked.put("quality/wordings", {"base_version": 0, "wordings": wordings}, headers=checked.admin)

    assert (made.json()["version"], made.json()["made_by"]) == (1, "总行")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert len(checked.get("quality/wordings").json()["wordings"]["rules"]) == 1
    assert checked.get("quality/wordings", version=0).json() == current
    assert checked.get("quality/wordings", version=7).status_code == 404


def test_a_list_that_cannot_be_read_by_is_refused(sqlite_checked: Checked):
    rule = {"code": "a", "name": "甲", "words": ["保本"]}

    def status(**changed: object) -> int:
        edit = {"base_version": 0, "wordings": {"rules": [{**rule, **changed}]}}
        return sqlite_checked.put("quality/wordings", edit, headers=sqlite_checked.admin).status_code

    assert status(words=[]) == 422
    assert status(words=["  "]) == 422
    assert status(words=["- . -"]) == 422
    assert status(words=["。"]) == 422
    assert status(exemptions=[{"phrase": "不", "within": 0}]) == 422
    assert status(words=["("]) == 422
    assert status(words=["保.*本"]) == 200
