"""The fold: the only place where anything is counted, on the phone and on the server alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from shared_models.activity import Activity, Void
from shared_models.boards import BoardShown
from shared_models.calls import Call, CallOutcome, is_connected
from shared_models.customers import Pool, pool_on
from shared_models.evidence import Grade, grade_call, grade_visit
from shared_models.policy import DayPolicy, Targets, business_day, is_effective
from shared_models.proposals import PickResponse, Proposal
from shared_models.telephony import PbxRecord, Spoken, match_calls
from shared_models.visits import Visit, VisitCheck

# When each customer of a ledger became managed; None, or absent, means a prospect.
ManagedSince = Mapping[UUID, date | None]

UNSPECIFIED = "unspecified"


def no_grades() -> dict[Grade, int]:
    """Zero of each grade."""
    return dict.fromkeys(Grade, 0)


class Figures(BaseModel):
    """What can be counted and added up. `amount_bought` in yuan; `declines` by reason code."""

    calls: int = 0
    calls_connected: int = 0
    calls_effective: int = 0
    calls_effective_managed: int = 0
    calls_effective_prospect: int = 0
    calls_graded: dict[Grade, int] = Field(default_factory=no_grades)
    visits: int = 0
    visits_graded: dict[Grade, int] = Field(default_factory=no_grades)
    visits_verified: int = 0
    visits_with_three: int = 0
    products_presented: int = 0
    products_bought: int = 0
    amount_bought: Decimal = Decimal("0.00")
    boards_shown: int = 0
    declines: dict[str, int] = Field(default_factory=dict[str, int])
    targets: Targets = Field(default_factory=Targets)


class AdvisorDay(Figures):
    """One advisor's business day (工作日). `called_customers`: the managed ones effectively called, for coverage."""

    met: bool = False
    called_customers: list[UUID] = Field(default_factory=list[UUID], exclude=True)


def fold_day(activities: Iterable[Activity], customers: ManagedSince, policy: DayPolicy) -> AdvisorDay:
    """Count one advisor's business day.

    `activities` is any part of that advisor's ledger that holds the day and the voids aimed at it, in any order and
    with any repeats; what belongs to another day is passed over. A call and a visit count once per customer and day; a
    logged call and the exchange's record of it are one call, and the exchange says how long it was.
    """
    standing, voided = _standing(activities, policy)
    result = AdvisorDay(targets=policy.targets)
    _count_calls(result, standing, customers, policy)
    _count_visits(result, standing, voided, policy)
    result.boards_shown = sum(isinstance(activity.data, BoardShown) for activity in standing)
    return result


def recorded_calls(activities: Iterable[Activity], policy: DayPolicy) -> dict[UUID, UUID]:
    """Which of the exchange's records each logged call of the day is, by the call's id; `activities` as for `fold_day`."""
    standing, _ = _standing(activities, policy)
    return _recorded(standing, _records(standing), policy)


def standing_activities(activities: Iterable[Activity], policy: DayPolicy) -> list[Activity]:
    """The activities of the day, each once, that no void took back; `activities` as for `fold_day`."""
    return _standing(activities, policy)[0]


def as_recorded(activities: Iterable[Activity], policy: DayPolicy) -> list[Activity]:
    """The activities with each logged call of the day as long as the exchange says it was, without the records of such calls."""
    known = list(activities)
    paired = recorded_calls(known, policy)
    records = _records(known)
    behind = set(paired.values())
    return [_as_long_as(each, records.get(paired.get(each.id, each.id))) for each in known if each.id not in behind]


def _as_long_as(activity: Activity, record: PbxRecord | None) -> Activity:
    if record is None or not isinstance(activity.data, Call):
        return activity
    return activity.model_copy(update={"data": activity.data.model_copy(update={"talk_seconds": record.talk_seconds})})


def unlogged_records(activities: Iterable[Activity], policy: DayPolicy) -> list[Activity]:
    """The exchange's records of the day of which no logged call says how they went, oldest first."""
    standing, _ = _standing(activities, policy)
    records = _records(standing)
    logged = set(_recorded(standing, records, policy).values())
    waiting = [each for each in standing if each.id in records and each.id not in logged]
    return sorted(waiting, key=lambda each: (each.corrected_at, each.id))


def _standing(activities: Iterable[Activity], policy: DayPolicy) -> tuple[list[Activity], set[UUID]]:
    """The activities of the day, each once, that no void took back; and the ids of all that voids were aimed at."""
    unique = {activity.id: activity for activity in activities}
    voided = {activity.data.activity_id for activity in unique.values() if isinstance(activity.data, Void)}
    standing = [
        activity
        for activity in unique.values()
        if activity.id not in voided
        and business_day(
            activity.occurred_at, clock_offset_ms=activity.clock_offset_ms, timezone=policy.policy.timezone
        )
        == policy.day
    ]
    return standing, voided


def _records(standing: Iterable[Activity]) -> dict[UUID, PbxRecord]:
    return {activity.id: activity.data for activity in standing if isinstance(activity.data, PbxRecord)}


