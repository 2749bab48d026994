"""A bank on both databases: advisors li and chen in two outlets of one branch, heads, and an admin."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app_server.tables import StaffRow
from shared_models.org import Role
from tests import factories
from tests.factories import Server, Tree

ORG = "/api/v1/org"
DESK = "desk"
Json = dict[str, Any]


@dataclass
class Bank:
    server: Server
    tree: Tree
    staff: dict[str, StaffRow] = field(default_factory=dict[str, StaffRow])
    _signed_in: dict[tuple[str, datetime], dict[str, str]] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, body: Json | None = None, **params: Any):
        signed_in = who, self.server.clock.at
        if signed_in not in self._signed_in:
            self._signed_in[signed_in] = self.server.bearer(who, device=DESK)
        headers = self._signed_in[signed_in]
        return self.server.http.request(method, f"{ORG}{path}", json=body, params=params, headers=headers)

    def get(self, who: str, path: str, **params: Any) -> Json:
        reply = self.ask(who, "GET", path, **params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, who: str, path: str, body: Json | None = None, *, expect: int = 200) -> Json:
        reply = self.ask(who, "POST", path, body)
        assert reply.status_code == expect, reply.text
        return reply.json()

    def put(self, who: str, path: str, body: Json, *, expect: int = 200) -> Json:
        reply = self.ask(who, "PUT", path, body)
        assert reply.status_code == expect, reply.text
        return reply.json()

    def of(self, login: str) -> str:
        return f"/staff/{self.staff[login].id}"

    def version(self, login: str) -> str:
        return self.get("admin", self.of(login))["version"]

    def actions(self, who: str = "admin") -> list[str]:
        return sorted(entry["action"] for entry in self.get(who, "/audit")["entries"])


def open_bank(url: str, folder: Path) -> Iterator[Bank]:
    with factories.serving(url, folder) as server:
        tree = factories.tree(server.db)
        bank = Bank(server, tree)
        for login, unit, role in (
            ("li", tree.outlets[0], Role.ADVISOR),
            ("chen", tree.outlets[1], Role.ADVISOR),
            ("head", tree.outlets[0], Role.HEAD),
            ("deputy", tree.outlets[0], Role.HEAD),
            ("branch", tree.branches[0], Role.HEAD),
            ("stranger", tree.branches[1], Role.HEAD),
            ("admin", tree.root, Role.ADMIN),
        ):
            bank.staff[login] = factories.staff(server.db, unit, role=role, login=login)
        yield bank


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    yield from open_bank(database_url, tmp_path)


@pytest.fixture
def sqlite_bank(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    yield from open_bank(sqlite_url, tmp_path)
