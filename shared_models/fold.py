"""The fold: the only place where anything is counted, on the phone and on the server alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
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

# Raised whenever the same ledger folds to something else, or to more: what was stored by an earlier version is refolded.
FOLD_VERSION = 3

_NONE_OF_EACH = dict.fromkeys(Grade, 0)


def no_grades() -> dict[Grade, int]:
    """Zero of each grade."""
    return _NONE_OF_EACH.copy()


class Figures(BaseModel):
    """What can be counted and added up. `amount_bought` in yuan; `declines` by reason code.

    A figure's evidence mix is the same count by grade, under the figure's name and `_graded`; `mix_of` says which mix
    each figure shows. Where something counts once however often it was done, its best evidence is its grade. A product
    has the grade of the visit it was presented at, D without one that stands on that day; a visit with three the
    weakest that it takes, of the visit and the three. `appointments`: the customers of effective calls who agreed to meet.
    """

    calls: int = 0
    calls_connected: int = 0
    calls_effective: int = 0
    calls_effective_managed: int = 0
    calls_effective_prospect: int = 0
    appointments: int = 0
    calls_graded: dict[Grade, int] = Field(default_factory=no_grades)
    calls_connected_graded: dict[Grade, int] = Field(default_factory=no_grades)
    calls_effective_graded: dict[Grade, int] = Field(default_factory=no_grades)
    calls_effective_managed_graded: dict[Grade, int] = Field(default_factory=no_grades)
    visits: int = 0
    visits_graded: dict[Grade, int] = Field(default_factory=no_grades)
    visits_verified: int = 0
    visits_with_three: int = 0
    visits_with_three_graded: dict[Grade, int] = Field(default_factory=no_grades)
    products_presented: int = 0
    products_presented_graded: dict[Grade, int] = Field(default_factory=no_grades)
    products_bought: int = 0
    products_bought_graded: dict[Grade, int] = Field(default_factory=no_grades)
    amount_bought: Decimal = Decimal("0.00")
    boards_shown: int = 0
    declines: dict[str, int] = Field(default_factory=dict[str, int])
    targets: Targets = Field(default_factory=Targets)


class AdvisorDay(Figures):
    """One advisor's business day (工作日). `called_customers`: the managed ones effectively called, for coverage.

    On leave there is nothing to meet, so nobody has `met`; whatever they do all the same counts as on any day.
    """

    on_leave: bool = False
    met: bool = False
    called_customers: list[UUID] = Field(default_factory=list[UUID], exclude=True)


MIXES: tuple[str, ...] = tuple(name for name in Figures.model_fields if name.endswith("_graded"))


def mix_of(figures: Figures, metric: str) -> dict[Grade, int] | None:
    """The evidence mix that a figure shows, which sums to the figure; of an amount that of the products it was paid for.

    None for what is no count of evidence: targets and whether they were met, refusals, which are told by reason, and boards.
    """
    if metric == "calls_effective_prospect":
        managed = figures.calls_effective_managed_graded
        return {grade: count - managed[grade] for grade, count in figures.calls_effective_graded.items()}
    if metric == "visits_verified":
        return figures.visits_graded | {Grade.D: 0}
    name = "products_bought_graded" if metric == "amount_bought" else f"{metric}_graded"
    return getattr(figures, name) if name in MIXES else None


def fold_day(
    activities: Iterable[Activity],
    customers: ManagedSince,
    policy: DayPolicy,
    grades: Collection[Grade] | None = None,
) -> AdvisorDay:
    """Count one advisor's business day.

    `activities` is any part of that advisor's ledger that holds the day and the voids aimed at it, in any order and
    with any repeats; what belongs to another day is passed over. A call and a visit count once per customer and day; a
    logged call and the exchange's record of it are one call, and the exchange says how long it was. With `grades` only
    calls and visits of these are counted, and what hangs on them, as if the ledger held nothing else.
    """
    standing, voided = _standing(activities, policy)
    if grades is not None:
        standing = _of_grades(standing, policy, grades)
    result = AdvisorDay(targets=policy.targets, on_leave=policy.on_leave)
    _count_calls(result, standing, customers, policy)
    _count_visits(result, standing, voided, policy)
    result.boards_shown = sum(isinstance(activity.data, BoardShown) for activity in standing)
    return result


def counted_with(activities: Iterable[Activity], policy: DayPolicy, grades: Collection[Grade]) -> list[Activity]:
    """The part of a ledger that the fold counts when it counts these grades only, with the voids; `activities` as for `fold_day`."""
    known = list(activities)
    standing, _ = _standing(known, policy)
    voids = [each for each in known if isinstance(each.data, Void)]
    return [*voids, *(each for each in _of_grades(standing, policy, grades) if not isinstance(each.data, Void))]


def grades_of(activities: Iterable[Activity], policy: DayPolicy) -> dict[UUID, Grade]:
    """The grade of each standing activity of the day that has one, by its id; `activities` as for `fold_day`."""
    standing, _ = _standing(activities, policy)
    return _grades_of(standing, policy)


def _of_grades(standing: list[Activity], policy: DayPolicy, grades: Collection[Grade]) -> list[Activity]:
    graded = _grades_of(standing, policy)
    return [each for each in standing if each.id not in graded or graded[each.id] in grades]


def _grades_of(standing: list[Activity], policy: DayPolicy) -> dict[UUID, Grade]:
    """Calls and visits by their own evidence, proposals and boards by that of what they were shown in, D where that is nothing."""
    records, checks = _records(standing), checks_of(standing)
    recorded = _recorded(standing, records, policy)
    found = dict.fromkeys(records, Grade.A)
    visited: dict[UUID, tuple[UUID | None, Grade]] = {}
    for each in standing:
        match each.data:
            case Call() as call:
                found[each.id] = grade_call(call, is_recorded=each.id in recorded)
            case Visit() as visit:
                check = checks.get(each.id)
                grade = grade_visit(visit, occurred_at=each.occurred_at, policy=policy.policy, check=check)
                found[each.id], visited[each.id] = grade, (each.customer_id, grade)
            case _:
                pass
    shown: dict[UUID, Grade] = {}
    for each in standing:
        match each.data:
            case Proposal(visit_id=visit_id):
                shown[each.id] = _grade_at(visited.get(visit_id), each.customer_id)
            case BoardShown(visit_id=visit_id, call_id=call_id):
                shown[each.id] = _best(found, visit_id, call_id)
            case _:
                pass
    return found | shown


def _best(graded: Mapping[UUID, Grade], *ids: UUID | None) -> Grade:
    return min((graded[each] for each in ids if each is not None and each in graded), default=Grade.D)


def _grade_at(visit: tuple[UUID | None, Grade] | None, customer_id: UUID | None) -> Grade:
    """The grade of what was presented to a customer at a visit, given whose that was and its grade."""
    return visit[1] if visit is not None and visit[0] == customer_id else Grade.D


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
                over = each.corrected_at
                calls.append(Spoken(each.id, each.customer_id, over - timedelta(seconds=seconds), over, names))
            case PbxRecord(started_at=starts, ended_at=ends):
                recorded.append(Spoken(each.id, each.customer_id, starts, ends))
            case _:
                pass
    return match_calls(calls, recorded, within=timedelta(minutes=policy.policy.pbx_match_minutes))


def _count_calls(result: AdvisorDay, standing: list[Activity], customers: ManagedSince, policy: DayPolicy) -> None:
    # Counted in plain variables: setting a model's field is slow, and this runs for every activity of a bank.
    calls = connected = 0
    graded, connected_graded = result.calls_graded, result.calls_connected_graded
    effective: dict[Grade, set[UUID]] = defaultdict(set)
    declines: dict[str, int] = defaultdict(int)
    agreed: set[UUID] = set()
    records = _records(standing)
    recorded = _recorded(standing, records, policy)
    # A record that nobody logged is a call by itself: of how it went, no more is known than whether they spoke.
    for unlogged in records.keys() - set(recorded.values()):
        spoke = records[unlogged].talk_seconds > 0
        calls += 1
        connected += spoke
        graded[Grade.A] += 1
        connected_graded[Grade.A] += spoke
    for activity in standing:
        call = activity.data
        if not isinstance(call, Call):
            continue
        record = records[recorded[activity.id]] if activity.id in recorded else None
        if record is not None:
            call = call.model_copy(update={"talk_seconds": record.talk_seconds})
        spoke = is_connected(call) and (record is None or record.talk_seconds > 0)
        grade = grade_call(call, is_recorded=record is not None)
        calls += 1
        graded[grade] += 1
        if spoke:
            connected += 1
            connected_graded[grade] += 1
        if call.outcome is CallOutcome.DECLINED:
            declines[call.decline_reason or UNSPECIFIED] += 1
        counts = is_effective(call, policy.policy) and (record is None or spoke)
        if activity.customer_id is not None and counts:
            effective[grade].add(activity.customer_id)
            if call.outcome is CallOutcome.APPOINTMENT:
                agreed.add(activity.customer_id)
    reached = set[UUID]().union(*effective.values())
    managed = {c for c in reached if pool_on(customers.get(c), policy.day) is Pool.MANAGED}
    better: set[UUID] = set()
    for grade in sorted(effective):
        theirs = effective[grade] - better
        better |= theirs
        result.calls_effective_graded[grade] = len(theirs)
        result.calls_effective_managed_graded[grade] = len(theirs & managed)
    result.calls, result.calls_connected = calls, connected
    result.calls_effective = len(reached)
    result.calls_effective_managed = len(managed)
    result.calls_effective_prospect = len(reached) - len(managed)
    result.appointments = len(agreed)
    result.declines = dict(sorted(declines.items()))
    result.called_customers = sorted(managed)


def _count_visits(result: AdvisorDay, standing: list[Activity], voided: set[UUID], policy: DayPolicy) -> None:
    visited: dict[UUID, Grade] = {}
    of_visit: dict[UUID, tuple[UUID | None, Grade]] = {}
    proposals: list[tuple[UUID, Proposal]] = []
    checks = checks_of(standing)
    for activity in standing:
        customer = activity.customer_id
        if customer is None:
            continue
        match activity.data:
            case Visit() as visit:
                check = checks.get(activity.id)
                grade = grade_visit(visit, occurred_at=activity.occurred_at, policy=policy.policy, check=check)
                visited[customer] = min(grade, visited.get(customer, Grade.D))
                of_visit[activity.id] = customer, grade
            case Proposal() as proposal if proposal.visit_id not in voided:
                proposals.append((customer, proposal))
            case _:
                pass
    products = _count_products(result, proposals, of_visit)
    excused = {customer for customer, proposal in proposals if proposal.fewer_because}
    wanted = policy.policy.products_per_visit
    with_three = 0
    for customer, grade in visited.items():
        result.visits_graded[grade] += 1
        if len(products[customer]) >= wanted:
            with_three += 1
            best = sorted(products[customer].values())[:wanted]
            result.visits_with_three_graded[max([grade, *best])] += 1
    result.visits = len(visited)
    result.visits_verified = result.visits - result.visits_graded[Grade.D]
    result.visits_with_three = with_three
    result.met = (
        not policy.on_leave
        and result.calls_effective >= policy.policy.calls
        and result.visits >= policy.policy.visits
        and all(len(products[customer]) >= wanted or customer in excused for customer in visited)
    )


def _count_products(
    result: AdvisorDay,
    proposals: Iterable[tuple[UUID, Proposal]],
    of_visit: Mapping[UUID, tuple[UUID | None, Grade]],
) -> dict[UUID, dict[UUID, Grade]]:
    """Returns each customer's products with their best evidence; empty for a customer who has none."""
    products: dict[UUID, dict[UUID, Grade]] = defaultdict(dict)
    bought: dict[tuple[UUID, UUID], Grade] = {}
    graded = [
        (_grade_at(of_visit.get(proposal.visit_id), customer), customer, proposal) for customer, proposal in proposals
    ]
    # The best evidence last, so that it stays.
    for grade, customer, proposal in sorted(graded, key=itemgetter(0), reverse=True):
        theirs = products[customer]
        for pick in proposal.picks:
            theirs[pick.product_id] = grade
            if pick.response is PickResponse.BOUGHT:
                bought[customer, pick.product_id] = grade
                result.amount_bought += pick.amount or 0
    presented = result.products_presented_graded
    for theirs in products.values():
        for grade in theirs.values():
            presented[grade] += 1
    for grade in bought.values():
        result.products_bought_graded[grade] += 1
    result.products_presented = sum(presented.values())
    result.products_bought = len(bought)
    return products


