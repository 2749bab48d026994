"""A batch judged and kept: activities into the ledger, the days they touch refolded, the customers they bring. Reading is changes.py's."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session

from app_server.database import Database, Work
from app_server.ledger import queries as ledger
from app_server.ledger.queries import NewEntry, Source
from app_server.ledger.refold import refold
from app_server.numbers import e164
from app_server.org.queries import path_ids
from app_server.sync import queries
from app_server.sync.acceptance import Known, Verdict, judge
from app_server.sync.feed import Announced, write_changes
from app_server.sync.former import FormerAdvisor
from app_server.sync.queries import Named, Standing
from app_server.sync.reading import Item, Readable
from app_server.tables import CustomerRow
from shared_models.activity import Activity, ActivityKind
from shared_models.boards import BoardShown
from shared_models.customers import Prospect, name_initials
from shared_models.errors import Conflict
from shared_models.proposals import Proposal
from shared_models.sync import Entity

T = TypeVar("T")

OVERTAKEN_ATTEMPTS = 3


class Sender(Protocol):
    """Whose a batch is: the advisor, the device it was recorded on, and the path of the unit they belong to today."""

    @property
    def id(self) -> UUID: ...

    @property
    def device_id(self) -> str: ...

    @property
    def unit_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch with its verdicts, in order, the items to keep, and what both rest on."""

    verdicts: list[Verdict]
    kept: list[Readable]
    known: Known
    standing: Standing


class _Overtaken(Exception):
    """Somebody else's batch brought the same id between our look and our insert."""


def write_batches(db: Database, work: Work[T]) -> T:
    """As `db.write`, for work that takes batches; raises Conflict when others bring the same ids again and again."""
    for _ in range(OVERTAKEN_ATTEMPTS):
        try:
            return db.write(work)
        except _Overtaken:
            continue
    raise Conflict("Another batch with the same ids is being taken; try again.")


def judged(
    session: Session,
    who: Sender,
    items: Sequence[Item],
    *,
    former: FormerAdvisor | None,
    now: datetime,
    from_exchange: bool = False,
) -> Judged:
    """Judge a batch by what the database knows; hold the advisor's feed. `former`, `from_exchange`: as for `judge`."""
    readable = [item for item in items if isinstance(item, Readable)]
    standing = queries.standing(session, who.id, unit_path=who.unit_path, named=_named(readable, now))
    known = Known(standing.entries, standing.customers, standing.products, standing.policies)
    verdicts, kept = judge(items, known, advisor_id=who.id, former=former, now=now, from_exchange=from_exchange)
    return Judged(verdicts, kept, known, standing)


def numbers_wanted(readable: Sequence[Readable]) -> int:
    """How many of the feed's numbers a batch takes: a prospect two, the activity's own and that of the customer it makes."""
    return len(readable) + sum(item.activity.kind is ActivityKind.PROSPECT for item in readable)


def _named(readable: Sequence[Readable], now: datetime) -> Named:
    entries: set[UUID] = set()
    customers: set[UUID] = set()
    products: set[UUID] = set()
    earliest = latest = now
    for item in readable:
        activity = item.activity
        at = activity.corrected_at
        earliest, latest = min(earliest, at), max(latest, at)
        entries.add(activity.id)
        if activity.customer_id is not None:
            customers.add(activity.customer_id)
        match activity.data:
            case Prospect():
                customers.add(activity.id)
            case Proposal(visit_id=visit_id, picks=picks):
                entries.add(visit_id)
                products.update(pick.product_id for pick in picks)
            case BoardShown(visit_id=visit_id, call_id=call_id):
                entries.update(each for each in (visit_id, call_id) if each is not None)
            case _ if activity.refers_to is not None:
                entries.add(activity.refers_to)
            case _:
                pass
    # The bank's date is within a day of UTC's, whatever its time zone is.
    around = timedelta(days=1)
    return Named(entries, customers, products, _utc_day(earliest) - around, _utc_day(latest) + around)


def _utc_day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def keep(session: Session, who: Sender, judged: Judged, *, first: int, now: datetime) -> None:
    """Write what was accepted, under the numbers `first` and on, with the days it changes."""
    kept, known, standing, policies = judged.kept, judged.known, judged.standing, judged.known.policies
    days = [policies.business_day(item.activity.occurred_at, item.activity.clock_offset_ms) for item in kept]
    branch_on = _branches(session, who, standing, set(days))
    coming: dict[date, list[Activity]] = defaultdict(list)
    for item, day in zip(kept, days, strict=True):
        coming[day].append(item.activity)
    folded = refold(
        session,
        advisor_id=who.id,
        coming=coming,
        folded_days=standing.folded_days,
        known_customers={customer_id: each.managed_since for customer_id, each in known.customers.items()},
        policies=policies,
        branch_on=branch_on,
        now=now,
    )
    entries = [
        NewEntry(
            item.activity,
            item.content,
            item.digest,
            business_day=day,
            branch_id=branch_on(day),
            feed_seq=seq,
            received_at=now,
        )
        for seq, (item, day) in enumerate(zip(kept, days, strict=True), start=first)
    ]
    source = Source(advisor_id=who.id, device_id=who.device_id)
    if ledger.append(session, entries, source, folded=folded) < len(entries):
        raise _Overtaken
    _add_prospects(session, who, kept, first=first + len(entries), now=now)


def _add_prospects(session: Session, who: Sender, kept: Sequence[Readable], *, first: int, now: datetime) -> None:
    rows = [
        CustomerRow(
            id=item.activity.id,
            advisor_id=who.id,
            name=prospect.name,
            phone=prospect.phone,
            initials=name_initials(prospect.name),
            source=prospect.source,
            note=prospect.note,
            number=e164(prospect.phone),
        )
        for item in kept
        if isinstance(prospect := item.activity.data, Prospect)
    ]
    if not rows:
        return
    if queries.add_prospects(session, rows) < len(rows):
        raise _Overtaken
    announced = [Announced(str(who.id), Entity.CUSTOMER, str(row.id)) for row in rows]
    write_changes(session, announced, first=first, now=now)


def _branches(session: Session, who: Sender, standing: Standing, days: set[date]) -> Callable[[date], UUID]:
    """Which branch the advisor belonged to on each of the days; where they belonged to none yet, today's."""

    def path_on(day: date) -> str:
        holding = (path for starts, ends, path in standing.stays if starts <= day and (ends is None or day < ends))
        return next(holding, who.unit_path)

    branches = {who.unit_path: standing.branch or path_ids(who.unit_path)[0]}
    branches |= {
        path: queries.branch_of_path(session, path) for path in {path_on(day) for day in days} - branches.keys()
    }

    @cache
    def branch_on(day: date) -> UUID:
        path = path_on(day)
        return branches.get(path) or queries.branch_of_path(session, path)

    return branch_on
