"""Whether the server takes an activity, and why not: pure rules over what the database knows. SQL is in queries.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from app_server.ledger.queries import Entry
from app_server.sync.former import FormerAdvisor
from app_server.sync.reading import Item, Readable, Unreadable
from shared_models.activity import (
    REMARKS,
    REVIEW_ANSWERS,
    SERVER_KINDS,
    AcceptedTimes,
    Activity,
    ActivityKind,
    RejectCode,
    accepted_times,
)
from shared_models.boards import BoardShown
from shared_models.cases import CaseConsent
from shared_models.customers import Customer, Rating
from shared_models.policy import Policies
from shared_models.products import Product, SuitabilityRule, suitability
from shared_models.proposals import Proposal
from shared_models.reviews import DrillDone, ReviewReply
from shared_models.sync import ActivityResult, ResultStatus


class KnownCustomer(NamedTuple):
    """A customer as far as acceptance asks: whose, rated how, and where their address is, in degrees.

    `left_at`: when they left the caller's book, if they once were in it and are no more; `lent_on`: the days on which the
    caller had them from another's; `number` in E.164, where they were looked for by it.
    """

    advisor_id: UUID
    managed_since: date | None = None
    rating: Rating | None = None
    rated_on: date | None = None
    place: tuple[float, float] | None = None
    left_at: datetime | None = None
    lent_on: frozenset[date] = frozenset()
    number: str | None = None

    def is_of(self, advisor_id: UUID, *, at: datetime, day: date) -> bool:
        """Whether the caller had them at that instant of that business day, or has them since."""
        was_theirs = self.left_at is not None and at <= self.left_at
        return self.advisor_id == advisor_id or was_theirs or day in self.lent_on


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has of the ids that a batch names.

    `own_reviews`: which of them are reviews of the advisor's own; `cases`: the latest version of each case that the advisor
    was asked about.
    """

    entries: Mapping[UUID, Entry]
    customers: Mapping[UUID, KnownCustomer]
    products: Mapping[UUID, Product]
    policies: Policies
    own_reviews: Collection[UUID]
    cases: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one activity."""

    status: ResultStatus
    code: RejectCode | None = None
    detail: str | None = None

    def result(self, activity_id: str | None) -> ActivityResult:
        """As it goes to the phone."""
        return ActivityResult(id=activity_id, status=self.status, code=self.code, detail=self.detail)


ACCEPTED = Verdict(ResultStatus.ACCEPTED)
DUPLICATE = Verdict(ResultStatus.DUPLICATE)

_DETAILS = {
    RejectCode.ID_CONFLICT: "Another entry with this id is already here; make this one anew.",
    RejectCode.IN_FUTURE: "This entry lies in the future; set the phone's clock and make it anew.",
    RejectCode.TOO_OLD: "This entry came too late to be taken; ask your head how to have it recorded.",
    RejectCode.UNKNOWN_CUSTOMER: "This customer is not known here; choose the customer again and make the entry anew.",
    RejectCode.NOT_YOUR_CUSTOMER: "This customer is not in your book; ask your head if they should be.",
    RejectCode.UNKNOWN_PRODUCT: "A product of this proposal is not on the shelf; choose the products again.",
    RejectCode.UNKNOWN_VISIT: "The visit with this customer was not taken or is not known; record the visit first.",
    RejectCode.UNKNOWN_ACTIVITY: "What this entry refers to is not among yours; there is nothing to correct or to answer.",
}
_UNSUITABLE = {
    SuitabilityRule.NOT_RATED: "has no risk rating: have them rated first",
    SuitabilityRule.RATING_EXPIRED: "has an outdated risk rating: have it renewed first",
    SuitabilityRule.RISK_TOO_HIGH: "has a risk rating below the product's: choose products up to that rating",
    SuitabilityRule.NOT_ON_SALE: "was offered a product that is not on sale that day: choose another",
}
_NO_ADVISOR = Verdict(
    ResultStatus.REJECTED,
    RejectCode.NOT_YOUR_CUSTOMER,
    "You were no advisor on that day; ask the customer's advisor to record it.",
)
_NO_REVIEW = Verdict(
    ResultStatus.REJECTED, RejectCode.UNKNOWN_ACTIVITY, "This is no review of yours; sync, then open the review again."
)
# What others may hang on comes first, so that the order within a batch makes no difference.
_PHASE = {
    ActivityKind.PROSPECT: 0,
    ActivityKind.PROPOSAL: 2,
    ActivityKind.BOARD_SHOWN: 2,
    **dict.fromkeys(REMARKS, 3),
}
_OTHERS = 1
# What no void takes back, and no hint is of: a word about a case is taken back by another word.
_STANDS_FOR_GOOD = SERVER_KINDS | REVIEW_ANSWERS | REMARKS | {ActivityKind.CASE_CONSENT}


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is being judged against: the database, and what of this batch has been accepted so far."""

    known: Known
    advisor_id: UUID
    former: FormerAdvisor | None
    times: AcceptedTimes
    accepted: dict[UUID, Activity] = field(default_factory=dict[UUID, Activity])


