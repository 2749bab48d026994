"""Small makers of what tests stand on: a bank's tree, staff, sign-ins, customers, products; all through the Database."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from fastapi.routing import _IncludedRouter  # pyright: ignore[reportPrivateUsage]  # no public name finds them
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel
from starlette.routing import BaseRoute

from app_server.database import Database
from app_server.main import create_app
from app_server.settings import Settings
from app_server.tables import CustomerRow, MembershipRow, PolicyRow, ProductRow, StaffRow, UnitRow
from shared_models.customers import Customer, Rating
from shared_models.needs import Need
from shared_models.org import Role, UnitKind
from shared_models.policy import Policy
from shared_models.products import Product, ProductCategory, Risk

PASSWORD = "correct horse"
LONG_AGO = date(2020, 1, 1)
# A Monday, and a working day in China; 15:30 in the bank's time zone.
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
TOKEN = "/api/v1/auth/token"

_numbers = itertools.count(1)


@dataclass
class FixedClock:
    """A clock that a test sets and moves."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def pass_(self, **of_time: float) -> None:
        self.at += timedelta(**of_time)


@lru_cache(maxsize=8)
def hashed(password: str = PASSWORD) -> str:
    """An argon2id hash that is as cheap to check as the algorithm allows: each of a thousand sign-ins here pays for it."""
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(password)


def save(db: Database, *rows: SQLModel) -> None:
    """Write rows in the order given."""
    for row in rows:
        db.write(lambda session, row=row: session.add(row))


def unit(db: Database, parent: UnitRow | None = None, *, kind: UnitKind = UnitKind.OUTLET, name: str = "") -> UnitRow:
    """A unit below `parent`, or a root."""
    unit_id = uuid4()
    path = f"{parent.path if parent else '/'}{unit_id}/"
    row = UnitRow(
        id=unit_id, parent_id=parent and parent.id, name=name or f"unit {next(_numbers)}", kind=kind, path=path
    )
    save(db, row)
    return row


@dataclass
class Tree:
    """head office → two branches → a sub-branch each → two outlets each."""

    root: UnitRow
    branches: list[UnitRow] = field(default_factory=list[UnitRow])
    sub_branches: list[UnitRow] = field(default_factory=list[UnitRow])
    outlets: list[UnitRow] = field(default_factory=list[UnitRow])


def tree(db: Database) -> Tree:
    """A small bank: `outlets[0]` and `[1]` are under `branches[0]`, `[2]` and `[3]` under `branches[1]`."""
    made = Tree(root=unit(db, kind=UnitKind.HEAD_OFFICE, name="总行"))
    for _ in range(2):
        branch = unit(db, made.root, kind=UnitKind.BRANCH)
        sub_branch = unit(db, branch, kind=UnitKind.SUB_BRANCH)
        made.branches.append(branch)
        made.sub_branches.append(sub_branch)
        made.outlets += [unit(db, sub_branch), unit(db, sub_branch)]
    return made


def staff(
    db: Database,
    where: UnitRow,
    *,
    role: Role = Role.ADVISOR,
    login: str = "",
    since: date = LONG_AGO,
    **columns: Any,
) -> StaffRow:
    """A member of staff who belongs to `where` since that day; their password is PASSWORD."""
    login = login or f"{role.value}{next(_numbers)}"
    row = StaffRow(**{"id": uuid4(), "login": login, "name": login, "password_hash": hashed(), **columns})
    save(db, row, MembershipRow(id=uuid4(), staff_id=row.id, unit_id=where.id, role=role, starts_on=since))
    return row


def customer(db: Database, advisor: StaffRow, **fields: Any) -> Customer:
    """A managed customer rated C3, in the advisor's book; `managed_since=None` makes a prospect."""
    number = next(_numbers)
    made = Customer.model_validate(
        {
            "id": uuid4(),
            "name": f"客户{number}",
            "phone": f"138{number:08d}",
            "managed_since": LONG_AGO,
            "rating": Rating.C3,
            "rated_on": NOW.date() - timedelta(days=30),
            **fields,
        }
    )
    save(db, CustomerRow(**dict(made), advisor_id=advisor.id))
    return made


def product(db: Database, **fields: Any) -> Product:
    """A product of risk R2 on the shelf."""
    number = next(_numbers)
    made = Product.model_validate(
        {
            "id": uuid4(),
            "code": f"P{number}",
            "name": f"产品{number}",
            "category": ProductCategory.WEALTH,
            "need": Need.STEADY,
            "risk": Risk.R2,
            "min_amount": Decimal(1000),
            **fields,
        }
    )
    save(db, ProductRow(**dict(made)))
    return made


def policy(db: Database, **fields: Any) -> Policy:
    """A version of the policy, in force long since unless it says otherwise."""
    made = Policy.model_validate({"effective_from": LONG_AGO, **fields})
    save(db, PolicyRow(id=uuid4(), effective_from=made.effective_from, document=made))
    return made


@dataclass
class Server:
    """An app over a database of its own with a clock the test moves; requests go through `http`."""

    app: FastAPI
    db: Database
    clock: FixedClock
    http: TestClient
    settings: Settings

    def token(self, **form: str) -> httpx2.Response:
        """A token request, form-encoded."""
        return self.http.post(TOKEN, data=form)

    def sign_in(self, login: str, *, password: str = PASSWORD, device: str = "phone-1") -> httpx2.Response:
        """The password grant."""
        return self.token(
            grant_type="password", username=login, password=password, device_id=device, device_name="a phone"
        )

    def refresh(self, refresh_token: str, *, device: str = "phone-1") -> httpx2.Response:
        """The refresh grant."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, device_id=device)

    def bearer(self, person: StaffRow | str, *, device: str = "phone-1") -> dict[str, str]:
        """The headers of somebody who has just signed in."""
        reply = self.sign_in(person if isinstance(person, str) else person.login, device=device)
        assert reply.status_code == 200, reply.text
        return with_token(reply.json()["access_token"])


def with_token(access_token: str) -> dict[str, str]:
    """The headers of a request with that access token."""
    return {"Authorization": f"Bearer {access_token}"}


_routes: dict[int, BaseRoute] = {}


def share_routes(app: FastAPI) -> None:
    """Give an app the routers of the process's first: what an endpoint takes and gives is worked out once, not once a test."""
    for number, route in enumerate(app.router.routes):
        if isinstance(route, _IncludedRouter):
            app.router.routes[number] = _routes.setdefault(id(route.original_router), route)


@contextmanager
def serving(database_url: str, data_dir: Path, **settings: Any) -> Iterator[Server]:
    """A running app over a migrated database; `settings` are fields of Settings."""
    chosen = Settings(database_url=database_url, data_dir=data_dir, **settings)
    clock = FixedClock()
    app = create_app(chosen, clock=clock)
    share_routes(app)
    with TestClient(app) as http:
        yield Server(app=app, db=app.state.database, clock=clock, http=http, settings=chosen)
