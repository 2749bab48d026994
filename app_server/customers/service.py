"""The rules of whose customer somebody is: moving one to another advisor. Who may order it is the endpoints' business."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.audit.service import Change
from app_server.customers import queries
from app_server.org.queries import paths_of, policies
from app_server.sync.feed import Announced, announce, take_numbers_of_each
from app_server.sync.service import enter_waiting
from shared_models.errors import Conflict, NotFound
from shared_models.sync import Entity


def move_customer(session: Session, customer_id: UUID, *, to_advisor: UUID, now: datetime) -> None:
    """Put a customer into another advisor's book; the old advisor's phone forgets them, the new one's learns of them.

    What the old advisor recorded with them stays theirs, and what they recorded before `now` but have not sent yet
    will be taken still. Raises NotFound, or Conflict when somebody else moves them at the same time.
    """
    from_advisor = queries.owner_of(session, customer_id)
    if from_advisor is None:
        raise NotFound("There is no such customer.")
    if not queries.is_advisor(session, to_advisor, day=policies(session).today(now)):
        raise NotFound("There is no such advisor.")
    if from_advisor == to_advisor:
        return
    # The feeds come before the customer: a sync of either advisor takes its feed first, too.
    announce(
        session,
        [
            Announced(str(from_advisor), Entity.CUSTOMER, str(customer_id), deleted=True),
            Announced(str(to_advisor), Entity.CUSTOMER, str(customer_id)),
        ],
        now=now,
    )
    if queries.owner_of(session, customer_id, lock=True) != from_advisor:
        raise Conflict("Somebody else has just moved this customer; look again.")
    queries.set_owner(session, customer_id, to_advisor)
    enter_waiting(session, to_advisor, phones=[queries.phone_of(session, customer_id)], now=now)


def move_book_of(session: Session, advisor_id: UUID, *, to_advisor: UUID, now: datetime) -> int:
    """Put all of an advisor's customers into another advisor's book, as `move_customer` does; returns how many.

    For use within `write_batches`. That `to_advisor` is one, is for the caller to know.
    """
    # With both feeds held nobody comes into the book or leaves it.
    take_numbers_of_each(session, {str(advisor_id): 0, str(to_advisor): 0})
    book = queries.book_of(session, advisor_id)
    if not book:
        return 0
    changes: list[Announced] = []
    for customer_id, _ in book:
        changes.append(Announced(str(advisor_id), Entity.CUSTOMER, str(customer_id), deleted=True))
        changes.append(Announced(str(to_advisor), Entity.CUSTOMER, str(customer_id)))
    announce(session, changes, now=now)
    queries.set_owner_of_all(session, advisor_id, to_advisor)
    enter_waiting(session, to_advisor, phones=[phone for _, phone in book], now=now)
    return len(book)


def books_moved(session: Session, moved: Mapping[tuple[UUID, UUID], int], *, day: date) -> list[Change]:
    """What the audit log tells of customers who moved: how many, by whose book they left and whose they came into."""
    paths = paths_of(session, {advisor_id for pair in moved for advisor_id in pair}, day=day)
    changes: list[Change] = []
    for (former, owner), count in moved.items():
        if count:
            told = {"customers": count}
            changes.append(Change("customers.left", "staff", former, paths.get(former), None, told))
            changes.append(Change("customers.came", "staff", owner, paths.get(owner), None, told))
    return changes
