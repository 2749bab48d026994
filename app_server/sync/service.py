"""One round trip in one transaction: judge and keep what a phone sent, refold the days, read what it has not seen."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller, caller, caller_of
from app_server.auth.tokens import AccessClaims
from app_server.cards.service import card_results
from app_server.confirmations.service import Claim, code_results
from app_server.database import Database, Work
from app_server.ledger import queries as ledger
from app_server.ledger.queries import NewEntry, Source
from app_server.ledger.refold import refold
from app_server.numbers import e164
from app_server.org.queries import path_ids
from app_server.quality.service import check_notes
from app_server.sync import queries
from app_server.sync.acceptance import Known, Verdict, judge
from app_server.sync.answers import asked_versions, take_answers
from app_server.sync.changes import Page, next_page
from app_server.sync.checks import OWN_DEVICE, check_of
from app_server.sync.cursor import read_cursor
from app_server.sync.feed import Announced, announce, take_numbers, take_numbers_of_each, write_changes
from app_server.sync.former import FormerAdvisor, former_advisor
from app_server.sync.handed import changed_for_others
from app_server.sync.queries import Data, Named, Standing
from app_server.sync.reading import Item, Proofs, Readable, read_activities, read_request
from app_server.sync.records import (
    Exchange,
    Place,
    Waiting,
    note_places,
    place_of,
    waiting_records,
    with_customers,
)
from app_server.sync.sight import Reader
from app_server.tables import CustomerRow
from shared_models.activity import REVIEW_ANSWERS, Activity, ActivityKind, Void, digest_of
from shared_models.boards import BoardShown
from shared_models.cases import CaseConsent
from shared_models.customers import Prospect, name_initials
from shared_models.errors import Conflict, DomainError, Forbidden, NotSignedIn
from shared_models.org import Role
from shared_models.proposals import Proposal
from shared_models.sync import Entity, SyncRequest
from shared_models.visits import ConfirmationResult, Visit, VisitPlace

T = TypeVar("T")

OVERTAKEN_ATTEMPTS = 3
NO_CASES: Mapping[UUID, int] = {}
# The bank's date is within a day of UTC's, whatever its time zone is.
_A_DAY = timedelta(days=1)
_BESIDE = "feeds taken beside the sender's own"
_TWO_NUMBERS = frozenset({ActivityKind.PROSPECT, ActivityKind.VISIT})


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the phone, JSON values and such as pydantic writes as JSON; and the results by status and code."""

    reply: Data
    tally: Counter[tuple[str, str]]


class Sender(Protocol):
    """Whose a batch is: the advisor, the device it was recorded on, and the path of the unit they belong to today."""

    @property
    def id(self) -> UUID: ...

    @property
    def device_id(self) -> str: ...

    @property
    def unit_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Judged:
    """A batch with its verdicts, in order, the items to keep, and what both rest on."""

    verdicts: list[Verdict]
    kept: list[Readable]
    known: Known
    standing: Standing


class Overtaken(Exception):
    """Somebody else's batch brought the same id between our look and our insert; `write_batches` looks again."""


class MoreFeeds(Overtaken):
    """The batch is news to other advisors too, whose feeds have to be taken in order with the sender's own."""

    def __init__(self, scopes: Collection[str]) -> None:
        super().__init__()
        self.scopes = scopes


def synchronize(db: Database, claims: AccessClaims, body: bytes, *, proofs: Proofs, now: datetime) -> Answer:
    """Take a phone's activities and hand back what it has not seen; everything is committed when this returns.

    `claims` are of a token whose signature held; that it still may is asked in the same transaction. `body` is a
    SyncRequest as JSON, `proofs` reads the cards and codes in it. Raises TooLarge, BadInput or UnreadableBody with nothing stored, CursorExpired,
    Forbidden when the body names another device than the one signed in, NotSignedIn.
    """
    try:
        request = read_request(body)
    except DomainError:
        db.read(lambda session: _former(session, caller(session, claims, now)))  # who may not sync is told that first
        raise
    items = read_activities(request.activities, proofs)
    return write_batches(db, lambda session: _exchange(session, claims, request, items, now=now))


def write_batches(db: Database, work: Work[T]) -> T:
    """As `db.write`, for work that takes batches; raises Conflict when others bring the same ids again and again."""
    beside: frozenset[str] = frozenset()

    def attempt(session: Session) -> T:
        session.info[_BESIDE] = beside
        return work(session)

    for _ in range(OVERTAKEN_ATTEMPTS):
        try:
            return db.write(attempt)
        except MoreFeeds as more:
            beside |= frozenset(more.scopes)
        except Overtaken:
            continue
    raise Conflict("Another batch with the same ids is being taken; try again.")


