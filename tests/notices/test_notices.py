"""What a head says to a unit reaches the phones of every advisor below for that day, and of nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from app_server.tables import StaffRow, UnitRow
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, Server, Tree
from tests.sync_server.phones import Json, Phone

TODAY = NOW.date()


@dataclass
class Bank:
    """A small bank; `head` are the headers of whoever speaks, at first the outlet's own head."""

    server: Server
    tree: Tree
    head: dict[str, str]
    li: StaffRow
    next_door: StaffRow

    @property
    def outlet(self) -> UnitRow:
        return self.tree.outlets[0]

    def say(self, words: str, *, version: int = 0, unit: object = None, day: object = TODAY):
        url = f"/api/v1/team/notices/{unit or self.outlet.id}/{day}"
        return self.server.http.put(url, json={"words": words, "version": version}, headers=self.head)

    def as_head_of(self, unit: UnitRow) -> None:
        self.head = self.server.bearer(factories.staff(self.server.db, unit, role=Role.HEAD, name="赵磊"))

    def phone(self, staff: StaffRow, device: str = "phone-1") -> Phone:
        return Phone(self.server, self.server.bearer(staff, device=device), device)


def told(phone: Phone) -> list[Json]:
    """What the phone is told of notices that are there, by their words."""
    return [each for each in phone.pull() if each["entity"] == "notice"]


def words_of(changes: list[Json]) -> list[str]:
    return sorted(each["data"]["words"] for each in changes if not each["deleted"])


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with factories.serving(database_url, tmp_path) as server:
        tree = factories.tree(server.db)
        yield Bank(
            server=server,
            tree=tree,
            head=server.bearer(factories.staff(server.db, tree.outlets[0], role=Role.HEAD, name="周敏")),
            li=factories.staff(server.db, tree.outlets[0]),
            next_door=factories.staff(server.db, tree.outlets[1]),
        )


def test_every_advisor_below_is_told_and_nobody_else(bank: Bank) -> None:
    li, next_door = bank.phone(bank.li), bank.phone(bank.next_door)
    for phone in (li, next_door):
        phone.pull()
    assert bank.say("先打到期的").json()["said_by"]["name"] == "周敏"
    (said,) = told(li)
    assert (said["data"]["words"], said["data"]["name"], said["data"]["unit_name"]) == (
        "先打到期的",
        "周敏",
        bank.outlet.name,
    )
    assert told(next_door) == []
    bank.as_head_of(bank.tree.sub_branches[0])
    bank.say("下午两点碰头", unit=bank.tree.sub_branches[0].id)
    assert words_of(told(li)) == words_of(told(next_door)) == ["下午两点碰头"]
    assert words_of(told(bank.phone(bank.li, "tablet"))) == ["下午两点碰头", "先打到期的"]
    assert words_of(told(bank.phone(bank.next_door, "tablet"))) == ["下午两点碰头"]


def test_it_is_said_otherwise_and_taken_back_by_whoever_saw_the_latest(bank: Bank) -> None:
    phone = bank.phone(bank.li)
    first = bank.say("先打到期的").json()
    assert bank.say("先打到期的").json() == first
    refused = bank.say("上午打完")
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_changed")
    assert bank.say("上午打完", version=1).json()["version"] == 2
    assert words_of(told(phone)) == ["上午打完"]
    agenda = bank.server.http.get("/api/v1/team/agenda", headers=bank.head).json()
    assert (agenda["notice"]["words"], agenda["notice"]["version"]) == ("上午打完", 2)
    assert bank.say("", version=2).json()["words"] == ""
    assert [each["deleted"] for each in told(phone)] == [True]
    assert told(bank.phone(bank.li, "tablet")) == []


def test_the_next_day_it_is_gone(bank: Bank) -> None:
    bank.say("先打到期的")
    bank.server.clock.pass_(days=1)
    assert words_of(told(bank.phone(bank.li))) == []
    bank.as_head_of(bank.outlet)
    assert bank.server.http.get("/api/v1/team/agenda", headers=bank.head).json()["notice"]["words"] == ""
    assert bank.say("昨天的话").json()["code"] == "not_today"


def test_other_units_do_not_exist_and_advisors_say_nothing(bank: Bank) -> None:
    for unit in (bank.tree.outlets[1].id, bank.tree.sub_branches[0].id, uuid4()):
        assert bank.say("先打到期的", unit=unit).status_code == 404
    assert bank.say("字" * 201).status_code == 422
    bank.head = bank.server.bearer(bank.li)
    assert bank.say("先打到期的").status_code == 403
    bank.head = {}
    assert bank.say("先打到期的").status_code == 401


def test_a_unit_of_too_many_is_refused(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_server.notices.service.MOST_ADVISORS", 1)
    bank.as_head_of(bank.tree.sub_branches[0])
    assert bank.say("先打到期的", unit=bank.tree.sub_branches[0].id).status_code == 413
    assert bank.say("先打到期的").status_code == 200
