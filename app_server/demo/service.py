"""Builds the demo bank, and each later day brings its history up to yesterday. What a day looks like is days.py's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.auth.passwords import hash_password
from app_server.cards.service import CardReader, OpenedCard, note_cards
from app_server.database import Database
from app_server.demo import queries
from app_server.demo.absences import enter_leave, hold_training
from app_server.demo.bank import (
    AWAY,
    LEFT_OPEN,
    NAMESPACE,
    NEVER_SYNCS,
    PASSWORD,
    SEED,
    DemoUnit,
    Person,
    Size,
    staff,
    units,
)
from app_server.demo.board_files import publish_boards
from app_server.demo.book import book, cards
from app_server.demo.cases import tell_cases
from app_server.demo.days import Memory, Setting, Window, work
from app_server.demo.evenings import SYNCED_LATE, held_back, hold_evening
from app_server.demo.proofs import checks_of_visits, with_codes
from app_server.demo.quirks import with_quirks
from app_server.demo.reviews import ANSWER, ANSWERED, add_reviews, review_id_of
from app_server.demo.shelf import products
from app_server.ledger.queries import NewEntry, Source, append
from app_server.org.queries import leave_of, policies
from app_server.policies.calendar import calendar_for, working_days_before
from app_server.quality.service import check_notes
from app_server.sync.checks import OWN_DEVICE
from app_server.sync.feed import Announced, announce, take_numbers
from app_server.tables import (
    CustomerRow,
    MembershipRow,
    PlanRow,
    PolicyRow,
    ProductRow,
    StaffRow,
    UnitRow,
    advisor_day_values,
)
from shared_models.activity import Activity, ActivityKind, digest_of
from shared_models.customers import Customer
from shared_models.errors import Conflict
from shared_models.fold import fold_day
from shared_models.leave import LeaveDays, is_on_leave
from shared_models.meetings import AcceptedTarget
from shared_models.org import Role
from shared_models.plans import contacts_of, open_promises, rank_targets
from shared_models.policy import DayPolicy, Policies, Policy, zone
from shared_models.products import Product
from shared_models.reviews import ReviewReply
from shared_models.sync import Entity

Progress = Callable[[str, int, int], None]
"""What is being made, how much of it is done, of how much."""

DAY_STARTS, DAY_ENDS = time(8, 50), time(17, 20)
NOON = (time(11, 50), time(13, 20))
# Up to shortly before now: a demo's activity must not be of the future by anybody's clock.
BEFORE_NOW = timedelta(minutes=5)
# A rest of the day shorter than this is not worth a call.
WORTHWHILE = timedelta(minutes=40)
EARLY = time(10, 30)
PLANNED = {"advisor1": 12, "advisor2": 15, "advisor4": 10}
PLAN_NOTE = "先联系到期和约定的客户，晨会已讲。"
FOLLOWING_DAYS = 5
# On which some advisors do what asks for a word; a weekend is among them.
LAST_DAYS = 4
REVIEWED_DAYS = 5
# When the day's work is over, so that neither takes anything from it.
REVIEWED_AT, ANSWERED_AT = time(17, 25), time(17, 35)
# The evening meeting, and when what it did not see came the next morning.
FROZEN_AT, ARRIVE_AT = time(18, 5), time(8, 40)
# So many of each list that was set for today were agreed on there.
ACCEPTED = 3


@dataclass(frozen=True, slots=True)
class _Bank:
    """What the whole history is made with."""

    people: Sequence[Person]
    shelf: Sequence[Product]
    policies: Policies
    size: Size
    now: datetime
    cards: Mapping[UUID, OpenedCard]
    leave: Mapping[UUID, Sequence[LeaveDays]]

    @property
    def today(self) -> date:
        return self.policies.today(self.now)

    @property
    def head(self) -> Person:
        return next(person for person in self.people if person.login == "head")

    @property
    def working_advisors(self) -> list[Person]:
        return [each for each in self.people if each.role is Role.ADVISOR and each.login != NEVER_SYNCS]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What an advisor's phone holds back, and their book."""

    person: Person
    activities: Sequence[Activity]
    customers: Sequence[Customer]