def _recorded(standing: Iterable[Activity], records: Mapping[UUID, PbxRecord], policy: DayPolicy) -> dict[UUID, UUID]:
    if not records:
        return {}
    calls: list[Spoken] = []
    recorded: list[Spoken] = []
    for each in standing:
        match each.data:
            case Call(talk_seconds=seconds, pbx_record_id=names):
                # It is logged when it is over, so it began its talk time earlier.
                begun = each.corrected_at - timedelta(seconds=seconds)
                calls.append(Spoken(each.id, each.customer_id, begun, each.corrected_at, names))
            case PbxRecord(started_at=starts, ended_at=ends):
                recorded.append(Spoken(each.id, each.customer_id, starts, ends))
            case _:
                pass
    return match_calls(calls, recorded, within=timedelta(minutes=policy.policy.pbx_match_minutes))


def _count_calls(result: AdvisorDay, standing: list[Activity], customers: ManagedSince, policy: DayPolicy) -> None:
    # Counted in plain variables: setting a model's field is slow, and this runs for every activity of a bank.
    calls = connected = 0
    effective: set[UUID] = set()
    declines: dict[str, int] = defaultdict(int)
    records = _records(standing)
    recorded = _recorded(standing, records, policy)
    # A record that nobody logged is a call by itself: of how it went, no more is known than whether they spoke.
    for unlogged in records.keys() - set(recorded.values()):
        calls += 1
        connected += records[unlogged].talk_seconds > 0
        result.calls_graded[Grade.A] += 1
    for activity in standing:
        call = activity.data
        if not isinstance(call, Call):
            continue
        record = records[recorded[activity.id]] if activity.id in recorded else None
        if record is not None:
            call = call.model_copy(update={"talk_seconds": record.talk_seconds})
        spoke = is_connected(call) and (record is None or record.talk_seconds > 0)
        calls += 1
        connected += spoke
        result.calls_graded[grade_call(call, is_recorded=record is not None)] += 1
        if call.outcome is CallOutcome.DECLINED:
            declines[call.decline_reason or UNSPECIFIED] += 1
        counts = is_effective(call, policy.policy) and (record is None or spoke)
        if activity.customer_id is not None and counts:
            effective.add(activity.customer_id)
    managed = {c for c in effective if pool_on(customers.get(c), policy.day) is Pool.MANAGED}
    result.calls, result.calls_connected = calls, connected
    result.calls_effective = len(effective)
    result.calls_effective_managed = len(managed)
    result.calls_effective_prospect = len(effective) - len(managed)
    result.declines = dict(sorted(declines.items()))
    result.called_customers = sorted(managed)


def _count_visits(result: AdvisorDay, standing: list[Activity], voided: set[UUID], policy: DayPolicy) -> None:
    grades: dict[UUID, Grade] = {}
    products: dict[UUID, set[UUID]] = defaultdict(set)
    bought: set[tuple[UUID, UUID]] = set()
    excused: set[UUID] = set()
    checks = checks_of(standing)
    for activity in standing:
        customer = activity.customer_id
        if customer is None:
            continue
        match activity.data:
            case Visit() as visit:
                check = checks.get(activity.id)
                grade = grade_visit(visit, occurred_at=activity.occurred_at, policy=policy.policy, check=check)
                grades[customer] = min(grade, grades.get(customer, Grade.D))
            case Proposal() as proposal if proposal.visit_id not in voided:
                products[customer].update(pick.product_id for pick in proposal.picks)
                if proposal.fewer_because:
                    excused.add(customer)
                for pick in proposal.picks:
                    if pick.response is PickResponse.BOUGHT:
                        bought.add((customer, pick.product_id))
                        result.amount_bought += pick.amount or 0
            case _:
                pass
    for grade in grades.values():
        result.visits_graded[grade] += 1
    result.visits = len(grades)
    result.visits_verified = result.visits - result.visits_graded[Grade.D]
    wanted = policy.policy.products_per_visit
    result.visits_with_three = sum(len(products[customer]) >= wanted for customer in grades)
    result.products_presented = sum(len(each) for each in products.values())
    result.products_bought = len(bought)
    result.met = (
        result.calls_effective >= policy.policy.calls
        and result.visits >= policy.policy.visits
        and all(len(products[customer]) >= wanted or customer in excused for customer in grades)
    )


def checks_of(activities: Iterable[Activity]) -> dict[UUID, VisitCheck]:
    """What the server found of visits, by the visit's id."""
    return {each.data.visit_id: each.data for each in activities if isinstance(each.data, VisitCheck)}


def sum_figures(parts: Iterable[Figures]) -> Figures:
    """The sum of each figure, targets included; exact, so any grouping of the same days gives the same totals."""
    total = Figures()
    for part in parts:
        for name in _SCALARS:
            setattr(total, name, getattr(total, name) + getattr(part, name))
        for grade in Grade:
            total.calls_graded[grade] += part.calls_graded[grade]
            total.visits_graded[grade] += part.visits_graded[grade]
        for reason, count in part.declines.items():
            total.declines[reason] = total.declines.get(reason, 0) + count
        total.targets = Targets(
            calls=total.targets.calls + part.targets.calls,
            visits=total.targets.visits + part.targets.visits,
            products_per_visit=total.targets.products_per_visit + part.targets.products_per_visit,
        )
    total.declines = dict(sorted(total.declines.items()))
    return total


_SCALARS = (
    "calls",
    "calls_connected",
    "calls_effective",
    "calls_effective_managed",
    "calls_effective_prospect",
    "visits",
    "visits_verified",
    "visits_with_three",
    "products_presented",
    "products_bought",
    "amount_bought",
    "boards_shown",
)
