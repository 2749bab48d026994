"""A plausible stretch of one advisor's working day as activities. Pure: the same memory, window and seed give the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from random import Random
from uuid import UUID

from app_server.demo.bank import Manner
from app_server.demo.talks import SLIPS
from shared_models.activity import Activity, ActivityKind, Void
from shared_models.calls import Call, CallChannel, CallOutcome, DeclineReason, TimedBy, is_connected
from shared_models.customers import Customer
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.policy import DayPolicy
from shared_models.products import Product, ProductCategory, suitability
from shared_models.proposals import FewerBecause, Pick, PickResponse, Proposal
from shared_models.visits import Fix, Visit, VisitPlace

# Calls that it takes to reach the target of effective ones: some ring out, some are over in seconds.
CALLS_TO_TRY = 1.42
FULL_DAY = timedelta(hours=7)
REST_BETWEEN_CALLS = timedelta(days=12)
# Of so many customers with whom a note is taken, one hears a sentence that a head should look at, or nearly one.
SLIP_OF = 18
_NOTES = ("想等到期再看", "要和家人商量", "问了期限和费用", "请下周再联系", "希望到网点当面谈", "关心流动性")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a day that is worked through; a full day's work takes FULL_DAY of it."""

    start: datetime
    end: datetime
    pause: tuple[datetime, datetime] | None = None

    @property
    def working(self) -> timedelta:
        """The time worked, without the pause."""
        return self.end - self.start - (self.pause[1] - self.pause[0] if self.pause else timedelta())

    def at(self, share: float) -> datetime:
        """The instant when that share of the working time has passed."""
        instant = self.start + self.working * share
        if self.pause is not None and instant >= self.pause[0]:
            instant += self.pause[1] - self.pause[0]
        return instant


@dataclass(slots=True)
class Memory:
    """What an advisor remembers: their book, whom they owe a contact by when, and when they last spoke to whom."""

    customers: Sequence[Customer]
    promises: dict[UUID, date] = field(default_factory=dict[UUID, date])
    spoken: dict[UUID, date] = field(default_factory=dict[UUID, date])
    next_seq: int = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the day: the rule in force, the shelf, the outlet's place, and the working days that follow."""

    rule: DayPolicy
    products: Sequence[Product]
    place: tuple[float, float]
    following: Sequence[date]
    manner: Manner


_Step = Callable[["_Day", Customer, datetime, timedelta], None]
_AS_CALLS = 3


@dataclass(slots=True)
class _Day:
    """One day in the making: each step appends to `made` as a phone would, out of order; `work` sorts and numbers."""

    memory: Memory
    setting: Setting
    random: Random
    made: list[Activity] = field(default_factory=list[Activity])
    # When whatever came before was over: nobody speaks with two at once.
    free_at: datetime | None = None

    def add(self, kind: ActivityKind, at: datetime, customer_id: UUID | None, data: object) -> UUID:
        """Record one activity; its seq is given once the day is in order."""
        activity_id = seeded_uuid7(at, self.random)
        self.made.append(
            Activity.model_validate(
                {
                    "id": activity_id,
                    "kind": kind,
                    "seq": 1,
                    "occurred_at": at,
                    "clock_offset_ms": self.random.randint(-900, 900),
                    "customer_id": customer_id,
                    "data": data,
                }
            )
        )
        return activity_id


def work(memory: Memory, setting: Setting, window: Window, random: Random) -> list[Activity]:
    """What the advisor does in the window, in the order of `seq`; `memory` is carried on to the next day."""
    day = _Day(memory, setting, random)
    share = min(1.0, window.working / FULL_DAY)
    manner = setting.manner
    calls = _around(random, setting.rule.policy.calls * CALLS_TO_TRY * manner.calls * share)
    visits = _around(random, setting.rule.policy.visits * manner.visits * share)
    callees, guests = _choose(day, calls, visits)
    # A visit takes the time of three calls; a call is logged when it is over.
    steps: list[tuple[_Step, Customer, int, tuple[float, float]]] = [
        *((_call, customer, 1, (0.45, 0.95)) for customer in callees),
        *((_visit, customer, _AS_CALLS, (0.05, 0.25)) for customer in guests),
    ]
    random.shuffle(steps)
    parts = sum(each for _, _, each, _ in steps)
    begun = 0
    for step, customer, takes, (soonest, latest) in steps:
        step(day, customer, window.at((begun + random.uniform(soonest, latest)) / parts), window.working / parts)
        begun += takes
    # A visit's end or a follow-up that would lie beyond the window is not done yet.
    done = sorted((a for a in day.made if a.corrected_at <= window.end), key=lambda a: (a.occurred_at, a.id))
    numbered = [
        activity.model_copy(update={"seq": seq}) for seq, activity in enumerate(_whole(done), start=memory.next_seq)
    ]
    memory.next_seq += len(numbered)
    return numbered


