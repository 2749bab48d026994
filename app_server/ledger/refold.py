"""Advisor-days folded anew from the ledger, by the one fold; nothing is ever added to what was stored."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any
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
    coming: Mapping[date, Collection[Activity]],
    folded_days: Collection[date],
    known_customers: Mapping[UUID, date | None],
    policies: Policies,
    branch_on: Callable[[date], UUID],
    now: datetime,
) -> list[dict[str, Any]]:
    """Fold again each day that a batch touches; returns the rows of those advisor-days, to store with the batch.

    `coming` is the batch by business day, not in the ledger yet; `folded_days` are days that have an
    advisor-day, all of the batch's among them; `known_customers` says when customers became managed, as far as that was read before. Hold the
    advisor's feed: it keeps another batch of theirs from folding the same days at once.
    """
    batch = {each.id: each for activities in coming.values() for each in activities}
    struck = {
        each.refers_to for each in batch.values() if each.kind is ActivityKind.VOID and each.refers_to is not None
    }
    # A day without an advisor-day has no earlier activities: the batch itself is all of it.
    begun = coming.keys() & set(folded_days)
    if struck := struck - batch.keys():
        begun |= queries.days_struck(session, struck)
    days = coming.keys() | begun
    earlier = queries.activities_on(session, advisor_id=advisor_id, days=begun) if begun else []
    activities = {each.id: each for each in earlier} | batch
    # Only what is there already can have been struck out before.
    if (activities.keys() | {each.refers_to for each in activities.values() if each.refers_to}) - batch.keys():
        voids = queries.voids_behind(session, advisor_id=advisor_id, days=days)
        activities |= {each.id: each for each in voids}
    customers = dict(known_customers)
    if missing := {each.customer_id for each in activities.values() if each.customer_id} - customers.keys():
        customers |= queries.managed_since(session, missing)
    return [
        {
            **advisor_day_values(fold_day(activities.values(), customers, policies.on(day))),
            "advisor_id": advisor_id,
            "business_day": day,
            "branch_id": branch_on(day),
            "folded_at": now,
        }
        for day in days
    ]
