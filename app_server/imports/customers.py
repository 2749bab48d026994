"""Customers from a file: into an advisor's book, with facts to rank by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from app_server.customers.service import books_moved
from app_server.imports.entities import MOST_DEGREES, Plan, RowRefused, amount, degrees, refusal_of, rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.numbers import e164
from app_server.org.queries import advisors_among
from app_server.sync.feed import Announced
from app_server.tables import CustomerRow, StaffRow
from shared_models.customers import Customer, Pool, name_initials
from shared_models.sync import Entity

FIELDS: Mapping[str, Sequence[str]] = {
    "key": ("客户号", "客户编号"),
    "name": ("姓名", "客户姓名"),
    "phone": ("手机", "手机号", "电话", "联系电话"),
    "advisor": ("客户经理", "理财经理"),
    "pool": ("管户", "客户池"),
    "managed_since": ("管户日期",),
    "tier": ("等级", "客户等级"),
    "rating": ("风险等级", "风险评级"),
    "rated_on": ("评级日期", "测评日期"),
    "birthday": ("生日", "出生日期"),
    "aum": ("资产", "管理资产"),
    "idle_cash": ("活期余额", "闲置资金"),
    "maturity_name": ("到期产品",),
    "maturity_amount": ("到期金额",),
    "maturity_on": ("到期日", "到期日期"),
    "last_contact_on": ("上次联系", "最近联系日期"),
    "last_interest": ("上次兴趣",),
    "source": ("来源",),
    "note": ("备注",),
    "lat": ("纬度",),
    "lon": ("经度",),
    "facts": (),
}
_MEANINGS = {
    "pool": {"管户": "managed", "潜力": "prospect"},
    "tier": {"钻石": "diamond", "白金": "platinum", "黄金": "gold", "金卡": "gold", "普通": "standard"},
}
_DATES = ("managed_since", "rated_on", "last_contact_on")
_AMOUNTS = ("aum", "idle_cash")
_PLAIN = ("name", "phone", "tier", "rating", "last_interest", "source", "note")
MAX_FACTS = 40
MAX_FACT_CHARS = 100


@dataclass(frozen=True, slots=True)
class ParsedCustomer:
    """A valid row: what the file says of the customer (`given`), and in whose book; None: as it is now."""

    line: int
    key: object
    given: dict[str, Any]
    advisor: str | None
    is_managed: bool


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedCustomer:
    """Check one row by the shared model; raises RowRefused."""
    fields = dict(row.fields)
    for name, meanings in _MEANINGS.items():
        if name in fields:
            fields[name] = meanings.get(str(fields[name]), fields[name])
    pool = fields.get("pool", Pool.MANAGED)
    if pool not in (Pool.MANAGED, Pool.PROSPECT):
        raise RowRefused(f"{pool!r} is neither managed nor prospect", "pool")
    values: dict[str, Any] = {"id": _id(mapping, row)}
    values |= {name: str(fields[name]) for name in _PLAIN if name in fields}
    values |= {name: _date(fields[name], mapping, name) for name in _DATES if name in fields}
    values |= {name: amount(fields[name], name) for name in _AMOUNTS if name in fields}
    if pool == Pool.PROSPECT and "managed_since" in values:
        raise RowRefused("a prospect is not managed since a day", "managed_since")
    if "birthday" in fields:
        values["birthday"] = _birthday(fields["birthday"], mapping)
    if "maturity_on" in fields:
        values["maturities"] = [_maturity(fields, mapping)]
    values["facts"] = _facts(row)
    try:
        customer = Customer.model_validate(values)
    except ValidationError as error:
        raise refusal_of(error) from None
    customer.initials = name_initials(customer.name)
    told = _fields_told(mapping)
    place = _place(fields)
    return ParsedCustomer(
        line=row.line,
        key=customer.id,
        given={name: getattr(customer, name) for name in told}
        | {name: place.get(name) for name in MOST_DEGREES if mapping.fields & MOST_DEGREES.keys()},
        advisor=str(fields["advisor"]) if "advisor" in fields else None,
        is_managed=pool == Pool.MANAGED,
    )


def plan(session: Session, parsed: Sequence[ParsedCustomer], *, today: date) -> Plan:
    """What the rows would change. A customer new to the bank is managed from today on unless the file says otherwise."""
    result = Plan()
    advisors = rows_by(session, StaffRow, "login", {row.advisor for row in parsed if row.advisor})
    advising = advisors_among(session, [staff["id"] for staff in advisors.values()], since=today)
    standing = rows_by(session, CustomerRow, "id", [row.given["id"] for row in parsed])
    defaults = CustomerRow(id=UUID(int=0), name="", phone="", advisor_id=UUID(int=0)).model_dump(mode="python")
    moved = Counter[tuple[UUID, UUID]]()
    for row in parsed:
        before = standing.get(row.given["id"])
        advisor_id = before["advisor_id"] if before is not None else None
        if row.advisor is not None:
            staff = advisors.get(row.advisor)
            if staff is None or staff["id"] not in advising or not staff["active"]:
                result.bad.append(BadRow(row.line, f"there is no advisor with the login {row.advisor!r}", "advisor"))
                continue
            advisor_id = staff["id"]
        if advisor_id is None:
            result.bad.append(BadRow(row.line, "a new customer needs an advisor", "advisor"))
            continue
        values: dict[str, Any] = {**(before or defaults), **row.given, "advisor_id": advisor_id}
        if row.is_managed and values["managed_since"] is None:
            values["managed_since"] = today
        values["number"] = e164(values["phone"])
        if not result.note(CustomerRow, before, values):
            continue
        customer_id = str(values["id"])
        result.changes.append(Announced(str(advisor_id), Entity.CUSTOMER, customer_id))
        if before is not None and before["advisor_id"] != advisor_id:
            result.changes.append(Announced(str(before["advisor_id"]), Entity.CUSTOMER, customer_id, deleted=True))
            moved[before["advisor_id"], advisor_id] += 1
    result.audited += books_moved(session, moved, day=today)
    return result


def _id(mapping: ColumnMapping, row: MappedRow) -> UUID:
    key = row.key or row.fields.get("key")
    if not key:
        raise RowRefused("needs a key that stays the same: a customer number, or `key` in the mapping", "key")
    return stable_id("customer", str(key), mapping.namespace)


def _fields_told(mapping: ColumnMapping) -> set[str]:
    """The customer's fields that the file decides: what it has no column for stays as it is."""
    told = {"id", "name", "phone", "initials"} | {name for name in mapping.fields if name in Customer.model_fields}
    if any(name.startswith("facts.") for name in mapping.fields):
        told.add("facts")
    if "maturity_on" in mapping.fields:
        told.add("maturities")
    return told


