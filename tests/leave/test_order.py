"""Whatever comes first, a push, leave or a word on the calendar: in the end server and phone have folded the same days, by all that stands."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session

from app_client.store.database import LocalStore
from app_client.store.materialize import apply_changes
from app_client.store.reads import day_figures
from app_server.database import Database
from app_server.leave.service import Entering, remove_leave, set_leave
from app_server.org.queries import leave_of, policies
from app_server.policies.service import override_days
from app_server.sync.older_days import refold_older
from app_server.sync.reading import read_activities
from app_server.sync.service import take_batch
from app_server.tables import AdvisorDayRow, LeaveRow, LedgerRow
from app_server.team.queries import as_activity
from shared_models.customers import Customer
from shared_models.fold import fold_day
from shared_models.leave import LeaveDays
from shared_models.policy import Policy
from shared_models.sync import Change
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.leave.heads import TODAY, Heads, on
from tests.store.scenes import HandClock
from tests.sync_server.phones import Bank, Phone, call, open_bank

EASY = Policy(effective_from=LONG_AGO, calls=1, visits=0)
# A weekend and a Monday.
DAYS = [on(n) for n in (-2, -1, 0)]


@dataclass(frozen=True)
class Sender:
    """Li, as a batch has them."""

    id: UUID
    unit_path: str
    device_id: str = "phone-1"


@dataclass(frozen=True)
class Bench:
    """The bank, a customer of li's, and li's unit as a head's."""

    bank: Bank
    customer: Customer
    phone: Phone

    def push(self, session: Session, day: date) -> None:
        """One call of that day, as li's phone sends it."""
        made = call(self.customer, at=NOW - timedelta(days=(TODAY - day).days, minutes=1))
        items = read_activities([made], self.bank.server.app.state.proofs)
        sender = Sender(self.bank.li.id, self.bank.outlet.path)
        (verdict,) = take_batch(session, sender, items, former=None, now=NOW)
        assert verdict.status == "accepted", verdict

    def enter(self, session: Session, leave_id: UUID, days: LeaveDays) -> None:
        """Leave as a head enters it."""
        by = Entering(None, self.bank.outlet.path, TODAY)
        set_leave(session, by, leave_id=leave_id, advisor_id=self.bank.li.id, days=days, now=NOW)

    def take_back(self, session: Session, leave_id: UUID) -> None:
        """The same taken back."""
        remove_leave(session, Entering(None, self.bank.outlet.path, TODAY), leave_id=leave_id, now=NOW)

    def override(self, session: Session, changed: Mapping[date, bool | None]) -> None:
        """Days that head office says are worked, free, or as published; folded anew later."""
        override_days(session, changed, actor=None, now=NOW)

    def expected(self) -> dict[date, Any]:
        """The fold of what the ledger holds on each of the days, with the leave and the calendar that stand."""
        made = [as_activity(row) for row in self.bank.ledger()]
        leave = self.bank.db.read(lambda session: leave_of(session, self.bank.li.id))
        rules, since = self.bank.db.read(policies), {self.customer.id: LONG_AGO}
        return {day: fold_day(made, since, rules.on(day, leave)).model_dump() for day in DAYS}

    def stored(self) -> dict[date, Any]:
        """The advisor-days, once those that wait for it are folded anew; of a day with nothing in it what is expected."""
        refold_older(self.bank.db, now=NOW, progress=lambda *_: None)
        stored = {day: each.model_dump() for day, each in self.bank.days().items()}
        made = {row.business_day for row in self.bank.ledger()}
        assert stored.keys() == made
        return self.expected() | stored


@dataclass(frozen=True)
class Pocket:
    """A phone of li's with a real store."""

    store: LocalStore
    phone: Phone

    async def sync(self) -> None:
        """Take what the server has to tell."""
        changes = [Change.model_validate(each) for each in self.phone.pull()]
        await self.store.write(lambda tx: apply_changes(tx, changes))

    def folded(self) -> dict[date, Any]:
        """The days as its screens count them."""
        return {day: self.store.read(lambda tx, day=day: day_figures(tx, day)).model_dump() for day in DAYS}


@pytest.fixture(scope="module")
def bench(fresh_database: Any, tmp_path_factory: Any) -> Iterator[Bench]:
    with fresh_database("sqlite") as url, open_bank(url, tmp_path_factory.mktemp("order")) as bank:
        factories.policy(bank.db, **EASY.model_dump())
        yield Bench(bank, bank.customer(), bank.phone())