def take_batch(
    session: Session, who: Sender, items: Sequence[Item], *, former: FormerAdvisor | None, now: datetime
) -> list[Verdict]:
    """Judge and keep a batch that came by another way than the phone's own sync; a verdict for each item, in order.

    `former`: the sender's time as an advisor, if they are none today. For use within `write_batches`. The device is noted
    as its source, not as having synced.
    """
    numbers = _numbers_wanted([item for item in items if isinstance(item, Readable)])
    # First, as in a sync: from here on no other batch of this advisor runs, and no customer moves out of their book.
    head = _take(session, who.id, numbers)
    judged = _judged(session, who, items, former=former, now=now)
    if judged.kept:
        _keep(session, who, judged, first=head - numbers + 1, now=now)
        _enter_of_prospects(session, who, judged.kept, now=now)
        take_answers(session, who.id, judged.kept, now=now)
    return judged.verdicts


def enter_waiting(session: Session, advisor_id: UUID, *, phones: Iterable[str] | None, now: datetime) -> None:
    """Enter the advisor's waiting records with these customers' numbers, or all of theirs, for which there is one customer.

    For use within `write_batches`, after what brought the customers and while their feed is held. What comes too late by
    the policy stays out for good.
    """
    for who, waiting in waiting_records(session, advisor_id, phones=phones):
        head = take_numbers(session, str(advisor_id), len(waiting))
        records = judge_records(session, who, waiting, head=head, now=now)
        keep_records(session, records, now=now)
        note_places(session, records.places)


@dataclass(frozen=True, slots=True)
class JudgedRecords:
    """An advisor's records of one exchange, from which number of their feed on they are kept, and where each stands then, by row."""

    who: Exchange
    judged: _Judged
    first: int
    places: dict[UUID, Place]


def judge_records(
    session: Session, who: Exchange, waiting: Sequence[Waiting], *, head: int, now: datetime
) -> JudgedRecords:
    """Find each record's customer and judge it. A number of the advisor's feed was taken for each, up to `head`."""
    ended = [each.record.ended_at for each in waiting]
    named = Named(
        entries=[each.id for each in waiting],
        customers=(),
        products=(),
        earliest=_utc_day(min(ended)) - _A_DAY,
        latest=_utc_day(max(ended)) + _A_DAY,
        numbers={each.number for each in waiting},
    )
    standing = queries.standing(session, who.id, unit_path=who.unit_path, named=named)
    known = _known(standing)
    entering, places = with_customers(waiting, known, advisor_id=who.id)
    verdicts, kept = judge(list(entering.values()), known, advisor_id=who.id, former=None, now=now)
    places |= {row_id: place_of(verdict) for row_id, verdict in zip(entering, verdicts, strict=True)}
    return JudgedRecords(who, _Judged(verdicts, kept, known, standing), head - len(waiting) + 1, places)


def keep_records(session: Session, records: JudgedRecords, *, now: datetime) -> None:
    """Write those of them that enter the ledger; raises Overtaken, see `write_batches`."""
    if records.judged.kept:
        _keep(session, records.who, records.judged, first=records.first, now=now)


def _enter_of_prospects(session: Session, who: Sender, kept: Sequence[Readable], *, now: datetime) -> None:
    # The exchange may have seen the call in which they met; it has waited for a customer with that number.
    phones = [item.activity.data.phone for item in kept if isinstance(item.activity.data, Prospect)]
    if phones:
        enter_waiting(session, who.id, phones=phones, now=now)


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
    taken = _numbers_wanted(readable)
    # From here on no other batch of this advisor runs, and no customer moves out of their book.
    begun = queries.begin(session, claims, waiting=request.waiting, numbers=0 if _beside(session) else taken, now=now)
    who = caller_of(begun.standing, claims)
    former = _former(session, who)
    if request.device_id != who.device_id:
        # The token says which device it is; a body that says otherwise is another device's.
        raise Forbidden("device_id is not the device that is signed in here.", code="other_device")
    cursor = read_cursor(request.cursor, staff_id=who.id) if request.cursor is not None else None
    if begun.head is None:
        raise NotSignedIn("This device is signed out; sign in again.")
    head = _take(session, who.id, taken) if _beside(session) else begun.head
    # After the numbers were taken: whatever lies below the heads it reads has been committed.
    judged = _judged(session, who, items, former=former, now=now)
    kept, upto = judged.kept, judged.standing.heads
    has_checks = bool(kept) and _keep(session, who, judged, first=head - taken + 1, now=now)
    _enter_of_prospects(session, who, kept, now=now)
    take_answers(session, who.id, kept, now=now)
    before = head - taken if taken else upto.own
    page = next_page(
        session,
        Reader(advisor_id=who.id, today=who.today, unit_ids=path_ids(who.unit_path)),
        cursor=cursor,
        # What was found of the visits just sent stands among them, and is news to the phone.
        before=upto.own if has_checks else before,
        announced=upto.own if any(item.activity.kind is ActivityKind.PROSPECT for item in kept) else before,
        upto=upto,
        limit=request.limit,
        sent={item.activity.id for item in readable},
    )
    return _answer(items, judged.verdicts, page, today=judged.standing.policies.today(now), now=now)


