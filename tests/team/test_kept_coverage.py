"""Coverage is kept until something moves it: whatever happens in whatever order, it reads as if it were counted anew."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from app_server.customers.queries import set_owner
from app_server.customers.service import move_customer
from app_server.sync.older_days import refold_older
from app_server.tables import AdvisorDayRow, ChangeRow, CoverageRow, LedgerRow
from app_server.team.coverage import Covered
from app_server.team.kept import coverage_below, keep_coverage
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, call, open_bank, void

WINDOW = 3
DAY = timedelta(days=1)
WHO = ("li", "wang")


class Does(StrEnum):
    """What may happen at the bank."""

    KEEP = "keep"
    CALL = "call"
    LATE_CALL = "late_call"
    SHORT_CALL = "short_call"
    VOID = "void"
    MOVE = "move"
    OLD_FOLD = "old_fold"
    REFOLD = "refold"


STEPS = st.lists(st.tuples(st.sampled_from(list(Does)), st.sampled_from(WHO), st.integers(0, 2)), max_size=12)


class Told:
    """A bank in which things happen; each phone remembers the calls it made."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.staff = {"li": bank.li, "wang": bank.wang}
        self.phones = {who: bank.phone(staff, device=f"phone-{who}") for who, staff in self.staff.items()}
        self.customers = [bank.customer(self.staff[who]) for who in ("li", "li", "wang")]
        self.made: dict[str, list[Json]] = {}

    def begin(self) -> None:
        """Nothing has happened yet."""

        def work(session) -> None:
            for table in (LedgerRow, AdvisorDayRow, ChangeRow, CoverageRow):
                session.exec(delete(table))
            for customer, who in zip(self.customers, ("li", "li", "wang"), strict=True):
                set_owner(session, customer.id, self.staff[who].id)

        self.bank.db.write(work)
        self.made = {who: [] for who in WHO}

    def does(self, what: Does, who: str, which: int) -> None:
        """Something that may or may not be taken: a phone can say anything."""
        customer = self.customers[which]
        match what:
            case Does.KEEP:
                keep_coverage(self.bank.db, path=self.bank.outlet.path, day=NOW.date(), window_days=WINDOW, least=0)
            case Does.CALL | Does.LATE_CALL | Does.SHORT_CALL:
                ago = (which + 1) * DAY if what is Does.LATE_CALL else timedelta(minutes=30)
                seconds = 3 if what is Does.SHORT_CALL else 90
                said = call(customer, talk_seconds=seconds, at=NOW - ago)
                self.made[who].append(said)
                self.phones[who].sync(said)
            case Does.VOID:
                if self.made[who]:
                    self.phones[who].sync(void(self.made[who][which % len(self.made[who])]))
            case Does.MOVE:
                to = self.staff[who].id
                self.bank.db.write(lambda session: move_customer(session, customer.id, to_advisor=to, now=NOW))
            case Does.OLD_FOLD:
                self.bank.db.write(_as_an_earlier_fold_left_it)
            case Does.REFOLD:
                refold_older(self.bank.db, now=NOW, progress=lambda done, total: None)

    def coverage(self) -> dict[str, Covered]:
        """Of each advisor, of what is kept and what is not."""
        path = self.bank.outlet.path
        return self.bank.db.read(lambda session: coverage_below(session, path=path, day=NOW.date(), window_days=WINDOW))


def _as_an_earlier_fold_left_it(session) -> None:
    # One that knew of no coverage: nothing was kept then, either.
    session.exec(update(AdvisorDayRow).values(called_customers=[], fold_version=0))
    session.exec(delete(CoverageRow))


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Told]:
    with open_bank(database_url, tmp_path) as bank:
        yield Told(bank)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
# The call comes in when another has the customer, whose coverage was kept meanwhile.
@example(steps=[(Does.MOVE, "wang", 0), (Does.KEEP, "li", 0), (Does.LATE_CALL, "li", 0)])
@example(steps=[(Does.LATE_CALL, "li", 0), (Does.MOVE, "wang", 0), (Does.KEEP, "li", 0), (Does.VOID, "li", 0)])
@example(steps=[(Does.CALL, "li", 0), (Does.OLD_FOLD, "li", 0), (Does.KEEP, "li", 0), (Does.REFOLD, "li", 0)])
@example(steps=[(Does.CALL, "li", 0), (Does.KEEP, "li", 0), (Does.MOVE, "wang", 0)])
def test_kept_coverage_reads_as_if_it_were_counted_anew(told: Told, steps) -> None:
    told.begin()
    for step in steps:
        told.does(*step)
    kept = told.coverage()
    told.bank.db.write(lambda session: session.exec(delete(CoverageRow)))
    assert kept == told.coverage()
