"""Plans (名单): an advisor's target list for one day, the promises still open, and the ranking with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.activity import Activity, Void
from shared_models.calls import Call, CallOutcome, is_connected
from shared_models.customers import Customer
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.policy import Policies
from shared_models.telephony import PbxRecord
from shared_models.text import NO_NUL, Note
from shared_models.visits import Visit

MATURITY_HORIZON_DAYS = 14
BIRTHDAY_HORIZON_DAYS = 3
SILENCE_DAYS = 60
IDLE_CASH_FLOOR = Decimal(50_000)


class Plan(BaseModel):
    """The list a head set for one advisor and day, in order; an empty list means none was set.

    `version` goes up with every change, from 0 where none was made; `frozen_at`: it is not changed from then on.
    """

    id: UUID
    advisor_id: UUID
    day: date
    customer_ids: list[UUID] = Field(default_factory=list[UUID], max_length=500)
    note: Note | None = None
    version: int = 0
    frozen_at: AwareDatetime | None = None


class PlanEdit(BaseModel):
    """What a head sends to set a plan, and with `freeze` to freeze it as it is set.

    `version` is the one the change was made from: another head's change since then is a conflict. None: from whatever it is.
    """

    customer_ids: list[UUID] = Field(max_length=500)
    note: Note | None = None
    version: int | None = Field(default=None, ge=0)
    freeze: bool = False


class PlanThaw(BaseModel):
    """What a head sends to unfreeze a plan: from which version, and why; the log keeps the word."""

    version: int = Field(ge=0)
    word: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL, strip_whitespace=True)]


class ReasonCode(StrEnum):
    """Why a customer is on the list today."""

    PROMISED = "promised"
    APPOINTMENT = "appointment"
    MATURITY = "maturity"
    BIRTHDAY = "birthday"
    INTEREST = "interest"
    IDLE_CASH = "idle_cash"
    SILENCE = "silence"
    NEVER_CALLED = "never_called"
    PICKED = "picked"
    IN_BOOK = "in_book"


class Reason(BaseModel):
    """One reason: `day` when it falls due, `amount` in yuan, `days` since the last contact, `text` a name or note."""

    model_config = ConfigDict(frozen=True)

    code: ReasonCode
    day: date | None = None
    amount: Decimal | None = None
    days: int | None = None
    text: str | None = None


class Target(BaseModel):
    """A customer on the list, the reasons strongest first, and the score they are ranked by."""

    model_config = ConfigDict(frozen=True)

    customer_id: UUID
    reasons: tuple[Reason, ...]
    score: float


class Promise(BaseModel):
    """A follow-up that no later contact has kept yet."""

    model_config = ConfigDict(frozen=True)

    activity_id: UUID
    customer_id: UUID
    due_on: date
    reason: str
    note: str | None = None
    made_at: AwareDatetime


class Handed(BaseModel):
    """What a customer brings along from the books they were in: the promise still open there, and when they were last spoken to.

    A `promise` was made after `spoken_at`, or they were not spoken to.
    """

    model_config = ConfigDict(frozen=True)

    promise: Promise | None = None
    spoken_at: AwareDatetime | None = None


NOTHING_HANDED: Mapping[UUID, Handed] = {}


def last_contact_with(known: date | None, handed: Handed | None, policies: Policies) -> date | None:
    """The day of the last contact: the one that is known, or the one they bring along, whichever is later."""
    if handed is None or handed.spoken_at is None:
        return known
    spoken_on = policies.today(handed.spoken_at)
    return max(known or spoken_on, spoken_on)


@dataclass(frozen=True, slots=True)
class Contact:
    """What a ledger says of one customer: the last time they were spoken to, and whether they showed interest then."""

    spoken_on: date | None = None
    interested: bool = False


def _standing(activities: Iterable[Activity]) -> list[Activity]:
    unique = {activity.id: activity for activity in activities}
    voided = {activity.data.activity_id for activity in unique.values() if isinstance(activity.data, Void)}
    return sorted(
        (activity for activity in unique.values() if activity.id not in voided),
        key=lambda activity: (activity.corrected_at, activity.id),
    )


def _was_spoken_to(activity: Activity) -> bool:
    return isinstance(activity.data, Visit) or (isinstance(activity.data, Call) and is_connected(activity.data))


def open_promises(activities: Iterable[Activity], handed: Mapping[UUID, Handed] = NOTHING_HANDED) -> list[Promise]:
    """Every promise not yet kept, soonest first; `handed`: what customers bring along from other books, by their ids.

    A connected call or a visit after the promise was made, on its day or later, keeps it; so does a newer promise
    to the same customer. The contact the promise was made in is earlier than the promise, so it never keeps it.
    Whose book a promise was made in makes no difference: it is open here as it would be in one ledger of all of them.
    """
    promises = {customer: each.promise for customer, each in handed.items() if each.promise is not None}
    spoken = {customer: each.spoken_at for customer, each in handed.items()}
    for activity in _standing(activities):
        customer = activity.customer_id
        if customer is None:
            continue
        standing = promises.get(customer)
        if isinstance(activity.data, FollowUp):
            made = _promise(activity, customer, activity.data)
            spoken_at = spoken.get(customer)
            is_newest = standing is None or standing.made_at <= made.made_at
            if is_newest and (spoken_at is None or spoken_at <= made.made_at):
                promises[customer] = made
        elif _was_spoken_to(activity) and standing is not None and standing.made_at <= activity.corrected_at:
            del promises[customer]
    return sorted(promises.values(), key=lambda promise: (promise.due_on, promise.made_at, promise.activity_id))


def handed_over(activities: Iterable[Activity]) -> Handed | None:
    """What one customer brings along from the books that these activities with them are of; None: nothing."""
    known = list(activities)
    spoken = [activity.corrected_at for activity in _standing(known) if _was_spoken_to(activity)]
    promise = next(iter(open_promises(known)), None)
    return Handed(promise=promise, spoken_at=max(spoken, default=None)) if promise or spoken else None


def _promise(activity: Activity, customer_id: UUID, promised: FollowUp) -> Promise:
    return Promise(
        activity_id=activity.id,
        customer_id=customer_id,
        due_on=promised.due_on,
        reason=promised.reason,
        note=promised.note,
        made_at=activity.corrected_at,
    )


def contacts_of(activities: Iterable[Activity], policies: Policies) -> dict[UUID, Contact]:
    """The last connected contact of each customer in a ledger, what the exchange recorded of one included."""
    found: dict[UUID, Contact] = {}
    for activity in _standing(activities):
        if activity.customer_id is None:
            continue
        day = policies.business_day(activity.occurred_at, activity.clock_offset_ms)
        if _was_spoken_to(activity):
            interested = isinstance(activity.data, Call) and activity.data.outcome is CallOutcome.INTERESTED
            found[activity.customer_id] = Contact(spoken_on=day, interested=interested)
        elif isinstance(activity.data, PbxRecord) and activity.data.talk_seconds > 0:
            # It may be the very call that was logged a moment before: how that went stays known.
            before = found.get(activity.customer_id, Contact())
            found[activity.customer_id] = before if before.spoken_on == day else Contact(spoken_on=day)
    return found


def rank_targets(
    customers: Iterable[Customer], *, promises: Iterable[Promise], contacts: Mapping[UUID, Contact], day: date
) -> list[Target]:
    """All customers worth a call on `day`, best first; ties by id, so the same book always gives the same list.

    Promises first; then a rule written by hand, which beat a model trained once on the UCI bank-marketing calls
    (an earlier success and free money predict a yes, long silence by itself does not).
    """
    due = {promise.customer_id: promise for promise in promises}
    targets: list[Target] = []
    for customer in customers:
        promise = due.get(customer.id)
        if promise is not None and promise.due_on > day:
            continue
        contact = contacts.get(customer.id, Contact())
        weighed = sorted(_weighed_reasons(customer, promise, contact, day), key=lambda pair: -pair[0])
        if weighed:
            score = sum(weight for weight, _ in weighed)
            targets.append(Target(customer_id=customer.id, reasons=tuple(r for _, r in weighed), score=score))
    return sorted(targets, key=lambda target: (-target.score, target.customer_id))


def reasons_for(customer: Customer, *, promise: Promise | None, contact: Contact, day: date) -> tuple[Reason, ...]:
    """Why this customer, strongest first; for a list that a head put together."""
    weighed = sorted(_weighed_reasons(customer, promise, contact, day), key=lambda pair: -pair[0])
    return tuple(reason for _, reason in weighed)


def _weighed_reasons(
    customer: Customer, promise: Promise | None, contact: Contact, day: date
) -> list[tuple[float, Reason]]:
    found: list[tuple[float, Reason]] = []
    if promise is not None and promise.due_on <= day:
        is_appointment = promise.reason == FollowUpReason.APPOINTMENT
        code = ReasonCode.APPOINTMENT if is_appointment else ReasonCode.PROMISED
        found.append((1000.0, Reason(code=code, day=promise.due_on, text=promise.note)))
    for maturity in customer.maturities:
        away = (maturity.due_on - day).days
        if 0 <= away <= MATURITY_HORIZON_DAYS:
            weight = 300.0 - 10 * away + min(float(maturity.amount) / 20_000, 100.0)
            reason = Reason(code=ReasonCode.MATURITY, day=maturity.due_on, amount=maturity.amount, text=maturity.name)
            found.append((weight, reason))
    birthday = next_birthday(customer.birthday, day)
    if birthday is not None and (birthday - day).days <= BIRTHDAY_HORIZON_DAYS:
        found.append((180.0 - 20 * (birthday - day).days, Reason(code=ReasonCode.BIRTHDAY, day=birthday)))
    if contact.interested or customer.last_interest:
        found.append((120.0, Reason(code=ReasonCode.INTEREST, text=customer.last_interest)))
    if customer.facts.get("previous_outcome") == "success":
        found.append((110.0, Reason(code=ReasonCode.INTEREST)))
    if customer.idle_cash is not None and customer.idle_cash >= IDLE_CASH_FLOOR:
        weight = min(float(customer.idle_cash) / 10_000, 80.0)
        found.append((weight, Reason(code=ReasonCode.IDLE_CASH, amount=customer.idle_cash)))
    last = max((d for d in (contact.spoken_on, customer.last_contact_on) if d is not None), default=None)
    if last is None:
        found.append((60.0 if customer.managed_since is None else 40.0, Reason(code=ReasonCode.NEVER_CALLED)))
    elif (silent := (day - last).days) >= SILENCE_DAYS:
        found.append((min(silent / 6, 30.0), Reason(code=ReasonCode.SILENCE, days=silent)))
    elif silent < SILENCE_DAYS // 4:
        # Spoken to a short while ago: leave them in peace unless something is due.
        found = [(weight, reason) for weight, reason in found if weight >= 180.0]
    return found


def next_birthday(birthday: str | None, day: date) -> date | None:
    """The first birthday on or after `day`; 29 February is kept on the 28th in common years."""
    if birthday is None:
        return None
    month, dom = (int(part) for part in birthday.split("-"))
    for year in (day.year, day.year + 1):
        try:
            candidate = date(year, month, dom)
        except ValueError:
            candidate = date(year, 2, 28)
        if candidate >= day:
            return candidate
    return None
