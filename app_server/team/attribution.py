"""What each activity adds to a figure, told by the fold itself: nothing is counted here a second time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared_models.activity import Activity, Void
from shared_models.calls import Call
from shared_models.errors import BadInput
from shared_models.evidence import Grade, grade_call, visit_evidence
from shared_models.fold import MIXES, AdvisorDay, Figures, ManagedSince, fold_day, grades_of, recorded_calls
from shared_models.hint_answers import HintAnswer
from shared_models.policy import DayPolicy, Policy
from shared_models.proposals import Proposal
from shared_models.telephony import PbxRecord
from shared_models.visits import Visit, VisitCheck

_NAMES = frozenset(Figures.model_fields) - {"targets"}
_GRADED = frozenset(MIXES)
_BY_PART = _GRADED | {"declines"}
# What `met` is decided by.
_BEHIND_MET = ("calls_effective", "visits", "visits_with_three")


def check_metric(metric: str) -> str:
    """The name of a figure, also of one grade or reason ("visits_graded.C", "declines.busy"); raises BadInput."""
    name, _, part = metric.partition(".")
    is_known = (
        (name in _GRADED and part in Grade.__members__) or (name == "declines" and part != "")
        if "." in metric
        else name in _NAMES | {"met"}
    )
    if not is_known:
        raise BadInput("metric is none of the figures of an advisor's day.")
    return metric


def figure_of(figures: Figures, metric: str) -> Decimal:
    """The value of a metric; of a figure by grade or reason the sum, or the part that is named."""
    name, _, part = metric.partition(".")
    if name in _BY_PART:
        counts: Mapping[str, int] = getattr(figures, name)
        return Decimal(counts.get(part, 0) if part else sum(counts.values()))
    return Decimal(getattr(figures, name))


def additions(
    activities: Sequence[Activity], customers: ManagedSince, policy: DayPolicy
) -> dict[UUID, tuple[AdvisorDay, AdvisorDay]]:
    """The fold of a customer's activities before and with each standing one, in the order they are taken.

    Every figure is a sum over customers, so the differences add up to the figure exactly. The best evidence comes first,
    as it is the one that gives what counts once its grade; visits come before what was presented at them. A call and
    the exchange's record of it are taken at once, and the call is what adds.
    """
    record_of = recorded_calls(activities, policy)
    behind_calls = set(record_of.values())
    # What says something of others counts nothing by itself, and is there from the beginning.
    remarks: list[Activity] = []
    struck: set[UUID] = set()
    of_customer: dict[UUID | None, list[Activity]] = defaultdict(list)
    for activity in activities:
        if isinstance(activity.data, Void):
            struck.add(activity.data.activity_id)
        if is_remark(activity):
            remarks.append(activity)
    grades = grades_of(activities, policy)
    for activity in activities:
        if activity.id not in struck and not is_remark(activity):
            of_customer[activity.customer_id].append(activity)
    found: dict[UUID, tuple[AdvisorDay, AdvisorDay]] = {}
    nothing = fold_day((), customers, policy)
    for group in of_customer.values():
        taken, before = list(remarks), nothing
        by_id = {each.id: each for each in group}
        # Pairs first: nobody else who is there then could be taken for either of the two.
        for activity in sorted(
            group, key=lambda each: (each.id not in record_of, *_order(each, grades.get(each.id, Grade.A)))
        ):
            if activity.id in behind_calls:
                continue
            record_id = record_of.get(activity.id)
            taken += [activity] if record_id is None else [activity, by_id[record_id]]
            after = fold_day(taken, customers, policy)
            found[activity.id] = (before, after)
            if record_id is not None:
                found[record_id] = (after, after)
            before = after
    return found


def adds_to(metric: str, before: AdvisorDay, after: AdvisorDay) -> Decimal:
    """What one activity adds to a metric."""
    return figure_of(after, metric) - figure_of(before, metric)


def counts_for(metric: str | None, before: AdvisorDay, after: AdvisorDay) -> bool:
    """Whether one activity counts in a metric, or, without one, in anything."""
    if metric is None:
        return after != before
    names = _BEHIND_MET if metric == "met" else (metric,)
    return any(adds_to(name, before, after) != 0 for name in names)


def is_remark(activity: Activity) -> bool:
    """Whether an activity only says something of another: a void, an answer to a hint, or what the server found of a visit."""
    return isinstance(activity.data, Void | VisitCheck | HintAnswer)


def grade_of(
    activity: Activity, policy: Policy, *, check: VisitCheck | None = None, is_recorded: bool = False
) -> tuple[Grade | None, str | None]:
    """The evidence grade of a call or a visit, and of a visit what decided it.

    `check`: what the server found of the visit; `is_recorded`: the exchange has a record of the call.
    """
    match activity.data:
        case Call() as call:
            return grade_call(call, is_recorded=is_recorded), None
        case PbxRecord():
            return Grade.A, None
        case Visit() as visit:
            evidence = visit_evidence(visit, occurred_at=activity.occurred_at, policy=policy, check=check)
            return evidence.grade, evidence.reason
        case _:
            return None, None


def _order(activity: Activity, grade: Grade) -> tuple[bool, Grade, datetime, UUID]:
    return isinstance(activity.data, Proposal), grade, activity.corrected_at, activity.id