def judge(
    items: Sequence[Item], known: Known, *, advisor_id: UUID, former: FormerAdvisor | None, now: datetime
) -> tuple[list[Verdict], list[Readable]]:
    """A verdict for each item, in order, and the items to keep. `former`: the sender's time as an advisor, if it is over.

    A repeat within the batch is answered like one from an earlier batch; activities may name others of the batch
    in whatever order they come.
    """
    firsts: dict[UUID, Readable] = {}
    for item in items:
        if isinstance(item, Readable):
            firsts.setdefault(item.activity.id, item)
    batch = _Batch(known=known, advisor_id=advisor_id, former=former, times=accepted_times(now, known.policies))
    verdicts: dict[UUID, Verdict] = {}
    for item in sorted(firsts.values(), key=lambda each: _PHASE.get(each.activity.kind, _OTHERS)):
        verdict = verdicts[item.activity.id] = _verdict(item, batch)
        if verdict is ACCEPTED:
            batch.accepted[item.activity.id] = item.activity
    kept = [item for item in firsts.values() if item.activity.id in batch.accepted]
    return [_of_item(item, firsts, verdicts) for item in items], kept


def _of_item(item: Item, firsts: Mapping[UUID, Readable], verdicts: Mapping[UUID, Verdict]) -> Verdict:
    if isinstance(item, Unreadable):
        return Verdict(ResultStatus.REJECTED, RejectCode.BAD_DATA, item.detail)
    first = firsts[item.activity.id]
    if item is first:
        return verdicts[item.activity.id]
    if item.digest != first.digest:
        return _rejected(RejectCode.ID_CONFLICT)
    verdict = verdicts[item.activity.id]
    return DUPLICATE if verdict is ACCEPTED else verdict


def _verdict(item: Readable, batch: _Batch) -> Verdict:
    activity, known = item.activity, batch.known
    entry = known.entries.get(activity.id)
    if entry is not None:
        is_same = entry.advisor_id == batch.advisor_id and entry.digest == item.digest
        return DUPLICATE if is_same else _rejected(RejectCode.ID_CONFLICT)
    if activity.kind is ActivityKind.PROSPECT and activity.id in known.customers:
        return _rejected(RejectCode.ID_CONFLICT)
    code = batch.times.rejection(item.at)
    if code is None and batch.former is not None and not batch.former.was_advisor_on(known.policies.today(item.at)):
        return _NO_ADVISOR
    code = code or _customer_code(item, batch)
    if code is not None:
        return _rejected(code)
    match activity.data:
        case Proposal() as proposal:
            return _proposal_verdict(item, proposal, batch)
        case BoardShown(visit_id=visit_id, call_id=call_id):
            if visit_id is not None and not _is_own(visit_id, ActivityKind.VISIT, batch):
                return _rejected(RejectCode.UNKNOWN_VISIT)
            if call_id is not None and not _is_own(call_id, ActivityKind.CALL, batch):
                return _rejected(RejectCode.UNKNOWN_ACTIVITY)
        case CaseConsent(case_id=case_id, version=version) if version > known.cases.get(case_id, 0):
            return _rejected(RejectCode.UNKNOWN_ACTIVITY)
        case _ if activity.kind in REMARKS and not _is_remarkable(activity, batch):
            return _rejected(RejectCode.UNKNOWN_ACTIVITY)
        case ReviewReply(review_id=review_id) | DrillDone(review_id=review_id) if review_id not in known.own_reviews:
            return _NO_REVIEW
        case _:
            pass
    return ACCEPTED


