"""Advisor-days counted from the ledger anew with some evidence grades only; what is stored is of all grades."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from app_server.org.queries import leave_by_advisor
from app_server.team import queries
from shared_models.activity import Activity, ActivityKind
from shared_models.errors import TooLarge
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, fold_day
from shared_models.policy import Policies

# Some five seconds of one processor (docs/performance.md, decision 0023).
MOST_RECOUNTED = 60_000

Grades = frozenset[Grade]


class DayOf(NamedTuple):
    """Whose day: an advisor's in a unit on a business day."""

    advisor_id: UUID
    unit_path: str
    day: date


def recounted(
    session: Session, *, path: str, first: date, last: date, grades: Grades, policies: Policies
) -> Mapping[DayOf, AdvisorDay]:
    """The fold with these grades of each day on which an advisor of the subtree has activities.

    Raises TooLarge where there are more than MOST_RECOUNTED of them.
    """
    entries: dict[DayOf, list[Activity]] = defaultdict(list)
    managed_since: dict[UUID, date | None] = {}
    rows = queries.activities_between(session, path=path, first=first, last=last, most=MOST_RECOUNTED + 1)
    if len(rows) > MOST_RECOUNTED:
        raise TooLarge(
            f"Filtered figures are counted from the ledger each time, at most {MOST_RECOUNTED:,} activities at once: "
            "choose fewer days or a smaller unit."
        )
    for row in rows:
        entries[DayOf(row.advisor_id, row.unit_path, row.business_day)].append(queries.as_activity(row))
        if row.customer_id is not None:
            managed_since[row.customer_id] = row.managed_since
    voids: dict[UUID, list[Activity]] = defaultdict(list)
    kinds = {ActivityKind.VOID}
    for void in queries.remarks_between(session, path=path, first=first, last=last, kinds=kinds):
        voids[void.advisor_id].append(queries.as_activity(void))
    leave = leave_by_advisor(session, path, first=first, last=last)
    return {
        of: fold_day(
            [*activities, *voids[of.advisor_id]],
            managed_since,
            policies.on(of.day, leave.get(of.advisor_id, ())),
            grades,
        )
        for of, activities in entries.items()
    }
