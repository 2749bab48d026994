"""What is known of one customer: why now, what was promised, and their history; the search over the book is search's."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from shared_models.activity import Activity, ActivityData, Void
from shared_models.calls import Call
from shared_models.customers import Customer, Maturity, Pool, Prospect, pool_on
from shared_models.fold import as_recorded
from shared_models.follow_ups import FollowUp
from shared_models.hint_answers import HintAnswer
from shared_models.plans import Contact, Promise, Reason, contacts_of, reasons_for
from shared_models.policy import DayPolicy, Policies, zone
from shared_models.products import Product, rating_valid_until
from shared_models.proposals import PickResponse, Proposal
from shared_models.telephony import PbxRecord
from shared_models.visits import VisitCheck

# A call and the promise made in it are written by one tap.
_ONE_TAP = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ProductAnswer:
    """One product of a proposal by name; `name` None when it has left the shelf."""

    name: str | None
    response: PickResponse
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class PastActivity:
    """One thing that happened with a customer, `at` in the bank's time zone.

    `held` is the server's reason for rejecting it; `answers` are a proposal's products.
    """

    id: UUID
    at: datetime
    data: ActivityData
    is_voided: bool = False
    held_code: str | None = None
    held_detail: str | None = None
    answers: tuple[ProductAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One customer's page. `rated_until` is the last day their rating holds; money in yuan; `history` newest first.

    `lent_to`: the colleague who calls them today; `lent_from`: whose customer they are, where they are here for the day; by name.
    """

    customer: Customer
    pool: Pool
    today: date
    rated_until: date | None
    reasons: tuple[Reason, ...]
    promises: tuple[Promise, ...]
    brought: frozenset[UUID]
    maturities: tuple[Maturity, ...]
    last_called_on: date | None
    last_spoken_on: date | None
    history: tuple[PastActivity, ...]
    lent_to: str | None
    lent_from: str | None

    @property
    def is_rating_valid(self) -> bool:
        """Whether products may be proposed by the rating today."""
        return self.rated_until is not None and self.today <= self.rated_until


@dataclass(frozen=True, slots=True)
class SamePhone:
    """Somebody in the book who has that phone already."""

    id: UUID
    name: str


def customer_view(session: AppSession, customer_id: UUID) -> CustomerView | None:
    """The customer's page; None when they are not in the book (any more)."""

    def read(tx: sqlite3.Connection) -> CustomerView | None:
        customer = reads.customer(tx, customer_id)
        if customer is None:
            return None
        today, rules = session.today(), reads.policies(tx)
        activities = ledger.activities_of_customer(tx, customer_id)
        promises = [each for each in reads.promises(tx, activities) if each.customer_id == customer_id]
        contact = contacts_of(activities, rules).get(customer_id, Contact())
        days = tx.execute(
            "SELECT last_called_on, last_spoken_on FROM customers WHERE id = ?", (str(customer_id),)
        ).fetchone()
        held = [each for each in ledger.held(tx) if each.activity.customer_id == customer_id]
        products = {product.id: product for product in reads.products(tx)}
        past = _history(_told(activities, rules), products, timezone=rules.timezone)
        past += [
            _past(each.activity, products, timezone=rules.timezone, held=(each.code, each.detail)) for each in held
        ]
        return CustomerView(
            customer=customer,
            pool=pool_on(customer.managed_since, today),
            today=today,
            rated_until=_rated_until(customer, rules.on(today)),
            reasons=reasons_for(customer, promise=promises[0] if promises else None, contact=contact, day=today),
            promises=tuple(promises),
            brought=frozenset(each.activity_id for each in promises) - {each.id for each in activities},
            maturities=tuple(sorted(customer.maturities, key=lambda maturity: maturity.due_on)),
            last_called_on=_date(days["last_called_on"]),
            last_spoken_on=_date(days["last_spoken_on"]),
            history=tuple(sorted(past, key=lambda each: (each.at, each.id), reverse=True)),
            lent_to=reads.lent_to(tx, today).get(customer_id),
            lent_from=reads.lent_from(tx, today).get(customer_id),
        )

    return session.store.read(read)


def can_be_taken_back(past: PastActivity, *, today: date) -> bool:
    """Whether a person may void it here: made today, and it still counts.

    Earlier days were reported; a new customer stays, and what the exchange recorded is not the advisor's to take back.
    """
    return (
        past.at.date() == today
        and not past.is_voided
        and past.held_code is None
        and not isinstance(past.data, Prospect | PbxRecord)
    )


def taken_back_with(past: PastActivity, history: Iterable[PastActivity]) -> tuple[UUID, ...]:
    """What goes when this goes: itself, and with a call the promise that was made in it."""
    promises = [
        each.id
        for each in history
        if isinstance(past.data, Call)
        and isinstance(each.data, FollowUp)
        and not each.is_voided
        and timedelta(0) <= each.at - past.at < _ONE_TAP
    ]
    return (past.id, *promises)


def same_phone(session: AppSession, phone: str) -> SamePhone | None:
    """Whom of the book that number already belongs to, if anybody; only its digits matter."""
    digits = phone_digits(phone)
    if not digits:
        return None

    def read(tx: sqlite3.Connection) -> SamePhone | None:
        row = tx.execute(
            "SELECT id, name FROM customers WHERE digits IN (?, ?, ?) ORDER BY id LIMIT 1",
            (digits, f"86{digits}", digits.removeprefix("86")),
        ).fetchone()
        return SamePhone(UUID(row["id"]), row["name"]) if row else None

    return session.store.read(read)


def phone_digits(phone: str) -> str:
    """The digits of a number as a person typed it."""
    return "".join(letter for letter in phone if letter.isdecimal())


def _rated_until(customer: Customer, rule: DayPolicy) -> date | None:
    if customer.rating is None or customer.rated_on is None:
        return None
    return rating_valid_until(customer.rated_on, rule)


def _told(activities: list[Activity], rules: Policies) -> list[Activity]:
    """The activities with what the exchange recorded of a logged call told in it."""
    days = {rules.today(each.corrected_at) for each in activities if isinstance(each.data, PbxRecord)}
    for day in sorted(days):
        activities = as_recorded(activities, rules.on(day))
    return activities


def _history(activities: Iterable[Activity], products: Mapping[UUID, Product], *, timezone: str) -> list[PastActivity]:
    """What happened, without what only says something of another: what a void took back is marked."""
    known = list(activities)
    voided = {each.data.activity_id for each in known if isinstance(each.data, Void)}
    return [
        _past(each, products, timezone=timezone, is_voided=each.id in voided or each.refers_to in voided)
        for each in known
        if not isinstance(each.data, Void | VisitCheck | HintAnswer)
    ]


def _past(
    activity: Activity,
    products: Mapping[UUID, Product],
    *,
    timezone: str,
    is_voided: bool = False,
    held: tuple[str, str] | None = None,
) -> PastActivity:
    picks = activity.data.picks if isinstance(activity.data, Proposal) else ()
    return PastActivity(
        id=activity.id,
        at=activity.corrected_at.astimezone(zone(timezone)),
        data=activity.data,
        is_voided=is_voided,
        held_code=held[0] if held else None,
        held_detail=held[1] if held else None,
        answers=tuple(
            ProductAnswer(
                name=products[pick.product_id].name if pick.product_id in products else None,
                response=pick.response,
                amount=pick.amount,
            )
            for pick in picks
        ),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
