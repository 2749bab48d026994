"""A bank in which cases are made: li's and wang's outlet with its head, a head elsewhere, head office."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from app_server.tables import UnitRow
from shared_models.customers import Customer
from shared_models.org import Role
from tests import factories
from tests.cases.texts import edit_of
from tests.factories import NOW
from tests.sync_server.phones import Bank, Phone, activity, call, open_bank

CASES = "/api/v1/team/cases"
Json = dict[str, Any]


@dataclass
class CaseBank:
    """The bank, and the headers of those who ask."""

    bank: Bank
    customer: Customer
    call_id: str
    head: dict[str, str]
    elsewhere: dict[str, str]
    admin: dict[str, str]
    phones: dict[str, Phone] = field(default_factory=dict)

    @property
    def http(self):
        return self.bank.server.http

    def phone(self, login: str = "li") -> Phone:
        """That advisor's one phone."""
        if login not in self.phones:
            self.phones[login] = self.bank.phone(getattr(self.bank, login))
        return self.phones[login]

    def put(self, case_id: UUID, body: Json, *, by: dict[str, str] | None = None):
        return self.http.put(f"{CASES}/{case_id}", json=body, headers=by or self.head)

    def step(self, case_id: UUID, step: str, *, version: int = 1, by: dict[str, str] | None = None, remark: str = ""):
        body = {"version": version, "remark": remark or None}
        return self.http.post(f"{CASES}/{case_id}/{step}", json=body, headers=by or self.head)

    def get(self, case_id: UUID | None = None, *, by: dict[str, str] | None = None, **params: str):
        path = CASES if case_id is None else f"{CASES}/{case_id}"
        return self.http.get(path, params=params, headers=by or self.head)

    def state(self, case_id: UUID) -> str:
        """How it stands."""
        return self.get(case_id, by=self.admin).json()["state"]

    def proposed(self, **parts: Any) -> UUID:
        """A draft of li's call."""
        case_id = uuid4()
        reply = self.put(case_id, edit_of(self.call_id, **parts))
        assert reply.status_code == 200, reply.text
        return case_id

    def asked(self, **parts: Any) -> UUID:
        """A case that li is asked about."""
        case_id = self.proposed(**parts)
        assert self.step(case_id, "ask").status_code == 200
        return case_id

    def consented(self, *, with_name: bool = False) -> UUID:
        """A case that li has agreed to."""
        case_id = self.asked()
        assert self.phone().send(consent(case_id, with_name=with_name)) == ["accepted"]
        return case_id

    def approved(self, *, with_name: bool = False) -> UUID:
        """A case that everybody has."""
        case_id = self.consented(with_name=with_name)
        assert self.step(case_id, "approve", by=self.admin).status_code == 200
        return case_id


def consent(
    case_id: UUID,
    *,
    version: int = 1,
    granted: bool = True,
    with_name: bool = False,
    minutes_ago: float = 5,
    **more: Any,
) -> Json:
    """An advisor's word, as their phone sends it."""
    data = {"case_id": str(case_id), "version": version, "granted": granted, "with_name": with_name}
    return activity("case_consent", {**data, **more}, at=NOW - timedelta(minutes=minutes_ago))


def told(changes: list[Json], entity: str) -> dict[str, Any]:
    """What these changes say of an entity, the newest of each id; None where it is gone."""
    return {each["id"]: None if each["deleted"] else each["data"] for each in changes if each["entity"] == entity}


@contextmanager
def open_case_bank(database_url: str, folder: Path) -> Iterator[CaseBank]:
    """Over that database: a customer of li's with a call."""
    with open_bank(database_url, folder) as bank:
        db = bank.db
        other = factories.unit(db, name="别处")
        root = _root(bank)
        for login, where, role in (
            ("head", bank.outlet, Role.HEAD),
            ("far", other, Role.HEAD),
            ("admin", root, Role.ADMIN),
        ):
            factories.staff(db, where, role=role, login=login)
        customer = bank.customer(name="王建国", phone="13912345678")
        made = call(customer, outcome="declined")
        phone = bank.phone(bank.li)
        assert phone.send(made) == ["accepted"]
        headers = {login: bank.server.bearer(login) for login in ("head", "far", "admin")}
        yield CaseBank(
            bank=bank,
            customer=customer,
            call_id=made["id"],
            head=headers["head"],
            elsewhere=headers["far"],
            admin=headers["admin"],
            phones={"li": phone},
        )


def _root(bank: Bank) -> UnitRow:
    root_id = UUID(bank.outlet.path.split("/")[1])
    return bank.db.read(lambda session: session.get_one(UnitRow, root_id))
