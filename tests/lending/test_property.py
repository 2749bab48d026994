"""Whatever loans, takings back, calls, late syncs and days come in any order: phones and server agree, and nobody sees more than they are lent."""

import asyncio
import tempfile
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session

from app_client.store import lent, materialize, reads
from app_client.store.database import LocalStore
from app_server.tables import AdvisorDayRow, ChangeRow, CoverageRow, LedgerRow, LoanRow, PlanRow, StaffRow
from app_server.team.coverage import Covered
from app_server.team.kept import coverage_below, keep_coverage
from shared_models.activity import Activity
from shared_models.customers import Customer
from shared_models.sync import Change
from tests.factories import NOW
from tests.lending.conftest import Lending
from tests.store.scenes import open_store
from tests.sync_server.phones import Bank, Json, call, void

WHO = ("li", "wang")
OWNERS = ("li", "li", "wang")
WINDOW = 90


class Does(StrEnum):
    """What may happen at the bank."""

    LEND = "lend"
    TAKE_BACK = "take_back"
    CALL = "call"
    VOID = "void"
    SYNC = "sync"
    KEEP = "keep"
    NEXT_DAY = "next_day"


STEPS = st.lists(
    st.tuples(st.sampled_from(list(Does)), st.sampled_from(WHO), st.integers(0, 2)), min_size=3, max_size=16
)


class Carried:
    """An advisor's phone: a store of the app, what it has not sent yet, and what it made and has not taken back."""

    def __init__(self, bank: Bank, staff: StaffRow, folder: Path) -> None:
        self.bank, self.staff = bank, staff
        self.store: LocalStore = open_store(folder)
        self.cursor: str | None = None
        self.unsent: list[Json] = []
        self.standing: list[Json] = []

    def had(self, day: date) -> list[UUID]:
        """Whom the app would have called on that day."""
        return [each.id for each in self.store.read(lambda tx: reads.customers_on(tx, day))]

    async def call(self, customer: Customer, now: datetime) -> None:
        """Call them, if the app has them that day."""
        if customer.id in self.had(now.date()):
            said = call(customer, at=now - timedelta(minutes=30))
            await self._record(said)
            self.standing.append(said)

    async def take_back(self, which: int, now: datetime) -> None:
        """Take one of the standing calls back, if there is any."""
        if self.standing:
            said = self.standing.pop(which % len(self.standing))
            await self._record(void(said, at=now - timedelta(minutes=20)))

    async def _record(self, said: Json) -> None:
        told = Activity.model_validate(said)
        await self.store.write(lambda tx: materialize.apply_activity(tx, told))
        self.unsent.append(said)

    async def sync(self, day: date) -> set[str]:
        """Everything there and back, as the app does it; the server's answers."""
        await self.store.write(lambda tx: lent.forget_lent(tx, day))
        # Signed in anew, as tokens are good for minutes and these are days.
        line = self.bank.phone(self.staff, device=f"phone-{self.staff.login}")
        line.cursor = self.cursor
        reply = line.sync(*self.unsent)
        changes = reply["changes"] + (line.pull() if reply["has_more"] else [])
        self.cursor, self.unsent = line.cursor, []
        told = [Change.model_validate_json(Change(**each).model_dump_json()) for each in changes]
        await self.store.write(lambda tx: materialize.apply_changes(tx, told))
        return {each["status"] for each in reply["results"]}


