"""The feed: everything an advisor may see arrives, in order, once it is committed, and nothing of anybody else's."""

import threading
from collections.abc import Callable
from datetime import timedelta
from queue import Queue
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from app_server.customers.service import move_customer
from app_server.database import Database
from app_server.sync import queries
from app_server.sync.changes import next_page
from app_server.sync.cursor import Cursor, Heads
from app_server.sync.feed import Announced, announce
from app_server.sync.queries import Named
from app_server.sync.sight import Reader
from app_server.tables import BANK_SCOPE, ChangeRow, CustomerRow, PlanRow
from shared_models.policy import Policy
from shared_models.sync import Entity
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, call, prospect

NOTHING = Named(entries=(), customers=(), products=(), earliest=NOW.date(), latest=NOW.date())


def named(changes: list[Json], entity: str) -> list[str]:
    return [each["id"] for each in changes if each["entity"] == entity]


def test_a_first_sync_brings_everything_one_may_see(bank: Bank):
    factories.policy(bank.db, calls=12)
    product, mine, theirs = bank.product(), bank.customer(aum="1234.50"), bank.customer(bank.wang)
    plan = PlanRow(
        id=factories.uuid4(),
        advisor_id=bank.li.id,
        day=NOW.date(),
        customer_ids=[mine.id],
        set_by=bank.li.id,
        updated_at=NOW,
    )
    old = PlanRow(
        id=factories.uuid4(),
        advisor_id=bank.li.id,
        day=NOW.date() - timedelta(days=8),
        set_by=bank.li.id,
        updated_at=NOW,
    )
    factories.save(bank.db, plan, old)
    made = call(mine)
    bank.phone().send(made)
    bank.phone(bank.wang).send(call(theirs))
    changes = bank.phone(device="phone-2").pull()
    by_entity = {each["entity"]: each for each in changes}
    assert [each["entity"] for each in changes] == ["policy", "product", "customer", "plan", "activity"]
    assert Policy.model_validate(by_entity["policy"]["data"]).calls == 12
    assert by_entity["product"]["id"] == str(product.id)
    assert (by_entity["customer"]["id"], by_entity["customer"]["data"]["aum"]) == (str(mine.id), "1234.50")
    assert "advisor_id" not in by_entity["customer"]["data"]
    assert by_entity["plan"]["data"]["customer_ids"] == [str(mine.id)]
    assert by_entity["activity"]["id"] == made["id"]
    assert by_entity["activity"]["data"]["data"]["talk_seconds"] == 90


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_add_up_to_the_whole_while_things_change(bank: Bank, limit: int):
    for _ in range(3):
        bank.product()
    customers = [bank.customer() for _ in range(5)]
    writer, reader = bank.phone(), bank.phone(device="phone-2")
    first = [call(each) for each in customers]
    writer.send(*first)
    changes, later = [], []
    for turn in range(200):
        reply = reader.sync(limit=limit)
        assert len(reply["changes"]) <= limit
        changes += reply["changes"]
        if turn < 4:
            made = prospect()
            writer.send(made)
            later.append(made)
        elif not reply["has_more"]:
            break
    assert set(named(changes, "activity")) == {each["id"] for each in first + later}
    assert set(named(changes, "customer")) == {str(each.id) for each in customers} | {each["id"] for each in later}
    assert reader.sync(limit=limit)["changes"] == []


def test_the_own_activities_of_a_request_are_answered_and_not_repeated(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    phone.pull()
    made = call(customer)
    before = phone.cursor
    assert phone.sync(made)["changes"] == []
    assert phone.pull() == []
    phone.cursor = before
    reply = phone.sync(made)
    assert (reply["results"][0]["status"], reply["changes"]) == ("duplicate", [])
    assert phone.pull() == []


def test_another_device_of_the_same_advisor_sees_them(bank: Bank):
    first, second = bank.phone(), bank.phone(device="phone-2")
    second.pull()
    made = call(bank.customer())
    first.send(made)
    assert named(second.pull(), "activity") == [made["id"]]
    assert second.pull() == []


def test_a_moved_customer_leaves_one_phone_and_comes_to_the_other(bank: Bank):
    old, new, customer = bank.phone(), bank.phone(bank.wang), bank.customer()
    old.pull()
    new.pull()
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.wang.id, now=NOW))
    [gone], [come] = old.pull(), new.pull()
    assert (gone["id"], gone["deleted"], gone["data"]) == (str(customer.id), True, {})
    assert (come["id"], come["deleted"], come["data"]["name"]) == (str(customer.id), False, customer.name)
    bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=bank.li.id, now=NOW))
    assert [each["deleted"] for each in old.pull() + new.pull()] == [False, True]


def test_what_changes_often_travels_once_with_its_newest_state(bank: Bank):
    phone, customer = bank.phone(), bank.customer()
    phone.pull()

    def rename(session: Session) -> None:
        row = session.get(CustomerRow, customer.id)
        assert row is not None
        row.name = f"{row.name}甲"
        session.add(row)
        announce(session, [Announced(str(bank.li.id), Entity.CUSTOMER, str(customer.id))], now=NOW)

    for _ in range(3):
        bank.db.write(rename)
    [change] = phone.pull()
    assert change["data"]["name"] == f"{customer.name}甲甲甲"


