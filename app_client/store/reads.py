"""Small reads that several screens share; a screen's own questions live in its queries.py."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app_client.store.ledger import activities_between, activities_of_day
from app_client.store.rules import policies, rule_on, rules_of
from shared_models.activity import Activity, ActivityKind
from shared_models.customers import Customer
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, fold_day
from shared_models.notices import Notice
from shared_models.org import UnitKind
from shared_models.plans import Handed, Plan, Promise, open_promises
from shared_models.products import Product

__all__ = [
    "BookEntry",
    "book",
    "customer",
    "customers_on",
    "day_figures",
    "figures_of_days",
    "keep_reply",
    "kept_reply",
    "lent_from",
    "lent_to",
    "managed_since",
    "notices",
    "plan_of",
    "policies",
    "products",
    "promises",
    "rule_on",
]

KEPT_REPLIES = 200


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A customer and when this ledger, or the server, last saw them called and spoken to."""

    customer: Customer
    last_called_on: date | None
    last_spoken_on: date | None


def day_figures(tx: sqlite3.Connection, day: date, grades: Sequence[Grade] = ()) -> AdvisorDay:
    """The advisor's figures of that day, counted with these grades alone if any are named: the fold over the store's own ledger."""
    activities = activities_of_day(tx, day)
    customers = {activity.customer_id for activity in activities if activity.customer_id is not None}
    return fold_day(activities, managed_since(tx, customers), rule_on(tx, day), grades or None)


def figures_of_days(tx: sqlite3.Connection, days: Sequence[date]) -> list[AdvisorDay]:
    """The advisor's figures of each of these days, which ascend, as `day_figures`; the ledger is read once for all of them."""
    activities = activities_between(tx, days[0], days[-1])
    customers = managed_since(tx, {each.customer_id for each in activities if each.customer_id is not None})
    versions = policies(tx)
    voids = [each for each in activities if each.kind is ActivityKind.VOID]
    of_day: dict[date, list[Activity]] = defaultdict(list)
    for each in activities:
        of_day[versions.business_day(each.occurred_at, each.clock_offset_ms)].append(each)
    return [fold_day([*of_day[rule.day], *voids], customers, rule) for rule in rules_of(tx, days)]


def managed_since(tx: sqlite3.Connection, customer_ids: Iterable[UUID] | None = None) -> dict[UUID, date | None]:
    """When each customer became managed, None for prospects; all that were ever here, or only these."""
    if customer_ids is None:
        rows = tx.execute("SELECT customer_id, managed_since FROM pools")
    else:
        wanted = json.dumps([str(customer_id) for customer_id in customer_ids])
        rows = tx.execute(
            "SELECT customer_id, managed_since FROM pools WHERE customer_id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
    return {UUID(row["customer_id"]): _date(row["managed_since"]) for row in rows}


def customer(tx: sqlite3.Connection, customer_id: UUID) -> Customer | None:
    """One customer of the book, if they are (still) in it."""
    row = tx.execute("SELECT doc FROM customers WHERE id = ?", (str(customer_id),)).fetchone()
    return None if row is None else Customer.model_validate_json(row["doc"])


def customers_on(tx: sqlite3.Connection, day: date) -> list[Customer]:
    """Whom the advisor has on that day, by id: their book without who is lent to colleagues, and who is lent to them."""
    rows = tx.execute(
        "SELECT doc FROM customers WHERE coalesce(lent_from ->> 'day', :day) = :day "
        "AND coalesce(lent_to ->> 'day', '') <> :day ORDER BY id",
        {"day": day.isoformat()},
    )
    return [Customer.model_validate_json(row["doc"]) for row in rows]


def lent_from(tx: sqlite3.Connection, day: date) -> dict[UUID, str]:
    """The customers of colleagues who are lent to the advisor on that day, and whose each is, by name."""
    return _lent(tx, "lent_from", day)


def lent_to(tx: sqlite3.Connection, day: date) -> dict[UUID, str]:
    """The customers of the book whom a colleague has on that day, and who, by name."""
    return _lent(tx, "lent_to", day)


def _lent(tx: sqlite3.Connection, column: Literal["lent_from", "lent_to"], day: date) -> dict[UUID, str]:
    rows = tx.execute(
        f"SELECT id, {column} ->> 'name' AS name FROM customers WHERE {column} ->> 'day' = ? ORDER BY name, initials, id",  # noqa: S608 - one of our two columns
        (day.isoformat(),),
    )
    return {UUID(row["id"]): row["name"] for row in rows}


def book(tx: sqlite3.Connection) -> list[BookEntry]:
    """The whole book with the days of the last call and the last conversation, by id."""
    rows = tx.execute("SELECT doc, last_called_on, last_spoken_on FROM customers ORDER BY id")
    return [
        BookEntry(Customer.model_validate_json(row["doc"]), _date(row["last_called_on"]), _date(row["last_spoken_on"]))
        for row in rows
    ]


def promises(tx: sqlite3.Connection, activities: Iterable[Activity]) -> list[Promise]:
    """The promises of this ledger that are still open to customers of the book, with those they brought along, soonest first.

    What was promised to somebody who has left the book is for whoever has them now. Who is lent here brings theirs for the day.
    """
    rows = tx.execute("SELECT id, handed FROM customers").fetchall()
    handed = {UUID(row["id"]): Handed.model_validate_json(row["handed"]) for row in rows if row["handed"] is not None}
    book = {row["id"] for row in rows}
    return [each for each in open_promises(activities, handed) if str(each.customer_id) in book]


def products(tx: sqlite3.Connection) -> list[Product]:
    """The shelf, by id."""
    return [Product.model_validate_json(row["doc"]) for row in tx.execute("SELECT doc FROM products ORDER BY id")]


def plan_of(tx: sqlite3.Connection, day: date) -> Plan | None:
    """The list a head set for that day, if any."""
    row = tx.execute("SELECT doc FROM plans WHERE day = ?", (day.isoformat(),)).fetchone()
    return None if row is None else Plan.model_validate_json(row["doc"])


def notices(tx: sqlite3.Connection, day: date) -> list[Notice]:
    """What heads say to all for that day, from the top of the bank down to the advisor's own unit."""
    rows = tx.execute("SELECT doc FROM notices WHERE day = ? ORDER BY id", (day.isoformat(),))
    found = [Notice.model_validate_json(row["doc"]) for row in rows]
    return sorted(found, key=lambda each: list(UnitKind).index(each.unit_kind))


def keep_reply(tx: sqlite3.Connection, key: str, doc: str, *, fetched_at: datetime) -> None:
    """Keep an answer of the server (JSON) to show when it cannot be reached; only the latest few are kept."""
    tx.execute(
        "INSERT INTO replies VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET doc = excluded.doc, fetched_at = excluded.fetched_at",
        (key, doc, fetched_at.isoformat()),
    )
    tx.execute(
        "DELETE FROM replies WHERE key NOT IN (SELECT key FROM replies ORDER BY fetched_at DESC LIMIT ?)",
        (KEPT_REPLIES,),
    )


def kept_reply(tx: sqlite3.Connection, key: str) -> tuple[Any, datetime] | None:
    """The kept answer as JSON values, and when it came; Any, for each caller knows its own shape."""
    row = tx.execute("SELECT doc, fetched_at FROM replies WHERE key = ?", (key,)).fetchone()
    return None if row is None else (json.loads(row["doc"]), datetime.fromisoformat(row["fetched_at"]))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
