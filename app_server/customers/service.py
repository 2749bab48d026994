"""The rules of whose customer somebody is: moving one to another advisor. Who may order it is the endpoints' business."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app_server.customers import queries
from app_server.org.queries import policies
from app_server.sync.feed import Announced, announce
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
