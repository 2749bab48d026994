"""Whom a head can put on a list: the customers an advisor was in touch with on a day, by how it went; nothing is asked or written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared_models.activity import ActivityKind
from shared_models.calls import CallOutcome
from shared_models.policy import Policy
from shared_models.team import TeamActivity

# Longer than any holiday.
_FURTHEST_DAYS = 31


class Group(StrEnum):
    """How the day ended with a customer, in the order a head thinks of them for the next list."""

    NO_ANSWER = "no_answer"
    INTERESTED = "interested"
    MET = "met"
    DECLINED = "declined"
    PROMISED = "promised"


# Those who are promised come back on their own day, and those who declined are left in peace, unless a head says otherwise.
USUAL_GROUPS = frozenset({Group.NO_ANSWER, Group.INTERESTED})
_OF_OUTCOME = {
    CallOutcome.NO_ANSWER: Group.NO_ANSWER,
    CallOutcome.INTERESTED: Group.INTERESTED,
    CallOutcome.DECLINED: Group.DECLINED,
    CallOutcome.APPOINTMENT: Group.PROMISED,
    CallOutcome.FOLLOW_UP: Group.PROMISED,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer of an advisor and how the day ended with them."""

    customer_id: UUID
    name: str
    advisor_id: UUID
    group: Group


def candidates_of(activities: Iterable[TeamActivity]) -> list[Candidate]:
    """The customers behind a day's activities, each once by the last of them, by group and then in the order of the day.

    A promise made that day outweighs what came after it. Wrong numbers and customers out of the head's sight are left out.
    """
    found: dict[tuple[UUID, UUID], Candidate] = {}
    for activity in sorted(activities, key=lambda each: (each.occurred_at, each.id)):
        group = _group_of(activity)
        if activity.voided or activity.customer_id is None or activity.customer_name is None or group is None:
            continue
        key = activity.advisor.id, activity.customer_id
        if key in found and found[key].group is Group.PROMISED:
            continue
        found[key] = Candidate(activity.customer_id, activity.customer_name, activity.advisor.id, group)
    groups = list(Group)
    return sorted(found.values(), key=lambda each: groups.index(each.group))


def list_days(policy: Policy, today: date, *, count: int) -> list[date]:
    """The days a list can be set for: today if it is worked, and the working days after it, `count` in all."""
    days = (today + timedelta(days=ahead) for ahead in range(_FURTHEST_DAYS))
    return [day for day in days if policy.calendar.is_working_day(day)][:count]


def _group_of(activity: TeamActivity) -> Group | None:
    if activity.kind == ActivityKind.VISIT:
        return Group.MET
    if activity.kind == ActivityKind.FOLLOW_UP:
        return Group.PROMISED
    outcome = activity.data.get("outcome")
    return _OF_OUTCOME.get(CallOutcome(outcome)) if outcome in set(CallOutcome) else None
