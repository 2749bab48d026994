"""One store against a small bank: results, changes, faults, tokens, the clock, and what a crash leaves."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_client.platform.http import HttpReply
from app_client.platform.httpx_http import HttpxHttp
from app_client.session import AppSession, OpenStores
from app_client.sign_in.actions import resume, sign_in
from app_client.store import ledger, reads
from app_client.store.database import LocalStore
from app_client.store.ledger import Draft
from app_client.store.meta import Meta, clock_offset_ms, get_meta
from app_client.sync.machine import Phase
from app_client.sync.runner import SyncRunner
from app_client.sync.tokens import StoreTokens
from app_client.sync.transport import ApiTransport
from shared_models.activity import Activity
from shared_models.customers import Prospect
from shared_models.fold import fold_day
from shared_models.policy import Policies
from tests.simulation.virtual import VirtualLoop, pass_time
from tests.store.scenes import (
    LI,
    MONDAY,
    WANG,
    HandClock,
    a_call,
    a_prospect,
    a_visit,
    a_void,
    customer_change,
)
from tests.sync.bank import PASSWORD, Bank, Pocket, a_platform


class LoopClock(HandClock):
    """A clock whose seconds are the loop's."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return super().monotonic() + self._loop.time()


@dataclass
class SlowLine:
    """A line on which each request takes so long; the rest is the bank's."""

    bank: Bank
    seconds: float

    async def send(self, method: str, path: str, **request: Any) -> HttpReply:
        await pass_time(self.seconds)
        self.bank.clock.forward(seconds=self.seconds)
        return await self.bank.send(method, path, **request)

    async def close(self) -> None:
        pass


@pytest.fixture
def bank():
    return Bank(HandClock())


@pytest.fixture
async def session(tmp_path, bank):
    signed_in = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    yield signed_in
    await signed_in.close()


async def append(session: AppSession, *drafts: Draft) -> list[Activity]:
    return await session.store.write(lambda tx: ledger.append_activities(tx, drafts, now=session.now()))


def names(session: AppSession) -> list[str]:
    return sorted(customer.name for customer in session.store.read(lambda tx: reads.customers_on(tx, session.today())))


async def test_everything_waiting_is_sent_in_order_and_acknowledged(session, bank):
    made = await append(session, *(a_call() for _ in range(450)))
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting, status.held) == (Phase.IDLE, 0, 0)
    assert status.last_synced_at is not None
    assert [len(batch) for batch in bank.batches] == [200, 200, 50]
    assert [each for batch in bank.batches for each in batch] == [str(each.id) for each in made]


@pytest.mark.parametrize("fault", ["lost", "unsent", "garbage", 500])
async def test_after_any_failure_the_same_batch_goes_out_again_and_counts_once(session, bank, fault):
    (call,) = await append(session, a_call())
    bank.faults = [fault]
    status = await session.sync.sync_now()
    assert status.phase in (Phase.OFFLINE, Phase.FAILING)
    assert status.waiting == 1
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting) == (Phase.IDLE, 0)
    assert bank.ledger == {str(call.id): call.model_dump(mode="json")}


async def test_a_rejected_one_is_held_with_its_reason_and_its_neighbours_go_through(session, bank):
    first, second, third = await append(session, a_call(), a_call(WANG), a_visit())
    bank.rejects = {str(second.id)}
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting, status.held) == (Phase.IDLE, 0, 1)
    (held,) = session.store.read(ledger.held)
    assert (held.activity, held.code, held.detail) == (second, "unknown_customer", "This customer is not known here.")
    assert set(bank.ledger) == {str(first.id), str(third.id)}
    await session.sync.sync_now()
    assert bank.batches[-1] == [], "what is held is not sent again"


async def test_a_snapshot_comes_in_pages_and_its_cursor_is_kept(session, bank):
    bank.page = 2
    bank.snapshot = [customer_change(LI, name=f"{n}").model_dump() for n in range(5)] + [
        customer_change(WANG, name="王").model_dump()
    ]
    await session.sync.sync_now()
    assert names(session) == ["4", "王"]
    assert bank.cursors == [None, "1.2.0", "1.4.0"]
    await session.sync.sync_now()
    assert bank.cursors[-1] == "1.6.0"


