"""A head sets an advisor's list; the advisor's feed tells their phone, and nobody else's list can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import col, select

from app_server.plans.queries import store_plan
from app_server.tables import AuditEntryRow, ChangeRow, MembershipRow, PlanRow, StaffRow
from shared_models.morning import PlanProposal
from shared_models.org import Role
from shared_models.plans import Plan, ReasonCode
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

    def put(self, customer_ids, *, note=None, version=None, freeze=False, **of_url):
        body = {"customer_ids": [str(each) for each in customer_ids], "note": note, "freeze": freeze}
        body |= {} if version is None else {"version": version}
        return self.server.http.put(self.url(**of_url), json=body, headers=self.head)

    def proposal(self, **of_url):
        return self.server.http.get(f"{self.url(**of_url)}/proposal", headers=self.head)

    def unfreeze(self, version, word="有新到期", **of_url):
        body = {"version": version, "word": word}
        return self.server.http.post(f"{self.url(**of_url)}/unfreeze", json=body, headers=self.head)

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


def test_of_two_changes_from_one_version_the_second_is_refused_and_stores_nothing(outlet: Outlet) -> None:
    first, second = (factories.customer(outlet.server.db, outlet.advisor) for _ in range(2))
    assert outlet.put([first.id], version=0).json()["version"] == 1
    refused = outlet.put([second.id], version=0)
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_changed")
    assert outlet.get().json()["customer_ids"] == [str(first.id)]
    # The same again, as after a lost answer, is no change.
    assert outlet.put([first.id], version=0).json()["version"] == 1
    assert outlet.put([second.id, first.id], version=1).json()["version"] == 2
    assert len(outlet.changes()) == 2


def test_of_two_at_the_same_moment_one_is_stored(outlet: Outlet) -> None:
    """Both have read version 0 when the first commits."""
    outlet.put([], note="先打到期的")
    stored = outlet.get().json()
    late = Plan.model_validate(stored | {"note": "上午打完"})
    head = outlet.server.db.read(lambda s: s.exec(select(PlanRow.set_by)).one())

    def store(session) -> bool:
        return store_plan(session, late, after=0, set_by=head, frozen_by=None, now=NOW)

    assert outlet.server.db.write(store) is False
    assert outlet.get().json() == stored


def test_a_frozen_list_is_changed_only_once_it_is_unfrozen_with_a_word(outlet: Outlet) -> None:
    first, second = (factories.customer(outlet.server.db, outlet.advisor) for _ in range(2))
    frozen = outlet.put([first.id], version=0, freeze=True).json()
    assert (frozen["version"], frozen["frozen_at"] is not None) == (1, True)
    assert outlet.put([first.id], version=0, freeze=True).json() == frozen
    refused = [outlet.put([second.id], version=1), outlet.put([], version=1, freeze=True), outlet.put([second.id])]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(409, "plan_frozen")}
    assert outlet.unfreeze(1, word=" ").status_code == 422
    assert outlet.unfreeze(0).json()["code"] == "plan_changed"
    thawed = outlet.unfreeze(1)
    assert (thawed.status_code, thawed.json()["version"], thawed.json()["frozen_at"]) == (200, 2, None)
    assert outlet.unfreeze(2).json() == thawed.json()
    (entry,) = outlet.server.db.read(lambda s: s.exec(select(AuditEntryRow.after)).all())
    assert entry == {"day": TOMORROW.isoformat(), "word": "有新到期"}
    assert outlet.put([second.id], version=2).status_code == 200
    assert len(outlet.changes()) == 3


def test_a_frozen_list_reaches_the_phone_as_such(outlet: Outlet) -> None:
    customer = factories.customer(outlet.server.db, outlet.advisor)
    outlet.put([customer.id], freeze=True)
    body = {"cursor": None, "activities": [], "device_id": "phone-1"}
    reply = outlet.server.http.post("/api/v1/sync", json=body, headers=outlet.server.bearer(outlet.advisor))
    (plan,) = [each["data"] for each in reply.json()["changes"] if each["entity"] == "plan"]
    assert Plan.model_validate(plan) == Plan.model_validate(outlet.get().json())
    assert plan["frozen_at"] is not None


def test_a_proposal_is_ranked_with_reasons_and_says_by_whom_it_was_frozen(outlet: Outlet) -> None:
    factories.policy(outlet.server.db)
    plain, due = (
        factories.customer(outlet.server.db, outlet.advisor, **fields)
        for fields in (
            {"last_contact_on": None},
            {"maturities": [{"name": "安盈", "amount": "500000", "due_on": str(TOMORROW)}]},
        )
    )
    factories.customer(outlet.server.db, outlet.neighbour)
    shown = PlanProposal.model_validate(outlet.proposal().json())
    assert [(each.customer_id, each.name) for each in shown.listed] == [(due.id, due.name), (plain.id, plain.name)]
    assert shown.listed[0].reasons[0].code is ReasonCode.MATURITY
    assert (shown.plan.version, shown.set_by, shown.frozen_by) == (0, None, None)
    outlet.put([plain.id], version=0, freeze=True)
    frozen = PlanProposal.model_validate(outlet.proposal().json())
    assert [each.customer_id for each in frozen.listed] == [plain.id]
    assert [each.customer_id for each in frozen.further] == [due.id]
    assert frozen.frozen_by is not None
    assert frozen.frozen_by == frozen.set_by


def test_proposals_and_unfreezing_stay_within_the_subtree(outlet: Outlet) -> None:
    from app_server.org.service import move_staff

    assert {
        reply.status_code
        for who in (outlet.neighbour.id, uuid4())
        for reply in (outlet.proposal(advisor_id=who), outlet.unfreeze(1, advisor_id=who))
    } == {404}
    # Whose book has gone elsewhere with them is no longer read by the days they were here.
    elsewhere = outlet.server.db.read(
        lambda s: s.exec(select(MembershipRow.unit_id).where(MembershipRow.staff_id == outlet.neighbour.id)).one()
    )
    outlet.server.db.write(lambda session: move_staff(session, outlet.advisor.id, elsewhere, NOW.date()))
    assert outlet.proposal(day=NOW.date() - timedelta(days=1)).status_code == 404
