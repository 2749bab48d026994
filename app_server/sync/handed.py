"""What customers bring along from the books they were in (带来的约定): read from the former advisors' ledgers, stored nowhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import String, cast, select, true, union
from sqlmodel import Session

from app_server.database import batches
from app_server.ledger.queries import LEDGER
from app_server.sync.acceptance import Known
from app_server.sync.feed import Announced
from app_server.sync.reading import Readable
from app_server.tables import ChangeRow, CustomerRow, LoanRow, metadata
from shared_models.activity import Activity, ActivityKind, Void
from shared_models.plans import Handed, handed_over
from shared_models.sync import Entity

CHANGE, CUSTOMER, LOAN = (metadata.tables[row.__tablename__] for row in (ChangeRow, CustomerRow, LoanRow))
# What makes a promise, and what keeps one.
_TELLING = (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.FOLLOW_UP)


def handed_to(
    session: Session, advisor_id: UUID, customer_ids: Collection[UUID], *, since: date
) -> Mapping[UUID, Handed]:
    """What these customers, the advisor's own or lent, bring along from others' ledgers, by their ids, of those who bring anything.

    Nothing of before `since`.
    """
    found: dict[UUID, list[Activity]] = defaultdict(list)
    for part in batches(sorted(customer_ids)):
        others = told_by(session, part) - {advisor_id}
        if others:
            for activity in recorded_with(session, others, part, since=since):
                if activity.customer_id is not None:
                    found[activity.customer_id].append(activity)
    handed = {customer_id: handed_over(activities) for customer_id, activities in found.items()}
    return {customer_id: each for customer_id, each in handed.items() if each is not None}


def changed_for_others(session: Session, kept: Iterable[Readable], known: Known, advisor_id: UUID) -> list[Announced]:
    """The customers of other books for whom this batch of the advisor's says something new, each to whose book they are in.

    A call that was recorded before they left may come in after it, a promise may be taken back when they have it, and who
    is lent for a day is called by a colleague.
    """
    named: set[UUID] = set()
    for item in kept:
        activity = item.activity
        if isinstance(activity.data, Void):
            target = known.entries.get(activity.data.activity_id)
            if target is not None and target.kind in _TELLING and target.customer_id is not None:
                named.add(target.customer_id)
        elif activity.kind in _TELLING and activity.customer_id is not None:
            named.add(activity.customer_id)
    owners = {each: customer.advisor_id for each in named if (customer := known.customers.get(each)) is not None}
    # A void need not name the customer.
    unnamed = named - owners.keys()
    if unnamed:
        owners |= _owners(session, unnamed)
    return [
        Announced(str(owner), Entity.CUSTOMER, str(customer_id))
        for customer_id, owner in sorted(owners.items())
        if owner != advisor_id
    ]


def told_by(session: Session, customer_ids: Collection[UUID]) -> set[UUID]:
    """Whose ledgers may tell of any of these customers: whose books they are in or have left, and to whom they were lent."""
    found: set[UUID] = set()
    for part in batches(sorted(customer_ids)):
        # The feed of who had them remembers that they left.
        left = select(CHANGE.c.scope).where(
            CHANGE.c.entity_id.in_([str(each) for each in part]),
            CHANGE.c.entity == Entity.CUSTOMER.value,
            CHANGE.c.deleted,
        )
        lent = select(cast(LOAN.c.advisor_id, String)).where(LOAN.c.customer_id.in_(part))
        now = select(cast(CUSTOMER.c.advisor_id, String)).where(CUSTOMER.c.id.in_(part))
        rows = session.connection().execute(union(left, lent, now))
        found |= {UUID(staff_id) for staff_id in rows.scalars()}
    return found


def recorded_with(
    session: Session,
    advisor_ids: Collection[UUID],
    customer_ids: Collection[UUID],
    *,
    since: date,
    until: date | None = None,
) -> list[Activity]:
    """What these advisors recorded with these customers that makes or keeps a promise, but for what was taken back.

    From `since` up to, not including, `until`; None: up to now.
    """
    void = LEDGER.alias("void")
    taken_back = select(void.c.id).where(
        void.c.refers_to == LEDGER.c.id,
        void.c.kind == ActivityKind.VOID,
        void.c.advisor_id == LEDGER.c.advisor_id,
    )
    found: list[Activity] = []
    for part in batches(sorted(customer_ids)):
        rows = session.connection().execute(
            select(*(LEDGER.c[name] for name in Activity.model_fields)).where(
                LEDGER.c.advisor_id.in_(advisor_ids),
                LEDGER.c.business_day >= since,
                LEDGER.c.business_day < until if until is not None else true(),
                LEDGER.c.kind.in_(_TELLING),
                LEDGER.c.customer_id.in_(part),
                ~taken_back.exists(),
            )
        )
        found += [Activity.model_validate(dict(row)) for row in rows.mappings()]
    return found


def _owners(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found = session.connection().execute(
        select(CUSTOMER.c.id, CUSTOMER.c.advisor_id).where(CUSTOMER.c.id.in_(customer_ids))
    )
    return {row.id: row.advisor_id for row in found}