async def test_an_outlived_cursor_ends_with_what_a_fresh_phone_has_and_the_outbox_untouched(session, bank):
    bank.snapshot = [customer_change(LI, name="李").model_dump(), customer_change(WANG, name="王").model_dump()]
    await session.sync.sync_now()
    (prospect,) = await append(session, a_prospect("新"))
    bank.faults = ["unsent"]
    await session.sync.sync_now()
    bank.generation += 1
    bank.page = 1
    bank.snapshot = [customer_change(WANG, name="王二").model_dump(), customer_change(WANG, name="王二").model_dump()]
    status = await session.sync.sync_now()
    assert status.phase is Phase.IDLE
    # Li went to another book while the cursor was outlived; the prospect is known to the server since this very sync.
    assert names(session) == ["新", "王二"]
    assert str(prospect.id) in bank.ledger


async def test_a_server_that_refuses_every_start_does_not_make_the_phone_spin(session, bank):
    bank.faults = [409, 409, 409, 409]
    status = await session.sync.sync_now()
    assert status.phase is Phase.FAILING
    assert bank.faults == [409, 409]


async def test_a_batch_that_is_too_large_is_halved(session, bank):
    await append(session, *(a_call() for _ in range(120)))
    bank.most_activities = 30
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting) == (Phase.IDLE, 0)
    assert len(bank.ledger) == 120


async def test_retry_after_is_obeyed_even_when_a_person_pulls(session, bank):
    await append(session, a_call())
    bank.faults, bank.retry_after = [503], "60"
    await session.sync.sync_now()
    asked = len(bank.cursors)
    bank.clock.forward(seconds=50)
    await session.sync.sync_now()
    assert len(bank.cursors) == asked
    bank.clock.forward(seconds=20)
    assert (await session.sync.sync_now()).waiting == 0


async def test_an_expired_access_token_is_renewed_in_passing_and_the_new_one_kept_first(session, bank):
    await append(session, a_call())
    bank.expire_access()
    assert (await session.sync.sync_now()).waiting == 0
    kept = session.store.read(lambda tx: get_meta(tx, Meta.REFRESH_TOKEN))
    assert kept == f"refresh-{len(bank.grants)}"


async def test_a_lost_refresh_reply_is_repeated_with_the_same_token(session, bank):
    bank.expire_access()
    bank.faults = ["ok", "lost"]  # 401, then the exchange whose answer is lost
    assert (await session.sync.sync_now()).phase is Phase.OFFLINE
    assert (await session.sync.sync_now()).phase is Phase.IDLE
    refreshes = [grant["refresh_token"] for grant in bank.grants if grant["grant_type"] == "refresh_token"]
    assert refreshes == ["refresh-1", "refresh-1"]


async def test_an_ended_sign_in_keeps_the_outbox_and_signing_in_again_drains_it(session, bank, tmp_path):
    (call,) = await append(session, a_call())
    bank.revoke_all()
    heard: list[Phase] = []
    session.sync.subscribe(lambda: heard.append(session.sync.status.phase))
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting) == (Phase.SIGN_IN_AGAIN, 1)
    assert heard[-1] is Phase.SIGN_IN_AGAIN
    again = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    assert again.sync is session.sync
    status = await again.sync.sync_now()
    assert (status.phase, status.waiting) == (Phase.IDLE, 0)
    assert set(bank.ledger) == {str(call.id)}
    await again.close()


def test_what_waits_when_an_advisor_becomes_a_head_is_sent_and_then_nothing_more_is_asked(tmp_path):
    loop = VirtualLoop()
    bank = Bank(LoopClock(loop))

    async def become_head() -> None:
        as_advisor = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
        (call,) = await append(as_advisor, a_call())
        await as_advisor.close()
        bank.people["advisor1"]["role"] = "head"
        as_head = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
        as_head.start()
        await pass_time(600)
        assert (as_head.sync.status.phase, as_head.sync.status.waiting) == (Phase.IDLE, 0)
        assert set(bank.ledger) == {str(call.id)}
        assert bank.batches == [[str(call.id)]]
        await as_head.close()

    loop.run_until_complete(become_head())
    loop.close()


