"""What came of one visit: the answers with their products, and the next day promised; nothing is written here."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app_client.proposals.queries import read_proposals
from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.visits.queries import read_visited
from shared_models.customers import Customer
from shared_models.products import Product
from shared_models.proposals import Pick, PickResponse


@dataclass(frozen=True, slots=True)
class Outcome:
    """One product and what the customer said to it."""

    product: Product
    pick: Pick


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A visit when it is over. `outcomes` in the order they were put; `promised`: the next day this customer is due, if any."""

    visit_id: UUID
    customer: Customer
    at: datetime
    day: date
    outcomes: tuple[Outcome, ...]
    promised: date | None
    advisor: str
    unit: str

    @property
    def bought(self) -> tuple[Outcome, ...]:
        """What the counter has to see to."""
        return tuple(each for each in self.outcomes if each.pick.response is PickResponse.BOUGHT)

    @property
    def welcome(self) -> tuple[Outcome, ...]:
        """What the customer may want to read again: all but what they turned down."""
        return tuple(each for each in self.outcomes if each.pick.response is not PickResponse.DECLINED)


def summary_view(session: AppSession, visit_id: UUID) -> SummaryView | None:
    """What came of a visit; None when it is unknown or void, or the customer has left the book."""

    def read(tx: sqlite3.Connection) -> SummaryView | None:
        visit = read_visited(tx, visit_id)
        customer = reads.customer(tx, visit.customer_id) if visit is not None else None
        if visit is None or visit.is_voided or customer is None:
            return None
        today = session.today()
        shelf = {product.id: product for product in reads.products(tx)}
        picks = [pick for proposal in read_proposals(tx, visit.proposals) for pick in proposal.picks]
        since = today - timedelta(days=reads.policies(tx).on(today).policy.feed_days)
        due = [
            each.due_on
            for each in reads.promises(tx, ledger.ledger_since(tx, since))
            if each.customer_id == customer.id and each.due_on > today
        ]
        return SummaryView(
            visit_id=visit_id,
            customer=customer,
            at=visit.at,
            day=today,
            outcomes=tuple(Outcome(shelf[pick.product_id], pick) for pick in picks if pick.product_id in shelf),
            promised=min(due, default=None),
            advisor=session.staff.name,
            unit=session.staff.unit.name,
        )

    return session.store.read(read)