def _whole(activities: list[Activity]) -> list[Activity]:
    """Those whose visit or void's target was kept, too."""
    ids = {activity.id for activity in activities}
    return [activity for activity in activities if activity.refers_to is None or activity.refers_to in ids]


def _around(random: Random, wanted: float) -> int:
    return max(0, round(random.gauss(wanted, max(0.5, wanted * 0.12))))


def _choose(day: _Day, calls: int, visits: int) -> tuple[list[Customer], list[Customer]]:
    """Whom to call and whom to see: the promised ones first, then those not spoken to for some time."""
    memory, random, today = day.memory, day.random, day.setting.rule.day
    owed = [c for c in memory.customers if (due := memory.promises.get(c.id)) and due <= today]
    random.shuffle(owed)
    rested = [
        customer
        for customer in memory.customers
        if customer.id not in memory.promises and memory.spoken.get(customer.id, date.min) <= today - REST_BETWEEN_CALLS
    ]
    random.shuffle(rested)
    # Mostly customers who may be offered something. Asked one by one: five are wanted, and asking all takes long.
    can_hear_products = (customer for customer in rested if random.random() < 0.05 or _suitable(day, customer))
    guests = list(islice(chain(owed[: visits // 3], can_hear_products), visits))
    seen = {customer.id for customer in guests}
    callees = [customer for customer in [*owed[: int(calls * 0.6)], *rested] if customer.id not in seen]
    return callees[:calls], guests


def _call(day: _Day, customer: Customer, at: datetime, _part: timedelta) -> None:
    random, skill = day.random, day.setting.manner.skill
    outcomes = {
        CallOutcome.NO_ANSWER: 0.20,
        CallOutcome.WRONG_NUMBER: 0.01,
        CallOutcome.DECLINED: 0.48 - 0.22 * skill,
        CallOutcome.FOLLOW_UP: 0.12 + 0.04 * skill,
        CallOutcome.INTERESTED: 0.12 + 0.10 * skill,
        CallOutcome.APPOINTMENT: 0.06 + 0.08 * skill,
    }
    outcome = random.choices(list(outcomes), list(outcomes.values()))[0]
    most = 1800 if day.free_at is None else max(0, int((at - day.free_at).total_seconds()) - 5)
    call = _call_data(random, outcome, day.setting.manner, most=most)
    if call.note is not None and customer.id.int % SLIP_OF == 0:
        call = call.model_copy(update={"note": SLIPS[customer.id.int // SLIP_OF % len(SLIPS)]})
    if random.random() < 0.015:
        # A slip of the thumb, taken back at once.
        slip = day.add(
            ActivityKind.CALL, at, customer.id, _call_data(random, CallOutcome.NO_ANSWER, day.setting.manner, most=0)
        )
        at += timedelta(seconds=random.randint(4, 12))
        day.add(ActivityKind.VOID, at, None, Void(activity_id=slip, reason="undo"))
        at += timedelta(seconds=random.randint(3, 9))
    day.add(ActivityKind.CALL, at, customer.id, call)
    day.free_at = at
    if not is_connected(call):
        return
    day.memory.promises.pop(customer.id, None)
    day.memory.spoken[customer.id] = day.setting.rule.day
    if outcome is CallOutcome.APPOINTMENT:
        _promise(day, customer, at, FollowUpReason.APPOINTMENT)
    elif outcome is CallOutcome.FOLLOW_UP:
        _promise(day, customer, at, FollowUpReason.CALLBACK)


def _call_data(random: Random, outcome: CallOutcome, manner: Manner, *, most: int) -> Call:
    # Median and spread in seconds; the UCI bank-marketing calls have a median of 180, short when refused.
    median, spread = {
        CallOutcome.DECLINED: (75, 0.6),
        CallOutcome.FOLLOW_UP: (110, 0.5),
        CallOutcome.INTERESTED: (230, 0.5),
        CallOutcome.APPOINTMENT: (160, 0.45),
    }.get(outcome, (0, 0))
    seconds = min(1800, most, round(median * random.lognormvariate(0, spread))) if median else 0
    is_timed = random.random() < manner.evidence
    channel = CallChannel.MOBILE if is_timed else random.choice((CallChannel.LANDLINE, CallChannel.CALLBACK))
    return Call(
        channel=channel,
        outcome=outcome,
        talk_seconds=seconds,
        timed_by=TimedBy.DEVICE if is_timed else TimedBy.MANUAL,
        decline_reason=random.choices(list(DeclineReason), (18, 20, 24, 12, 10, 9, 4, 3))[0]
        if outcome is CallOutcome.DECLINED
        else None,
        note=random.choice(_NOTES) if median and random.random() < 0.12 else None,
    )


def _promise(day: _Day, customer: Customer, at: datetime, reason: FollowUpReason) -> None:
    random = day.random
    due_on = random.choices(day.setting.following, (40, 22, 14, 10, 14)[: len(day.setting.following)])[0]
    note = random.choice(_NOTES) if random.random() < 0.3 else None
    follow_up = FollowUp(due_on=due_on, reason=reason, note=note)
    day.add(ActivityKind.FOLLOW_UP, at + timedelta(seconds=random.randint(3, 20)), customer.id, follow_up)
    day.memory.promises[customer.id] = due_on


def _visit(day: _Day, customer: Customer, at: datetime, part: timedelta) -> None:
    random = day.random
    place = random.choices(list(VisitPlace), (0.68, 0.26, 0.06))[0]
    longest = int(part * (_AS_CALLS - 0.25) / timedelta(minutes=1))
    minutes = min(random.randint(12, 45), longest)
    day.free_at = at + timedelta(minutes=minutes)
    visit_id = day.add(
        ActivityKind.VISIT,
        at,
        customer.id,
        Visit(place=place, fix=_fix(day, place, at), minutes=minutes if random.random() < 0.6 else None),
    )
    day.memory.promises.pop(customer.id, None)
    day.memory.spoken[customer.id] = day.setting.rule.day
    suitable = _suitable(day, customer)
    if not suitable:
        return
    proposed_at = at + timedelta(minutes=minutes, seconds=random.randint(0, 59))
    proposal = _proposal(day, visit_id, suitable)
    day.add(ActivityKind.PROPOSAL, proposed_at, customer.id, proposal)
    if proposal.fewer_because == FewerBecause.NO_TIME:
        _promise(day, customer, proposed_at, FollowUpReason.DEFERRED_PRODUCTS)


def _fix(day: _Day, place: VisitPlace, at: datetime) -> Fix | None:
    random = day.random
    if random.random() > day.setting.manner.evidence:
        return None
    # Degrees: an outlet's own hall, or somewhere within a few kilometres.
    away = 0.0006 if place is VisitPlace.OUTLET else 0.03
    lat, lon = day.setting.place
    return Fix(
        lat=round(lat + random.uniform(-away, away), 6),
        lon=round(lon + random.uniform(-away, away), 6),
        accuracy_m=round(random.lognormvariate(3.0, 0.8), 1),
        taken_at=at - timedelta(seconds=random.randint(1, 40)),
        mocked=False,
    )


def _suitable(day: _Day, customer: Customer) -> list[Product]:
    return [product for product in day.setting.products if suitability(product, customer, day.setting.rule).ok]


def _proposal(day: _Day, visit_id: UUID, suitable: list[Product]) -> Proposal:
    """Three products of different shelves where there are as many, else fewer with the reason."""
    random, wanted = day.random, day.setting.rule.policy.products_per_visit
    shuffled = random.sample(suitable, len(suitable))
    first_of_category: dict[ProductCategory, Product] = {}
    for product in shuffled:
        first_of_category.setdefault(product.category, product)
    others = [product for product in shuffled if product not in first_of_category.values()]
    in_haste = random.random() > 0.72 + 0.25 * day.setting.manner.skill
    picks = [*first_of_category.values(), *others][: random.randint(1, 2) if in_haste else wanted]
    fewer: FewerBecause | None = None
    if len(picks) < wanted:
        # Some advisors forget to say why: such a visit does not meet the target.
        reasons = (FewerBecause.NO_TIME, FewerBecause.CUSTOMER_LEFT, FewerBecause.SERVICE_ONLY, None)
        fewer = random.choices(reasons, (5, 2, 2, 1))[0] if in_haste else FewerBecause.NOT_SUITABLE
    return Proposal(visit_id=visit_id, picks=tuple(_pick(day, product) for product in picks), fewer_because=fewer)


def _pick(day: _Day, product: Product) -> Pick:
    random, skill = day.random, day.setting.manner.skill
    responses = (PickResponse.PRESENTED, PickResponse.INTERESTED, PickResponse.BOUGHT, PickResponse.DECLINED)
    response = random.choices(responses, (0.42, 0.28, 0.04 + 0.12 * skill, 0.20))[0]
    # Only yuan: the fold adds amounts up in one currency.
    if response is not PickResponse.BOUGHT or product.currency != "CNY":
        return Pick(product_id=product.id, response=response)
    step = max(product.min_amount, Decimal(10_000) if product.min_amount < 10_000 else product.min_amount)
    amount = (step * random.choice((1, 1, 2, 3, 5))).quantize(Decimal("0.01"))
    return Pick(product_id=product.id, response=response, amount=amount)


def seeded_uuid7(at: datetime, random: Random) -> UUID:
    """A UUIDv7 whose random bits come from the seed (RFC 9562 §5.7)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62))
