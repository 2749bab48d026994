"""Whatever comes first, a push or leave: the stored days are the fold of the whole ledger with the leave that stands in the end."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session

from app_server.database import Database
from app_server.leave.service import Entering, remove_leave, set_leave
from app_server.org.queries import leave_of
from app_server.sync.reading import read_activities
from app_server.sync.service import take_batch
from app_server.tables import AdvisorDayRow, LeaveRow, LedgerRow
from app_server.team.queries import as_activity
from shared_models.customers import Customer
from shared_models.fold import fold_day
from shared_models.leave import LeaveDays
from shared_models.policy import Policies, Policy
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.leave.heads import TODAY, Heads, on
from tests.sync_server.phones import Bank, call, open_bank

EASY = Policy(effective_from=LONG_AGO, calls=1, visits=0)
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

    def expected(self) -> dict[date, Any]:
        """The fold of what the ledger holds, with the leave that stands."""
        made = [as_activity(row) for row in self.bank.ledger()]
        policies, leave = Policies([EASY]), self.bank.db.read(lambda session: leave_of(session, self.bank.li.id))
        days = {policies.business_day(each.occurred_at, each.clock_offset_ms) for each in made}
        since = {self.customer.id: LONG_AGO}
        return {day: fold_day(made, since, policies.on(day, leave)).model_dump() for day in days}

    def stored(self) -> dict[date, Any]:
        """The advisor-days."""
        return {day: each.model_dump() for day, each in self.bank.days().items()}


@pytest.fixture(scope="module")
def bench(fresh_database: Any, tmp_path_factory: Any) -> Iterator[Bench]:
    with fresh_database("sqlite") as url, open_bank(url, tmp_path_factory.mktemp("order")) as bank:
        factories.policy(bank.db, **EASY.model_dump())
        yield Bench(bank, bank.customer())


# A push of a day; leave entered from one day to another, under one of two ids, or taken back.
pushes = st.sampled_from(DAYS)
edits = st.tuples(st.sampled_from([0, 1]), st.none() | st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(pushes | edits, max_size=10))
def test_any_order_of_pushes_and_leave_ends_with_the_same_days(bench: Bench, steps: list[Any]) -> None:
    db = bench.bank.db
    for row in (LedgerRow, AdvisorDayRow, LeaveRow):
        db.write(lambda session, row=row: session.exec(delete(row)))
    ids, entered = [uuid4(), uuid4()], dict[int, LeaveDays]()
    for step in steps:
        if isinstance(step, date):
            db.write(lambda session, day=step: bench.push(session, day))
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
    assert bench.stored() == bench.expected()


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
    bench = Bench(bank, bank.customer())
    days = LeaveDays(first_day=TODAY, last_day=TODAY)

    def push(session: Session) -> None:
        bench.push(session, TODAY)

    def enter(session: Session) -> None:
        bench.enter(session, uuid4(), days)

    one_after_the_other(bank.db, *((push, enter) if push_is_first else (enter, push)))
    assert bench.stored() == bench.expected()
    assert bank.today().on_leave


def test_two_heads_at_once_enter_one_day_once(postgresql_heads: Heads) -> None:
    bank = postgresql_heads.bank
    bench = Bench(bank, bank.customer())
    days = LeaveDays(first_day=TODAY, last_day=on(1))
    with pytest.raises(Exception, match="on leave on one of these days"):
        one_after_the_other(bank.db, *(lambda session: bench.enter(session, uuid4(), days) for _ in range(2)))
    assert len(bank.db.read(lambda session: leave_of(session, bank.li.id))) == 1