async def test_the_offset_is_measured_kept_and_used(session, bank):
    bank.ahead_ms = 90_000
    await session.sync.sync_now()
    assert session.store.read(clock_offset_ms) == pytest.approx(90_000, abs=100)
    (call,) = await append(session, a_call())
    assert call.clock_offset_ms == session.store.read(clock_offset_ms)
    assert session.corrected_now() - session.now() == timedelta(milliseconds=call.clock_offset_ms)
    # 23:59 in Shanghai by a clock that is a minute and a half slow: it is tomorrow.
    bank.clock.forward(hours=14, minutes=59)
    assert session.today() == MONDAY + timedelta(days=1)


async def test_a_renewed_token_has_no_part_in_measuring_the_clock(session, bank):
    bank.ahead_ms = 90_000
    bank.expire_access()
    bank.grant_takes_ms = 20_000
    await session.sync.sync_now()
    assert session.store.read(clock_offset_ms) == pytest.approx(90_000, abs=100)


def test_requests_that_hang_one_after_another_are_told_of_within_a_minute(tmp_path, bank):
    loop = VirtualLoop()
    heard: list[tuple[float, Phase]] = []

    async def sync() -> None:
        platform = replace(a_platform(tmp_path, bank), open_http=lambda: SlowLine(bank, seconds=29))
        session = await sign_in(platform, "advisor1", PASSWORD)
        await append(session, a_call())
        bank.expire_access()
        began = loop.time()
        session.sync.subscribe(lambda: heard.append((loop.time() - began, session.sync.status.phase)))
        # A refusal, a renewal and the sync itself, none of them late enough to be given up.
        status = await session.sync.sync_now()
        assert (status.phase, status.waiting) == (Phase.IDLE, 0)
        await session.close()

    loop.run_until_complete(sync())
    loop.close()
    assert heard == [(pytest.approx(30), Phase.FAILING), (pytest.approx(87), Phase.IDLE)]


async def test_a_calls_own_prospect_is_called_and_synced_in_one_go(session, bank):
    (prospect,) = await append(session, a_prospect())
    (call,) = await append(session, a_call(prospect.id))
    status = await session.sync.sync_now()
    assert (status.waiting, status.held) == (0, 0)
    assert [each["id"] for each in bank.ledger.values()] == [str(prospect.id), str(call.id)]
    assert names(session) == ["欧阳婳"]


async def test_a_crash_between_reply_and_commit_loses_nothing(session, bank, tmp_path):
    made = await append(session, a_call(), a_call(WANG))

    bank.faults = ["cancelled"]
    with pytest.raises(asyncio.CancelledError):
        await session.sync.step_once()
    assert len(bank.ledger) == 2
    # The process is gone; nothing was closed. Another opens the same file.
    reopened = LocalStore.open(session.store.path, clock=bank.clock)
    transport = ApiTransport(bank, tokens=StoreTokens(reopened))
    status = await SyncRunner(reopened, transport, bank.clock).sync_now()
    assert (status.phase, status.waiting) == (Phase.IDLE, 0)
    assert set(bank.ledger) == {str(each.id) for each in made}
    reopened.close()