def _place(fields: Mapping[str, Any]) -> dict[str, float]:
    """Where the customer's address is, for the server alone; half of a place is none."""
    place = {name: degrees(fields[name], name) for name in MOST_DEGREES if name in fields}
    if len(place) == 1:
        raise RowRefused("a place has a latitude and a longitude", *place)
    return place


def _date(value: str | date, mapping: ColumnMapping, field_name: str) -> date:
    try:
        return read_date(value, mapping.dates)
    except ValueError as error:
        raise RowRefused(str(error), field_name) from None


def _birthday(value: str | date, mapping: ColumnMapping) -> str:
    """Month and day alone: the year does not travel to phones."""
    text = str(value)
    return text if len(text) == len("MM-DD") else _date(value, mapping, "birthday").strftime("%m-%d")


def _maturity(fields: Mapping[str, Any], mapping: ColumnMapping) -> dict[str, Any]:
    return {
        "name": str(fields.get("maturity_name", "")),
        "amount": amount(fields.get("maturity_amount", 0), "maturity_amount"),
        "due_on": _date(fields["maturity_on"], mapping, "maturity_on"),
    }


def _facts(row: MappedRow) -> dict[str, Any]:
    if len(row.facts) > MAX_FACTS:
        raise RowRefused(f"has more than {MAX_FACTS} facts", "facts")
    for name, value in row.facts.items():
        if len(str(value)) > MAX_FACT_CHARS:
            raise RowRefused(f"is longer than {MAX_FACT_CHARS} characters", f"facts.{name}")
    return dict(row.facts)
