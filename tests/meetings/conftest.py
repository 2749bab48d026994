"""An outlet with a head, two advisors' phones and four customers each, on both databases; heads above and elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app_server.tables import UnitRow
from shared_models.customers import Customer
from shared_models.meetings import Meeting
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, Phone, open_bank

MEETINGS = "/api/v1/team/meetings"
TODAY = NOW.date().isoformat()


@dataclass
class Evening:
    """The bank, its phones, and the headers of those who ask."""

    bank: Bank
    phones: list[Phone]
    customers: list[list[Customer]]
    heads: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def get(self, path: str = "", *, by: str = "outlet", **params: str):
        return self.bank.server.http.get(f"{MEETINGS}{path}", params=params, headers=self.heads[by])

    def post(self, meeting_id: UUID, *, by: str = "outlet", **fields: Any):
        body = {"unit_id": str(self.bank.outlet.id), "day": TODAY, "attended": [], **fields}
        return self.bank.server.http.post(f"{MEETINGS}/{meeting_id}/close", json=body, headers=self.heads[by])

    def closed(self, **fields: Any) -> Meeting:
        """A meeting that has just been closed."""
        reply = self.post(uuid4(), **fields)
        assert reply.status_code == 200, reply.text
        return Meeting.model_validate(reply.json())

    def again(self, meeting: Meeting) -> Meeting:
        """The same, looked at now."""
        reply = self.get(f"/{meeting.id}")
        assert reply.status_code == 200, reply.text
        return Meeting.model_validate(reply.json())

    def late(self, meeting: Meeting, **params: str) -> list[Json]:
        """What was received after it."""
        reply = self.get(f"/{meeting.id}/activities", **params)
        assert reply.status_code == 200, reply.text
        return reply.json()["activities"]

    def team_day(self) -> Json:
        """The outlet's day as anybody sees it."""
        params = {"unit_id": str(self.bank.outlet.id), "day": TODAY}
        return self.bank.server.http.get("/api/v1/team/day", params=params, headers=self.heads["outlet"]).json()


@contextmanager
def open_evening(url: str, folder: Path) -> Iterator[Evening]:
    with open_bank(url, folder) as bank:
        people = (bank.li, bank.wang)
        made = Evening(
            bank=bank,
            phones=[bank.phone(each) for each in people],
            customers=[[bank.customer(each) for _ in range(4)] for each in people],
        )
        above = bank.db.read(lambda session: session.get_one(UnitRow, bank.outlet.parent_id))
        elsewhere = factories.unit(bank.db, name="elsewhere")
        for name, where in (("outlet", bank.outlet), ("above", above), ("elsewhere", elsewhere)):
            factories.staff(bank.db, where, role=Role.HEAD, login=name, name=f"{name} head")
            made.heads[name] = bank.server.bearer(name)
        made.heads["advisor"] = made.phones[0].headers
        yield made


@pytest.fixture
def evening(database_url: str, tmp_path: Path) -> Iterator[Evening]:
    with open_evening(database_url, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[Evening]:
    """One for all that is refused, and for what must hold whatever came before."""
    with (
        fresh_database(request.param) as url,
        open_evening(url, tmp_path_factory.mktemp("asked")) as made,
    ):
        yield made