# A push of a day; leave entered from one day to another, under one of two ids, or taken back; a day worked, free or as published.
pushes = st.sampled_from(DAYS)
edits = st.tuples(st.sampled_from([0, 1]), st.none() | st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)))
words = st.dictionaries(st.sampled_from(DAYS), st.sampled_from([True, False, None]), min_size=1, max_size=2)
syncs = st.just("sync")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(pushes | edits | words | syncs, min_size=4, max_size=10))
@example(steps=[TODAY, {TODAY: False}])
@example(steps=[TODAY, {TODAY: False}, "sync", {TODAY: None}])
@example(steps=[on(-1), "sync", {on(-1): True, TODAY: False}, TODAY, (0, (on(-1), TODAY)), {on(-1): None}, (0, None)])
def test_any_order_ends_with_the_same_days_on_the_server_and_on_the_phone(
    bench: Bench, tmp_path: Path, steps: list[Any]
) -> None:
    asyncio.run(any_order(bench, tmp_path, steps))


async def any_order(bench: Bench, folder: Path, steps: list[Any]) -> None:
    db = bench.bank.db
    for row in (LedgerRow, AdvisorDayRow, LeaveRow):
        db.write(lambda session, row=row: session.exec(delete(row)))
    db.write(lambda session: bench.override(session, dict.fromkeys(DAYS)))
    pocket = Pocket(
        LocalStore.open(folder / f"{uuid4()}.sqlite3", clock=HandClock()), replace(bench.phone, cursor=None)
    )
    ids, entered = [uuid4(), uuid4()], dict[int, LeaveDays]()
    for step in steps:
        if isinstance(step, date):
            db.write(lambda session, day=step: bench.push(session, day))
            continue
        if isinstance(step, dict):
            db.write(lambda session, changed=step: bench.override(session, changed))
            continue
        if step == "sync":
            await pocket.sync()
            continue
        which, ends = step
        if ends is None:
            if entered.pop(which, None) is not None:
                db.write(lambda session, leave_id=ids[which]: bench.take_back(session, leave_id))
            continue
        days = LeaveDays(first_day=min(ends), last_day=max(ends))
        if not set(days.days()) & {day for n, each in entered.items() if n != which for day in each.days()}:
            entered[which] = days
            db.write(lambda session, leave_id=ids[which], days=days: bench.enter(session, leave_id, days))
    await pocket.sync()
    expected = bench.expected()
    assert bench.stored() == expected
    assert pocket.folded() == expected
    pocket.store.close()


def one_after_the_other(db: Database, first: Callable[[Session], None], second: Callable[[Session], None]) -> None:
    """The second begins while the first has done its work and not committed it, and waits for it."""
    is_done, may_commit = threading.Event(), threading.Event()

    def early(session: Session) -> None:
        first(session)
        is_done.set()
        assert may_commit.wait(20)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(db.write, early)
        assert is_done.wait(20)
        other = pool.submit(db.write, second)
        while not other.done() and not _waits_for_a_lock(db):
            time.sleep(0)
        assert not other.done(), "it did not wait for the first"
        may_commit.set()
        one.result(20)
        other.result(20)


def _waits_for_a_lock(db: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return db.read(lambda session: session.connection().exec_driver_sql(waiting).scalar_one()) > 0


@pytest.mark.parametrize("push_is_first", [True, False])
def test_a_push_and_leave_at_once_see_each_other(postgresql_heads: Heads, *, push_is_first: bool) -> None:
    bank = postgresql_heads.bank
    factories.policy(bank.db, **EASY.model_dump())
    bench = Bench(bank, bank.customer(), bank.phone())
    days = LeaveDays(first_day=TODAY, last_day=TODAY)

    def push(session: Session) -> None:
        bench.push(session, TODAY)

    def enter(session: Session) -> None:
        bench.enter(session, uuid4(), days)

    one_after_the_other(bank.db, *((push, enter) if push_is_first else (enter, push)))
    assert bench.stored() == bench.expected()
    assert bank.today().on_leave


@pytest.mark.parametrize("push_is_first", [True, False])
def test_the_first_push_of_a_day_and_a_word_on_it_at_once_see_each_other(
    postgresql_heads: Heads, *, push_is_first: bool
) -> None:
    bank = postgresql_heads.bank
    factories.policy(bank.db, **EASY.model_dump())
    bench = Bench(bank, bank.customer(), bank.phone())

    def push(session: Session) -> None:
        bench.push(session, TODAY)

    def override(session: Session) -> None:
        bench.override(session, {TODAY: False})

    one_after_the_other(bank.db, *((push, override) if push_is_first else (override, push)))
    assert bench.stored() == bench.expected()
    assert bank.today().targets.calls == 0


def test_two_heads_at_once_enter_one_day_once(postgresql_heads: Heads) -> None:
    bank = postgresql_heads.bank
    bench = Bench(bank, bank.customer(), bank.phone())
    days = LeaveDays(first_day=TODAY, last_day=on(1))
    with pytest.raises(Exception, match="on leave on one of these days"):
        one_after_the_other(bank.db, *(lambda session: bench.enter(session, uuid4(), days) for _ in range(2)))
    assert len(bank.db.read(lambda session: leave_of(session, bank.li.id))) == 1
