"""Figures of some evidence grades only: counted from the ledger anew, exact at every level, and opened as they are."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app_server.database import Database
from app_server.org.service import move_staff
from app_server.tables import CustomerRow
from app_server.team import recount, service
from app_server.team.attribution import figure_of
from shared_models.activity import Activity
from shared_models.evidence import Grade
from shared_models.fold import fold_day, sum_figures
from shared_models.org import Role, UnitKind
from shared_models.policy import Policies, Policy
from shared_models.team import Period
from shared_models.visits import CardResult
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.shared_models.ledgers import CUSTOMERS, DAY, check_of, ledgers
from tests.team.recording import call, caller, empty, proposal, record, visit, void
from tests.team.test_totals import METRICS, made_by

DAYS = [DAY - timedelta(days=1), DAY]
ONLY_A = {"grades": "A"}


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    written=st.lists(ledgers(max_size=10, checked=True), min_size=3, max_size=3),
    grades=st.frozensets(st.sampled_from(Grade), min_size=1, max_size=3),
)
def test_filtered_totals_are_the_sums_of_filtered_folds(
    db: Database, written: list[list[Activity]], grades: frozenset[Grade]
) -> None:
    empty(db)
    policy = Policy(effective_from=LONG_AGO, calls=0, visits=0, effective_talk_seconds=10)
    factories.policy(db, **policy.model_dump())
    root = factories.unit(db, kind=UnitKind.HEAD_OFFICE)
    outlets = [factories.unit(db, root), factories.unit(db, root)]
    people = [factories.staff(db, outlets[n % 2]) for n in range(3)]
    for customer in CUSTOMERS:
        owner = people[0].id
        factories.save(db, CustomerRow(id=customer, name="客户", phone="1", managed_since=LONG_AGO, advisor_id=owner))
    ledger_of = {person.id: made_by(ledger, n) for n, (person, ledger) in enumerate(zip(people, written, strict=True))}
    for person in people:
        record(db, person, ledger_of[person.id])
    db.write(lambda session: move_staff(session, people[2].id, outlets[1].id, DAY))
    rules, since = Policies([policy]), dict.fromkeys(CUSTOMERS, LONG_AGO)

    def folded(person: UUID, day: date):
        return fold_day(ledger_of[person], since, rules.on(day), grades)

    head = caller(root, today=DAY)
    ranged = db.read(
        lambda session: service.team_range(
            session, head, unit_id=None, first=DAYS[0], last=DAY, by=Period.DAY, grades=grades
        )
    )
    for day, row in zip(DAYS, ranged.rows, strict=True):
        seen = db.read(
            lambda session, day=day: service.team_day(session, head, unit_id=None, day=day, now=NOW, grades=grades)
        )
        assert {each.staff.id: each.day.model_dump() for each in seen.advisors} == {
            person.id: folded(person.id, day).model_dump() for person in people
        }
        expected = sum_figures(folded(person.id, day) for person in people)
        for totals in (seen.totals, row.totals):
            assert {name: getattr(totals, name) for name in type(expected).model_fields} == dict(expected)
        assert sum_figures(each.totals for each in seen.units) == expected
        assert row.totals == seen.totals
    for metric in METRICS:
        listed = db.read(
            lambda session, metric=metric: service.team_activities(
                session, head, unit_id=None, day=DAY, advisor_id=None, metric=metric, grades=grades
            )
        ).activities
        figure = figure_of(sum_figures(folded(person.id, DAY) for person in people), metric)
        assert sum((each.adds for each in listed), Decimal(0)) == figure, metric


class Bank:
    """An outlet with an advisor who showed a card once and nothing the other times, and another outlet that did the same."""

    def __init__(self, server: factories.Server) -> None:
        self.server = server
        tree = factories.tree(server.db)
        self.outlet, self.other = tree.outlets[:2]
        products = [factories.product(server.db).id for _ in range(3)]
        for unit in tree.outlets[:2]:
            advisor = factories.staff(server.db, unit, name=f"顾问{unit.name}")
            customers = [factories.customer(server.db, advisor) for _ in range(2)]
            carded, plain, struck = visit(customers[0].id), visit(customers[1].id, seq=2), call(customers[0].id, seq=9)
            ledger = [carded, check_of(carded, CardResult.MATCHED), plain, call(customers[0].id, seq=3)]
            ledger += [proposal(carded, products, amount="100.00", seq=4), proposal(plain, products[:1], seq=5)]
            record(server.db, advisor, [*ledger, struck, void(struck, seq=10)])
        self.head = server.bearer(factories.staff(server.db, self.outlet, role=Role.HEAD))

    def get(self, path: str, **params):
        return self.server.http.get(f"/api/v1/team/{path}", params=params, headers=self.head)


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with factories.serving(database_url, tmp_path) as server:
        yield Bank(server)


RANGE = {"from": "2026-11-23", "to": "2026-11-23"}


def test_a_head_sees_what_is_left_with_grade_a_alone(bank: Bank) -> None:
    whole, only_a = bank.get("day").json(), bank.get("day", **ONLY_A).json()
    assert (whole["grades"], only_a["grades"]) == (None, ["A"])
    assert whole["totals"]["products_presented_graded"] == {"A": 3, "B": 0, "C": 0, "D": 1}
    figures = ("calls", "visits", "visits_with_three", "products_presented", "products_bought", "amount_bought")
    assert [whole["totals"][name] for name in figures] == [1, 2, 1, 4, 3, "300.00"]
    assert [only_a["totals"][name] for name in figures] == [0, 1, 1, 3, 3, "300.00"]
    # Who they are, what they should reach and the weeks of coverage do not depend on it.
    for same in ("advisors", "advisors_reported", "targets", "coverage"):
        assert only_a["totals"][same] == whole["totals"][same]
    (row,) = bank.get("range", **RANGE, **ONLY_A).json()["rows"]
    assert row["totals"] == only_a["totals"]


def test_grades_may_be_repeated_or_listed_and_all_of_them_are_none_left_out(bank: Bank) -> None:
    listed = bank.get("day", grades="A,C").json()["totals"]
    assert bank.get("day", grades=["C", "A"]).json()["totals"] == listed
    assert listed["calls"] == 1
    assert bank.get("day", grades="A,B,C,D").json()["grades"] is None
    for wrong in ("", "E", "a", "A,", "A B", "A,A,X"):
        reply = bank.get("day", grades=wrong)
        assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json"), wrong


def test_the_filter_opens_no_other_unit(bank: Bank) -> None:
    for path, params in (("day", {}), ("range", RANGE), ("export.xlsx", RANGE), ("activities", {})):
        reply = bank.get(path, unit_id=str(bank.other.id), **params, **ONLY_A)
        assert reply.status_code == 404
        assert reply.text == bank.get(path, unit_id=str(bank.other.id), **params).text


def test_the_workbook_says_which_grades_it_counts(bank: Bank) -> None:
    reply = bank.get("export.xlsx", **RANGE, **ONLY_A)
    assert reply.headers["content-disposition"].endswith('-A.xlsx"')
    book = load_workbook(BytesIO(reply.content))
    assert book.sheetnames == ["机构每日（只计A级）", "理财经理每日（只计A级）", "口径说明"]
    for sheet in book.worksheets[:2]:
        heading, *_, last = [[cell.value for cell in row] for row in sheet.iter_rows()]
        figures = dict(zip(heading, last, strict=True))
        assert (figures["面访"], figures["面访A级"], figures["介绍产品"], figures["介绍产品D级"]) == (1, 1, 3, 0)
        assert len(set(heading)) == len(heading)
    english = load_workbook(BytesIO(bank.get("export.xlsx", grades="A,B", lang="en", **RANGE).content))
    assert english.sheetnames == ["Units by day (A, B only)", "Advisors by day (A, B only)", "Definitions"]


def test_what_would_count_if_it_were_not_struck_out_is_listed_with_its_grade_only(bank: Bank) -> None:
    for grades, voided in (("A", 0), ("C", 1)):
        listed = bank.get("activities", metric="calls", grades=grades).json()["activities"]
        assert sum(each["voided"] for each in listed) == voided


def test_more_than_can_be_counted_at_once_is_refused_in_a_sentence(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "MOST_RECOUNTED", 5)
    for path, params in (("day", {}), ("range", RANGE), ("export.xlsx", RANGE)):
        reply = bank.get(path, **params, **ONLY_A)
        assert reply.status_code == 413
        assert "at most 5 activities at once: choose fewer days or a smaller unit" in reply.json()["detail"]
        assert bank.get(path, **params).status_code == 200
