"""The store file by itself: transactions, full disks, newer versions, ledger, projections."""

import asyncio
import sqlite3
import stat
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_client.store import ledger, materialize, reads
from app_client.store.carrying import LONGEST_PAUSE_SECONDS
from app_client.store.database import LocalStore, NewerStore, StoreFailed, StoreWriteFailed
from app_client.store.ledger import Draft
from app_client.store.meta import Meta, add_unlock, get_meta, is_unlocked_by, other_unlocks, remove_unlock, set_meta
from shared_models.activity import Activity, ActivityKind, RejectCode
from shared_models.calls import CallOutcome
from shared_models.errors import BadInput, Conflict
from shared_models.fold import fold_day
from shared_models.follow_ups import FollowUp
from shared_models.plans import open_promises
from shared_models.policy import Policies
from shared_models.sync import ActivityResult, Change, ResultStatus
from shared_models.visits import Visit, VisitPlace
from tests.shared_models.ledgers import CUSTOMERS, DAY, ledgers
from tests.simulation.virtual import VirtualLoop, pass_time
from tests.store.scenes import (
    LI,
    MONDAY,
    NINE,
    WANG,
    HandClock,
    a_call,
    a_prospect,
    a_visit,
    a_void,
    customer_change,
    open_store,
)


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    yield opened
    opened.close()


async def append(store: LocalStore, *drafts: Draft, now=NINE) -> list[Activity]:
    return await store.write(lambda tx: ledger.append_activities(tx, drafts, now=now))


async def apply(store: LocalStore, *changes: Change) -> None:
    await store.write(lambda tx: materialize.apply_changes(tx, changes))


async def reject(store: LocalStore, *rejected: Activity) -> None:
    results = [
        ActivityResult(id=str(each.id), status=ResultStatus.REJECTED, code=RejectCode.BAD_DATA, detail="Not like this.")
        for each in rejected
    ]
    await store.write(lambda tx: materialize.settle(tx, results, sent=rejected))


def test_the_file_is_private_from_the_start(store):
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in store.path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    assert len(modes) == 3  # with -wal and -shm


async def test_what_was_written_is_there_after_the_process_died(tmp_path):
    first = open_store(tmp_path)
    (call,) = await append(first, a_call())
    again = open_store(tmp_path)  # the first was never closed
    assert again.read(lambda tx: ledger.waiting_batch(tx, 10)) == [call.model_dump(mode="json")]
    first.close()
    again.close()


async def test_a_failing_work_leaves_nothing_and_tells_nobody(store):
    told = []
    store.subscribe(lambda: told.append(1))

    def work(tx):
        ledger.append_activities(tx, [a_call()], now=NINE)
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await store.write(work)
    assert store.read(ledger.outbox_counts).waiting == 0
    assert (told, store.version) == ([], 0)


async def test_listeners_hear_every_write_until_they_leave_and_one_that_fails_harms_nobody(store):
    told = []

    def broken():
        raise ValueError("this screen is gone")

    store.subscribe(broken)
    leave = store.subscribe(lambda: told.append(store.version))
    await append(store, a_call())
    leave()
    await append(store, a_call())
    assert told == [1]
    assert store.version == 2


def test_a_read_cannot_write(store):
    with pytest.raises(StoreFailed):
        store.read(lambda tx: set_meta(tx, Meta.THEME, "dark"))
    assert store.read(lambda tx: get_meta(tx, Meta.THEME)) is None