def prepare_demo(db: Database, reader: CardReader, *, size: Size, now: datetime, progress: Progress) -> bool:
    """Build the demo bank if the database is empty, then bring it up to `now`; True when it was built.

    `reader` has the keys under which customers' cards are noted.
    Raises Conflict when the database holds a real bank. All in one transaction: broken off, it leaves what was there.
    """
    password_hash = hash_password(PASSWORD)

    def make(session: Session) -> bool:
        is_new = not queries.has_bank(session)
        if not is_new and not queries.is_demo(session):
            raise Conflict("This database holds a bank that is no demo; give the demo a database of its own.")
        tree = units()
        people = staff(tree, size)
        if is_new:
            _build(session, tree, people, size=size, password_hash=password_hash, now=now, progress=progress)
        held = _note_cards(session, reader, people, size=size, now=now)
        leave = {person.id: leave_of(session, person.id) for person in people if person.login == AWAY}
        bank = _Bank(people, queries.shelf(session), policies(session), size, now, held, leave)
        waiting = _top_up(session, bank, progress, holds_back=is_new)
        publish_boards(session, today=bank.today, now=now)
        if is_new:
            _review(session, bank)
        tell_cases(session, people, now=now)
        if is_new:
            _meet(session, bank, waiting)
        return is_new

    return db.write(make)


def _build(
    session: Session,
    tree: Sequence[DemoUnit],
    people: Sequence[Person],
    *,
    size: Size,
    password_hash: str,
    now: datetime,
    progress: Progress,
) -> None:
    today = Policies([]).today(now)
    policy = Policy(
        effective_from=date(today.year - 1, 1, 1), calendar=calendar_for(range(today.year - 1, today.year + 2))
    )
    policy_row = {"id": uuid5(NAMESPACE, "policy"), "effective_from": policy.effective_from, "document": policy}
    queries.insert_rows(session, PolicyRow, [policy_row])
    # None of them is closed.
    columns = UnitRow.model_fields.keys() - {"closed_on"}
    queries.insert_rows(session, UnitRow, [{name: getattr(unit, name) for name in columns} for unit in tree])
    accounts = [
        {
            "id": person.id,
            "login": person.login,
            "name": person.name,
            "password_hash": password_hash,
            "must_change_password": False,
            "token_version": 1,
            "active": True,
            "is_demo": True,
        }
        for person in people
    ]
    queries.insert_rows(session, StaffRow, accounts)
    queries.insert_rows(session, MembershipRow, [_membership(person, policy.effective_from) for person in people])
    enter_leave(session, people, today=today, now=now)
    hold_training(session, people, today=today, now=now)
    queries.insert_rows(session, ProductRow, [dict(product) for product in products(NAMESPACE)])
    advisors = _advisors(people)
    for number, advisor in enumerate(advisors, start=1):
        progress("customers", number - 1, len(advisors))
        customers = book(advisor.login, number, size, today)
        rows = [{**dict(customer), "advisor_id": advisor.id} for customer in customers]
        queries.insert_rows(session, CustomerRow, rows)
    progress("customers", len(advisors), len(advisors))


def _advisors(people: Sequence[Person]) -> list[Person]:
    """In the order that numbers them."""
    return [person for person in people if person.role is Role.ADVISOR]


def _note_cards(
    session: Session, reader: CardReader, people: Sequence[Person], *, size: Size, now: datetime
) -> dict[UUID, OpenedCard]:
    """Each time: the digests' key may be another since, and they say nothing under it. Returns each holder's card, as opened."""
    noted = [
        card for number, advisor in enumerate(_advisors(people), start=1) for card in cards(advisor.login, number, size)
    ]
    note_cards(session, reader, noted, now=now)
    return {customer_id: OpenedCard(reader.digests(card), card.last4) for customer_id, card in noted}