def test_the_banks_changes_reach_everybody(bank: Bank):
    phones = [bank.phone(), bank.phone(bank.wang)]
    for phone in phones:
        phone.pull()
    product = bank.product()
    bank.db.write(lambda session: announce(session, [Announced(BANK_SCOPE, Entity.PRODUCT, str(product.id))], now=NOW))
    assert [named(phone.pull(), "product") for phone in phones] == [[str(product.id)]] * 2


def test_a_cursor_that_is_not_ours_expires_and_nothing_is_stored(bank: Bank):
    phone, other = bank.phone(), bank.phone(bank.wang)
    phone.pull()
    other.pull()
    made = call(bank.customer())
    ahead = Cursor(staff_id=bank.li.id, heads=Heads(own=10**6, bank=0)).text()
    for cursor in ("", "garbage", "é", "e30", "AAAA", other.cursor, ahead, "x" * 1999):
        reply = phone.post(made, cursor=cursor)
        assert (reply.status_code, reply.json()["code"]) == (409, "cursor_expired"), cursor
    assert bank.ledger() == []
    phone.cursor = None
    assert phone.send(made) == ["accepted"]


# Two writers of one feed: `early` takes its number first and commits last.

TakesNumber = Callable[[Session, str, str], None]
ReadsAfter = Callable[[Database, Any, int], tuple[list[str], int]]


def take_under_the_lock(session: Session, scope: str, entity_id: str) -> None:
    announce(session, [Announced(scope, Entity.CUSTOMER, entity_id)], now=NOW)


def take_from_a_sequence(session: Session, scope: str, entity_id: str) -> None:
    """The usual mistake: a number that is handed out before the commit."""
    seq = session.connection().exec_driver_sql("SELECT nextval('usual_mistake')").scalar_one()
    session.add(ChangeRow(scope=scope, seq=seq, entity="customer", entity_id=entity_id, at=NOW))
    session.flush()


def read_to_the_head(db: Database, advisor_id: Any, seen: int) -> tuple[list[str], int]:
    def work(session: Session) -> tuple[list[str], int]:
        upto = queries.standing(session, advisor_id, unit_path="/", named=NOTHING).heads
        page = next_page(
            session,
            Reader(advisor_id=advisor_id, today=NOW.date(), unit_ids=()),
            cursor=Cursor(staff_id=advisor_id, heads=Heads(own=seen, bank=0)),
            before=upto.own,
            announced=upto.own,
            upto=upto,
            limit=1000,
            sent=(),
        )
        return [str(each["id"]) for each in page.changes], page.cursor.heads.own

    return db.read(work)


def read_to_the_highest(db: Database, advisor_id: Any, seen: int) -> tuple[list[str], int]:
    """The usual mistake's other half: the cursor is the highest number one can see."""

    def work(session: Session) -> tuple[list[str], int]:
        ahead = col(ChangeRow.seq) > seen
        rows = session.exec(select(ChangeRow).where(ChangeRow.scope == str(advisor_id), ahead)).all()
        highest = session.exec(select(func.max(ChangeRow.seq)).where(ChangeRow.scope == str(advisor_id))).one()
        return [row.entity_id for row in rows], highest or seen

    return db.read(work)


def interleave(bank: Bank, take: TakesNumber, read: ReadsAfter) -> tuple[set[str], set[str]]:
    """What was written, and what a reader saw that read between the commits and after them."""
    customers = [bank.customer() for _ in range(2)]
    scope, written = str(bank.li.id), {str(each.id) for each in customers}
    has_number, may_commit, late_is_done = threading.Event(), threading.Event(), threading.Event()
    failures: Queue[BaseException] = Queue()

    def guarded(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - handed to the test
                failures.put(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def early() -> None:
        def work(session: Session) -> None:
            take(session, scope, str(customers[0].id))
            has_number.set()
            assert may_commit.wait(20)

        bank.db.write(work)

    def late() -> None:
        bank.db.write(lambda session: take(session, scope, str(customers[1].id)))
        late_is_done.set()

    first = guarded(early)
    assert has_number.wait(20)
    second = guarded(late)
    # Under the lock the second waits for the first; from a sequence it commits before it. Both are let happen.
    while not late_is_done.wait(0.01) and not _waits_for_a_lock(bank.db):
        assert failures.empty(), failures.get()
    seen, place = read(bank.db, bank.li.id, 0)
    may_commit.set()
    first.join(20)
    second.join(20)
    assert failures.empty(), failures.get()
    more, _ = read(bank.db, bank.li.id, place)
    return written, {*seen, *more}


def _waits_for_a_lock(db: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return db.read(lambda session: session.connection().exec_driver_sql(waiting).scalar_one()) > 0


def test_a_change_that_commits_late_is_never_skipped(postgresql_bank: Bank):
    written, seen = interleave(postgresql_bank, take_under_the_lock, read_to_the_head)
    assert seen == written


def test_that_test_would_notice_a_cursor_over_a_sequence(postgresql_bank: Bank):
    postgresql_bank.db.write(lambda session: session.connection().exec_driver_sql("CREATE SEQUENCE usual_mistake"))
    written, seen = interleave(postgresql_bank, take_from_a_sequence, read_to_the_highest)
    assert len(written - seen) == 1