async def test_a_full_disk_fails_loudly_and_keeps_what_was_there(store):
    (kept,) = await append(store, a_call())
    pages = store.read(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
    store.read(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StoreWriteFailed) as failure:
        await append(store, *(a_call() for _ in range(500)))
    assert failure.value.code == "disk_full"
    assert "no space" in failure.value.detail
    assert [each["id"] for each in store.read(lambda tx: ledger.waiting_batch(tx, 1000))] == [str(kept.id)]
    store.read(lambda tx: tx.execute("PRAGMA max_page_count = 1000000"))
    (later,) = await append(store, a_call())
    assert later.seq == kept.seq + 1, "a failed write must not leave a gap that looks like a loss"


class Disk:
    """Where a store in memory is carried to; `runs` are under way until a test ends them."""

    def __init__(self) -> None:
        self.is_full = False
        self.runs: list[asyncio.Future[None]] | None = None

    async def carry(self) -> None:
        if self.runs is not None:
            self.runs.append(run := asyncio.get_running_loop().create_future())
            await run
        if self.is_full:
            raise OSError(28, "No space left on device")


async def test_what_the_device_cannot_keep_stands_in_memory_and_says_so_until_a_write_carries_it(tmp_path):
    disk = Disk()
    store = LocalStore.open(tmp_path / "s.sqlite3", clock=HandClock(), durable=disk.carry)
    await append(store, a_call())
    assert store.unkept is None
    disk.is_full = True
    told: list[str | None] = []
    store.subscribe(lambda: told.append(store.unkept))
    # Not "not saved": it is seen, counted and sent, so tapping again would make a second call of it.
    (call,) = await append(store, a_call())
    assert (store.unkept, told) == ("disk_full", ["disk_full"])
    assert store.read(lambda tx: ledger.activity(tx, call.id)) == call
    disk.is_full = False
    await append(store, a_call())
    assert (store.unkept, told) == (None, ["disk_full", None])
    assert store.read(ledger.outbox_counts).waiting == 3
    store.close()


def test_what_the_device_cannot_keep_is_carried_by_itself_once_there_is_room(tmp_path):
    loop, disk = VirtualLoop(), Disk()
    store = LocalStore.open(tmp_path / "s.sqlite3", clock=HandClock(), durable=disk.carry)

    async def fill_and_free() -> list[str | None]:
        told: list[str | None] = []
        store.subscribe(lambda: told.append(store.unkept))
        disk.is_full = True
        await append(store, a_call())
        await pass_time(600)
        disk.is_full = False
        await pass_time(LONGEST_PAUSE_SECONDS)
        return told

    assert loop.run_until_complete(fill_and_free()) == ["disk_full", None]
    store.close()
    loop.close()


async def test_a_refused_run_that_a_later_one_overtook_is_no_trouble(tmp_path):
    disk = Disk()
    store = LocalStore.open(tmp_path / "s.sqlite3", clock=HandClock(), durable=disk.carry)
    disk.runs = []
    earlier, later = asyncio.ensure_future(append(store, a_call())), asyncio.ensure_future(append(store, a_call()))
    await asyncio.sleep(0)
    disk.runs[1].set_result(None)
    await later
    disk.runs[0].set_exception(OSError(28, "No space left on device"))
    await earlier
    assert store.unkept is None
    store.close()


def test_a_store_of_a_newer_version_is_refused_untouched(tmp_path):
    open_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "store.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "store.sqlite3").read_bytes()
    with pytest.raises(NewerStore, match="newer version of the app"):
        open_store(tmp_path)
    assert (tmp_path / "store.sqlite3").read_bytes() == before


async def test_a_store_of_a_version_that_passed_over_what_the_server_writes_asks_for_all_anew(tmp_path):
    store = open_store(tmp_path)
    [call] = await append(store, a_call())
    await store.write(lambda tx: set_meta(tx, Meta.CURSOR, "seen"))
    store.close()
    with sqlite3.connect(tmp_path / "store.sqlite3") as connection:
        for table in ("reviews", "cases", "case_drafts", "leave", "notices"):
            connection.execute(f"DROP TABLE {table}")
        for column in ("handed", "lent_to", "lent_from"):
            connection.execute(f"ALTER TABLE customers DROP COLUMN {column}")
        connection.execute("ALTER TABLE boards DROP COLUMN seen_version")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    reopened = open_store(tmp_path)
    assert reopened.read(lambda tx: get_meta(tx, Meta.CURSOR)) is None
    assert [each["id"] for each in reopened.read(lambda tx: ledger.waiting_batch(tx, 9))] == [str(call.id)]
    reopened.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "store.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreFailed, match="cannot be opened"):
        open_store(tmp_path)


def test_a_closed_store_says_so(tmp_path):
    store = open_store(tmp_path)
    store.close()
    with pytest.raises(StoreFailed) as failure:
        store.read(ledger.outbox_counts)
    assert failure.value.code == "store_closed"


async def test_numbers_count_up_without_gaps_and_ids_rise_within_one_instant(store):
    made = [*await append(store, *(a_call() for _ in range(40))), *await append(store, *(a_call() for _ in range(40)))]
    assert [each.seq for each in made] == list(range(1, 81))
    assert [each.id for each in made] == sorted(each.id for each in made)


async def test_a_day_of_leave_has_no_target_until_it_is_taken_back(store):
    await append(store, a_call())

    def figures(days: int = 0):
        return store.read(lambda tx: reads.day_figures(tx, MONDAY + timedelta(days=days)))

    before = figures()
    days = {"first_day": MONDAY.isoformat(), "last_day": MONDAY.isoformat()}
    leave = Change(entity="leave", id=str(LI), data=days)
    await apply(store, leave)
    assert (figures().on_leave, figures().targets.calls, figures().calls) == (True, 0, 1)
    longer = days | {"first_day": (MONDAY - timedelta(days=2)).isoformat()}
    await apply(store, leave.model_copy(update={"data": longer}))
    assert [figures(n).on_leave for n in (-3, -2, 1)] == [False, True, False]
    await apply(store, leave.model_copy(update={"deleted": True, "data": {}}))
    assert figures() == before
    # What a new snapshot does not show is gone too.
    await apply(store, leave)
    await store.write(materialize.begin_snapshot)
    await store.write(materialize.end_snapshot)
    assert figures() == before


async def test_a_promise_made_in_a_call_is_not_kept_by_that_call(store):
    promise = Draft(kind=ActivityKind.FOLLOW_UP, data=FollowUp(due_on=MONDAY, reason="callback"), customer_id=LI)
    for minute in range(20):  # by chance half of these would come the wrong way round
        await append(store, a_call(outcome=CallOutcome.FOLLOW_UP), promise, now=NINE + timedelta(minutes=minute))
        assert len(open_promises(store.read(lambda tx: ledger.ledger_since(tx, MONDAY)))) == 1


async def test_the_clock_offset_goes_with_each_activity_and_decides_its_day(store):
    await store.write(lambda tx: set_meta(tx, Meta.CLOCK_OFFSET_MS, str(-10 * 3_600_000)))
    (call,) = await append(store, a_call())
    assert call.clock_offset_ms == -36_000_000
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY)).calls == 0
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY - timedelta(days=1))).calls == 1


