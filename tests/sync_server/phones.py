"""A phone as the server sees it: raw JSON activities in, replies out; and a small bank for it to speak with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import col, select

from app_server.tables import AdvisorDayRow, LedgerRow, StaffRow, UnitRow, advisor_day_of
from shared_models.activity import uuid7
from shared_models.customers import Customer
from shared_models.fold import AdvisorDay
from shared_models.products import Product
from tests import factories
from tests.factories import NOW, Server

SYNC = "/api/v1/sync"
Json = dict[str, Any]

_seq = count(1)


def activity(kind: str, data: Json, *, customer: Customer | UUID | None = None, **fields: Any) -> Json:
    """One activity as JSON, half an hour ago by a right clock unless `fields` say otherwise."""
    at: datetime = fields.pop("at", NOW - timedelta(minutes=30))
    if isinstance(customer, Customer):
        customer = customer.id
    return {
        "id": str(uuid7(NOW)),
        "kind": kind,
        "seq": next(_seq),
        "occurred_at": at.isoformat(),
        "clock_offset_ms": 0,
        "customer_id": customer and str(customer),
        "data": data,
        **fields,
    }


def call(
    customer: Customer | UUID | None, *, outcome: str = "interested", talk_seconds: int = 90, **fields: Any
) -> Json:
    data = {"channel": "mobile", "outcome": outcome, "talk_seconds": talk_seconds, "timed_by": "device"}
    return activity("call", data, customer=customer, **fields)


def visit(customer: Customer | UUID, **fields: Any) -> Json:
    return activity("visit", {"place": "outlet"}, customer=customer, **fields)


def proposal(customer: Customer | UUID, at_visit: Json, *products: Product | UUID, **fields: Any) -> Json:
    picks = [
        {"product_id": str(each.id if isinstance(each, Product) else each), "response": "interested"}
        for each in products
    ]
    return activity("proposal", {"visit_id": at_visit["id"], "picks": picks}, customer=customer, **fields)


def prospect(*, name: str = "欧阳婳", **fields: Any) -> Json:
    return activity("prospect", {"name": name, "phone": "13800001111", "source": "street"}, **fields)


def void(target: Json, **fields: Any) -> Json:
    return activity("void", {"activity_id": target["id"], "reason": "mistake"}, **fields)


@dataclass
class Phone:
    """A signed-in device; it keeps its cursor like a real one."""

    server: Server
    headers: dict[str, str]
    device: str
    cursor: str | None = None

    def post(self, *activities: object, **fields: Any):
        """One round trip as it is."""
        body = {"device_id": self.device, "cursor": self.cursor, "activities": list(activities), **fields}
        return self.server.http.post(SYNC, json=body, headers=self.headers)

    def post_bytes(self, body: bytes, **headers: str):
        """A body no phone would send."""
        return self.server.http.post(SYNC, content=body, headers={**self.headers, **headers})

    def sync(self, *activities: object, **fields: Any) -> Json:
        """One round trip that is expected to work; the cursor moves."""
        reply = self.post(*activities, **fields)
        assert reply.status_code == 200, reply.text
        self.cursor = reply.json()["cursor"]
        return reply.json()

    def send(self, *activities: object, **fields: Any) -> list[str]:
        """The status of each activity, or the code where it was rejected."""
        return [each["code"] or each["status"] for each in self.sync(*activities, **fields)["results"]]

    def pull(self, **fields: Any) -> list[Json]:
        """All changes until there are no more."""
        changes: list[Json] = []
        while True:
            reply = self.sync(**fields)
            changes += reply["changes"]
            if not reply["has_more"]:
                return changes


@dataclass
class Bank:
    """A server with two advisors of one outlet, `li` and `wang`."""

    server: Server
    outlet: UnitRow
    li: StaffRow
    wang: StaffRow

    @property
    def db(self):
        return self.server.db

    def phone(self, staff: StaffRow | None = None, *, device: str = "phone-1") -> Phone:
        """A phone on which that advisor, or li, has signed in."""
        headers = self.server.bearer(staff or self.li, device=device)
        return Phone(server=self.server, headers=headers, device=device)

    def customer(self, staff: StaffRow | None = None, **fields: Any) -> Customer:
        return factories.customer(self.db, staff or self.li, **fields)

    def product(self, **fields: Any) -> Product:
        return factories.product(self.db, **fields)

    def ledger(self, staff: StaffRow | None = None) -> list[LedgerRow]:
        """What the ledger holds of that advisor, or of li, in the order of their feed."""
        advisor_id = (staff or self.li).id
        statement = select(LedgerRow).where(LedgerRow.advisor_id == advisor_id).order_by(col(LedgerRow.feed_seq))
        return list(self.db.read(lambda session: session.exec(statement).all()))

    def days(self, staff: StaffRow | None = None) -> dict[Any, AdvisorDay]:
        """The stored advisor-days by date."""
        statement = select(AdvisorDayRow).where(AdvisorDayRow.advisor_id == (staff or self.li).id)
        rows = self.db.read(lambda session: session.exec(statement).all())
        return {row.business_day: advisor_day_of(row) for row in rows}

    def today(self, staff: StaffRow | None = None) -> AdvisorDay:
        """The stored advisor-day of NOW."""
        return self.days(staff)[NOW.date()]


def unknown() -> UUID:
    """An id that nobody has."""
    return uuid4()


@contextmanager
def open_bank(database_url: str, data_dir: Path, **settings: Any) -> Iterator[Bank]:
    """A bank over that database."""
    with factories.serving(database_url, data_dir, **settings) as server:
        tree = factories.tree(server.db)
        li = factories.staff(server.db, tree.outlets[0], login="li")
        wang = factories.staff(server.db, tree.outlets[0], login="wang")
        yield Bank(server=server, outlet=tree.outlets[0], li=li, wang=wang)
