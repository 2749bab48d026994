"""Evidence grades A–D (证据等级): how far an activity can be believed. What is counted is fold.py's business."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared_models.calls import Call, TimedBy
from shared_models.policy import Policy
from shared_models.visits import CardResult, ConfirmationResult, Visit, VisitCheck, VisitPlace

FIX_MAX_AGE = timedelta(minutes=10)
EARTH_RADIUS_M = 6_371_000


class Grade(StrEnum):
    """A matched by PBX record or card · B customer-confirmed · C device evidence consistent · D self-declared."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    # As of ActivityKind: grades are looked up several times for every activity of a bank.
    __hash__ = str.__hash__


def grade_call(call: Call, *, is_recorded: bool = False) -> Grade:
    """A when the bank's exchange recorded it, C when the device itself timed the call, else D."""
    if is_recorded:
        return Grade.A
    return Grade.C if call.timed_by is TimedBy.DEVICE else Grade.D


class VisitReason(StrEnum):
    """What decided a visit's grade."""

    CARD_MATCHED = "card_matched"
    CONFIRMED = "confirmed"
    LOCATED = "located"
    NO_FIX = "no_fix"
    MOCKED = "mocked"
    COARSE = "coarse"
    STALE = "stale"
    AWAY = "away"
    AWAY_FROM_CUSTOMER = "away_from_customer"


@dataclass(frozen=True, slots=True)
class VisitEvidence:
    """A visit's grade and what decided it."""

    grade: Grade
    reason: VisitReason


def visit_evidence(
    visit: Visit, *, occurred_at: datetime, policy: Policy, check: VisitCheck | None = None
) -> VisitEvidence:
    """A when the server matched the card, B when it matched the customer's code, C when the fix holds, else D with what was wrong with the fix.

    `check` is what the server found, if it found anything; a card or a code that did not match takes nothing away.
    """
    if check is not None and check.card is CardResult.MATCHED:
        return VisitEvidence(Grade.A, VisitReason.CARD_MATCHED)
    if check is not None and check.confirmation is ConfirmationResult.MATCHED:
        return VisitEvidence(Grade.B, VisitReason.CONFIRMED)
    trouble = _trouble_with_fix(visit, occurred_at=occurred_at, policy=policy)
    if trouble is None and check is not None:
        if check.outlet_m is not None:
            trouble = VisitReason.AWAY
        elif check.customer_m is not None:
            trouble = VisitReason.AWAY_FROM_CUSTOMER
    return VisitEvidence(Grade.C, VisitReason.LOCATED) if trouble is None else VisitEvidence(Grade.D, trouble)


def grade_visit(visit: Visit, *, occurred_at: datetime, policy: Policy, check: VisitCheck | None = None) -> Grade:
    """The grade of `visit_evidence`."""
    return visit_evidence(visit, occurred_at=occurred_at, policy=policy, check=check).grade


def metres_off(
    visit: Visit,
    *,
    occurred_at: datetime,
    policy: Policy,
    outlet: tuple[float, float] | None,
    customer: tuple[float, float] | None,
) -> int | None:
    """How far a visit was checked in from where it says it was, when that is outside the geofence.

    Measured from the outlet's place (latitude, longitude) for a visit there, from the customer's for a visit at theirs. None
    inside, within what the fix may be wrong by; also where no such place is known, or no fix that holds.
    """
    fix = visit.fix
    spot = {VisitPlace.OUTLET: outlet, VisitPlace.CUSTOMER: customer}.get(visit.place)
    if spot is None or fix is None:
        return None
    if _trouble_with_fix(visit, occurred_at=occurred_at, policy=policy) is not None:
        return None
    off = metres_between((fix.lat, fix.lon), spot)
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
