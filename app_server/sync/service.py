"""One round trip in one transaction: judge and keep what a phone sent, refold the days, read what it has not seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app_server.auth.service import Caller, caller, caller_of
from app_server.auth.tokens import AccessClaims
from app_server.database import Database
from app_server.sync import queries
from app_server.sync.acceptance import Verdict
from app_server.sync.changes import Page, Reader, next_page
from app_server.sync.cursor import read_cursor
from app_server.sync.feed import take_numbers
from app_server.sync.former import FormerAdvisor, former_advisor
from app_server.sync.keeping import Judged, Sender, judged, keep, numbers_wanted, write_batches
from app_server.sync.queries import Data
from app_server.sync.reading import Item, Readable, read_activities, read_request
from app_server.sync.records import enter_waiting
from shared_models.activity import ActivityKind
from shared_models.customers import Prospect
from shared_models.errors import DomainError, Forbidden, NotSignedIn
from shared_models.org import Role
from shared_models.sync import SyncRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the phone, JSON values and such as pydantic writes as JSON; and the results by status and code."""

    reply: Data
    tally: Counter[tuple[str, str]]


def synchronize(db: Database, claims: AccessClaims, body: bytes, *, now: datetime) -> Answer:
    """Take a phone's activities and hand back what it has not seen; everything is committed when this returns.

    `claims` are of a token whose signature held; that it still may is asked in the same transaction. `body` is a
    SyncRequest as JSON. Raises TooLarge, BadInput or UnreadableBody with nothing stored, CursorExpired,
    Forbidden when the body names another device than the one signed in, NotSignedIn.
    """
    try:
        request = read_request(body)
    except DomainError:
        db.read(lambda session: _former(session, caller(session, claims, now)))  # who may not sync is told that first
        raise
    items = read_activities(request.activities)
    return write_batches(db, lambda session: _exchange(session, claims, request, items, now=now))


def take_batch(
    session: Session, who: Sender, items: Sequence[Item], *, former: FormerAdvisor | None, now: datetime
) -> list[Verdict]:
    """Judge and keep a batch that came by another way than the phone's own sync; a verdict for each item, in order.

    `former`: the sender's time as an advisor, if they are none today. For use within `write_batches`. The device is noted
    as its source, not as having synced.
    """
    numbers = numbers_wanted([item for item in items if isinstance(item, Readable)])
    # First, as in a sync: from here on no other batch of this advisor runs, and no customer moves out of their book.
    head = take_numbers(session, str(who.id), numbers)
    batch = judged(session, who, items, former=former, now=now)
    if batch.kept:
        _keep(session, who, batch, first=head - numbers + 1, now=now)
    return batch.verdicts


def _former(session: Session, who: Caller) -> FormerAdvisor | None:
    """None for an advisor; their time as one for who was it lately. Raises Forbidden for anybody else."""
    if who.role is Role.ADVISOR:
        return None
    former = former_advisor(session, who.id, today=who.today)
    if former is None:
        raise Forbidden("This is for advisors.")
    return former


def _exchange(
    session: Session, claims: AccessClaims, request: SyncRequest, items: Sequence[Item], *, now: datetime
) -> Answer:
    readable = [item for item in items if isinstance(item, Readable)]
    taken = numbers_wanted(readable)
    # From here on no other batch of this advisor runs, and no customer moves out of their book.
    begun = queries.begin(session, claims, waiting=request.waiting, numbers=taken, now=now)
    who = caller_of(begun.standing, claims)
    former = _former(session, who)
    if request.device_id != who.device_id:
        # The token says which device it is; a body that says otherwise is another device's.
        raise Forbidden("device_id is not the device that is signed in here.", code="other_device")
    cursor = read_cursor(request.cursor, staff_id=who.id) if request.cursor is not None else None
    if begun.head is None:
        raise NotSignedIn("This device is signed out; sign in again.")
    # After the numbers were taken: whatever lies below the heads it reads has been committed.
    batch = judged(session, who, items, former=former, now=now)
    kept, upto = batch.kept, batch.standing.heads
    if kept:
        _keep(session, who, batch, first=begun.head - taken + 1, now=now)
    before = begun.head - taken if taken else upto.own
    page = next_page(
        session,
        Reader(advisor_id=who.id, today=who.today),
        cursor=cursor,
        before=before,
        announced=upto.own if any(item.activity.kind is ActivityKind.PROSPECT for item in kept) else before,
        upto=upto,
        limit=request.limit,
        sent={item.activity.id for item in readable},
    )
    return _answer(items, batch.verdicts, page, today=batch.standing.policies.today(now), now=now)


def _keep(session: Session, who: Sender, batch: Judged, *, first: int, now: datetime) -> None:
    keep(session, who, batch, first=first, now=now)
    phones = [each.activity.data.phone for each in batch.kept if isinstance(each.activity.data, Prospect)]
    if phones:
        # The exchange may have seen the call in which they met; it has waited for a customer with that number.
        enter_waiting(session, who.id, phones=phones, now=now)


def _answer(items: Sequence[Item], verdicts: Sequence[Verdict], page: Page, *, today: date, now: datetime) -> Answer:
    ids = [str(item.activity.id) if isinstance(item, Readable) else item.id for item in items]
    results = [
        {"id": each, "status": verdict.status.value, "code": verdict.code, "detail": verdict.detail}
        for each, verdict in zip(ids, verdicts, strict=True)
    ]
    reply = {
        "server_time": now,
        "business_day": today.isoformat(),
        "results": results,
        "changes": page.changes,
        "cursor": page.cursor.text(),
        "has_more": page.has_more,
    }
    return Answer(reply, Counter((verdict.status.value, verdict.code or "") for verdict in verdicts))
