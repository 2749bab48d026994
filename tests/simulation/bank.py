"""The bank that all seeds start from: a small tree, advisors with books, a shelf, and a rule that changes at a month's end."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel

from app_server.auth.keys import KeyFile
from app_server.database import Database
from app_server.migrations import migrate
from app_server.settings import TokenAlgorithm
from app_server.tables import CustomerRow, MembershipRow, PolicyRow, ProductRow, StaffRow, UnitRow
from shared_models.customers import Rating
from shared_models.needs import Need
from shared_models.org import Role, UnitKind
from shared_models.policy import Policy
from shared_models.products import ProductCategory, Risk

PASSWORD = "correct horse"
LONG_AGO = date(2020, 1, 1)
MONTHS_END = date(2026, 12, 1)
BORN = datetime(2026, 11, 1, tzinfo=UTC)
# From the month's end on a call has to be longer to count.
TALK_SECONDS = {LONG_AGO: 30, MONTHS_END: 60}
ADVISORS = ("li", "wang", "zhao")
CUSTOMERS_EACH = 5
_NAMESPACE = UUID("01930000-0000-7000-8000-0000000000ff")

SERVER_FILE = "server.sqlite3"
KEYS_FILE = "access.json"


def named(*parts: object) -> UUID:
    """The id of a thing of the bank: the same in every seed."""
    return uuid5(_NAMESPACE, " ".join(map(str, parts)))


@dataclass(frozen=True)
class Unit:
    """A unit of the tree, by name; the path is that of names from the root down."""

    name: str
    kind: UnitKind
    path: tuple[str, ...]

    @property
    def id(self) -> UUID:
        return named("unit", self.name)

    @property
    def id_path(self) -> str:
        return "".join(f"/{named('unit', name)}" for name in self.path) + "/"


def _tree() -> dict[str, Unit]:
    parents = {"head": None, "north": "head", "south": "head", "n1": "north", "n2": "north", "s1": "south"}
    kinds = {"head": UnitKind.HEAD_OFFICE, "north": UnitKind.BRANCH, "south": UnitKind.BRANCH}
    units: dict[str, Unit] = {}
    for name, parent in parents.items():
        above = units[parent].path if parent else ()
        units[name] = Unit(name, kinds.get(name, UnitKind.OUTLET), (*above, name))
    return units


UNITS = _tree()
OUTLETS = ("n1", "n2", "s1")
ADVISOR_IDS = {name: named("staff", name) for name in ADVISORS}
ADVISOR_NAMES = {staff_id: name for name, staff_id in ADVISOR_IDS.items()}
HEAD_ID = named("staff", "head")
PRODUCTS = tuple(named("product", n) for n in range(4))
TOO_RISKY = named("product", "risky")
# Of five: three managed long since, one managed from the month's end on, one of the outer pool.
MANAGED_SINCE = (LONG_AGO, LONG_AGO, LONG_AGO, MONTHS_END, None)
CUSTOMERS = {named("customer", name, n): (name, MANAGED_SINCE[n]) for name in ADVISORS for n in range(CUSTOMERS_EACH)}


def build(folder: Path) -> None:
    """Make the files that every seed gets a copy of."""
    folder.mkdir(parents=True, exist_ok=True)
    db = Database(f"sqlite:///{folder / SERVER_FILE}")
    migrate(db)
    # Cheap to verify; the cost of a hash is part of it, not of the code that reads it.
    hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    password_hash = hasher.hash(PASSWORD)
    rows: list[Sequence[SQLModel]] = [
        [
            UnitRow(id=u.id, parent_id=named("unit", u.path[-2]) if u.path[1:] else None, name=u.name, kind=u.kind, path=u.id_path)
            for u in UNITS.values()
        ],
        [
            StaffRow(id=staff_id, login=name, name=name, password_hash=password_hash)
            for name, staff_id in ADVISOR_IDS.items()
        ]
        + [StaffRow(id=HEAD_ID, login="head", name="head", password_hash=password_hash)],
        [
            MembershipRow(id=named("membership", name), staff_id=staff_id, unit_id=UNITS[where].id, role=Role.ADVISOR, starts_on=LONG_AGO)
            for (name, staff_id), where in zip(ADVISOR_IDS.items(), OUTLETS, strict=True)
        ]
        + [MembershipRow(id=named("membership"), staff_id=HEAD_ID, unit_id=UNITS["head"].id, role=Role.HEAD, starts_on=LONG_AGO)],
        [
            PolicyRow(
                id=named("policy", starts),
                effective_from=starts,
                document=Policy(effective_from=starts, effective_talk_seconds=seconds, calls=3, visits=1),
            )
            for starts, seconds in TALK_SECONDS.items()
        ],
        [new_product(n, Risk.R2) for n in range(4)] + [new_product("risky", Risk.R5)],
        [
            CustomerRow(
                id=customer_id,
                advisor_id=ADVISOR_IDS[owner],
                name=f"{owner} {number}",
                phone=f"138{number:08d}",
                managed_since=since,
                rating=Rating.C3,
                rated_on=BORN.date(),
            )
            for number, (customer_id, (owner, since)) in enumerate(CUSTOMERS.items())
        ],
    ]  # fmt: skip
    for of_kind in rows:
        db.write(lambda session, of_kind=of_kind: session.add_all(of_kind))
    db.dispose()
    KeyFile(folder / KEYS_FILE, TokenAlgorithm.HS256).prepare(BORN)


def new_product(name: object, risk: Risk) -> ProductRow:
    """A product for the shelf."""
    return ProductRow(
        id=named("product", name),
        code=f"P-{name}",
        name=f"产品 {name}",
        category=ProductCategory.WEALTH,
        need=Need.STEADY,
        risk=risk,
        min_amount=Decimal(1000),
    )


def copy(template: Path, folder: Path) -> None:
    """A bank of one's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (SERVER_FILE, KEYS_FILE):
        shutil.copy(template / name, folder / name)