def _review(session: Session, bank: _Bank) -> None:
    """Let heads review the last days, and an advisor answer."""
    days = working_days_before(bank.today, REVIEWED_DAYS, bank.policies.on(bank.today).policy.calendar)
    add_reviews(session, bank.people, days=days, today=bank.today, at=_instant(bank, days[-1], REVIEWED_AT))
    person = next(each for each in bank.people if each.login == ANSWERED)
    reply = Activity(
        id=uuid5(NAMESPACE, "reply"),
        kind=ActivityKind.REVIEW_REPLY,
        seq=queries.last_seqs(session)[_device(person)] + 1,
        occurred_at=_instant(bank, days[-1], ANSWERED_AT),
        data=ReviewReply(review_id=review_id_of(ANSWERED), text=ANSWER),
    )
    ledger = queries.ledger_of(session, person.id)
    _store(session, bank, person, [reply], ledger, queries.books(session, [person.id])[person.id])


def _membership(person: Person, since: date) -> dict[str, Any]:
    return {
        "id": uuid5(NAMESPACE, f"membership/{person.login}"),
        "staff_id": person.id,
        "unit_id": person.unit.id,
        "role": person.role,
        "starts_on": since,
        "ends_on": None,
    }


def _top_up(session: Session, bank: _Bank, progress: Progress, *, holds_back: bool) -> _Waiting | None:
    """Work through every stretch of the last working days, and of today, that nobody has recorded.

    `holds_back`: the end of one advisor's last day is not stored but returned, for it to come later.
    """
    calendar = bank.policies.on(bank.today).policy.calendar
    days = working_days_before(bank.today, bank.size.days, calendar)
    recorded = queries.days_on_record(session, days[0])
    missing = {
        person.id: windows
        for person in bank.working_advisors
        if (windows := _missing_windows(bank, person, days, recorded.get(person.id, {})))
    }
    planned = queries.lists_for(session, bank.today)
    plans = [person for person in bank.working_advisors if person.login in PLANNED and person.id not in planned]
    concerned = [person for person in bank.working_advisors if person.id in missing or person in plans]
    books = queries.books(session, [person.id for person in concerned])
    seqs = queries.last_seqs(session)
    waiting: _Waiting | None = None
    # In sorted order, as every writer of several feeds takes them.
    for number, person in enumerate(sorted(concerned, key=lambda each: str(each.id))):
        progress("working days", number, len(concerned))
        ledger = queries.ledger_of(session, person.id) if recorded.get(person.id) else []
        seq = seqs.get(_device(person), 0) + 1
        worked = _work(bank, person, books[person.id], missing.get(person.id, {}), ledger, seq)
        later = held_back(worked, bank.policies, days[-1]) if holds_back and person.login == SYNCED_LATE else ()
        worked = worked[: len(worked) - len(later)]
        if worked:
            _store(session, bank, person, worked, ledger, books[person.id])
        if later:
            waiting = _Waiting(person, later, books[person.id])
        if person in plans:
            _set_plan(session, bank, person, books[person.id], [*ledger, *worked])
    progress("working days", len(concerned), len(concerned))
    return waiting


def _meet(session: Session, bank: _Bank, waiting: _Waiting | None) -> None:
    """Hold the outlet's meeting of the last working day, and let what waited on a phone come the next morning."""
    [day] = working_days_before(bank.today, 1, bank.policies.on(bank.today).policy.calendar)
    accepted = [
        AcceptedTarget(advisor_id=advisor_id, customer_id=customer_id)
        for advisor_id, listed in sorted(queries.lists_for(session, bank.today).items())
        for customer_id in listed[:ACCEPTED]
    ]
    hold_evening(session, bank.people, day=day, at=_instant(bank, day, FROZEN_AT), accepted=accepted)
    if waiting is not None:
        arrive = min(_instant(bank, bank.today, ARRIVE_AT), bank.now)
        # With what the server found of it, which decides how it counts.
        ledger = queries.ledger_of(session, waiting.person.id)
        _store(session, bank, waiting.person, waiting.activities, ledger, waiting.customers, arrive=arrive)


