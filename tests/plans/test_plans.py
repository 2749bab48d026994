"""A head sets an advisor's list; the advisor's feed tells their phone, and nobody else's list can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import col, select

from app_server.tables import ChangeRow, PlanRow, StaffRow
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, Server

TOMORROW = NOW.date() + timedelta(days=1)


@dataclass
class Outlet:
    """An outlet with a head and an advisor, and an advisor of the outlet next door."""

    server: Server
    head: dict[str, str]
    advisor: StaffRow
    neighbour: StaffRow

    def url(self, advisor_id=None, day=TOMORROW) -> str:
        return f"/api/v1/team/plans/{advisor_id or self.advisor.id}/{day}"

    def put(self, customer_ids, *, note=None, **of_url):
        body = {"customer_ids": [str(each) for each in customer_ids], "note": note}
        return self.server.http.put(self.url(**of_url), json=body, headers=self.head)

    def get(self, **of_url):
        return self.server.http.get(self.url(**of_url), headers=self.head)

    def changes(self) -> list[ChangeRow]:
        return self.server.db.read(
            lambda session: list(session.exec(select(ChangeRow).order_by(col(ChangeRow.seq))).all())
        )


@pytest.fixture
def outlet(database_url: str, tmp_path: Path) -> Iterator[Outlet]:
    with factories.serving(database_url, tmp_path) as server:
        tree = factories.tree(server.db)
        head = factories.staff(server.db, tree.outlets[0], role=Role.HEAD)
        yield Outlet(
            server=server,
            head=server.bearer(head),
            advisor=factories.staff(server.db, tree.outlets[0]),
            neighbour=factories.staff(server.db, tree.outlets[1]),
        )


def test_a_list_is_set_in_its_order_and_announced_to_the_advisor(outlet: Outlet) -> None:
    first, second = (factories.customer(outlet.server.db, outlet.advisor) for _ in range(2))
    reply = outlet.put([second.id, first.id, second.id], note="先打到期的")
    assert reply.status_code == 200
    assert reply.json()["customer_ids"] == [str(second.id), str(first.id)]
    assert outlet.get().json() == reply.json()
    (change,) = outlet.changes()
    assert (change.scope, change.entity, change.entity_id) == (str(outlet.advisor.id), "plan", reply.json()["id"])


def test_the_same_list_again_changes_nothing_and_another_keeps_the_id(outlet: Outlet) -> None:
    customer = factories.customer(outlet.server.db, outlet.advisor)
    first = outlet.put([customer.id])
    assert outlet.put([customer.id]).json() == first.json()
    assert len(outlet.changes()) == 1
    cleared = outlet.put([])
    assert (cleared.json()["id"], cleared.json()["customer_ids"]) == (first.json()["id"], [])
    assert [change.seq for change in outlet.changes()] == [1, 2]
    rows = outlet.server.db.read(lambda session: session.exec(select(PlanRow)).all())
    assert [(row.day, row.customer_ids, row.updated_at) for row in rows] == [(TOMORROW, [], NOW)]


def test_a_list_never_set_reads_as_empty(outlet: Outlet) -> None:
    reply = outlet.get()
    assert (reply.status_code, reply.json()["customer_ids"], reply.json()["note"]) == (200, [], None)


def test_customers_of_others_are_refused_by_their_number(outlet: Outlet) -> None:
    own = factories.customer(outlet.server.db, outlet.advisor)
    other = factories.customer(outlet.server.db, outlet.neighbour)
    reply = outlet.put([own.id, other.id, uuid4()])
    assert reply.status_code == 422
    assert reply.json()["detail"] == "2 of the 3 customers are not in this advisor's book."
    assert outlet.get().json()["customer_ids"] == []
    assert outlet.changes() == []


def test_advisors_outside_the_subtree_do_not_exist(outlet: Outlet) -> None:
    customer = factories.customer(outlet.server.db, outlet.neighbour)
    replies = [outlet.get(advisor_id=who) for who in (outlet.neighbour.id, uuid4())]
    replies += [outlet.put([customer.id], advisor_id=who) for who in (outlet.neighbour.id, uuid4())]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1
    assert outlet.changes() == []


def test_advisors_set_no_lists(outlet: Outlet) -> None:
    outlet.head = outlet.server.bearer(outlet.advisor)
    assert (outlet.get().status_code, outlet.put([]).status_code) == (403, 403)
    outlet.head = {}
    assert (outlet.get().status_code, outlet.put([]).status_code) == (401, 401)


def test_who_belongs_here_on_that_day_decides(outlet: Outlet) -> None:
    from app_server.org.service import move_staff
    from app_server.tables import MembershipRow

    here = outlet.server.db.read(
        lambda session: session.exec(
            select(MembershipRow.unit_id).where(MembershipRow.staff_id == outlet.advisor.id)
        ).one()
    )
    outlet.server.db.write(lambda session: move_staff(session, outlet.neighbour.id, here, TOMORROW))
    assert outlet.put([], advisor_id=outlet.neighbour.id).status_code == 200
    assert outlet.put([], advisor_id=outlet.neighbour.id, day=NOW.date()).status_code == 404


@pytest.mark.parametrize("day", ["2028-01-01", "0001-01-01", "9999-12-31", "tomorrow", "20261124"])
def test_days_for_which_no_list_is_set(outlet: Outlet, day: str) -> None:
    assert outlet.put([], day=day).status_code == 422
    assert outlet.get(day=day).status_code == 422


@pytest.mark.parametrize("body", [{}, [], {"customer_ids": ["x"]}, {"customer_ids": [], "note": "a" * 2001}])
def test_malformed_lists_are_refused(outlet: Outlet, body: object) -> None:
    reply = outlet.server.http.put(outlet.url(), json=body, headers=outlet.head)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


def test_a_list_has_500_customers_at_most(outlet: Outlet) -> None:
    assert outlet.put([uuid4() for _ in range(501)]).status_code == 422
