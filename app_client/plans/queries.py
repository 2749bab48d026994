"""The call list of a day: a head's plan or the best of the ranking, as it stood in the morning; what was done since is today's business."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.rules import policies, rule_on
from shared_models.activity import Activity
from shared_models.customers import Customer
from shared_models.plans import (
    Contact,
    Promise,
    Reason,
    ReasonCode,
    Target,
    contacts_of,
    rank_targets,
    reasons_for,
)
from shared_models.policy import Policies

# A list on a day without targets, and the least length of a list on any other.
DEFAULT_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer of the list with the reasons, strongest first; `is_picked` by the head."""

    customer_id: UUID
    reasons: tuple[Reason, ...]
    is_picked: bool = False


@dataclass(frozen=True, slots=True)
class MorningList:
    """The list of `day`: `listed` is the plan or the best of the ranking, `further` whom to call once it is used up.

    `note` and `is_set` are the head's. It rests on nothing that happened on the day itself, so it stays the same all day.
    """

    day: date
    listed: tuple[Listed, ...]
    further: tuple[Listed, ...]
    is_set: bool
    note: str | None


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
        customers = reads.all_customers(tx)
        promises = [each for each in reads.promises(tx, earlier) if rules.business_day(each.made_at, 0) < day]
        contacts = contacts_of(earlier, rules)
        ranked = rank_targets(customers, promises=promises, contacts=contacts, day=day)
        plan = reads.plan_of(tx, day)
        length = rule.targets.calls or DEFAULT_LENGTH
        if plan is None or not plan.customer_ids:
            return _ranked_list(day, ranked, length, note=plan.note if plan else None)
        return _planned_list(day, plan.customer_ids, customers, ranked, promises, contacts, note=plan.note)

    return session.store.read(read)


def _before(activities: Sequence[Activity], day: date, rules: Policies) -> list[Activity]:
    return [a for a in activities if rules.business_day(a.occurred_at, a.clock_offset_ms) < day]


def _ranked_list(day: date, ranked: Sequence[Target], length: int, *, note: str | None) -> MorningList:
    listed = tuple(Listed(target.customer_id, target.reasons) for target in ranked)
    return MorningList(day=day, listed=listed[:length], further=listed[length:], is_set=False, note=note)


def _planned_list(
    day: date,
    customer_ids: Sequence[UUID],
    customers: Sequence[Customer],
    ranked: Sequence[Target],
    promises: Sequence[Promise],
    contacts: dict[UUID, Contact],
    *,
    note: str | None,
) -> MorningList:
    """The head's order; a customer who has left the book is left out, promises due that the head did not see come first."""
    known = {customer.id: customer for customer in customers}
    promised = {promise.customer_id: promise for promise in promises}
    chosen = [customer_id for customer_id in dict.fromkeys(customer_ids) if customer_id in known]
    due = [
        Listed(target.customer_id, target.reasons)
        for target in ranked
        if target.reasons[0].code in (ReasonCode.PROMISED, ReasonCode.APPOINTMENT) and target.customer_id not in chosen
    ]
    picked = [
        Listed(
            customer_id,
            reasons_for(
                known[customer_id],
                promise=promised.get(customer_id),
                contact=contacts.get(customer_id, Contact()),
                day=day,
            )
            or (Reason(code=ReasonCode.PICKED),),
            is_picked=True,
        )
        for customer_id in chosen
    ]
    listed = tuple(due + picked)
    on_list = {one.customer_id for one in listed}
    further = tuple(
        Listed(target.customer_id, target.reasons) for target in ranked if target.customer_id not in on_list
    )
    return MorningList(day=day, listed=listed, further=further, is_set=True, note=note)


def promises_made(tx: sqlite3.Connection, activities: Sequence[Activity], *, day: date) -> list[Promise]:
    """The promises made that day that are due by its end already and still open: call back this afternoon. `activities` are the day's."""
    rules = policies(tx)
    return [
        promise
        for promise in reads.promises(tx, activities)
        if promise.due_on <= day and rules.business_day(promise.made_at, 0) == day
    ]
