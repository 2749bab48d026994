"""A unit's morning over HTTP: lists, promises and money of its own people, and of nobody else's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from app_server.customers.service import move_customer
from app_server.tables import LeaveRow, StaffRow, UnitRow
from shared_models.activity import ActivityKind
from shared_models.follow_ups import FollowUp
from shared_models.morning import Agenda
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, Server
from tests.team.recording import activity, call, record, void

TODAY = NOW.date()
YESTERDAY = NOW - timedelta(days=1)


@dataclass
class Morning:
    """An outlet with a head and two advisors, and one of the outlet next door."""

    server: Server
    outlet: UnitRow
    next_door: UnitRow
    head: dict[str, str]
    li: StaffRow
    wang: StaffRow
    neighbour: StaffRow

    def get(self, **asked: object):
        return self.server.http.get(
            "/api/v1/team/agenda", params={name: str(each) for name, each in asked.items()}, headers=self.head
        )

    def agenda(self) -> Agenda:
        return Agenda.model_validate(self.get(unit_id=self.outlet.id).json())


@pytest.fixture
def morning(database_url: str, tmp_path: Path) -> Iterator[Morning]:
    with factories.serving(database_url, tmp_path) as server:
        tree = factories.tree(server.db)
        factories.policy(server.db)
        here, there = tree.outlets[:2]
        yield Morning(
            server=server,
            outlet=here,
            next_door=there,
            head=server.bearer(factories.staff(server.db, here, role=Role.HEAD)),
            li=factories.staff(server.db, here, login="li"),
            wang=factories.staff(server.db, here, login="wang"),
            neighbour=factories.staff(server.db, there),
        )


def promise(customer, due_on: date, *, seq: int = 1):
    data = FollowUp(due_on=due_on, reason="callback", note="带资料")
    return activity(ActivityKind.FOLLOW_UP, data, customer=customer.id, seq=seq, at=YESTERDAY)


def test_lists_say_how_they_stand_and_who_is_on_leave(morning: Morning) -> None:
    db = morning.server.db
    customer = factories.customer(db, morning.li)
    leave = LeaveRow(id=customer.id, advisor_id=morning.wang.id, entered_at=NOW, first_day=TODAY, last_day=TODAY)
    factories.save(db, leave)
    body = {"customer_ids": [str(customer.id)], "freeze": True}
    url = f"/api/v1/team/plans/{morning.li.id}/{TODAY}"
    assert morning.server.http.put(url, json=body, headers=morning.head).status_code == 200
    li, wang = morning.agenda().lists
    assert (li.advisor.id, li.on_leave, li.listed, li.frozen_by is not None) == (morning.li.id, False, 1, True)
    assert (wang.advisor.id, wang.on_leave, wang.listed, wang.frozen_at) == (morning.wang.id, True, 0, None)


def test_todays_money_is_added_up_and_that_of_others_is_not(morning: Morning) -> None:
    db = morning.server.db
    due = [{"name": "安盈", "amount": "500000.10", "due_on": str(TODAY)}]
    later = [{"name": "安盈", "amount": "70000", "due_on": str(TODAY + timedelta(days=1))}]
    rich = factories.customer(db, morning.li, maturities=[*due, *later])
    poor = factories.customer(db, morning.wang, maturities=[{**due[0], "amount": "0.20"}])
    factories.customer(db, morning.neighbour, maturities=due)
    found = morning.agenda()
    assert [(each.customer_name, each.advisor.id) for each in found.money] == [
        (rich.name, morning.li.id),
        (poor.name, morning.wang.id),
    ]
    assert str(found.money_total) == "500000.30"


def test_promises_still_open_are_told_by_whoever_has_the_customer(morning: Morning) -> None:
    db = morning.server.db
    kept, open_, later, taken_back, foreign = (
        factories.customer(db, who) for who in (morning.li, morning.li, morning.li, morning.li, morning.neighbour)
    )
    mistaken = promise(taken_back, TODAY, seq=4)
    record(
        db,
        morning.li,
        [
            promise(kept, TODAY, seq=1),
            promise(open_, TODAY, seq=2),
            promise(later, TODAY + timedelta(days=1), seq=3),
            mistaken,
            void(mistaken, seq=5, at=YESTERDAY),
            call(kept.id, seq=6, at=YESTERDAY + timedelta(hours=1)),
            # What is done on the day itself does not change what the morning was told.
            call(open_.id, seq=7, at=NOW),
        ],
    )
    record(db, morning.neighbour, [promise(foreign, TODAY)])
    (told,) = morning.agenda().promises
    assert (told.customer_id, told.advisor.id, told.due_on, told.note) == (open_.id, morning.li.id, TODAY, "带资料")
    # The promise goes along with the customer, and comes in with one.
    move = [(open_, morning.wang), (foreign, morning.wang)]
    for customer, to in move:
        db.write(lambda s, c=customer, t=to: move_customer(s, c.id, to_advisor=t.id, now=NOW))
    assert {(each.customer_id, each.advisor.id) for each in morning.agenda().promises} == {
        (open_.id, morning.wang.id),
        (foreign.id, morning.wang.id),
    }
    db.write(lambda s: move_customer(s, open_.id, to_advisor=morning.neighbour.id, now=NOW))
    assert [each.customer_id for each in morning.agenda().promises] == [foreign.id]


def test_other_units_do_not_exist_and_past_mornings_are_not_told(morning: Morning) -> None:
    assert morning.get(unit_id=morning.next_door.id).status_code == 404
    yesterday = morning.get(day=TODAY - timedelta(days=1))
    assert (yesterday.status_code, yesterday.json()["code"]) == (422, "bad_input")
    assert morning.get(day="20261124").status_code == 422
    assert morning.get().json()["unit"]["id"] == str(morning.outlet.id)
    morning.head = morning.server.bearer(morning.li)
    assert morning.get().status_code == 403
    morning.head = {}
    assert morning.get().status_code == 401
