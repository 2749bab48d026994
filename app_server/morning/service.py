"""The rules of the morning: what a unit begins its day with, told of those who belong to it and to the caller's subtree today."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.morning import queries
from app_server.notices.queries import notice_of
from app_server.org.queries import as_unit, policies
from app_server.sync.handed import recorded_with, told_by
from app_server.sync.lent import loans_of
from app_server.team.service import asked_unit
from shared_models.activity import Activity
from shared_models.errors import BadInput, TooLarge
from shared_models.meetings import MOST_ADVISORS
from shared_models.morning import Agenda, DueMoney, DuePromise
from shared_models.org import StaffName
from shared_models.plans import open_promises

FURTHEST_AHEAD = timedelta(days=366)


def agenda(session: Session, who: Caller, *, unit_id: UUID | None, day: date | None) -> Agenda:
    """A unit's morning; the caller's own unit and today when left out.

    Raises NotFound outside the caller's subtree, BadInput for a day that is over or more than a year ahead, TooLarge.
    """
    day = day or who.today
    if not who.today <= day <= who.today + FURTHEST_AHEAD:
        raise BadInput("A morning is of today or of a day within a year from now.")
    unit = asked_unit(session, who, unit_id)
    lists = queries.lists_on(session, path=unit.path, scope_path=who.unit_path, day=day, today=who.today)
    if len(lists) > MOST_ADVISORS:
        raise TooLarge(f"A morning is of {MOST_ADVISORS} advisors at most.")
    advisors = {each.advisor.id: each.advisor for each in lists}
    since = day - timedelta(days=policies(session).on(day).policy.feed_days)
    money = _money(session, advisors, day)
    return Agenda(
        unit=as_unit(unit),
        day=day,
        lists=lists,
        promises=_promises(session, advisors, since, day),
        money=money,
        money_total=sum((each.amount for each in money), Decimal(0)),
        notice=notice_of(session, unit.id, day),
    )


def _money(session: Session, advisors: dict[UUID, StaffName], day: date) -> list[DueMoney]:
    with_due = list(queries.customers_with_due(session, advisors, day))
    borrowers = _borrowers(session, (each.id for each in with_due), day)
    found = [
        DueMoney(
            advisor=borrowers.get(customer.id, advisors[customer.advisor_id]),
            customer_id=customer.id,
            customer_name=customer.name,
            name=each.name,
            amount=each.amount,
        )
        for customer in with_due
        for each in customer.maturities
        if each.due_on == day
    ]
    return sorted(found, key=lambda each: (-each.amount, each.customer_id))


def _promises(session: Session, advisors: dict[UUID, StaffName], since: date, day: date) -> list[DuePromise]:
    """What was open and due when the day began, as one ledger of all books would have it: a promise goes with the customer."""
    books = queries.books_of(session, advisors)
    ledgers = advisors.keys() | told_by(session, books)
    promised = [each for each in queries.customers_promised(session, ledgers, since=since, day=day) if each in books]
    told: dict[UUID, list[Activity]] = defaultdict(list)
    for activity in recorded_with(session, ledgers, promised, since=since, until=day):
        if activity.customer_id is not None:
            told[activity.customer_id].append(activity)
    borrowers = _borrowers(session, told, day)
    found = [
        DuePromise(
            advisor=borrowers.get(promise.customer_id, advisors[books[promise.customer_id].advisor_id]),
            customer_id=promise.customer_id,
            customer_name=books[promise.customer_id].name,
            due_on=promise.due_on,
            reason=promise.reason,
            note=promise.note,
        )
        for activities in told.values()
        for promise in open_promises(activities)
        if promise.due_on <= day
    ]
    return sorted(found, key=lambda each: (-each.due_on.toordinal(), each.advisor.name, each.customer_id))


def _borrowers(session: Session, customer_ids: Iterable[UUID], day: date) -> dict[UUID, StaffName]:
    """Who has those of the customers who are lent on that day."""
    return {loan.customer_id: loan.borrower for loan in loans_of(session, customer_ids, day)}
