"""Bulletins over HTTP: who may see them, and what malformed questions are told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from shared_models.bulletins import Bulletin, Column
from shared_models.org import Role
from tests import factories
from tests.factories import Server, Tree
from tests.team.recording import call, record

BULLETIN = "/api/v1/team/bulletin"


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


def test_each_column_comes_with_its_one_meaning(bank: Bank) -> None:
    for language in ("zh", "en"):
        seen = Bulletin.model_validate(bank.get(bank.admin, rank="visits", lang=language).json())
        assert [each.column for each in seen.definitions] == list(Column)
        assert all(each.name and each.meaning for each in seen.definitions)
        assert (seen.ranked_by, [row.rank for row in seen.rows]) == (Column.VISITS, [1, 1])
