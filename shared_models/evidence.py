"""Evidence grades A–D (证据等级): how far an activity can be believed. What is counted is fold.py's business."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared_models.calls import Call, TimedBy
from shared_models.policy import Policy
from shared_models.visits import Visit

FIX_MAX_AGE = timedelta(minutes=10)


class Grade(StrEnum):
    """A matched by PBX record or card · B customer-confirmed · C device evidence consistent · D self-declared."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


def grade_call(call: Call, *, is_recorded: bool = False) -> Grade:
    """A when the bank's exchange recorded it, C when the device itself timed the call, else D."""
    if is_recorded:
        return Grade.A
    return Grade.C if call.timed_by is TimedBy.DEVICE else Grade.D


def grade_visit(visit: Visit, *, occurred_at: datetime, policy: Policy) -> Grade:
    """C when a genuine, fresh fix no coarser than the geofence came with the check-in, else D.

    Times are compared on the phone's own clock, so a wrong clock does not spoil a fresh fix.
    """
    fix = visit.fix
    if fix is None or fix.mocked or fix.accuracy_m > policy.geofence_m:
        return Grade.D
    return Grade.C if abs(occurred_at - fix.taken_at) <= FIX_MAX_AGE else Grade.D