def _beside(session: Session) -> frozenset[str]:
    """The feeds that an earlier attempt found to be written, too."""
    return session.info.get(_BESIDE, frozenset())


def _take(session: Session, advisor_id: UUID, numbers: int) -> int:
    """Take numbers of the advisor's feed, and in one order with it the other feeds that the batch is news to; returns the head."""
    own = str(advisor_id)
    return take_numbers_of_each(session, {**dict.fromkeys(_beside(session), 0), own: numbers})[own]


def _tell_others(session: Session, who: Sender, judged: _Judged, *, now: datetime) -> None:
    """Tell those who have customers by now of whom the sender's batch says something; raises MoreFeeds, see `write_batches`."""
    news = changed_for_others(session, judged.kept, judged.known, who.id)
    if not news:
        return
    scopes = {each.scope for each in news}
    if not scopes <= _beside(session):
        raise MoreFeeds(scopes)
    announce(session, news, now=now)


def _judged(
    session: Session, who: Sender, items: Sequence[Item], *, former: FormerAdvisor | None, now: datetime
) -> _Judged:
    readable = [item for item in items if isinstance(item, Readable)]
    standing = queries.standing(session, who.id, unit_path=who.unit_path, named=_named(readable, now))
    # Asked apart: hardly any batch answers a review.
    answered = {
        each.refers_to for item in readable if (each := item.activity).kind in REVIEW_ANSWERS and each.refers_to
    }
    own_reviews = queries.own_reviews(session, answered, advisor_id=who.id) if answered else ()
    asked = {item.activity.data.case_id for item in readable if isinstance(item.activity.data, CaseConsent)}
    cases = asked_versions(session, who.id, asked)
    known = _known(standing, own_reviews, cases)
    verdicts, kept = judge(items, known, advisor_id=who.id, former=former, now=now)
    return _Judged(verdicts, kept, known, standing)


def _known(standing: Standing, own_reviews: Collection[UUID] = (), cases: Mapping[UUID, int] = NO_CASES) -> Known:
    return Known(standing.entries, standing.customers, standing.products, standing.policies, own_reviews, cases)


def _numbers_wanted(readable: Sequence[Readable]) -> int:
    # A prospect takes two: the activity's own, and that of the customer it makes. So may a visit: its check's.
    return len(readable) + sum(item.activity.kind in _TWO_NUMBERS for item in readable)


def _named(readable: Sequence[Readable], now: datetime) -> Named:
    entries: set[UUID] = set()
    customers: set[UUID] = set()
    products: set[UUID] = set()
    earliest = latest = now
    for item in readable:
        activity = item.activity
        earliest, latest = min(earliest, item.at), max(latest, item.at)
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
            case _ if activity.refers_to is not None and activity.kind not in REVIEW_ANSWERS:
                entries.add(activity.refers_to)
            case _:
                pass
    return Named(entries, customers, products, _utc_day(earliest) - _A_DAY, _utc_day(latest) + _A_DAY)


def _utc_day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _keep(session: Session, who: Sender, judged: _Judged, *, first: int, now: datetime) -> bool:
    """Write what is kept of a batch; says whether there was something to find of a visit in it."""
    kept, known, standing, policies = judged.kept, judged.known, judged.standing, judged.known.policies
    _tell_others(session, who, judged, now=now)
    days = [policies.business_day(item.activity.occurred_at, item.activity.clock_offset_ms) for item in kept]
    branch_on = _branches(session, who, standing, set(days))
    coming: dict[date, list[Activity]] = defaultdict(list)
    for item, day in zip(kept, days, strict=True):
        coming[day].append(item.activity)
    checks = _checks(session, who, judged, days)
    for item, day in checks:
        coming[day].append(item.activity)
    folded = refold(
        session,
        advisor_id=who.id,
        coming=coming,
        folded_days=standing.folded_days,
        known_customers={customer_id: each.managed_since for customer_id, each in known.customers.items()},
        policies=policies,
        leave=standing.leave,
        branch_on=branch_on,
        now=now,
    )

    def append(items: Iterable[tuple[Readable, date]], first: int, source: Source, rows: list[dict[str, Any]]) -> int:
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
            for seq, (item, day) in enumerate(items, start=first)
        ]
        if ledger.append(session, entries, source, folded=rows) < len(entries):
            raise Overtaken
        return first + len(entries)

    source = Source(advisor_id=who.id, device_id=who.device_id)
    following = append(zip(kept, days, strict=True), first, source, folded)
    following += _add_prospects(session, who, kept, first=following, now=now)
    if checks:
        append(checks, following, Source(advisor_id=who.id, device_id=OWN_DEVICE), [])
    check_notes(session, (item.activity for item in kept), version=standing.wordings, now=now)
    return bool(checks)


