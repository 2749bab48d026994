"""The rules of lending: who may lend whom to whom, and that both phones and both lists learn of it at once."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.audit.service import note
from app_server.auth.service import Caller
from app_server.lending import queries
from app_server.lending.queries import LentCustomer
from app_server.org.queries import advisor_in_scope
from app_server.plans.service import relist
from app_server.sync.feed import Announced, announce
from app_server.sync.lent import loans_of
from app_server.sync.service import enter_waiting
from shared_models.errors import BadInput, Conflict, NotFound, PlanFrozen
from shared_models.lending import Loan, LoanEdit
from shared_models.sync import Entity


def lend(session: Session, who: Caller, *, customer_id: UUID, day: date, edit: LoanEdit, now: datetime) -> Loan:
    """Give a customer to another advisor for today; the same again is answered alike. For use within `write_batches`.

    What the borrower records with them is the borrower's; the book, its coverage and its promises stay the owner's. Raises
    NotFound for a customer or an advisor outside the caller's subtree, BadInput for another day or the owner themselves,
    Conflict `already_lent`, PlanFrozen, with the code `colleague_frozen` for the borrower's list, PlanChanged.
    """
    customer = _customer(session, who, customer_id, day)
    borrower = advisor_in_scope(session, advisor_id=edit.advisor_id, scope_path=who.unit_path, day=day)
    if borrower.id == customer.owner_id:
        raise BadInput("This customer is in that advisor's own book.")
    if queries.borrower_of(session, customer_id, day) == borrower.id:
        return _loan(session, customer_id, day)
    _hand_over(
        session, who, customer, day, leaves=customer.owner_id, comes_to=borrower.id, borrower=borrower.id, now=now
    )
    # With both feeds held: another head may have been quicker.
    match queries.borrower_of(session, customer_id, day):
        case None:
            pass
        case customer.owner_id:
            # Who has come into the borrower's book since is lent no more.
            queries.end_loan(session, customer_id, day, advisor_id=customer.owner_id, now=now)
        case _:
            raise Conflict("This customer is lent to somebody for the day; take them back first.", code="already_lent")
    queries.add_loan(session, customer_id=customer_id, day=day, advisor_id=borrower.id, lent_by=who.id, now=now)
    loan = _loan(session, customer_id, day)
    _note(session, who, customer, loan, action="customer.lent", now=now)
    # The exchange may have seen a call of theirs already.
    enter_waiting(session, borrower.id, phones=[customer.phone], now=now)
    return loan


def take_back(session: Session, who: Caller, *, customer_id: UUID, day: date, now: datetime) -> None:
    """End a loan of today under which nothing is recorded yet; what the borrower's phone still holds of it is taken later.

    Raises NotFound where nobody is lent or outside the caller's subtree, Conflict `loan_used`, and as `lend`.
    """
    customer = _customer(session, who, customer_id, day)
    loan = next(iter(loans_of(session, [customer_id], day)), None)
    if loan is None:
        raise NotFound("This customer is not lent to anybody.")
    borrower_id = loan.borrower.id
    _hand_over(
        session, who, customer, day, leaves=borrower_id, comes_to=customer.owner_id, borrower=borrower_id, now=now
    )
    if queries.borrower_of(session, customer_id, day) != borrower_id:
        raise Conflict("Somebody else has just changed this; look again.")
    if queries.has_recorded(session, borrower_id, customer_id, day):
        raise Conflict("They have called or visited this customer today already.", code="loan_used")
    queries.end_loan(session, customer_id, day, advisor_id=borrower_id, now=now)
    _note(session, who, customer, loan, action="customer.taken_back", now=now)


def _customer(session: Session, who: Caller, customer_id: UUID, day: date) -> LentCustomer:
    if day != who.today:
        # A phone forgets them by itself when the day is over, and would show them too early if it had them before.
        raise BadInput("A customer is lent for today.", code="not_today")
    customer = queries.customer_in_scope(session, customer_id, scope_path=who.unit_path, day=day)
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def _hand_over(
    session: Session,
    who: Caller,
    customer: LentCustomer,
    day: date,
    *,
    leaves: UUID,
    comes_to: UUID,
    borrower: UUID,
    now: datetime,
) -> None:
    """Change both lists and tell both phones; both feeds are held from then on, so the customer stays in their book."""
    changes = [
        relist(
            session,
            who,
            advisor_id=advisor_id,
            day=day,
            taken={customer.id} if advisor_id == comes_to else (),
            dropped={customer.id} if advisor_id == leaves else (),
            frozen_code="colleague_frozen" if advisor_id == borrower else PlanFrozen.code,
            now=now,
        )
        # Everybody takes lists before feeds, and both in one order.
        for advisor_id in sorted((leaves, comes_to))
    ]
    # What each may see of the customer is read when it is sent.
    changes += [Announced(str(advisor_id), Entity.CUSTOMER, str(customer.id)) for advisor_id in (leaves, comes_to)]
    announce(session, changes, now=now)
    if queries.customer_in_scope(session, customer.id, scope_path=who.unit_path, day=day) != customer:
        raise Conflict("Somebody else has just moved this customer; look again.")


def _loan(session: Session, customer_id: UUID, day: date) -> Loan:
    (loan,) = loans_of(session, [customer_id], day)
    return loan


def _note(session: Session, who: Caller, customer: LentCustomer, loan: Loan, *, action: str, now: datetime) -> None:
    note(
        session,
        actor=who.id,
        action=action,
        subject_kind="staff",
        subject_id=customer.owner_id,
        unit_path=customer.unit_path,
        before=None,
        after={"day": loan.day, "customer_id": customer.id, "to": loan.borrower.name},
        now=now,
    )
