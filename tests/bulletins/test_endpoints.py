"""Bulletins over HTTP: who may see them, and what malformed questions are told."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from app_server.bulletins.workbook import workbook
from shared_models.bulletins import Bulletin, Column
from shared_models.org import Role
from tests import factories
from tests.bulletins.bulletin_bank import bulletin_of, row
from tests.factories import Server, Tree
from tests.team.recording import call, record

BULLETIN = "/api/v1/team/bulletin"
SHOWN = (Column.AMOUNT_BOUGHT, Column.COVERAGE, Column.SCORE)


@dataclass
class Bank:
    """Four outlets with an advisor each who made a call, head office and the head of a branch."""

    server: Server
    tree: Tree
    admin: dict[str, str]
    head: dict[str, str]

    def get(self, by: dict[str, str], **params: str):
        return self.server.http.get(BULLETIN, params=params, headers=by)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bank(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[Bank]:
    """One for all questions: nothing that is asked changes it."""
    with fresh_database(request.param) as url, factories.serving(url, tmp_path_factory.mktemp("bulletins")) as server:
        tree = factories.tree(server.db)
        factories.policy(server.db)
        for unit in tree.outlets:
            advisor = factories.staff(server.db, unit)
            record(server.db, advisor, [call(factories.customer(server.db, advisor).id)])
        heads = [
            factories.staff(server.db, tree.root, role=Role.ADMIN),
            factories.staff(server.db, tree.branches[0], role=Role.HEAD),
        ]
        admin, head = map(server.bearer, heads)
        yield Bank(server=server, tree=tree, admin=admin, head=head)


def test_heads_and_head_office_see_it_and_nobody_else(bank: Bank) -> None:
    assert bank.server.http.get(BULLETIN).status_code == 401
    advisor = factories.staff(bank.server.db, bank.tree.outlets[3])
    assert bank.get(bank.server.bearer(advisor)).status_code == 403
    reply = bank.get(bank.admin)
    assert {row["id"] for row in reply.json()["rows"]} == {str(unit.id) for unit in bank.tree.branches}


def test_a_unit_outside_the_subtree_does_not_exist(bank: Bank) -> None:
    others = [bank.tree.root.id, bank.tree.branches[1].id, bank.tree.outlets[2].id, uuid4()]
    replies = [bank.get(bank.head, unit_id=str(each)) for each in others]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1
    own = bank.get(bank.head, unit_id=str(bank.tree.outlets[0].id))
    assert own.json()["total"]["figures"]["totals"]["calls_effective"] == 1


@pytest.mark.parametrize(
    "asked", [{"day": "2026-11-24"}, {"day": "1999-12-31"}, {"day": "20261123"}, {"period": "year"}, {"rank": "luck"}]
)
def test_what_cannot_be_told_is_refused(bank: Bank, asked: dict[str, str]) -> None:
    assert bank.get(bank.admin, **asked).status_code == 422


def test_the_workbook_has_the_same_figures_as_numbers_and_no_formula(bank: Bank) -> None:
    asked = {"rank": "calls_effective", "period": "month"}
    told = Bulletin.model_validate(bank.get(bank.admin, **asked).json())
    reply = bank.server.http.get(f"{BULLETIN}.xlsx", params=asked, headers=bank.admin)
    assert "day2053-bulletin-2026-11.xlsx" in reply.headers["Content-Disposition"]
    book = load_workbook(BytesIO(reply.content))
    figures, changes, trend, meanings = book.worksheets
    assert [figures.freeze_panes, changes.freeze_panes, meanings.freeze_panes] == ["D2", "D2", "A2"]
    heads, *rows = [[cell.value for cell in row] for row in figures.iter_rows()]
    assert heads[3:19] == [each.name for each in told.definitions]
    assert told.total is not None
    assert [row[:4] for row in rows] == [
        *([each.rank, each.name, "分行", each.figures.totals.calls_effective] for each in told.rows),
        [None, told.total.name, "合计", 4],
    ]
    amount, coverage, score = (figures.cell(2, 4 + list(Column).index(each)) for each in SHOWN)
    assert (amount.value, amount.number_format) == (0, "#,##0.00")
    assert (coverage.value, coverage.number_format) == (1, "0.0%")
    assert (score.data_type, score.number_format) == ("n", "0.0")
    assert rows[0][-1] == told.rows[0].formula
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert [row[0].value for row in trend.iter_rows(min_row=2)] == [each.span.period for each in told.trend]
    said = [(row[0].value, row[1].value) for row in meanings.iter_rows()]
    assert said[-len(told.definitions) :] == [(each.name, each.meaning) for each in told.definitions]


def test_a_workbook_of_a_period_without_records_says_so(bank: Bank) -> None:
    params = {"day": "2026-10-01", "lang": "en"}
    reply = bank.server.http.get(f"{BULLETIN}.xlsx", params=params, headers=bank.head)
    figures = load_workbook(BytesIO(reply.content)).worksheets[0]
    assert [[cell.value for cell in row[:2]] for row in figures.iter_rows(min_row=2)] == [
        [None, "Nothing was recorded in this period"]
    ]


def test_no_kind_of_file_is_an_advisors_or_of_another_subtree(bank: Bank) -> None:
    advisor = bank.server.bearer(factories.staff(bank.server.db, bank.tree.outlets[3]))
    elsewhere = {"unit_id": str(bank.tree.outlets[2].id)}
    for ending in ("xlsx", "pdf", "png"):
        path = f"{BULLETIN}.{ending}"
        assert bank.server.http.get(path, headers=advisor).status_code == 403
        assert bank.server.http.get(path, params=elsewhere, headers=bank.head).status_code == 404


def test_a_name_that_a_spreadsheet_would_run_stays_text() -> None:
    hostile = row(UUID(int=1), '=HYPERLINK("http://x","y")', None, 3, 1, was=5)
    told = bulletin_of([hostile], total=hostile)
    book = load_workbook(BytesIO(workbook(told, "zh")))
    name = book.worksheets[0].cell(2, 2)
    assert (name.value, name.data_type, name.quotePrefix) == (hostile.name, "s", True)
    change = book.worksheets[1].cell(2, 4)
    assert (change.value, change.number_format) == (-2, "+#,##0;-#,##0;#,##0")


def test_each_column_comes_with_its_one_meaning(bank: Bank) -> None:
    for language in ("zh", "en"):
        seen = Bulletin.model_validate(bank.get(bank.admin, rank="visits", lang=language).json())
        assert [each.column for each in seen.definitions] == list(Column)
        assert all(each.name and each.meaning for each in seen.definitions)
        assert (seen.ranked_by, [row.rank for row in seen.rows]) == (Column.VISITS, [1, 1])
