"""The team view over HTTP: who may see what, and what malformed questions are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from app_server.tables import DeviceRow, StaffRow
from shared_models.calls import CallOutcome
from shared_models.customers import Customer
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, Server, Tree
from tests.team.recording import call, proposal, record, visit, void

TEAM = "/api/v1/team"
TODAY = NOW.date()
RANGE = {"from": "2026-11-20", "to": TODAY.isoformat()}


@dataclass
class Bank:
    """Two outlets of one sub-branch and one elsewhere, an advisor and a customer each."""

    server: Server
    tree: Tree
    advisors: list[StaffRow]
    customers: list[Customer]
    head: dict[str, str]

    def get(self, path: str, **params):
        return self.server.http.get(f"{TEAM}/{path}", params=params, headers=self.head)


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with two_outlets(database_url, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[Bank]:
    """One for all questions that are refused: nobody writes to it."""
    with fresh_database(request.param) as url, two_outlets(url, tmp_path_factory.mktemp("asked")) as made:
        yield made


@contextmanager
def two_outlets(database_url: str, folder: Path) -> Iterator[Bank]:
    with factories.serving(database_url, folder) as server:
        tree = factories.tree(server.db)
        where = [tree.outlets[0], tree.outlets[1], tree.outlets[2]]
        advisors = [factories.staff(server.db, unit, name=f"顾问{n}") for n, unit in enumerate(where)]
        customers = [factories.customer(server.db, advisor) for advisor in advisors]
        for advisor, customer in zip(advisors, customers, strict=True):
            record(server.db, advisor, [call(customer.id)])
        head = factories.staff(server.db, tree.outlets[0], role=Role.HEAD)
        yield Bank(server=server, tree=tree, advisors=advisors, customers=customers, head=server.bearer(head))


QUESTIONS = [
    ("day", {}),
    ("range", RANGE),
    ("export.xlsx", RANGE),
    ("activities", {}),
    ("coverage", {}),
    ("coverage/00000000-0000-4000-8000-000000000000", {}),
    ("plans/00000000-0000-4000-8000-000000000000/2026-11-23", {}),
]


@pytest.mark.parametrize(("path", "params"), QUESTIONS)
def test_without_a_token_nothing_is_shown(asked: Bank, path: str, params: dict[str, str]) -> None:
    assert asked.server.http.get(f"{TEAM}/{path}", params=params).status_code == 401


@pytest.mark.parametrize(("path", "params"), QUESTIONS)
def test_an_advisor_is_refused(asked: Bank, path: str, params: dict[str, str]) -> None:
    reply = asked.server.http.get(f"{TEAM}/{path}", params=params, headers=asked.server.bearer(asked.advisors[0]))
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(("path", "params"), QUESTIONS[:5])
def test_units_outside_the_subtree_do_not_exist(asked: Bank, path: str, params: dict[str, str]) -> None:
    outside = [asked.tree.outlets[1], asked.tree.sub_branches[0], asked.tree.root, asked.tree.outlets[2]]
    replies = [asked.get(path, unit_id=str(unit), **params) for unit in [*(u.id for u in outside), uuid4()]]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1
    assert asked.get(path, unit_id="outlet-1", **params).status_code == 422
    assert asked.get(path, unit_id="%", **params).status_code == 422


def test_nothing_of_other_units_is_in_any_answer(bank: Bank) -> None:
    answers = "".join(bank.get(path, **params).text for path, params in QUESTIONS[:2] + QUESTIONS[3:5])
    workbook = load_workbook(BytesIO(bank.get("export.xlsx", **RANGE).content))
    answers += str([[cell.value for cell in row] for sheet in workbook for row in sheet.iter_rows()])
    assert bank.advisors[0].name in answers
    for stranger, unit, customer in zip(bank.advisors[1:], bank.tree.outlets[1:], bank.customers[1:], strict=False):
        for secret in (stranger.name, str(stranger.id), str(unit.id), unit.name, customer.name, str(customer.id)):
            assert secret not in answers


def test_a_former_customer_is_not_named_to_the_former_unit(bank: Bank) -> None:
    stranger = bank.customers[2]
    record(bank.server.db, another := factories.staff(bank.server.db, bank.tree.outlets[0]), [call(stranger.id)])
    (seen,) = bank.get("activities", advisor_id=str(another.id)).json()["activities"]
    assert (seen["customer_id"], seen["customer_name"]) == (str(stranger.id), None)


def test_advisors_of_other_units_have_no_activities_here(asked: Bank) -> None:
    for advisor_id in (asked.advisors[1].id, asked.advisors[2].id, uuid4()):
        assert asked.get("activities", advisor_id=str(advisor_id)).status_code == 404
    own = asked.get("activities", advisor_id=str(asked.advisors[0].id)).json()["activities"]
    assert [(each["customer_name"], each["counted"]) for each in own] == [(asked.customers[0].name, True)]


def test_the_day_is_todays_of_the_own_unit_when_nothing_is_asked(bank: Bank) -> None:
    body = bank.get("day").json()
    assert (body["unit"]["id"], body["day"]) == (str(bank.tree.outlets[0].id), "2026-11-23")
    assert body["totals"]["calls_effective_managed"] == 1
    assert body["totals"]["coverage"] == {"managed_customers": 1, "called_in_window": 1, "window_days": 90}
    assert body["totals"]["targets"]["calls"] == 20
    assert "called_customers" not in body["advisors"][0]["day"]


def test_a_branch_sees_its_units_and_all_advisors_below(bank: Bank) -> None:
    branch = factories.staff(bank.server.db, bank.tree.branches[0], role=Role.HEAD)
    bank.head = bank.server.bearer(branch)
    body = bank.get("day").json()
    assert [unit["unit"]["id"] for unit in body["units"]] == [str(bank.tree.sub_branches[0].id)]
    assert body["units"][0]["totals"] == body["totals"]
    assert {row["staff"]["id"] for row in body["advisors"]} == {str(advisor.id) for advisor in bank.advisors[:2]}
    assert bank.get("day", unit_id=str(bank.tree.branches[1].id)).status_code == 404


@pytest.mark.parametrize("day", ["2026-11-24", "9999-12-31", "1999-12-31", "0001-01-01", "yesterday", "20261123", ""])
def test_days_that_cannot_be_shown(asked: Bank, day: str) -> None:
    for path in ("day", "activities"):
        reply = asked.get(path, day=day)
        assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    for path in ("range", "export.xlsx"):
        assert asked.get(path, **{"from": "2026-11-01", "to": day}).status_code == 422
        assert asked.get(path, **{"from": day, "to": "2026-11-01"}).status_code == 422


def test_ranges_that_cannot_be_shown(asked: Bank) -> None:
    assert asked.get("range", **{"from": "2026-11-23", "to": "2026-11-22"}).status_code == 422
    assert asked.get("range", **{"from": "2024-11-23", "to": "2026-11-22"}).status_code == 422
    assert asked.get("range", by="year", **RANGE).status_code == 422
    assert asked.get("range").status_code == 422


def test_periods_are_days_iso_weeks_and_months(bank: Bank) -> None:
    def rows(by: str, first: str, last: str) -> list[tuple[str, int]]:
        reply = bank.get("range", by=by, **{"from": first, "to": last})
        return [(row["period"], row["totals"]["calls"]) for row in reply.json()["rows"]]

    assert rows("day", "2026-11-22", "2026-11-23") == [("2026-11-22", 0), ("2026-11-23", 1)]
    # Sunday the 22nd closes week 47; the 23rd, a Monday, opens week 48.
    assert rows("week", "2026-11-16", "2026-11-23") == [("2026-W47", 0), ("2026-W48", 1)]
    assert rows("week", "2024-12-29", "2025-01-01") == [("2024-W52", 0), ("2025-W01", 0)]
    assert rows("month", "2026-10-31", "2026-11-23") == [("2026-10", 0), ("2026-11", 1)]


def test_a_persons_phones_say_when_they_synced_and_what_they_hold(bank: Bank) -> None:
    idle = factories.staff(bank.server.db, bank.tree.outlets[0], name="未开始")
    phones = [(NOW - timedelta(hours=2), 3), (NOW - timedelta(hours=1), 4)]
    for number, (at, waiting) in enumerate(phones):
        phone = DeviceRow(
            staff_id=idle.id,
            device_id=f"p{number}",
            last_sync_at=at,
            waiting=waiting,
            created_at=at - timedelta(days=9),
        )
        factories.save(bank.server.db, phone)
    body = bank.get("day").json()
    rows = {row["staff"]["id"]: row for row in body["advisors"]}
    assert rows[str(idle.id)]["pending_hint"] == 7
    assert rows[str(idle.id)]["last_sync_at"] == "2026-11-23T06:30:00Z"
    assert rows[str(bank.advisors[0].id)]["pending_hint"] is None
    assert (body["totals"]["advisors"], body["totals"]["advisors_reported"]) == (2, 2)
    (of_range,) = bank.get("range", **{"from": TODAY, "to": TODAY}).json()["rows"]
    assert of_range["totals"] == body["totals"]


def test_a_voided_activity_is_shown_as_voided_and_not_counted(bank: Bank) -> None:
    advisor = factories.staff(bank.server.db, bank.tree.outlets[0])
    customer = factories.customer(bank.server.db, advisor)
    wrong, right = call(customer.id), call(customer.id, seq=2, at=NOW + timedelta(seconds=1))
    again = call(customer.id, seq=3, at=NOW + timedelta(seconds=2))
    unheard = call(customer.id, outcome=CallOutcome.NO_ANSWER, seconds=0, seq=4)
    record(bank.server.db, advisor, [wrong, right, again, unheard, void(wrong, seq=5)])
    listed = bank.get("activities", advisor_id=str(advisor.id), metric="calls_effective").json()["activities"]
    assert [(each["id"], each["voided"], each["counted"]) for each in listed] == [
        (str(wrong.id), True, False),
        (str(right.id), False, True),
    ]
    everything = bank.get("activities", advisor_id=str(advisor.id)).json()["activities"]
    assert {each["id"]: each["counted"] for each in everything if each["kind"] == "call"} == {
        str(wrong.id): False,
        str(right.id): True,
        str(again.id): True,
        str(unheard.id): True,
    }


@pytest.mark.parametrize("metric", ["", "targets", "calls.A", "visits_graded.E", "declines.", "met.x", "__class__"])
def test_an_unknown_metric_is_refused(asked: Bank, metric: str) -> None:
    assert asked.get("activities", metric=metric).status_code == 422


def cells(content: bytes, sheet: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).worksheets[sheet].iter_rows()]


def test_the_workbook_has_units_advisors_and_definitions(bank: Bank) -> None:
    visited = visit(bank.customers[1].id, seq=2)
    products = [factories.product(bank.server.db).id for _ in range(3)]
    another = factories.staff(bank.server.db, bank.tree.outlets[0], name="周")
    record(bank.server.db, another, [visited, proposal(visited, products, amount="12345.67", seq=3)])
    reply = bank.get("export.xlsx", **RANGE)
    assert reply.status_code == 200
    assert "attachment" in reply.headers["content-disposition"]
    book = load_workbook(BytesIO(reply.content))
    assert book.sheetnames == ["机构每日", "理财经理每日", "口径说明"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["B"].width > 8
    units, advisors, definitions = (cells(reply.content, n) for n in range(3))
    heading, last = units[0], dict(zip(units[0], units[-1], strict=True))
    assert heading[:7] == ["日期", "机构", "层级", "理财经理", "休假人数", "达标人数", "已上报人数"]
    assert last["日期"].date() == TODAY
    assert (last["理财经理"], last["电话"], last["有效电话"], last["面访满三项"]) == (2, 1, 1, 1)
    assert float(last["成交金额（元）"]) == pytest.approx(3 * 12345.67)
    assert len(units) == 1 + 4
    assert len(advisors) == 1 + 4 * 2
    today = {row[2]: dict(zip(advisors[0], row, strict=True)) for row in advisors[-2:]}
    assert today[bank.advisors[0].name]["有效电话"] == 1
    assert {row[0] for row in definitions} >= {"有效电话", "面访", "成交金额（元）"}


def test_the_workbook_in_english(bank: Bank) -> None:
    content = bank.get("export.xlsx", lang="en", **RANGE).content
    assert load_workbook(BytesIO(content)).sheetnames == ["Units by day", "Advisors by day", "Definitions"]
    assert "Effective calls" in cells(content, 0)[0]
    assert bank.get("export.xlsx", lang="fr", **RANGE).status_code == 422


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "=1+1", "\t=1"])
def test_a_name_never_becomes_a_formula(bank: Bank, name: str) -> None:
    factories.staff(bank.server.db, bank.tree.outlets[0], name=name)
    sheet = load_workbook(BytesIO(bank.get("export.xlsx", **RANGE).content)).worksheets[1]
    (found,) = {(cell.value, cell.data_type, cell.quotePrefix) for cell in sheet["C"] if cell.value == name}
    assert found == (name, "s", True)