async def test_a_draft_given_twice_is_kept_once_and_its_id_cannot_be_reused(store):
    draft = a_call(id=UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0001))
    first = await append(store, draft)
    assert await append(store, draft, now=NINE + timedelta(minutes=5)) == first
    with pytest.raises(Conflict):
        await append(store, a_visit(id=draft.id))
    assert store.read(ledger.outbox_counts).waiting == 1


async def test_a_draft_that_is_no_activity_is_refused_in_words(store):
    with pytest.raises(BadInput, match="needs a customer_id"):
        await append(store, Draft(kind=ActivityKind.CALL, data=a_call().data))


async def test_a_prospect_is_in_the_book_at_once_and_can_be_called(store):
    (prospect,) = await append(store, a_prospect())
    await append(store, a_call(prospect.id, outcome=CallOutcome.NO_ANSWER))
    (entry,) = store.read(reads.book)
    assert (entry.customer.name, entry.customer.initials, entry.customer.managed_since) == ("欧阳婳", "oyh", None)
    assert (entry.last_called_on, entry.last_spoken_on) == (MONDAY, None)
    row = store.read(lambda tx: tx.execute("SELECT digits FROM customers").fetchone())
    assert row["digits"] == "13900001234"


async def test_undoing_a_prospect_takes_them_out_unless_the_server_has_them(store):
    (mine, theirs) = await append(store, a_prospect("甲"), a_prospect("乙"))
    await apply(store, customer_change(theirs.id, name="乙", managed_since=None))
    await append(store, a_void(mine.id), a_void(theirs.id))
    assert [each.name for each in store.read(lambda tx: reads.customers_on(tx, MONDAY))] == ["乙"]


async def test_the_servers_word_on_a_prospect_replaces_the_phones(store):
    (prospect,) = await append(store, a_prospect())
    await apply(store, customer_change(prospect.id, name="欧阳婳女士", managed_since="2026-11-24", tier="gold"))
    customer = store.read(lambda tx: reads.customer(tx, prospect.id))
    assert customer is not None
    assert (customer.name, customer.tier) == ("欧阳婳女士", "gold")


async def test_last_days_follow_calls_visits_voids_and_rejections(store):
    await apply(store, customer_change(LI, last_contact_on="2026-09-01"))

    def days() -> tuple[date | None, date | None]:
        (entry,) = store.read(reads.book)
        return entry.last_called_on, entry.last_spoken_on

    assert days() == (date(2026, 9, 1), date(2026, 9, 1))
    (unanswered,) = await append(store, a_call(outcome=CallOutcome.NO_ANSWER))
    assert days() == (MONDAY, date(2026, 9, 1))
    (visit,) = await append(store, a_visit())
    assert days() == (MONDAY, MONDAY)
    (void,) = await append(store, a_void(visit.id))
    assert days() == (MONDAY, date(2026, 9, 1))
    await reject(store, void)
    assert days() == (MONDAY, MONDAY), "a rejected void takes nothing back"
    await reject(store, unanswered, visit)
    assert days() == (date(2026, 9, 1), date(2026, 9, 1))


