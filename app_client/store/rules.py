"""The dated policies, and the advisor's leave, as the store has them; below ledger and materialize, which both need them."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from shared_models.leave import Leave
from shared_models.policy import DayPolicy, Policies, Policy


def policies(tx: sqlite3.Connection) -> Policies:
    """All versions of the rule that came from the server; the contract's defaults before the first sync."""
    rows = tx.execute("SELECT doc FROM policies ORDER BY effective_from")
    return Policies(Policy.model_validate_json(row["doc"]) for row in rows)


def rule_on(tx: sqlite3.Connection, day: date) -> DayPolicy:
    """The rule of that day for this advisor: without targets where the day is their leave."""
    return rules_of(tx, [day])[0]


def rules_of(tx: sqlite3.Connection, days: Sequence[date]) -> list[DayPolicy]:
    """The rule of each of these days, which ascend, as `rule_on`."""
    rows = tx.execute(
        "SELECT id, first_day, last_day FROM leave WHERE first_day <= :last AND last_day >= :first",
        {"first": days[0].isoformat(), "last": days[-1].isoformat()},
    )
    leave = [Leave.model_validate(dict(row)) for row in rows]
    versions = policies(tx)
    return [versions.on(day, leave) for day in days]
