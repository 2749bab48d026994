"""Forgetting the customers of colleagues (代打) when the day is over for which they were here."""

import sqlite3
from datetime import date


def has_lent_before(tx: sqlite3.Connection, today: date) -> bool:
    """Whether a colleague's customer is still here who was lent for an earlier day."""
    found = tx.execute("SELECT EXISTS (SELECT 1 FROM customers WHERE lent_from ->> 'day' < ?)", (today.isoformat(),))
    return bool(found.fetchone()[0])


def forget_lent(tx: sqlite3.Connection, today: date) -> None:
    """Remove the customers of colleagues who were here for an earlier day; how the calls to them count stays in `pools`."""
    tx.execute("DELETE FROM customers WHERE lent_from ->> 'day' < ?", (today.isoformat(),))