def _customer_code(item: Readable, batch: _Batch) -> RejectCode | None:
    activity = item.activity
    customer_id = activity.customer_id
    # A remark's customer is compared with its target's: a mistake can be taken back after the customer has moved on.
    if customer_id is None or customer_id == activity.id or activity.kind in REMARKS:
        return None
    if customer_id in batch.accepted and batch.accepted[customer_id].kind is ActivityKind.PROSPECT:
        return None
    customer = batch.known.customers.get(customer_id)
    if customer is None:
        return RejectCode.UNKNOWN_CUSTOMER
    is_theirs = customer.is_of(batch.advisor_id, at=item.at, day=batch.known.policies.today(item.at))
    return None if is_theirs else RejectCode.NOT_YOUR_CUSTOMER


def _proposal_verdict(item: Readable, proposal: Proposal, batch: _Batch) -> Verdict:
    known, activity = batch.known, item.activity
    products = [known.products.get(pick.product_id) for pick in proposal.picks]
    if None in products:
        return _rejected(RejectCode.UNKNOWN_PRODUCT)
    rule_of_day = known.policies.on(known.policies.today(item.at))
    rated = known.customers.get(activity.customer_id) if activity.customer_id else None
    for product in products:
        # A prospect of this very batch is nobody the bank has rated.
        rule = SuitabilityRule.NOT_RATED
        if rated is not None and product is not None:
            rule = suitability(product, _rated(rated.rating, rated.rated_on), rule_of_day).rule
        if rule is not SuitabilityRule.SUITABLE:
            return Verdict(ResultStatus.REJECTED, RejectCode.UNSUITABLE_PRODUCT, f"The customer {_UNSUITABLE[rule]}.")
    if not _is_own(proposal.visit_id, ActivityKind.VISIT, batch, customer_id=activity.customer_id):
        return _rejected(RejectCode.UNKNOWN_VISIT)
    return ACCEPTED


@lru_cache(maxsize=1024)
def _rated(rating: Rating | None, rated_on: date | None) -> Customer:
    # Rows are valid already, and of a customer the rule asks for the rating alone.
    return Customer.model_construct(rating=rating, rated_on=rated_on)


def _is_own(activity_id: UUID, kind: ActivityKind, batch: _Batch, *, customer_id: UUID | None = None) -> bool:
    """Whether the advisor has an activity of that id and kind, with that customer if one is given."""
    named = _named(activity_id, batch)
    return named is not None and named.kind is kind and customer_id in (None, named.customer_id)


def _is_remarkable(remark: Activity, batch: _Batch) -> bool:
    """Whether it is aimed at something that the advisor recorded, which remarks are not."""
    named = _named(remark.refers_to, batch) if remark.refers_to else None
    if named is None or named.kind in _STANDS_FOR_GOOD:
        return False
    return remark.customer_id in (None, named.customer_id)


def _named(activity_id: UUID, batch: _Batch) -> Activity | Entry | None:
    if activity_id in batch.accepted:
        return batch.accepted[activity_id]
    entry = batch.known.entries.get(activity_id)
    return entry if entry is not None and entry.advisor_id == batch.advisor_id else None


def _rejected(code: RejectCode) -> Verdict:
    return Verdict(ResultStatus.REJECTED, code, _DETAILS[code])
