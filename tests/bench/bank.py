"""A bank worth measuring: a thousand advisors with books, signed in; and their days as requests ready to send."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel

from app_server.auth.keys import KeyFile
from app_server.auth.tokens import AccessClaims, AccessTokens
from app_server.database import Database
from app_server.numbers import e164, line_number
from app_server.settings import Settings
from app_server.sync.cursor import Cursor, Heads
from app_server.tables import CustomerRow, DeviceRow, LineRow, MembershipRow, ProductRow, StaffRow, UnitRow, metadata
from app_server.telephony.keys import TelephonyKey, TelephonyKeyFile
from shared_models.activity import uuid7
from shared_models.customers import Rating
from shared_models.needs import Need
from shared_models.org import Role, UnitKind
from shared_models.products import ProductCategory, Risk
from shared_models.telephony import PbxLine

BATCH = 40
CUSTOMERS_EACH = 30
EXTENSIONS = 100_000
DAYS = 6
NOTE = "对稳健型产品感兴趣，关注到期资金的去向，约下周再联系；需要产品说明书与近三年的业绩表现，配偶一同了解。"
OUTCOMES = ("interested", "appointment", "follow_up", "declined", "no_answer")


@dataclass
class Advisor:
    """One advisor's phone: who, their book, the headers they send, and where in their feed they are; and their line."""

    id: UUID
    token: str
    customers: list[UUID]
    cursor: str
    extension: str
    phones: list[str]


@dataclass
class Bank:
    """The advisors, the shelf, an outlet, a head at the root, and the key of an exchange."""

    advisors: list[Advisor]
    products: list[UUID]
    root: UUID
    outlet: UUID
    head_token: str
    exchange: TelephonyKey


def build(url: str, data_dir: Path, *, advisors: int) -> Bank:
    """Fill a migrated database; the tokens are good for an hour, signed with the key that the server will read."""
    settings = Settings(database_url=url, data_dir=data_dir, access_token_minutes=60)
    now = datetime.now(UTC)
    keys = KeyFile(settings.keys_file, settings.token_algorithm)
    keys.prepare(now)
    tokens = AccessTokens(keys, algorithm=settings.token_algorithm, life=settings.access_token_life)
    root = uuid4()
    units = [UnitRow(id=root, name="总行", kind=UnitKind.HEAD_OFFICE, path=f"/{root}/")]
    for number in range(4):
        branch = uuid4()
        path = f"/{root}/{branch}/"
        units.append(UnitRow(id=branch, parent_id=root, name=f"分行{number}", kind=UnitKind.BRANCH, path=path))
        for _ in range(25):
            outlet = uuid4()
            units.append(
                UnitRow(id=outlet, parent_id=branch, name="网点", kind=UnitKind.OUTLET, path=f"{path}{outlet}/")
            )
    outlets = [each for each in units if each.kind is UnitKind.OUTLET]
    products = [
        ProductRow(
            id=uuid4(),
            code=f"P{n}",
            name=f"产品{n}",
            category=ProductCategory.WEALTH,
            need=Need.STEADY,
            risk=Risk.R2,
        )
        for n in range(20)
    ]
    staff: list[SQLModel] = []
    memberships: list[SQLModel] = []
    devices: list[SQLModel] = []
    customers: list[SQLModel] = []
    lines: list[SQLModel] = []
    made: list[Advisor] = []

    def employ(role: Role, unit_id: UUID, number: int) -> tuple[UUID, str]:
        staff_id, family = uuid4(), uuid4()
        staff.append(StaffRow(id=staff_id, login=f"{role.value}{number}", name="员工", password_hash=""))
        since = now.date() - timedelta(days=400)
        memberships.append(MembershipRow(id=uuid4(), staff_id=staff_id, unit_id=unit_id, role=role, starts_on=since))
        devices.append(DeviceRow(staff_id=staff_id, device_id="bench", family_id=family, created_at=now))
        claims = AccessClaims(staff_id=staff_id, device_id="bench", family_id=family, version=1)
        return staff_id, tokens.issue(claims, now)

    for number in range(advisors):
        advisor_id, token = employ(Role.ADVISOR, outlets[number % len(outlets)].id, number)
        book = [uuid4() for _ in range(CUSTOMERS_EACH)]
        phones = [f"138{number:05d}{n:03d}" for n in range(CUSTOMERS_EACH)]
        extension = f"{EXTENSIONS + number}"
        lines.append(
            LineRow(
                id=uuid4(),
                number=line_number(extension),
                line=PbxLine.LANDLINE,
                staff_id=advisor_id,
                starts_on=now.date() - timedelta(days=400),
            )
        )
        customers += [
            CustomerRow(
                id=each,
                advisor_id=advisor_id,
                name="客户",
                phone=phones[n],
                number=e164(phones[n]),
                managed_since=now.date() - timedelta(days=300) if n % 5 else None,
                rating=Rating.C4,
                rated_on=now.date() - timedelta(days=100),
            )
            for n, each in enumerate(book)
        ]
        cursor = Cursor(staff_id=advisor_id, heads=Heads(own=0, bank=0)).text()
        made.append(Advisor(advisor_id, token, book, cursor, extension, phones))
    _, head_token = employ(Role.HEAD, root, 0)
    database = Database(url, settings)
    for rows in (units, products, staff, memberships, devices, customers, lines):
        database.write(lambda session, rows=rows: _insert(session, rows))
    database.write(lambda session: session.connection().exec_driver_sql("ANALYZE"))
    database.dispose()
    exchange = TelephonyKeyFile(settings.telephony_keys_file).add("bench", now)
    return Bank(made, [each.id for each in products], root, outlets[0].id, head_token, exchange)