def _missing_windows(
    bank: _Bank, person: Person, days: Sequence[date], recorded: Mapping[date, queries.DayOnRecord]
) -> dict[date, Window]:
    found: dict[date, Window] = {}
    leave = bank.leave.get(person.id, ())
    for day in days:
        if is_on_leave(day, leave):
            continue
        record = recorded.get(day)
        # A day that somebody signed in and recorded on is theirs.
        if record is not None and record.by_a_person:
            continue
        window = _window(bank, day, record.last_at if record else None, until=None)
        if window is not None:
            found[day] = window
    record = recorded.get(bank.today)
    if person.login != LEFT_OPEN and not is_on_leave(bank.today, leave) and (record is None or not record.by_a_person):
        window = _todays_window(bank, record.last_at if record else None)
        if window is not None:
            found[bank.today] = window
    return found


def _window(bank: _Bank, day: date, last_at: datetime | None, *, until: datetime | None) -> Window | None:
    """What is left of the day after the last activity on record; None where it is hardly anything."""
    start, end = _instant(bank, day, DAY_STARTS), _instant(bank, day, DAY_ENDS)
    if last_at is not None:
        start = max(start, last_at + timedelta(minutes=2))
    if until is not None:
        end = min(end, until)
    noon = (_instant(bank, day, NOON[0]), _instant(bank, day, NOON[1]))
    window = Window(start, end, noon if start <= noon[0] and end >= noon[1] else None)
    return window if window.working > WORTHWHILE else None


def _todays_window(bank: _Bank, last_at: datetime | None) -> Window | None:
    """Today until shortly before now. Before the morning has passed, an early hour, so that today's team view lives."""
    until = bank.now - BEFORE_NOW
    if until >= _instant(bank, bank.today, EARLY):
        return _window(bank, bank.today, last_at, until=until)
    start = max(_instant(bank, bank.today, time(0, 1)), until - timedelta(hours=2))
    return Window(start, until) if last_at is None and until - start > timedelta(minutes=10) else None


def _instant(bank: _Bank, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=zone(bank.policies.timezone))


def _work(
    bank: _Bank,
    person: Person,
    customers: Sequence[Customer],
    windows: Mapping[date, Window],
    ledger: Sequence[Activity],
    first_seq: int,
) -> list[Activity]:
    assert person.manner is not None
    assert person.unit.lat is not None
    assert person.unit.lon is not None
    memory = Memory(
        customers=customers,
        promises={promise.customer_id: promise.due_on for promise in open_promises(ledger)},
        spoken={
            customer_id: contact.spoken_on
            for customer_id, contact in contacts_of(ledger, bank.policies).items()
            if contact.spoken_on
        },
        next_seq=first_seq,
    )
    worked: list[Activity] = []
    quirky_from = bank.today - timedelta(days=LAST_DAYS)
    for day, window in sorted(windows.items()):
        setting = Setting(
            rule=bank.policies.on(day),
            products=bank.shelf,
            place=(person.unit.lat, person.unit.lon),
            following=_following(bank.policies, day),
            manner=person.manner,
        )
        random = Random(f"{SEED}/{person.login}/{window.start.isoformat()}/{window.end.isoformat()}")
        plain = work(memory, setting, window, random)
        if day >= quirky_from:
            plain = with_quirks(plain, person.login, end=window.end - timedelta(seconds=5), random=random)
            memory.next_seq = max(memory.next_seq, *(each.seq + 1 for each in plain), 1)
        worked += plain
    return with_codes(worked, person, holders=bank.cards)


def _following(rules: Policies, day: date) -> list[date]:
    found: list[date] = []
    while len(found) < FOLLOWING_DAYS:
        day = rules.next_working_day(day)
        found.append(day)
    return found


