"""Advisor-days folded anew from the ledger, by the one fold; nothing is ever added to what was stored."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.ledger import queries
from app_server.tables import advisor_day_values
from shared_models.activity import Activity, ActivityKind
from shared_models.fold import fold_day
from shared_models.policy import Policies


def refold(
    session: Session,
    *,
    advisor_id: UUID,
    appended: Sequence[Activity],
    folded_days: Collection[date],
    known_customers: Mapping[UUID, date | None],
    policies: Policies,
    branch_on: Callable[[date], UUID],
    now: datetime,
) -> None:
    """Fold again each day that activities just appended touch.

    `appended` are in the ledger already; `folded_days` are all that have an advisor-day; `known_customers` says when
    customers became managed, as far as that was read before. Hold the advisor's feed: it keeps another batch of theirs from folding the same days at once.
    """
    days = {policies.business_day(each.occurred_at, each.clock_offset_ms) for each in appended}
    struck = {each.refers_to for each in appended if each.kind is ActivityKind.VOID and each.refers_to is not None}
    if struck:
        days |= queries.days_struck(session, struck)
    begun = days & set(folded_days)
    # A day without an advisor-day has no earlier activities: the batch itself is all of it.
    earlier = queries.activities_on(session, advisor_id=advisor_id, days=begun) if begun else []
    activities = {each.id: each for each in (*earlier, *appended)}
    fresh = {each.id for each in appended}
    # Only what was there before this batch can have been struck out before it.
    strikable = (activities.keys() | {each.refers_to for each in activities.values() if each.refers_to}) - fresh
    if strikable:
        voids = queries.voids_behind(session, advisor_id=advisor_id, days=days)
        activities |= {each.id: each for each in voids}
    customers = dict(known_customers)
    if missing := {each.customer_id for each in activities.values() if each.customer_id} - customers.keys():
        customers |= queries.managed_since(session, missing)
    rows = [
        {
            **advisor_day_values(fold_day(activities.values(), customers, policies.on(day))),
            "advisor_id": advisor_id,
            "business_day": day,
            "branch_id": branch_on(day),
            "folded_at": now,
        }
        for day in days
    ]
    queries.store_days(session, rows)