def _insert(session: Session, rows: list[Any]) -> None:
    table = metadata.tables[rows[0].__tablename__]
    session.connection().execute(table.insert(), [row.model_dump(mode="python") for row in rows])


def day_of(bank: Bank, advisor: Advisor, days_ago: int, chance: random.Random) -> bytes:
    """One advisor's whole day as the JSON of its activities: 24 calls, 5 visits with 3 products each, 6 promises."""
    end = datetime.now(UTC) - timedelta(days=days_ago, minutes=1)
    seq = iter(range(1, BATCH + 1))
    made: list[dict[str, Any]] = []

    def note() -> str:
        return NOTE[: chance.randrange(20, len(NOTE))]

    def add(kind: str, customer: UUID, data: dict[str, Any]) -> str:
        number = next(seq)
        made.append(
            {
                "id": str(uuid7(end)),
                "kind": kind,
                "seq": number,
                "occurred_at": (end - timedelta(seconds=BATCH - number)).isoformat(),
                "clock_offset_ms": -230,
                "customer_id": str(customer),
                "data": data,
            }
        )
        return made[-1]["id"]

    for n in range(24):
        outcome = chance.choice(OUTCOMES)
        data = {"channel": "mobile", "outcome": outcome, "talk_seconds": chance.randrange(200), "timed_by": "device"}
        add("call", advisor.customers[n % CUSTOMERS_EACH], {**data, "note": note()})
    for n in range(5):
        customer = advisor.customers[n]
        fix = {"lat": 43.8, "lon": 125.3, "accuracy_m": 20, "taken_at": end.isoformat(), "mocked": False}
        visit = add("visit", customer, {"place": "outlet", "fix": fix, "note": note()})
        picks = [{"product_id": str(each), "response": "interested"} for each in chance.sample(bank.products, 3)]
        picks[0] |= {"response": "bought", "amount": "50000.00"}
        add("proposal", customer, {"visit_id": visit, "picks": picks})
    for n in range(6):
        due = (end + timedelta(days=3)).date().isoformat()
        add("follow_up", advisor.customers[n], {"due_on": due, "reason": "callback", "note": note()})
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def recorded_of(advisor: Advisor, days_ago: int, chance: random.Random) -> bytes:
    """As many calls of one advisor's as a batch has, as an exchange tells of them: the JSON of its events."""
    end = datetime.now(UTC) - timedelta(days=days_ago, minutes=1)
    made: list[dict[str, Any]] = []
    for n in range(BATCH):
        over = end - timedelta(seconds=BATCH - n)
        talk = chance.randrange(200)
        made.append(
            {
                "event": "ended",
                "record_id": str(uuid4()),
                "direction": "outbound",
                "own_number": advisor.extension,
                "other_number": advisor.phones[n % CUSTOMERS_EACH],
                "started_at": (over - timedelta(seconds=talk + 9)).isoformat(),
                "answered_at": (over - timedelta(seconds=talk)).isoformat(),
                "ended_at": over.isoformat(),
                "talk_seconds": talk,
            }
        )
    return json.dumps({"events": made}, separators=(",", ":")).encode()


def call_of(advisor: Advisor, chance: random.Random) -> bytes:
    """One more call of this very minute, as a phone sends it right after: the JSON of a batch of one."""
    now = datetime.now(UTC)
    call = {
        "id": str(uuid7(now)),
        "kind": "call",
        "seq": BATCH + 1,
        "occurred_at": now.isoformat(),
        "clock_offset_ms": -230,
        "customer_id": str(chance.choice(advisor.customers)),
        "data": {"channel": "mobile", "outcome": chance.choice(OUTCOMES), "talk_seconds": 95, "timed_by": "device"},
    }
    return json.dumps([call], separators=(",", ":")).encode()
