"""What may be put before a customer at a visit: the shelf by suitability, three picks from three needs, and what was saved; nothing is written here."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.visits.queries import Visited, read_visited
from shared_models.customers import Customer
from shared_models.needs import Need
from shared_models.picks import Picked, Picks, Placement, Reason, picks_for, place, reason_of
from shared_models.policy import DayPolicy
from shared_models.products import Product, SuitabilityRule, rating_trouble, rating_valid_until, suitability
from shared_models.proposals import Pick, PickResponse, Proposal


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

    `offers`: suitable ones first, then by need and code. `picks`: what the app picks; `reasons`: why a product of a need.
    `saved`: what was saved at this visit so far, `offered` what had been picked then. `rating_trouble`: why nothing may be
    proposed at all, if so.
    """

    visit: Visited
    customer: Customer
    day: date
    rated_until: date | None
    rating_trouble: SuitabilityRule | None
    offers: tuple[Offer, ...]
    picks: Picks
    reasons: Mapping[Need, Reason]
    saved: tuple[Pick, ...]
    offered: tuple[UUID, ...]
    fewer_because: str | None
    wanted: int

    def offer(self, product_id: UUID) -> Offer | None:
        """The offer of a product, if it is on the shelf."""
        return next((each for each in self.offers if each.product.id == product_id), None)

    @property
    def suggested(self) -> tuple[UUID, ...]:
        """The products picked by the app, most wanted first."""
        return tuple(each.product_id for each in self.picks.picks)

    def picked(self, need: Need) -> Picked | None:
        """What the app picked for a need, if anything."""
        return next((each for each in self.picks.picks if each.need is need), None)

    def placed(self, product_ids: Iterable[UUID]) -> Placement:
        """What comes of placing the customer's free money in these products."""
        offers = [self.offer(each) for each in product_ids]
        return place(self.picks.outlook, [each.product for each in offers if each is not None and each.is_suitable])


def proposal_view(session: AppSession, visit_id: UUID) -> ProposalView | None:
    """The three products of a visit; None when the visit is unknown or void, or the customer has left the book."""

    def read(tx: sqlite3.Connection) -> ProposalView | None:
        visit = read_visited(tx, visit_id)
        customer = reads.customer(tx, visit.customer_id) if visit is not None else None
        if visit is None or visit.is_voided or customer is None:
            return None
        rule = reads.policies(tx).on(session.today())
        shelf = reads.products(tx)
        proposals = read_proposals(tx, visit.proposals)
        picks = picks_for(customer, shelf, rule, declined=_declined(tx, customer.id, but_of=visit_id))
        return ProposalView(
            visit=visit,
            customer=customer,
            day=rule.day,
            rated_until=rating_valid_until(customer.rated_on, rule) if customer.rating and customer.rated_on else None,
            rating_trouble=rating_trouble(customer, rule),
            offers=offers_for(customer, shelf, rule),
            picks=picks,
            reasons={need: reason_of(need, customer, picks.outlook, rule) for need in Need},
            saved=tuple(pick for proposal in proposals for pick in proposal.picks),
            offered=next((each.offered for each in proposals if each.offered), ()),
            fewer_because=next((each.fewer_because for each in proposals if each.fewer_because), None),
            wanted=rule.policy.products_per_visit,
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


def _declined(tx: sqlite3.Connection, customer_id: UUID, *, but_of: UUID) -> set[UUID]:
    """What this customer turned down at any visit that the phone knows of but this one, which the picks were made for."""
    return {
        pick.product_id
        for each in ledger.activities_of_customer(tx, customer_id)
        if isinstance(each.data, Proposal) and each.data.visit_id != but_of
        for pick in each.data.picks
        if pick.response is PickResponse.DECLINED
    }