async def test_a_transferred_customer_leaves_no_personal_data_and_the_figures_stand(store):
    await apply(store, customer_change(LI))
    await append(store, a_call())
    before = store.read(lambda tx: reads.day_figures(tx, MONDAY))
    await apply(store, Change(entity="customer", id=str(LI), deleted=True))
    assert store.read(lambda tx: reads.customers_on(tx, MONDAY)) == []
    after = store.read(lambda tx: reads.day_figures(tx, MONDAY))
    assert after == before
    assert after.calls_effective_managed == 1


@pytest.mark.parametrize(
    ("told", "managed"), [({"managed_since": "2026-01-05"}, 1), ({}, 0), ({"managed_since": "lately"}, 0)]
)
async def test_calls_to_a_customer_who_was_never_here_count_as_the_server_says(store, told, managed):
    await append(store, a_call())
    await apply(store, Change(entity="customer", id=str(LI), deleted=True, data=told))
    figures = store.read(lambda tx: reads.day_figures(tx, MONDAY))
    assert (figures.calls_effective, figures.calls_effective_managed) == (1, managed)
    assert store.read(lambda tx: reads.customers_on(tx, MONDAY)) == []


async def test_a_pull_never_overwrites_what_waits_or_is_held(store):
    waiting, kept = await append(store, a_call(), a_call(WANG))
    await reject(store, kept)
    for each in (waiting, kept):
        other = {**each.model_dump(mode="json"), "data": a_visit().data.model_dump(mode="json"), "kind": "visit"}
        await apply(store, Change(entity="activity", id=str(each.id), data=other))
    assert store.read(lambda tx: ledger.activity(tx, waiting.id)) == waiting
    assert store.read(ledger.held)[0].activity == kept
    assert store.read(ledger.outbox_counts) == ledger.OutboxCounts(waiting=1, held=1)


async def test_what_the_server_has_taken_after_all_is_held_no_more(store):
    (call,) = await append(store, a_call())
    await reject(store, call)
    await apply(store, Change(entity="activity", id=str(call.id), data=call.model_dump(mode="json")))
    assert store.read(ledger.outbox_counts) == ledger.OutboxCounts(waiting=0, held=0)
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY)).calls == 1


async def test_a_rejected_activity_counts_no_more_and_goes_only_when_dismissed(store):
    call, other = await append(store, a_call(), a_call(WANG))
    await reject(store, call)
    (held,) = store.read(ledger.held)
    assert (held.activity, held.code, held.detail) == (call, "bad_data", "Not like this.")
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY)).calls == 1
    await store.write(lambda tx: ledger.dismiss_held(tx, other.id))
    assert store.read(ledger.outbox_counts).waiting == 1, "what waits cannot be dismissed"
    await store.write(lambda tx: ledger.dismiss_held(tx, call.id))
    assert store.read(ledger.held) == []
    assert store.read(lambda tx: ledger.activity(tx, call.id)) is None


async def test_an_unreadable_or_unknown_change_does_not_stop_its_neighbours(store):
    await apply(
        store,
        Change(entity="customer", id=str(WANG), data={"name": "王"}),
        Change(entity="hologram", id="1", data={}),
        Change(entity="activity", id="no-uuid", data={"kind": "call"}),
        customer_change(LI),
    )
    assert [each.id for each in store.read(lambda tx: reads.customers_on(tx, MONDAY))] == [LI]


async def test_a_policy_that_moves_the_bank_moves_the_days(store):
    await append(store, a_call(), now=NINE + timedelta(hours=14, minutes=59))  # 23:59 in Shanghai
    tokyo = {"effective_from": "2026-01-01", "timezone": "Asia/Tokyo"}
    await apply(store, Change(entity="policy", id="2026-01-01", data=tokyo))
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY)).calls == 0
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY + timedelta(days=1))).calls == 1


