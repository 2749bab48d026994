"""A small demo bank: the same every time, true to the rules of the product, and kept up to date."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from app_server.cards.service import CardReader
from app_server.database import Database
from app_server.demo.bank import LEFT_OPEN, NEVER_SYNCS, PASSWORD, Size
from app_server.demo.book import CARD_PREFIX, CARDS_EACH, book, cards
from app_server.demo.evenings import HELD_BACK
from app_server.demo.names import BEYOND_GB2312, PHONE_PREFIX
from app_server.demo.quirks import QUIRKS
from app_server.demo.service import prepare_demo
from app_server.demo.shelf import MARK, PROMISES, products
from app_server.meetings.service import late_activities, meeting, meetings
from app_server.org.queries import policies
from app_server.settings import Settings
from app_server.sync.checks import OWN_DEVICE
from app_server.sync.feed import take_numbers
from app_server.tables import (
    BANK_SCOPE,
    AdvisorDayRow,
    ChangeRow,
    CustomerCardRow,
    CustomerRow,
    DeviceRow,
    FeedRow,
    LedgerRow,
    MembershipRow,
    PlanRow,
    PolicyRow,
    ProductRow,
    StaffRow,
    UnitRow,
    advisor_day_of,
    as_model,
)
from shared_models.activity import REVIEW_ANSWERS, SERVER_KINDS, Activity
from shared_models.customers import Customer
from shared_models.errors import Conflict
from shared_models.evidence import Grade
from shared_models.fold import fold_day
from shared_models.hint_answers import HintCode
from shared_models.hints import answers_of, hints_of
from shared_models.org import UnitKind
from shared_models.plans import open_promises
from shared_models.policy import zone
from shared_models.products import Product, suitability
from shared_models.proposals import Proposal
from shared_models.visits import VisitCheck
from tests import factories as make
from tests.team.recording import caller

SMALL = Size(advisors=9, customers=120, prospects=20, days=2)
# Monday 23 November 2026, 15:30 in the bank's time zone.
NOW = make.NOW
TODAY = date(2026, 11, 23)
TABLES = (UnitRow, MembershipRow, PolicyRow, CustomerRow, ProductRow, PlanRow, LedgerRow, AdvisorDayRow, FeedRow)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> CardReader:
    """The keys of cards."""
    return CardReader(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def prepare(reader: CardReader) -> Callable[..., bool]:
    """Builds the demo bank, or brings it up to `now`."""

    def prepare_small(db: Database, now: datetime = NOW) -> bool:
        return prepare_demo(db, reader, size=SMALL, now=now, progress=lambda *step: None)

    return prepare_small


def digest(db: Database) -> str:
    """The content of everything but the salted password hashes."""
    seen = hashlib.sha256()
    for table in TABLES:
        rows = db.read(lambda session, table=table: session.exec(select(table)).all())
        # As JSON with sorted keys: the two databases differ in time zones and in the order of a document's keys.
        for line in sorted(json.dumps(row.model_dump(mode="json", exclude={"digest"}), sort_keys=True) for row in rows):
            seen.update(line.encode())
    people = db.read(lambda session: session.exec(select(StaffRow)).all())
    seen.update(repr(sorted((each.login, each.name, str(each.id)) for each in people)).encode())
    return seen.hexdigest()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(request, fresh_database, prepare):
    """A small demo bank, built once for the tests that only look at it."""
    with fresh_database(request.param) as url:
        db = Database(url)
        assert prepare(db)
        yield db
        db.dispose()


def ledger(db: Database) -> list[LedgerRow]:
    return db.read(lambda s: list(s.exec(select(LedgerRow).order_by(col(LedgerRow.device_id), col(LedgerRow.seq)))))


def activity(row: LedgerRow) -> Activity:
    return Activity.model_validate(row.model_dump(include=set(Activity.model_fields)))


def person(db: Database, login: str) -> StaffRow:
    return db.read(lambda session: session.exec(select(StaffRow).where(StaffRow.login == login)).one())


def test_the_same_seed_and_day_make_the_same_bank(demo, fresh_database, prepare):
    with fresh_database("sqlite") as url:
        other = Database(url)
        prepare(other)

        assert digest(other) == digest(demo)
        other.dispose()


def test_every_activity_is_valid_numbered_without_gaps_and_of_the_past(demo):
    rows = ledger(demo)
    rules = demo.read(policies)

    for row in rows:
        one = activity(row)
        as_sent = one.model_copy(update={"occurred_at": one.occurred_at.astimezone(zone(rules.timezone))})
        assert as_sent.content_digest() == row.digest
        assert rules.business_day(one.occurred_at, one.clock_offset_ms) == row.business_day
        assert one.corrected_at <= NOW
    changes = demo.read(lambda session: session.exec(select(ChangeRow)).all())
    # A feed numbers activities and other changes alike.
    told = [(each.scope, each.seq) for each in changes if each.scope != BANK_SCOPE]
    for numbers in (
        # What the server finds stands under its visit's number.
        [(row.device_id, row.seq) for row in rows if row.kind not in SERVER_KINDS],
        [(str(row.advisor_id), row.feed_seq) for row in rows] + told,
    ):
        longest = Counter(owner for owner, _ in numbers)
        assert sorted(numbers) == sorted((owner, n) for owner, top in longest.items() for n in range(1, top + 1))
    assert {row.kind.value for row in rows} >= {"call", "visit", "proposal", "follow_up"}


def test_what_an_activity_hangs_on_came_before_it_and_is_the_advisors_own(demo):
    rows = {row.id: row for row in ledger(demo)}
    owners = demo.read(lambda session: dict(session.exec(select(CustomerRow.id, CustomerRow.advisor_id)).all()))

    for row in rows.values():
        if row.customer_id is not None:
            assert owners[row.customer_id] == row.advisor_id
        if row.refers_to is not None and row.kind not in REVIEW_ANSWERS:
            earlier = rows[row.refers_to]
            is_after = earlier.seq == row.seq if row.kind in SERVER_KINDS else earlier.seq < row.seq
            assert (earlier.advisor_id, is_after) == (row.advisor_id, True)


def test_nothing_unsuitable_was_ever_proposed(demo):
    rules = demo.read(policies)
    shelf = demo.read(lambda session: {row.id: as_model(Product, row) for row in session.exec(select(ProductRow))})
    book = demo.read(lambda session: {row.id: as_model(Customer, row) for row in session.exec(select(CustomerRow))})
    picks = 0
    for row in ledger(demo):
        one = activity(row)
        if isinstance(one.data, Proposal):
            for pick in one.data.picks:
                assert suitability(shelf[pick.product_id], book[row.customer_id], rules.on(row.business_day)).ok
                picks += 1

    assert picks > 50


def test_every_advisor_day_is_the_fold_of_the_ledger(demo):
    rules = demo.read(policies)
    since = demo.read(lambda session: {row.id: row.managed_since for row in session.exec(select(CustomerRow))})
    days = demo.read(lambda session: session.exec(select(AdvisorDayRow)).all())
    rows = ledger(demo)

    for day in days:
        own = [activity(row) for row in rows if row.advisor_id == day.advisor_id]
        assert advisor_day_of(day) == fold_day(own, since, rules.on(day.business_day))
    assert {(day.advisor_id, day.business_day) for day in days} == {(row.advisor_id, row.business_day) for row in rows}


def test_visits_of_every_grade_and_what_proved_them_was_found_by_the_server(demo):
    rows = ledger(demo)
    checks = {row.refers_to: activity(row).data for row in rows if row.device_id == OWN_DEVICE}
    held = demo.read(lambda s: set(s.exec(select(CustomerCardRow.customer_id)).all()))
    days = demo.read(lambda s: s.exec(select(AdvisorDayRow)).all())

    for row in rows:
        check = checks.get(row.id)
        if isinstance(check, VisitCheck):
            assert check.finding is None
            assert check.code_finding is None
            assert (check.card is not None) <= (row.customer_id in held)
            assert (check.confirmation is not None) == (row.data.get("confirmation") is not None)
    graded = {grade: sum(advisor_day_of(day).visits_graded[grade] for day in days) for grade in Grade}
    assert min(graded.values()) > 1


def test_everybody_but_who_is_away_is_at_work_today_and_advisor1_has_the_morning_before_them(demo):
    at_work = {row.advisor_id for row in ledger(demo) if row.business_day == TODAY}
    logins = {person(demo, f"advisor{number}").id: f"advisor{number}" for number in range(1, 10)}
    tried = person(demo, LEFT_OPEN).id
    own = [activity(row) for row in ledger(demo) if row.advisor_id == tried]

    assert {logins[each] for each in at_work} == {f"advisor{n}" for n in (2, 3, 4, 5, 6, 9)}
    assert any(promise.due_on <= TODAY for promise in open_promises(own))
    plan = demo.read(lambda s: s.exec(select(PlanRow).where(PlanRow.advisor_id == person(demo, LEFT_OPEN).id)).one())
    assert (plan.day, plan.set_by, bool(plan.customer_ids)) == (TODAY, person(demo, "head").id, True)
    silent = person(demo, NEVER_SYNCS).id
    assert silent not in {row.advisor_id for row in ledger(demo)}
    assert silent not in demo.read(lambda session: session.exec(select(DeviceRow.staff_id)).all())


@pytest.mark.parametrize(
    "built_at",
    [datetime(2026, 11, 23, 1, 0, tzinfo=UTC), datetime(2026, 11, 28, 2, 40, tzinfo=UTC)],
    ids=["Monday at nine", "Saturday at twenty to eleven"],
)
def test_every_outlet_has_something_of_today_whenever_it_is_built(sqlite_url, built_at, reader):
    db = Database(sqlite_url)
    everywhere = Size(advisors=21, customers=60, prospects=10, days=1)

    prepare_demo(db, reader, size=everywhere, now=built_at, progress=lambda *step: None)

    today = db.read(policies).today(built_at)
    working = {
        row.advisor_id: row.calls + row.visits
        for row in db.read(lambda s: s.exec(select(AdvisorDayRow)).all())
        if row.business_day == today
    }
    places = db.read(lambda s: s.exec(select(MembershipRow)).all())
    at_work = {place.unit_id for place in places if working.get(place.staff_id)}
    outlets = db.read(lambda s: s.exec(select(UnitRow.id).where(UnitRow.kind == UnitKind.OUTLET)).all())
    assert at_work == set(outlets)
    assert all(row.occurred_at <= built_at for row in ledger(db))
    db.dispose()


def test_history_has_calls_and_visits_with_prospects_too(demo):
    prospects = set(
        demo.read(lambda s: s.exec(select(CustomerRow.id).where(col(CustomerRow.managed_since).is_(None))).all())
    )
    kinds = Counter(row.kind.value for row in ledger(demo) if row.customer_id in prospects)
    assert kinds["call"] > 20
    assert kinds["visit"] > 0
    days = demo.read(lambda s: s.exec(select(AdvisorDayRow)).all())
    assert sum(day.calls_effective_prospect for day in days) > 10


def test_advisor1_has_a_birthday_today_and_money_coming_free_tomorrow(demo):
    book = demo.read(
        lambda s: s.exec(select(CustomerRow).where(CustomerRow.advisor_id == person(demo, LEFT_OPEN).id)).all()
    )

    assert "11-23" in {customer.birthday for customer in book}
    assert TODAY + timedelta(days=1) in {maturity.due_on for customer in book for maturity in customer.maturities}
    assert sum(customer.managed_since is None for customer in book) == SMALL.prospects


def test_names_go_beyond_gb2312_and_phones_reach_nobody(demo):
    found = demo.read(lambda session: session.exec(select(CustomerRow.name, CustomerRow.phone)).all())

    assert set(BEYOND_GB2312) & set("".join(name for name, _ in found))
    for character in BEYOND_GB2312:
        with pytest.raises(UnicodeEncodeError):
            character.encode("gb2312")
    assert all(phone.startswith(PHONE_PREFIX) and len(phone) == 11 for _, phone in found)
    assert len({phone for _, phone in found}) == len(found) == SMALL.advisors * SMALL.customers


def test_the_shelf_is_marked_as_examples_and_promises_nothing():
    shelf = products(make.uuid4())

    assert len(shelf) >= 30
    assert len({(product.category, product.risk) for product in shelf}) > 10
    for product in shelf:
        assert product.name.endswith(MARK)
        assert not [word for word in PROMISES if word in f"{product.name}{product.pitch}"]


@pytest.mark.parametrize("login", ["head", "branch", "admin", *(f"advisor{number}" for number in range(1, 7))])
def test_everybody_can_sign_in(demo, tmp_path, login):
    url = demo.engine.url.render_as_string(hide_password=False)
    with make.serving(url, tmp_path) as server:
        assert server.sign_in(login, password=PASSWORD).status_code == 200


def test_a_second_run_at_the_same_time_changes_nothing(sqlite_url, prepare):
    db = Database(sqlite_url)
    prepare(db)
    before = digest(db)

    assert prepare(db) is False
    assert digest(db) == before
    db.dispose()


def test_a_later_day_is_topped_up_to_yesterday_and_what_a_person_recorded_stays(sqlite_url, prepare):
    db = Database(sqlite_url)
    prepare(db)
    tried, mine = person(db, LEFT_OPEN), person(db, "advisor4")
    before = {row.id: row for row in ledger(db)}
    last = max(row.feed_seq for row in before.values() if row.advisor_id == tried.id)
    own = next(row for row in before.values() if row.advisor_id == tried.id and row.kind == "call")
    by_phone = LedgerRow(
        **{
            **own.model_dump(),
            "id": make.uuid4(),
            "device_id": "phone-1",
            "seq": 1,
            "feed_seq": last + 1,
            "business_day": TODAY,
            "occurred_at": NOW,
        }
    )
    make.save(db, by_phone)
    db.write(lambda session: take_numbers(session, str(tried.id), 1))

    prepare(db, NOW + timedelta(days=2))

    after = ledger(db)
    days = Counter((row.advisor_id, row.business_day) for row in after)
    assert {row.id for row in after} >= before.keys()
    assert days[tried.id, TODAY] == 1, "the day a person worked on is left alone"
    assert days[mine.id, TODAY] > sum(r.advisor_id == mine.id and r.business_day == TODAY for r in before.values())
    assert days[tried.id, TODAY + timedelta(days=1)] > 5
    assert days[tried.id, TODAY + timedelta(days=2)] == 0
    assert days[mine.id, TODAY + timedelta(days=2)] > 0
    numbers = [row.feed_seq for row in after if row.advisor_id == mine.id]
    head = db.read(lambda s: s.exec(select(FeedRow.head).where(FeedRow.scope == str(mine.id))).one())
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= head
    db.dispose()


def test_an_early_start_still_shows_a_team_at_work(sqlite_url, prepare):
    db = Database(sqlite_url)
    early = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # one in the morning of the 23rd

    prepare(db, early)

    today = [row for row in ledger(db) if row.business_day == TODAY]
    assert today
    assert all(row.occurred_at <= early for row in today)
    db.dispose()


def test_a_real_bank_is_never_touched(sqlite_url, prepare):
    db = Database(sqlite_url)
    make.staff(db, make.tree(db).outlets[0], login="head")

    with pytest.raises(Conflict):
        prepare(db)

    assert db.read(lambda session: session.exec(select(func.count()).select_from(StaffRow)).one()) == 1
    db.dispose()


def test_the_first_customers_of_each_advisor_have_a_card_that_is_nobodys(demo):
    held = demo.read(lambda s: s.exec(select(CustomerCardRow.customer_id)).all())
    ours = {customer_id: card for n in range(1, 10) for customer_id, card in cards(f"advisor{n}", n, SMALL)}
    assert sorted(held) == sorted(ours)
    assert len({card.digits for card in ours.values()}) == 9 * CARDS_EACH
    assert all(card.digits.startswith(CARD_PREFIX) and len(card.digits) == 16 for card in ours.values())


def test_the_cards_that_the_documentation_gives_are_those_of_the_customers_it_names():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    names = [customer.name for customer in book("advisor1", 1, Size(), TODAY)]
    told = re.findall(r"(\w+) `((?:\d{4} ){3}\d{4})`", text)
    assert len(told) == 3
    assert told == [
        (name, " ".join(re.findall("....", card.digits)))
        for name, (_, card) in zip(names[:3], cards("advisor1", 1, Size())[:3], strict=True)
    ]


def test_hints_are_few_and_true(demo):
    rules = demo.read(policies)
    logins = demo.read(lambda session: {row.id: row.login for row in session.exec(select(StaffRow))})
    made: dict[str, list[Activity]] = defaultdict(list)
    for row in ledger(demo):
        made[logins[row.advisor_id]].append(activity(row))

    seen: dict[str, set[HintCode]] = defaultdict(set)
    for login, activities in made.items():
        for day in {rules.business_day(each.occurred_at, each.clock_offset_ms) for each in activities}:
            hints = hints_of(activities, rules.on(day))
            seen[login] |= {hint.code for found in hints.values() for hint in found}
            assert {code for code, _ in answers_of(hints, activities)} <= seen[login]
    assert {login: codes for login, codes in seen.items() if codes} == {
        login: set(codes) for login, codes in QUIRKS.items()
    }


def test_the_last_evening_was_frozen_and_two_calls_came_the_next_morning(demo):
    friday = date(2026, 11, 20)
    unit = demo.read(lambda session: session.exec(select(UnitRow).where(UnitRow.name == "南湖大路网点")).one())
    head = caller(unit, today=TODAY)

    [listed] = demo.read(lambda session: meetings(session, head, unit_id=None, first=friday, last=TODAY)).meetings
    seen = demo.read(lambda session: meeting(session, head, listed.id, now=NOW))

    frozen_at = seen.frozen_at.astimezone(zone("Asia/Shanghai"))
    assert (frozen_at.date(), frozen_at.hour, frozen_at.minute) == (friday, 18, 5)
    assert seen.changes["calls_effective"].came == seen.changes["calls_effective"].total == HELD_BACK
    # Of weeks, not of the day's activities.
    assert {name for name, change in seen.changes.items() if change.otherwise} <= {"coverage.called_in_window"}
    assert seen.drill is not None
    assert seen.drill.done
    assert len(seen.notes) == 4
    assert seen.accepted
    assert all(each.customer_name for each in seen.accepted)
    late = demo.read(lambda session: late_activities(session, head, seen.id, advisor_id=None, metric="calls_effective"))
    assert [int(each.adds) for each in late.activities] == [1] * HELD_BACK
