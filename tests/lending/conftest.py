"""Two advisors with books and a phone each, and their head, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from app_server.tables import StaffRow
from shared_models.customers import Customer
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, open_bank

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


@dataclass
class Lending:
    """A bank, and a head of its outlet who lends; `head` are the headers of whoever asks."""

    bank: Bank
    head: dict[str, str]

    def url(self, customer: Customer | UUID, day: object = TODAY) -> str:
        return f"/api/v1/team/loans/{customer.id if isinstance(customer, Customer) else customer}/{day}"

    def lend(self, customer: Customer | UUID, to: StaffRow | UUID, day: object = TODAY) -> httpx2.Response:
        body = {"advisor_id": str(to.id if isinstance(to, StaffRow) else to)}
        return self.bank.server.http.put(self.url(customer, day), json=body, headers=self.head)

    def take_back(self, customer: Customer | UUID, day: object = TODAY) -> httpx2.Response:
        return self.bank.server.http.delete(self.url(customer, day), headers=self.head)

    def plan_url(self, advisor: StaffRow, day: object = TODAY) -> str:
        return f"/api/v1/team/plans/{advisor.id}/{day}"

    def set_list(self, advisor: StaffRow, *customers: Customer, freeze: bool = False) -> None:
        body = {"customer_ids": [str(each.id) for each in customers], "note": None, "freeze": freeze}
        assert self.bank.server.http.put(self.plan_url(advisor), json=body, headers=self.head).status_code == 200

    def proposal(self, advisor: StaffRow, day: object = TODAY) -> dict:
        reply = self.bank.server.http.get(f"{self.plan_url(advisor, day)}/proposal", headers=self.head)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def listed(self, advisor: StaffRow, day: object = TODAY) -> list[str]:
        """The ids of the list as that advisor has it."""
        return [each["customer_id"] for each in self.proposal(advisor, day)["listed"]]


@pytest.fixture
def lending(database_url: str, tmp_path: Path) -> Iterator[Lending]:
    with open_bank(database_url, tmp_path) as bank:
        head = factories.staff(bank.db, bank.outlet, role=Role.HEAD, login="head")
        yield Lending(bank, bank.server.bearer(head))
