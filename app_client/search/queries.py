"""Finding customers in the whole book by a few letters; SQL over the local store, and nothing is written."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app_client.session import AppSession
from shared_models.customers import Pool, Tier, pool_on

PAGE = 50
_LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for. `silent_days`: no call of any kind within so many days; None asks for nothing."""

    text: str = ""
    silent_days: int | None = None
    tier: Tier | None = None
    pool: Pool | None = None

    @property
    def is_open(self) -> bool:
        """Whether everybody passes."""
        return not self.text.strip() and self.silent_days is None and self.tier is None and self.pool is None


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer of the book as a list shows one."""

    id: UUID
    name: str
    phone: str
    tier: Tier | None
    pool: Pool
    last_called_on: date | None
    last_spoken_on: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """The first customers that pass, how many pass in all, and how many the book holds."""

    rows: tuple[FoundCustomer, ...]
    total: int
    in_book: int

    @property
    def hidden(self) -> int:
        """How many pass and are not among `rows`."""
        return self.total - len(self.rows)


def find_customers(session: AppSession, filters: Filters, *, most: int = PAGE) -> Found:
    """Customers that pass every filter: with a text the best match first, with `silent_days` the longest silence, else by name."""

    def read(tx: sqlite3.Connection) -> Found:
        today = session.today()
        where, arguments = _conditions(filters, today)
        total, in_book = tx.execute(
            f"SELECT count(*) FILTER (WHERE {where}), count(*) FROM customers",  # noqa: S608 - conditions are ours, values are bound
            arguments,
        ).fetchone()
        rank, rank_arguments = _rank(filters.text.strip())
        silence = "last_called_on IS NOT NULL, last_called_on," if filters.silent_days is not None else ""
        rows = tx.execute(
            "SELECT id, name, phone, tier, managed_since, last_called_on, last_spoken_on FROM customers"  # noqa: S608 - as above
            f" WHERE {where} ORDER BY {rank}, {silence} initials, name, id LIMIT ?",
            [*arguments, *rank_arguments, most],
        )
        return Found(rows=tuple(_found(row, today) for row in rows), total=total, in_book=in_book)

    return session.store.read(read)


def _conditions(filters: Filters, today: date) -> tuple[str, list[str]]:
    """The WHERE of the filters, and its values in order."""
    clauses = ["1"]
    values: list[str] = []
    text = filters.text.strip()
    if text:
        matches = [r"name LIKE ? ESCAPE '\'", r"initials LIKE ? ESCAPE '\'"]
        values += [f"%{_literal(text)}%", f"{_literal(text.lower())}%"]
        digits = "".join(letter for letter in text if letter.isdecimal())
        if len(digits) >= _LEAST_DIGITS:
            matches.append("digits LIKE ?")
            values.append(f"%{digits}%")
        clauses.append(f"({' OR '.join(matches)})")
    if filters.silent_days is not None:
        clauses.append("(last_called_on IS NULL OR last_called_on <= ?)")
        values.append((today - timedelta(days=filters.silent_days)).isoformat())
    if filters.tier is not None:
        clauses.append("tier = ?")
        values.append(filters.tier)
    if filters.pool is not None:
        managed = "(managed_since IS NOT NULL AND managed_since <= ?)"
        clauses.append(managed if filters.pool is Pool.MANAGED else f"NOT {managed}")
        values.append(today.isoformat())
    return " AND ".join(clauses), values


def _rank(text: str) -> tuple[str, list[str]]:
    """The whole name first, then its beginning, the end of the phone, the initials, and whatever else matches."""
    if not text:
        # No rank: a bare number would name a column here.
        return "NULL", []
    digits = "".join(letter for letter in text if letter.isdecimal()) or "-"
    return (
        r"CASE WHEN name = ? THEN 0 WHEN name LIKE ? ESCAPE '\' THEN 1 WHEN digits LIKE ? THEN 2 WHEN initials = ? THEN 3 ELSE 4 END",
        [text, f"{_literal(text)}%", f"%{digits}", text.lower()],
    )


def _literal(text: str) -> str:
    """A text in which LIKE finds no pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _found(row: sqlite3.Row, today: date) -> FoundCustomer:
    return FoundCustomer(
        id=UUID(row["id"]),
        name=row["name"],
        phone=row["phone"],
        tier=Tier(row["tier"]) if row["tier"] else None,
        pool=pool_on(_date(row["managed_since"]), today),
        last_called_on=_date(row["last_called_on"]),
        last_spoken_on=_date(row["last_spoken_on"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
