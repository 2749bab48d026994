"""A running server with one advisor, one head and one admin to sign in as."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_models.org import Role
from tests import factories
from tests.factories import Server


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with factories.serving(database_url, tmp_path) as running:
        tree = factories.tree(running.db)
        factories.staff(running.db, tree.outlets[0], login="li")
        factories.staff(running.db, tree.outlets[0], role=Role.HEAD, login="head")
        factories.staff(running.db, tree.root, role=Role.ADMIN, login="admin")
        yield running
