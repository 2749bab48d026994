"""A month over HTTP: who may see it, and what malformed questions are told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared_models.org import Role
from tests import factories
from tests.factories import Server, Tree
from tests.team.recording import call, record

MONTH = "/api/v1/team/month"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bank(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[tuple[Server, Tree]]:
    """Four outlets with an advisor each who made a call; nothing that is asked changes it."""
    folder: Path = tmp_path_factory.mktemp("month")
    with fresh_database(request.param) as url, factories.serving(url, folder) as server:
        tree = factories.tree(server.db)
        factories.policy(server.db)
        for unit in tree.outlets:
            advisor = factories.staff(server.db, unit, name="刘洋")
            record(server.db, advisor, [call(factories.customer(server.db, advisor).id)])
        yield server, tree


def get(server: Server, by: dict[str, str], **params: str):
    return server.http.get(MONTH, params=params, headers=by)


def test_a_head_sees_their_subtree_by_advisor_and_day(bank: tuple[Server, Tree]) -> None:
    server, tree = bank
    head = server.bearer(factories.staff(server.db, tree.branches[0], role=Role.HEAD))
    told = get(server, head).json()
    assert (told["month"], told["days"][0], told["days"][-1]) == ("2026-11", "2026-11-01", "2026-11-23")
    assert [row["name"] for row in told["rows"]] == ["刘洋", "刘洋"]
    assert (
        told["figures"]["calls_effective"][-1]
        == sum(row["figures"]["calls_effective"][-1] for row in told["rows"])
        == 2
    )
    assert get(server, head, unit_id=str(tree.outlets[0].id)).json()["figures"]["calls_effective"][-1] == 1


def test_nobody_else_sees_it_and_a_unit_outside_the_subtree_does_not_exist(bank: tuple[Server, Tree]) -> None:
    server, tree = bank
    assert server.http.get(MONTH).status_code == 401
    assert get(server, server.bearer(factories.staff(server.db, tree.outlets[3]))).status_code == 403
    head = server.bearer(factories.staff(server.db, tree.branches[0], role=Role.HEAD))
    others = [tree.root.id, tree.branches[1].id, tree.outlets[2].id, uuid4()]
    replies = [get(server, head, unit_id=str(each)) for each in others]
    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "1999-12", "202611", "2026-11-01", "luck"])
def test_what_is_no_month_or_has_not_come_is_refused(bank: tuple[Server, Tree], month: str) -> None:
    server, tree = bank
    head = server.bearer(factories.staff(server.db, tree.root, role=Role.ADMIN))
    assert get(server, head, month=month).status_code == 422