def _checks(session: Session, who: Sender, judged: _Judged, days: Sequence[date]) -> list[tuple[Readable, date]]:
    """What there is to say of the visits in a batch, each as an activity with the day of its visit."""
    kept, standing = judged.kept, judged.standing
    cards = {item.activity.id: item.card for item in kept if item.card is not None}
    customers = {item.activity.id: item.activity.customer_id for item in kept if item.activity.customer_id is not None}
    results = card_results(session, cards, customers) if cards else {}
    confirmed = _confirmed(session, who, kept, days, standing)
    checks: list[tuple[Readable, date]] = []
    for item, day in zip(kept, days, strict=True):
        visit = item.activity
        if not isinstance(visit.data, Visit):
            continue
        customer = judged.known.customers.get(customers[visit.id])
        check = check_of(
            visit,
            policy=standing.policies.on(day).policy,
            outlet=next((stay.place for stay in standing.stays if stay.holds_on(day)), None),
            customer=customer.place if customer is not None else None,
            card=item.card,
            result=results.get(visit.id),
            confirmation=confirmed.get(visit.id),
        )
        if check is not None:
            content = check.content()
            checks.append((Readable(check, item.at, content, digest_of(content)), day))
    return checks


def _confirmed(
    session: Session, who: Sender, kept: Sequence[Readable], days: Sequence[date], standing: Standing
) -> dict[UUID, ConfirmationResult]:
    """What came of the codes in a batch, by the visit's id."""
    claims: list[Claim] = []
    for item, day in zip(kept, days, strict=True):
        visit = item.activity
        if item.heard is None or visit.customer_id is None or not isinstance(visit.data, Visit):
            continue
        path = next((stay.unit_path for stay in standing.stays if stay.holds_on(day)), who.unit_path)
        at_outlet = visit.data.place is VisitPlace.OUTLET
        claims.append(Claim(visit.id, visit.customer_id, item.at, day, path_ids(path)[-1], at_outlet, item.heard))
    if not claims:
        return {}
    voided = [item.activity.data.activity_id for item in kept if isinstance(item.activity.data, Void)]
    return code_results(session, claims, advisor_id=who.id, voided=voided)


def _add_prospects(session: Session, who: Sender, kept: Sequence[Readable], *, first: int, now: datetime) -> int:
    """Make customers of the prospects in a batch; returns how many."""
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
        return 0
    if queries.add_prospects(session, rows) < len(rows):
        raise Overtaken
    announced = [Announced(str(who.id), Entity.CUSTOMER, str(row.id)) for row in rows]
    write_changes(session, announced, first=first, now=now)
    return len(rows)


def _branches(session: Session, who: Sender, standing: Standing, days: set[date]) -> Callable[[date], UUID]:
    """Which branch the advisor belonged to on each of the days; where they belonged to none yet, today's."""

    def path_on(day: date) -> str:
        return next((stay.unit_path for stay in standing.stays if stay.holds_on(day)), who.unit_path)

    branches = {who.unit_path: standing.branch or path_ids(who.unit_path)[0]}
    branches |= {
        path: queries.branch_of_path(session, path) for path in {path_on(day) for day in days} - branches.keys()
    }

    @cache
    def branch_on(day: date) -> UUID:
        path = path_on(day)
        return branches.get(path) or queries.branch_of_path(session, path)

    return branch_on


def _answer(items: Sequence[Item], verdicts: Sequence[Verdict], page: Page, *, today: date, now: datetime) -> Answer:
    ids = [item.activity.id if isinstance(item, Readable) else item.id for item in items]
    results = [
        {"id": each, "status": verdict.status, "code": verdict.code, "detail": verdict.detail}
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
    return Answer(reply, Counter((verdict.status, verdict.code or "") for verdict in verdicts))