class Lived:
    """Days at a bank with two customers of li's and one of wang's."""

    def __init__(self, lending: Lending, customers: list[Customer], folder: Path) -> None:
        self.lending, self.bank, self.customers = lending, lending.bank, customers
        self.bank.server.clock.at = NOW
        self.phones = {
            staff.login: Carried(self.bank, staff, folder / staff.login) for staff in (self.bank.li, self.bank.wang)
        }
        self.owner = dict(zip((each.id for each in customers), OWNERS, strict=True))
        self.lent: set[tuple[str, UUID, date]] = set()

    @property
    def now(self) -> datetime:
        return self.bank.server.clock.at

    @property
    def today(self) -> date:
        return self.now.date()

    async def does(self, what: Does, who: str, which: int) -> None:
        """Something that may or may not be possible just now."""
        customer, phone = self.customers[which], self.phones[who]
        match what:
            case Does.LEND:
                if self.lending.lend(customer, phone.staff, self.today).status_code == 200:
                    self.lent.add((who, customer.id, self.today))
            case Does.TAKE_BACK:
                assert self.lending.take_back(customer, self.today).status_code in (204, 404, 409)
            case Does.CALL:
                await phone.call(customer, self.now)
            case Does.VOID:
                await phone.take_back(which, self.now)
            case Does.SYNC:
                assert await phone.sync(self.today) <= {"accepted"}
            case Does.KEEP:
                keep_coverage(self.bank.db, path=self.bank.outlet.path, day=self.today, window_days=WINDOW, least=0)
            case Does.NEXT_DAY:
                self.bank.server.clock.pass_(days=1)
                self.lending.head = self.bank.server.bearer("head")
        for login, carried in self.phones.items():
            for each in carried.had(self.today):
                assert self.owner[each] == login or (login, each, self.today) in self.lent

    async def ends(self) -> None:
        """All phones have said and heard everything: both sides agree."""
        for phone in self.phones.values():
            assert await phone.sync(self.today) <= {"accepted"}
        for phone in self.phones.values():
            await phone.sync(self.today)
            stored = self.bank.days(phone.staff)
            made = {datetime.fromisoformat(each["occurred_at"]).date() for each in phone.standing}
            assert made <= stored.keys()
            for day, figures in stored.items():
                own = phone.store.read(lambda tx, day=day: reads.day_figures(tx, day))
                # Whose calls count for coverage is kept in an order of its own.
                assert own.model_dump() == figures.model_dump()
        called = {UUID(each["customer_id"]) for phone in self.phones.values() for each in phone.standing}
        for login, phone in self.phones.items():
            book = {each for each, owner in self.owner.items() if owner == login}
            assert self.coverage()[str(phone.staff.id)] == Covered(len(book), len(book & called))

    def coverage(self) -> dict[str, Covered]:
        """Of each advisor today, of what is kept and what is not."""
        path, day = self.bank.outlet.path, self.today
        return self.bank.db.read(lambda session: coverage_below(session, path=path, day=day, window_days=WINDOW))


@pytest.fixture
def customers(lending: Lending) -> list[Customer]:
    of_login = {"li": lending.bank.li, "wang": lending.bank.wang}
    return [lending.bank.customer(of_login[login]) for login in OWNERS]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
# The borrower calls after it was taken back, and says so a day later.
@example(
    steps=[
        (Does.LEND, "wang", 0),
        (Does.SYNC, "wang", 0),
        (Does.TAKE_BACK, "wang", 0),
        (Does.CALL, "wang", 0),
        (Does.NEXT_DAY, "li", 0),
        (Does.KEEP, "li", 0),
        (Does.SYNC, "wang", 0),
    ]
)
# Both call, as the owner had not heard of it; the borrower takes it back.
@example(
    steps=[
        (Does.SYNC, "li", 0),
        (Does.LEND, "wang", 0),
        (Does.CALL, "li", 0),
        (Does.SYNC, "wang", 0),
        (Does.CALL, "wang", 0),
        (Does.SYNC, "wang", 0),
        (Does.KEEP, "li", 0),
        (Does.VOID, "wang", 0),
        (Does.NEXT_DAY, "li", 0),
    ]
)
def test_in_any_order_both_sides_agree_and_nobody_sees_more(
    lending: Lending, customers: list[Customer], steps: list[tuple[Does, str, int]]
) -> None:
    def begin(session: Session) -> None:
        for table in (LedgerRow, AdvisorDayRow, ChangeRow, CoverageRow, LoanRow, PlanRow):
            session.exec(delete(table))

    async def live(folder: Path) -> None:
        lived = Lived(lending, customers, folder)
        lending.head = lending.bank.server.bearer("head")
        try:
            for step in steps:
                await lived.does(*step)
            await lived.ends()
        finally:
            for phone in lived.phones.values():
                phone.store.close()

    lending.bank.db.write(begin)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
