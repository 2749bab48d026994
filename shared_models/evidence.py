"""Evidence grades A–D (证据等级): how far an activity can be believed. What is counted is fold.py's business."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared_models.calls import Call, TimedBy
from shared_models.policy import Policy
from shared_models.visits import CardResult, Visit, VisitCheck, VisitPlace

FIX_MAX_AGE = timedelta(minutes=10)
EARTH_RADIUS_M = 6_371_000


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


class VisitReason(StrEnum):
    """What decided a visit's grade."""

    CARD_MATCHED = "card_matched"
    LOCATED = "located"
    NO_FIX = "no_fix"
    MOCKED = "mocked"
    COARSE = "coarse"
    STALE = "stale"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class VisitEvidence:
    """A visit's grade and what decided it."""

    grade: Grade
    reason: VisitReason


def visit_evidence(
    visit: Visit, *, occurred_at: datetime, policy: Policy, check: VisitCheck | None = None
) -> VisitEvidence:
    """A when the server matched the card, C when the fix holds, else D with what was wrong with the fix.

    `check` is what the server found, if it found anything; a card that did not match takes nothing away from the fix.
    """
    if check is not None and check.card is CardResult.MATCHED:
        return VisitEvidence(Grade.A, VisitReason.CARD_MATCHED)
    trouble = _trouble_with_fix(visit, occurred_at=occurred_at, policy=policy)
    if trouble is None and check is not None and check.outlet_m is not None:
        trouble = VisitReason.AWAY
    return VisitEvidence(Grade.C, VisitReason.LOCATED) if trouble is None else VisitEvidence(Grade.D, trouble)


def grade_visit(visit: Visit, *, occurred_at: datetime, policy: Policy, check: VisitCheck | None = None) -> Grade:
    """The grade of `visit_evidence`."""
    return visit_evidence(visit, occurred_at=occurred_at, policy=policy, check=check).grade


def metres_off(
    visit: Visit, *, occurred_at: datetime, policy: Policy, outlet: tuple[float, float] | None
) -> int | None:
    """How far from the outlet (latitude, longitude) a visit there was checked in, when that is outside the geofence.

    None inside, within what the fix may be wrong by; also where there is no outlet's place, or no fix that holds.
    """
    fix = visit.fix
    if visit.place is not VisitPlace.OUTLET or outlet is None or fix is None:
        return None
    if _trouble_with_fix(visit, occurred_at=occurred_at, policy=policy) is not None:
        return None
    off = metres_between((fix.lat, fix.lon), outlet)
    return round(off) if off > policy.geofence_m + fix.accuracy_m else None


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way over the ground between two places in degrees (haversine); exact to half a percent."""
    (lat, lon), (other_lat, other_lon) = (map(math.radians, place) for place in (one, other))
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def _trouble_with_fix(visit: Visit, *, occurred_at: datetime, policy: Policy) -> VisitReason | None:
    # Times are compared on the phone's own clock, so a wrong clock does not spoil a fresh fix.
    fix = visit.fix
    if fix is None:
        return VisitReason.NO_FIX
    if fix.mocked:
        return VisitReason.MOCKED
    if fix.accuracy_m > policy.geofence_m:
        return VisitReason.COARSE
    return None if abs(occurred_at - fix.taken_at) <= FIX_MAX_AGE else VisitReason.STALE
