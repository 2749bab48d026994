"""Advisor-days folded anew from the ledger, by the one fold; nothing is ever added to what was stored."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app_server.ledger import queries
from app_server.ledger.queries import Earlier
from app_server.tables import advisor_day_values
from shared_models.activity import Activity, ActivityKind
from shared_models.fold import fold_day
from shared_models.leave import LeaveDays
from shared_models.policy import Policies


def refold(
    session: Session,
    *,
    advisor_id: UUID,
    coming: Mapping[date, Collection[Activity]],
    folded_days: Collection[date],
    known_customers: Mapping[UUID, date | None],
    policies: Policies,
    leave: Collection[LeaveDays],
    branch_on: Callable[[date], UUID],
    now: datetime,
) -> list[dict[str, Any]]:
    """Fold again each day that a batch touches; returns the rows of those advisor-days, to store with the batch.

    `coming` is the batch by business day, not in the ledger yet; `folded_days` are days that have an
    advisor-day, all of the batch's among them; `known_customers` says when the batch's became managed. Hold the
    advisor's feed, from before their `leave` was read: it keeps another batch, and a head who enters leave, from folding
    the same days at once.
    """
    batch = {each.id: each for activities in coming.values() for each in activities}
    referring = {each.id: target for each in batch.values() if (target := each.refers_to) and target not in batch}
    # A day without an advisor-day has no earlier activities: the batch itself is all of it.
    begun = coming.keys() & set(folded_days)
    if struck := {target for each, target in referring.items() if batch[each].kind is ActivityKind.VOID}:
        begun |= queries.days_struck(session, struck)
    earlier: list[Earlier] = []
    # Only what is there already can have been struck out before.
    if begun or referring:
        earlier = queries.earlier(session, advisor_id=advisor_id, days=begun, referred=referring.values())
    activities = {each.activity.id: each.activity for each in earlier} | batch
    customers = {each: since for (activity, since) in earlier if (each := activity.customer_id)} | dict(known_customers)
    return [
        {
            **advisor_day_values(fold_day(activities.values(), customers, policies.on(day, leave))),
            "advisor_id": advisor_id,
            "business_day": day,
            "branch_id": branch_on(day),
            "folded_at": now,
        }
        for day in coming.keys() | begun
    ]