async def test_plans_products_and_replies_come_back(store):
    plan = {"id": str(WANG), "advisor_id": str(LI), "day": "2026-11-23", "customer_ids": [str(LI)]}
    product = {"id": str(LI), "code": "P1", "name": "稳利", "category": "wealth", "need": "steady", "risk": "R2"}
    await apply(
        store,
        Change(entity="plan", id=str(WANG), data=plan),
        Change(entity="plan", id=str(WANG), data={**plan, "customer_ids": []}),
        Change(entity="product", id=str(LI), data=product),
    )
    kept_plan = store.read(lambda tx: reads.plan_of(tx, MONDAY))
    assert kept_plan is not None
    assert kept_plan.customer_ids == []
    assert [each.code for each in store.read(reads.products)] == ["P1"]
    await store.write(lambda tx: reads.keep_reply(tx, "team/1", '{"calls": 3}', fetched_at=NINE))
    assert store.read(lambda tx: reads.kept_reply(tx, "team/1")) == ({"calls": 3}, NINE)


async def test_several_browsers_may_unlock_one_store_each_by_its_own_secret(store):
    await store.write(lambda tx: add_unlock(tx, "phone", now=NINE))
    await store.write(lambda tx: add_unlock(tx, "tablet", now=NINE))
    assert store.read(lambda tx: is_unlocked_by(tx, "phone"))
    assert not store.read(lambda tx: is_unlocked_by(tx, "guess"))
    assert store.read(lambda tx: other_unlocks(tx, "phone", now=NINE)) == 1
    assert store.read(lambda tx: other_unlocks(tx, "phone", now=NINE + timedelta(days=91))) == 0
    assert await store.write(lambda tx: remove_unlock(tx, "phone")) == 1
    assert not store.read(lambda tx: is_unlocked_by(tx, "phone"))
    assert b"tablet" not in store.path.read_bytes()


@given(ledgers(), st.randoms(use_true_random=False))
def test_a_days_figures_are_the_fold_over_everything_pulled_in_any_order(tmp_path_factory, activities, chance):
    store = open_store(tmp_path_factory.mktemp("store"))
    shuffled = [*activities, *activities[:5]]
    chance.shuffle(shuffled)
    since = {customer: (DAY if n % 2 else None) for n, customer in enumerate(CUSTOMERS)}
    changes = [
        customer_change(customer, managed_since=None if day is None else day.isoformat())
        for customer, day in since.items()
    ] + [Change(entity="activity", id=str(each.id), data=each.model_dump(mode="json")) for each in shuffled]
    asyncio.run(apply(store, *changes))
    for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
        expected = fold_day(activities, since, Policies([]).on(day))
        assert store.read(lambda tx, day=day: reads.day_figures(tx, day)) == expected
    store.close()


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def a_carded_visit(customer: UUID = LI) -> Draft:
    visit = Visit(place=VisitPlace.OUTLET, card="aa.bb.cc.dd.ee", card_last4="3446")
    return Draft(kind=ActivityKind.VISIT, data=visit, customer_id=customer)


async def test_a_sealed_card_goes_out_as_it_is_and_stays_no_longer_than_it_waits(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    [visit] = await store.write(lambda tx: ledger.append_activities(tx, [a_carded_visit()], now=NINE))
    [sent] = store.read(lambda tx: ledger.waiting_batch(tx, 10))
    assert sent["data"]["card"] == "aa.bb.cc.dd.ee"
    taken = ActivityResult(id=str(visit.id), status=ResultStatus.ACCEPTED)
    await store.write(lambda tx: materialize.settle(tx, [taken], sent=[visit]))
    assert store.read(lambda tx: ledger.activity(tx, visit.id)) == visit.without_card()
    store.close()
    assert b"aa.bb.cc" not in all_bytes(tmp_path)


async def test_a_held_visit_that_the_server_has_after_all_is_known_without_its_card(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    [visit] = await store.write(lambda tx: ledger.append_activities(tx, [a_carded_visit()], now=NINE))
    refused = ActivityResult(id=str(visit.id), status=ResultStatus.REJECTED, code=RejectCode.TOO_OLD, detail="late")
    await store.write(lambda tx: materialize.settle(tx, [refused], sent=[visit]))
    data = visit.without_card().model_dump(mode="json")
    pulled = Change(entity="activity", id=str(visit.id), data=data)
    await store.write(lambda tx: materialize.apply_change(tx, pulled))
    assert store.read(ledger.held) == []
    assert store.read(lambda tx: ledger.activity(tx, visit.id)) == visit.without_card()
    store.close()
