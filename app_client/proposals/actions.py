"""What a person can do at a visit: put products before the customer and save the answers; suitability is checked before anything is written."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from uuid import UUID

from app_client.proposals.queries import offers_for, read_proposals
from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.ledger import Draft, append_activities, dismiss_held, held
from app_client.visits.queries import Visited, read_visited
from shared_models.activity import ActivityKind, Void
from shared_models.errors import BadInput, NotFound
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.picks import PICKS_VERSION
from shared_models.proposals import FewerBecause, Pick, PickResponse, Proposal

MOST_PICKS = 10
WAN = Decimal(10_000)
_FEN = Decimal("0.01")
_MOST_AMOUNT = Decimal(10) ** 13


class AmountUnit(StrEnum):
    """In what an amount is typed."""

    WAN = "wan"
    ONE = "one"


class AmountTrouble(StrEnum):
    """What is wrong with an amount as typed."""

    MISSING = "missing"
    NO_NUMBER = "no_number"
    NOT_POSITIVE = "not_positive"
    TOO_FINE = "too_fine"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class PickEntry:
    """One product as the screen holds it: the answer, and the amount as typed in its unit, only of what was bought."""

    product_id: UUID
    response: PickResponse
    amount: str = ""
    unit: AmountUnit = AmountUnit.WAN


def read_amount(text: str, unit: AmountUnit) -> Decimal | AmountTrouble:
    """The amount in yuan, or in the product's currency, exact to the cent; commas and spaces are passed over."""
    plain = text.replace(",", "").replace("，", "").replace(" ", "")  # not shown: a comma as Chinese keyboards type it
    if not plain:
        return AmountTrouble.MISSING
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return AmountTrouble.NO_NUMBER
    if not number.is_finite():
        return AmountTrouble.NO_NUMBER
    if number <= 0:
        return AmountTrouble.NOT_POSITIVE
    if number >= _MOST_AMOUNT:
        return AmountTrouble.TOO_LARGE
    amount = number * WAN if unit is AmountUnit.WAN else number
    if amount >= _MOST_AMOUNT:
        return AmountTrouble.TOO_LARGE
    return AmountTrouble.TOO_FINE if amount != amount.quantize(_FEN) else amount.quantize(_FEN)


def typed_amount(amount: Decimal | None) -> tuple[str, AmountUnit]:
    """A saved amount as a person would type it."""
    if amount is None:
        return "", AmountUnit.WAN
    unit = AmountUnit.WAN if amount >= WAN and amount % 100 == 0 else AmountUnit.ONE
    number = amount / WAN if unit is AmountUnit.WAN else amount
    return f"{number.normalize():f}", unit


def amount_troubles(picks: Mapping[UUID, PickEntry]) -> dict[UUID, AmountTrouble]:
    """What is wrong with the amounts of what was bought, by product."""
    read = {
        pick.product_id: read_amount(pick.amount, pick.unit)
        for pick in picks.values()
        if pick.response is PickResponse.BOUGHT
    }
    return {product_id: each for product_id, each in read.items() if isinstance(each, AmountTrouble)}


async def save_proposal(
    session: AppSession,
    visit_id: UUID,
    picks: Mapping[UUID, PickEntry],
    *,
    fewer_because: str | None = None,
    offered: Sequence[UUID] = (),
    deferred: str = "",
) -> UUID:
    """Save the answers of a visit in place of what was saved at it before, in one transaction; returns the proposal's id.

    `offered`: what the app had picked; what was offered first at this visit stays so.
    `deferred`: where time was short, what is still to be told; it becomes a promise for the next working day, in place of an earlier one.
    A proposal of the visit that the server gave back is dismissed in the same transaction: this one is entered for it.
    Raises NotFound for an unknown or void visit, BadInput for no picks, bad amounts, fewer products than wanted without a
    reason, and (code `unsuitable_product`) for one that may not be proposed; StoreWriteFailed when nothing could be written.
    """
    if not 1 <= len(picks) <= MOST_PICKS:
        raise BadInput("A proposal has one to ten products.")
    if amount_troubles(picks):
        raise BadInput("An amount cannot be read.", code="bad_amount")
    now = session.now()

    def work(tx: sqlite3.Connection) -> UUID:
        visit = read_visited(tx, visit_id)
        customer = reads.customer(tx, visit.customer_id) if visit is not None else None
        if visit is None or visit.is_voided or customer is None:
            raise NotFound("This visit was taken back, or its customer has left the book.")
        rule = reads.policies(tx).on(session.today())
        suitable = {each.product.id for each in offers_for(customer, reads.products(tx), rule) if each.is_suitable}
        if not set(picks) <= suitable:
            raise BadInput("One of the products may not be proposed to this customer.", code="unsuitable_product")
        enough = len(picks) >= rule.policy.products_per_visit
        if not enough and fewer_because is None:
            raise BadInput("Fewer products than wanted need a reason.", code="needs_reason")
        before = next((each for each in read_proposals(tx, visit.proposals) if each.offered), None)
        first = before.offered if before is not None else tuple(offered)
        version = before.picks_version if before is not None else PICKS_VERSION
        data = Proposal(
            visit_id=visit_id,
            picks=tuple(_pick(entry) for entry in picks.values()),
            fewer_because=None if enough else fewer_because,
            offered=first,
            picks_version=version if first else None,
        )
        drafts = [
            Draft(kind=ActivityKind.VOID, data=Void(activity_id=each, reason="replaced")) for each in visit.proposals
        ]
        drafts += _deferring(tx, visit, rule.day, deferred if data.fewer_because == FewerBecause.NO_TIME else "")
        drafts.append(Draft(kind=ActivityKind.PROPOSAL, data=data, customer_id=customer.id))
        for each in held(tx):
            if isinstance(each.activity.data, Proposal) and each.activity.data.visit_id == visit_id:
                dismiss_held(tx, each.activity.id)
        return append_activities(tx, drafts, now=now)[-1].id

    return await session.store.write(work)


def _deferring(tx: sqlite3.Connection, visit: Visited, day: date, deferred: str) -> list[Draft]:
    """What promises the rest of a visit for the next working day, and takes back what was promised so at it before."""
    known = ledger.activities_of_customer(tx, visit.customer_id)
    promised = [
        each.id
        for each in known
        if isinstance(each.data, FollowUp)
        and each.data.reason == FollowUpReason.DEFERRED_PRODUCTS
        and each.corrected_at >= visit.at
    ]
    gone = ledger.voided(tx, promised)
    drafts = [
        Draft(kind=ActivityKind.VOID, data=Void(activity_id=each, reason="replaced"))
        for each in promised
        if each not in gone
    ]
    if deferred:
        due = FollowUp(
            due_on=reads.policies(tx).next_working_day(day), reason=FollowUpReason.DEFERRED_PRODUCTS, note=deferred
        )
        drafts.append(Draft(kind=ActivityKind.FOLLOW_UP, data=due, customer_id=visit.customer_id))
    return drafts


def _pick(entry: PickEntry) -> Pick:
    amount = read_amount(entry.amount, entry.unit) if entry.response is PickResponse.BOUGHT else None
    return Pick(
        product_id=entry.product_id,
        response=entry.response,
        amount=amount if isinstance(amount, Decimal) else None,
    )
