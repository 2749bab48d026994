"""The call list of a day: a head's plan or the best of the ranking, as it stood in the morning; what was done since is today's business."""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.rules import policies, rule_on
from shared_models.activity import Activity
from shared_models.morning import MorningList, list_of
from shared_models.plans import Promise, contacts_of
from shared_models.policy import Policies

MorningKey = tuple[date, str, int, int, str]


def morning_key(session: AppSession, day: date) -> MorningKey:
    """What the list of a day depends on; cheap, so that a screen need not rank its book at every render."""

    def read(tx: sqlite3.Connection) -> MorningKey:
        cursor = tx.execute("SELECT value FROM meta WHERE key = 'cursor'").fetchone()
        customers = tx.execute("SELECT count(*) FROM customers").fetchone()[0]
        earlier = tx.execute("SELECT count(*) FROM activities WHERE business_day < ?", (day.isoformat(),)).fetchone()[0]
        plan = tx.execute("SELECT doc FROM plans WHERE day = ?", (day.isoformat(),)).fetchone()
        return day, cursor[0] if cursor else "", customers, earlier, plan[0] if plan else ""

    return session.store.read(read)


def morning_list(session: AppSession, day: date) -> MorningList:
    """Rank the book for a day by what was known when it began."""

    def read(tx: sqlite3.Connection) -> MorningList:
        rules = policies(tx)
        rule = rule_on(tx, day)
        since = day - timedelta(days=rule.policy.feed_days)
        earlier = _before(ledger.ledger_since(tx, since), day, rules)
        customers = reads.customers_on(tx, day)
        promises = [each for each in reads.promises(tx, earlier) if rules.business_day(each.made_at, 0) < day]
        return list_of(
            day,
            customers,
            promises=promises,
            contacts=contacts_of(earlier, rules),
            plan=reads.plan_of(tx, day),
            wanted=rule.targets.calls,
            lent=reads.lent_from(tx, day),
        )

    return session.store.read(read)


def _before(activities: Sequence[Activity], day: date, rules: Policies) -> list[Activity]:
    return [a for a in activities if rules.business_day(a.occurred_at, a.clock_offset_ms) < day]


def promises_made(tx: sqlite3.Connection, activities: Sequence[Activity], *, day: date) -> list[Promise]:
    """The promises made that day that are due by its end already and still open: call back this afternoon. `activities` are the day's."""
    rules = policies(tx)
    return [
        promise
        for promise in reads.promises(tx, activities)
        if promise.due_on <= day and rules.business_day(promise.made_at, 0) == day
    ]
