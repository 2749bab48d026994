"""What may be put before a customer at a visit: the shelf by suitability, three suggestions from three needs, and what was saved; nothing is written here."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.visits.queries import Visited, read_visited
from shared_models.customers import Customer, Maturity
from shared_models.needs import Need
from shared_models.plans import IDLE_CASH_FLOOR, MATURITY_HORIZON_DAYS
from shared_models.policy import DayPolicy
from shared_models.products import Product, SuitabilityRule, rating_valid_until, suitability
from shared_models.proposals import Pick, PickResponse, Proposal

SUGGESTED = 3
# A customer of the middle rating or above has an appetite for growth; below, growth comes last.
_GROWTH_RATING = 3
_USUAL_RISK = {Need.CASH: 1, Need.STEADY: 2, Need.PROTECTION: 1, Need.GROWTH: 3}


@dataclass(frozen=True, slots=True)
class Offer:
    """A product and whether it may be proposed to this customer today."""

    product: Product
    rule: SuitabilityRule

    @property
    def is_suitable(self) -> bool:
        """Whether it may be proposed."""
        return self.rule is SuitabilityRule.SUITABLE


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A visit and the shelf for its customer.

    `offers`: suitable ones first, then by need and code. `suggested`: up to three suitable ones, each from another need.
    `saved`: what was saved at this visit so far. `rating_trouble`: why nothing may be proposed at all, if so.
    """

    visit: Visited
    customer: Customer
    day: date
    rated_until: date | None
    rating_trouble: SuitabilityRule | None
    offers: tuple[Offer, ...]
    suggested: tuple[UUID, ...]
    saved: tuple[Pick, ...]
    fewer_because: str | None
    wanted: int
    maturity: Maturity | None
    idle_cash: Decimal | None

    def offer(self, product_id: UUID) -> Offer | None:
        """The offer of a product, if it is on the shelf."""
        return next((each for each in self.offers if each.product.id == product_id), None)


def proposal_view(session: AppSession, visit_id: UUID) -> ProposalView | None:
    """The three products of a visit; None when the visit is unknown or void, or the customer has left the book."""

    def read(tx: sqlite3.Connection) -> ProposalView | None:
        visit = read_visited(tx, visit_id)
        customer = reads.customer(tx, visit.customer_id) if visit is not None else None
        if visit is None or visit.is_voided or customer is None:
            return None
        rule = reads.policies(tx).on(session.today())
        offers = offers_for(customer, reads.products(tx), rule)
        proposals = read_proposals(tx, visit.proposals)
        maturity = _next_maturity(customer, rule.day)
        idle = customer.idle_cash if customer.idle_cash and customer.idle_cash >= IDLE_CASH_FLOOR else None
        return ProposalView(
            visit=visit,
            customer=customer,
            day=rule.day,
            rated_until=rating_valid_until(customer.rated_on, rule) if customer.rating and customer.rated_on else None,
            rating_trouble=rating_trouble(customer, rule),
            offers=offers,
            suggested=suggest(
                customer, offers, declined=_declined(tx, customer.id), has_free_money=bool(maturity or idle)
            ),
            saved=tuple(pick for proposal in proposals for pick in proposal.picks),
            fewer_because=next((each.fewer_because for each in proposals if each.fewer_because), None),
            wanted=rule.policy.products_per_visit,
            maturity=maturity,
            idle_cash=idle,
        )

    return session.store.read(read)


def read_proposals(tx: sqlite3.Connection, proposal_ids: Iterable[UUID]) -> list[Proposal]:
    """The data of these proposals, in order."""
    found = [ledger.activity(tx, proposal_id) for proposal_id in proposal_ids]
    return [each.data for each in found if each is not None and isinstance(each.data, Proposal)]


def offers_for(customer: Customer, products: Iterable[Product], rule: DayPolicy) -> tuple[Offer, ...]:
    """The shelf of that day for this customer: suitable ones first, then by need and code; what is not on sale is left out."""
    offers = [Offer(product, suitability(product, customer, rule).rule) for product in products]
    needs = list(Need)
    return tuple(
        sorted(
            (offer for offer in offers if offer.rule is not SuitabilityRule.NOT_ON_SALE),
            key=lambda offer: (not offer.is_suitable, needs.index(offer.product.need), offer.product.code),
        )
    )


def rating_trouble(customer: Customer, rule: DayPolicy) -> SuitabilityRule | None:
    """Why the rating lets nothing be proposed, whatever the product."""
    if customer.rating is None or customer.rated_on is None:
        return SuitabilityRule.NOT_RATED
    if rule.day > rating_valid_until(customer.rated_on, rule):
        return SuitabilityRule.RATING_EXPIRED
    return None


def suggest(
    customer: Customer, offers: Sequence[Offer], *, declined: Iterable[UUID], has_free_money: bool
) -> tuple[UUID, ...]:
    """Three suitable products of three different needs, the same for the same book.

    Money that comes free asks for a steady home first; growth comes early only for those whose rating bears it. Within a
    need: what was not declined before, what the customer can afford, the risk that is usual for the need, the code.
    """
    turned_down = set(declined)
    bears_growth = customer.rating is not None and customer.rating.level >= _GROWTH_RATING
    needs = [Need.PROTECTION, Need.CASH]
    needs = [Need.GROWTH, *needs] if bears_growth else [*needs, Need.GROWTH]
    needs = [Need.STEADY, *needs] if has_free_money or not bears_growth else [needs[0], Need.STEADY, *needs[1:]]
    means = customer.aum or Decimal(0)

    def order(offer: Offer) -> tuple[bool, bool, int, str]:
        product = offer.product
        strange = abs(product.risk.level - _USUAL_RISK[product.need])
        return product.id in turned_down, product.min_amount > means > 0, strange, product.code

    found: list[UUID] = []
    for need in needs:
        fitting = [offer for offer in offers if offer.is_suitable and offer.product.need is need]
        if fitting and len(found) < SUGGESTED:
            found.append(min(fitting, key=order).product.id)
    return tuple(found)


def _declined(tx: sqlite3.Connection, customer_id: UUID) -> set[UUID]:
    """What this customer turned down at any visit that the phone knows of."""
    return {
        pick.product_id
        for each in ledger.activities_of_customer(tx, customer_id)
        if isinstance(each.data, Proposal)
        for pick in each.data.picks
        if pick.response is PickResponse.DECLINED
    }


def _next_maturity(customer: Customer, day: date) -> Maturity | None:
    coming = [each for each in customer.maturities if 0 <= (each.due_on - day).days <= MATURITY_HORIZON_DAYS]
    return min(coming, key=lambda each: each.due_on) if coming else None