async def test_a_full_disk_while_taking_in_a_reply_keeps_the_outbox_and_says_so(session, bank):
    await append(session, a_call())
    bank.snapshot = [customer_change(UUID(int=n), note="长" * 1900).model_dump() for n in range(1, 201)]
    pages = session.store.read(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
    session.store.read(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}"))
    status = await session.sync.sync_now()
    assert (status.phase, status.waiting) == (Phase.FAILING, 1)
    assert "no space" in (status.detail or "")
    assert names(session) == []
    session.store.read(lambda tx: tx.execute("PRAGMA max_page_count = 1000000"))
    assert (await session.sync.sync_now()).waiting == 0
    assert len(names(session)) == 200


async def test_what_is_recorded_while_the_loop_runs_is_sent_without_being_asked(session, bank):
    idle, done = asyncio.Event(), asyncio.Event()

    def watch() -> None:
        if session.sync.status.phase is Phase.IDLE and session.sync.status.last_synced_at is not None:
            idle.set()
        if bank.ledger and not session.store.read(ledger.outbox_counts).waiting:
            done.set()

    session.sync.subscribe(watch)
    session.store.subscribe(watch)
    session.start()
    await asyncio.wait_for(idle.wait(), 20)
    await append(session, a_call())
    await asyncio.wait_for(done.wait(), 20)
    assert len(bank.ledger) == 1


async def test_an_unreachable_server_is_offline_and_nothing_else():
    http = HttpxHttp("http://127.0.0.1:9")
    transport = ApiTransport(http)
    with pytest.raises(Exception, match="cannot be reached") as failure:
        await transport.sign_in("advisor1", PASSWORD, device_id="d", device_name="n")
    assert failure.value.code == "offline"  # pyright: ignore[reportAttributeAccessIssue]  # pytest's own type
    await transport.close()


FAULTS = ["ok", "ok", "unsent", "lost", "garbage", 500, 413, 409, 401]
moves = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.sampled_from([LI, WANG])),
        st.tuples(st.just("visit"), st.sampled_from([LI, WANG])),
        st.tuples(st.just("prospect"), st.just(None)),
        st.tuples(st.just("void"), st.integers(0, 30)),
        st.tuples(st.just("reject_next"), st.just(None)),
        st.tuples(st.just("sync"), st.lists(st.sampled_from(FAULTS), max_size=6)),
        st.tuples(st.just("restart"), st.just(None)),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(moves)
def test_whatever_happens_every_activity_is_waiting_synced_or_held_exactly_once(tmp_path_factory, script):
    asyncio.run(_live_through(tmp_path_factory.mktemp("phone"), script))


async def _live_through(folder, script) -> None:
    bank = Bank(HandClock())
    platform = a_platform(folder, bank, Pocket())
    session = await sign_in(platform, "advisor1", PASSWORD, open_stores=OpenStores())
    lives = [session]
    made: list[Activity] = []
    will_reject = False
    for move, what in script:
        bank.clock.forward(minutes=6)
        if move == "sync":
            bank.faults = list(what)
            await session.sync.sync_now()
            bank.faults = []
            if session.sync.status.phase is Phase.SIGN_IN_AGAIN:
                session = await sign_in(platform, "advisor1", PASSWORD, open_stores=session.open_stores)
                lives.append(session)
        elif move == "restart":
            # The old process is dead: nothing of it was closed, and it does nothing any more.
            resumed = await resume(platform, open_stores=OpenStores())
            assert resumed is not None
            session = resumed
            lives.append(session)
        elif move == "reject_next":
            will_reject = True
        elif (draft := _draft(move, what, made)) is not None:
            (activity,) = await append(session, draft)
            made.append(activity)
            if will_reject:
                bank.rejects.add(str(activity.id))
                will_reject = False
        _check(session.store, bank, made)
    bank.faults = []
    for _ in range(3):
        bank.clock.forward(minutes=6)
        await session.sync.sync_now()
    _check(session.store, bank, made)
    assert session.sync.status.waiting == 0
    assert set(bank.ledger) == {str(each.id) for each in made} - bank.rejects
    assert {str(each.activity.id) for each in session.store.read(ledger.held)} == bank.rejects
    for life in lives:
        await life.close()


def _draft(move, what, made: list[Activity]) -> Draft | None:
    match move:
        case "call":
            return a_call(what)
        case "visit":
            return a_visit(what)
        case "prospect":
            return a_prospect()
        case _:
            return a_void(made[what % len(made)].id) if made else None


def _check(store: LocalStore, bank: Bank, made: list[Activity]) -> None:
    rows = store.read(lambda tx: tx.execute("SELECT id, state FROM activities ORDER BY seq").fetchall())
    assert [row["id"] for row in rows] == [str(each.id) for each in made]
    outbox = {
        row["activity_id"]: row["state"] for row in store.read(lambda tx: tx.execute("SELECT * FROM outbox").fetchall())
    }
    assert outbox == {row["id"]: row["state"] for row in rows if row["state"] != "synced"}
    assert all(row["id"] in bank.ledger for row in rows if row["state"] == "synced")
    counted = [each for each in made if outbox.get(str(each.id)) != "held"]
    prospects = {each.id: None for each in made if isinstance(each.data, Prospect)}
    expected = fold_day(counted, prospects, Policies([]).on(MONDAY))
    assert store.read(lambda tx: reads.day_figures(tx, MONDAY)) == expected