def checks_of(activities: Iterable[Activity]) -> dict[UUID, VisitCheck]:
    """What the server found of visits, by the visit's id."""
    return {each.data.visit_id: each.data for each in activities if isinstance(each.data, VisitCheck)}


def sum_figures(parts: Iterable[Figures]) -> Figures:
    """The sum of each figure, targets included; exact, so any grouping of the same days gives the same totals."""
    days = list(parts)
    total = Figures()
    for name in _SCALARS:
        setattr(total, name, sum((getattr(each, name) for each in days), getattr(total, name)))
    for name in MIXES:
        mix: dict[Grade, int] = getattr(total, name)
        for each in days:
            for grade, count in getattr(each, name).items():
                mix[grade] += count
    declines: dict[str, int] = defaultdict(int)
    for each in days:
        for reason, count in each.declines.items():
            declines[reason] += count
    total.declines = dict(sorted(declines.items()))
    total.targets = Targets(
        **{name: sum(getattr(each.targets, name) for each in days) for name in Targets.model_fields}
    )
    return total


_SCALARS = (
    "calls",
    "calls_connected",
    "calls_effective",
    "calls_effective_managed",
    "calls_effective_prospect",
    "appointments",
    "visits",
    "visits_verified",
    "visits_with_three",
    "products_presented",
    "products_bought",
    "amount_bought",
    "boards_shown",
)
