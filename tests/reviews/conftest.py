"""A bank on both databases whose outlet has a head, with calls of li's and wang's, and heads above and elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app_server.tables import UnitRow
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, Phone, call, open_bank, visit

TODAY = NOW.date().isoformat()
ITEMS = ("opening", "need", "match", "risk_notice", "close")


def scores(**given: int | None) -> Json:
    return {**dict.fromkeys(ITEMS), **given}


def edit(of: Json, **fields: Any) -> Json:
    return {"activity_id": of["id"], "scores": scores(opening=4, risk_notice=2), **fields}


@dataclass
class Reviewing:
    """The bank, what its advisors recorded, and how heads ask it."""

    bank: Bank
    phone: Phone
    calls: list[Json] = field(default_factory=list[Json])
    of_wang: list[Json] = field(default_factory=list[Json])
    heads: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def get(self, path: str, *, by: str = "outlet", **params: str):
        return self.bank.server.http.get(f"/api/v1/team/{path}", params=params, headers=self.heads[by])

    def draw(self, *, by: str = "outlet", **fields: Any):
        wanted = {"id": str(uuid4()), "unit_id": str(self.bank.outlet.id), "from": TODAY, "to": TODAY, "size": 3}
        return self.bank.server.http.post("/api/v1/team/samples", json=wanted | fields, headers=self.heads[by])

    def review(self, of: Json, *, id: str = "", by: str = "outlet", **fields: Any):  # noqa: A002 - as on the wire
        path = f"/api/v1/team/reviews/{id or uuid4()}"
        return self.bank.server.http.put(path, json=edit(of, **fields), headers=self.heads[by])


@contextmanager
def open_reviewing(url: str, folder: Path) -> Iterator[Reviewing]:
    with open_bank(url, folder) as bank:
        made = Reviewing(bank=bank, phone=bank.phone())
        made.calls = [call(bank.customer()) for _ in range(5)] + [visit(bank.customer())]
        made.of_wang = [call(bank.customer(bank.wang)) for _ in range(2)]
        made.phone.send(*made.calls)
        bank.phone(bank.wang).send(*made.of_wang)

        def outlet_of(n: int) -> UnitRow:
            return factories.unit(bank.db, name=f"elsewhere {n}")

        above = bank.db.read(lambda session: session.get_one(UnitRow, bank.outlet.parent_id))
        for name, where in (("outlet", bank.outlet), ("above", above), ("elsewhere", outlet_of(1))):
            head = factories.staff(bank.db, where, role=Role.HEAD, login=name, name=f"{name} head")
            made.heads[name] = bank.server.bearer(head)
        made.heads["advisor"] = made.phone.headers
        yield made


@pytest.fixture
def reviewing(database_url: str, tmp_path: Path) -> Iterator[Reviewing]:
    with open_reviewing(database_url, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[Reviewing]:
    """One for all that is refused: nobody writes to it."""
    with (
        fresh_database(request.param) as url,
        open_reviewing(url, tmp_path_factory.mktemp("asked")) as made,
    ):
        yield made