def _store(
    session: Session,
    bank: _Bank,
    person: Person,
    worked: Sequence[Activity],
    ledger: Sequence[Activity],
    customers: Sequence[Customer],
    *,
    arrive: datetime | None = None,
) -> None:
    """Append the activities, and what the server finds of their visits, under numbers of the advisor's feed, and fold the days they touch.

    They are received as they were done, but not before they `arrive`.
    """
    checks = checks_of_visits(session, worked, person, rules=bank.policies, cards=bank.cards)
    told = [*worked, *checks]
    first = take_numbers(session, str(person.id), len(told)) - len(told) + 1
    days = [bank.policies.business_day(each.occurred_at, each.clock_offset_ms) for each in told]
    by_day: dict[date, list[Activity]] = {day: [] for day in days}
    for activity in (*ledger, *told):
        day = bank.policies.business_day(activity.occurred_at, activity.clock_offset_ms)
        if day in by_day:
            by_day[day].append(activity)
    managed_since = {customer.id: customer.managed_since for customer in customers}
    entries = [
        _entry(person, activity, day=day, feed_seq=feed_seq, arrive=arrive)
        for feed_seq, (activity, day) in enumerate(zip(told, days, strict=True), start=first)
    ]
    folded = [
        _day_row(person, bank.policies.on(day, bank.leave.get(person.id, ())), by_day[day], managed_since, bank.now)
        for day in by_day
    ]
    append(session, entries[: len(worked)], Source(advisor_id=person.id, device_id=_device(person)), folded=folded)
    if checks:
        append(session, entries[len(worked) :], Source(advisor_id=person.id, device_id=OWN_DEVICE))
    check_notes(session, worked, version=None, now=bank.now)
    device = {"staff_id": person.id, "device_id": _device(person), "name": "演示手机", "created_at": bank.now}
    last_at = min(worked[-1].corrected_at + timedelta(minutes=2), bank.now)
    last_at = last_at if arrive is None else max(last_at, arrive)
    queries.note_syncs(session, [{**device, "last_sync_at": last_at, "waiting": 0}])


def _entry(person: Person, activity: Activity, *, day: date, feed_seq: int, arrive: datetime | None) -> NewEntry:
    content = activity.content()
    received_at = activity.corrected_at + timedelta(seconds=3)
    return NewEntry(
        activity,
        content,
        digest_of(content),
        business_day=day,
        branch_id=person.unit.branch_id,
        feed_seq=feed_seq,
        received_at=received_at if arrive is None else max(received_at, arrive),
    )


def _day_row(
    person: Person,
    rule: DayPolicy,
    activities: Sequence[Activity],
    managed_since: Mapping[UUID, date | None],
    now: datetime,
) -> dict[str, Any]:
    return {
        **advisor_day_values(fold_day(activities, managed_since, rule)),
        "advisor_id": person.id,
        "business_day": rule.day,
        "branch_id": person.unit.branch_id,
        "folded_at": now,
    }


def _set_plan(
    session: Session, bank: _Bank, person: Person, customers: Sequence[Customer], ledger: Sequence[Activity]
) -> None:
    """The list that the outlet's head has set for today: the best of the ranking."""
    ranked = rank_targets(
        customers, promises=open_promises(ledger), contacts=contacts_of(ledger, bank.policies), day=bank.today
    )
    plan_id = uuid5(person.id, bank.today.isoformat())
    announce(session, [Announced(str(person.id), Entity.PLAN, str(plan_id))], now=bank.now)
    row = {
        "id": plan_id,
        "advisor_id": person.id,
        "day": bank.today,
        "customer_ids": [target.customer_id for target in ranked[: PLANNED[person.login]]],
        "note": PLAN_NOTE,
        "version": 1,
        "set_by": bank.head.id,
        "updated_at": bank.now,
    }
    queries.insert_rows(session, PlanRow, [row])


def _device(person: Person) -> str:
    return f"{queries.DEVICE_PREFIX}{person.login}"
