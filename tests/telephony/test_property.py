"""However events, syncs, prospects and a transfer come, doubled and late: the same ledger, and days that are its fold."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col

from app_server.customers.queries import set_owner
from app_server.customers.service import move_customer
from app_server.tables import AdvisorDayRow, ChangeRow, CoverageRow, CustomerRow, LedgerRow, TelephonyRecordRow
from app_server.team.coverage import Covered
from app_server.team.kept import coverage_below, keep_coverage
from app_server.team.service import as_activity
from shared_models.activity import uuid7
from shared_models.fold import fold_day
from shared_models.policy import Policies
from shared_models.telephony import pbx_activity_id
from tests.factories import LONG_AGO, NOW
from tests.sync_server.phones import Bank, Json, Phone, activity, call, open_bank
from tests.telephony.exchange import Exchange, ended, line

EXAMPLES = {"sqlite": 30, "postgresql": 10}
BOOK, MOVES, MET = "13900000001", "13900000002", ["13900000003", "13900000004"]
NUMBERS = [BOOK, MOVES, *MET, "13900000009", "139****0001", ""]
POLICIES = Policies([])
COVERAGE_DAYS = 90


@dataclass
class Scene:
    """A bank with a customer of li's, one of wang's who will move to li, and li's phone and exchange."""

    bank: Bank
    phone: Phone
    exchange: Exchange
    book: UUID
    moves: UUID

    def begin(self) -> None:
        """Nothing has happened yet."""

        def work(session: Any) -> None:
            for table in (LedgerRow, AdvisorDayRow, ChangeRow, TelephonyRecordRow, CoverageRow):
                session.exec(delete(table))
            session.exec(delete(CustomerRow).where(col(CustomerRow.id).not_in([self.book, self.moves])))
            set_owner(session, self.moves, self.bank.wang.id)

        self.bank.db.write(work)

    def keep_coverage(self) -> None:
        """Keep what is counted by now."""
        keep_coverage(self.bank.db, path=self.bank.outlet.path, day=NOW.date(), window_days=COVERAGE_DAYS, least=0)

    def coverage(self) -> dict[str, Covered]:
        """Of each advisor, of what is kept and of what is not."""
        return self.bank.db.read(
            lambda session: coverage_below(
                session, path=self.bank.outlet.path, day=NOW.date(), window_days=COVERAGE_DAYS
            )
        )

    def outcome(self) -> dict[UUID, tuple[UUID, bytes]]:
        """Every entry with whose it is and the digest of its content; the days and the coverage are looked at on the way."""
        kept = self.coverage()
        self.bank.db.write(lambda session: session.exec(delete(CoverageRow)))
        assert kept == self.coverage()
        since = {self.book: LONG_AGO, self.moves: LONG_AGO}
        entries: dict[UUID, tuple[UUID, bytes]] = {}
        for person in (self.bank.li, self.bank.wang):
            ledger = self.bank.ledger(person)
            entries |= {row.id: (row.advisor_id, row.digest) for row in ledger}
            activities = [as_activity(row) for row in ledger]
            days = self.bank.days(person)
            assert days.keys() == {row.business_day for row in ledger}
            for day, stored in days.items():
                assert stored.model_dump() == fold_day(activities, since, POLICIES.on(day)).model_dump()
        return entries


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[tuple[str, Scene]]:
    with (
        fresh_database(request.param) as url,
        open_bank(url, tmp_path_factory.mktemp("telephony")) as bank,
    ):
        line(bank, bank.li)
        line(bank, bank.wang, "8002")
        book = bank.customer(phone=BOOK, managed_since=LONG_AGO).id
        moves = bank.customer(bank.wang, phone=MOVES).id
        yield request.param, Scene(bank, bank.phone(), Exchange(bank), book, moves)


@dataclass
class Story:
    """What happens: the phone's activities in the order it made them, the exchange's events, and the transfer."""

    made: list[Json]
    events: list[Json]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A few calls that the exchange saw, some of which li logged; two people li met for the first time."""
    minutes = st.integers(0, 2 * 24 * 60)
    events = [
        ended(
            draw(st.sampled_from(NUMBERS)),
            own=draw(st.sampled_from(["8001", "8001", "8002", "8999"])),
            at=NOW - timedelta(minutes=draw(minutes)),
            talk=draw(st.sampled_from([0, 20, 90])),
            record_id=f"story-{number}",
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    met = [
        activity("prospect", {"name": f"潜客{n}", "phone": phone, "source": "street"}, at=at, id=str(uuid7(at)))
        for n, phone in enumerate([*MET, MET[0]])
        if (at := NOW - timedelta(days=3, minutes=-n))
    ]
    made = [*met]
    for event in draw(st.lists(st.sampled_from(events), max_size=5)):
        over = datetime.fromisoformat(event["ended_at"]) + timedelta(minutes=draw(st.integers(-20, 20)))
        logged = call(UUID(draw(st.sampled_from([each["id"] for each in met]))), at=min(over, NOW))
        if draw(st.booleans()):
            logged["data"]["pbx_record_id"] = str(pbx_activity_id("generic", event["record_id"]))
        made.append(logged)
    return Story(made, events)


def deliveries(story: Story, scene: Scene, chance: random.Random) -> list[Callable[[], object]]:
    """The story's parts in some order: the phone's own stays, but for repeats; the rest comes as it may."""
    cut = chance.randint(1, len(story.made))
    sends = [story.made[:cut], story.made, chance.sample(story.made[:cut], k=cut)]
    steps: list[Callable[[], object]] = [lambda batch=batch: scene.phone.send(*batch) for batch in sends]
    told = [*story.events, *chance.sample(story.events, k=chance.randint(0, len(story.events)))]
    chance.shuffle(told)
    while told:
        batch = [told.pop() for _ in range(min(len(told), chance.randint(1, 3)))]
        steps.insert(chance.randint(0, len(steps)), lambda batch=batch: scene.exchange.tell(*batch))
    bank = scene.bank
    steps.insert(
        chance.randint(0, len(steps)),
        lambda: bank.db.write(lambda session: move_customer(session, scene.moves, to_advisor=bank.li.id, now=NOW)),
    )
    for _ in range(3):
        steps.insert(chance.randint(0, len(steps)), scene.keep_coverage)
    return steps


def test_no_order_matters(ready: tuple[str, Scene]):
    kind, scene = ready

    @settings(
        max_examples=EXAMPLES[kind],
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture),
    )
    @given(story=stories(), chance=st.randoms(use_true_random=False))
    def check(story: Story, chance: random.Random) -> None:
        outcomes: list[dict[UUID, tuple[UUID, bytes]]] = []
        for _ in range(2):
            scene.begin()
            for step in deliveries(story, scene, chance):
                step()
            outcomes.append(scene.outcome())
        assert outcomes[0] == outcomes[1]
        entered = {
            each["record_id"] for each in story.events if pbx_activity_id("generic", each["record_id"]) in outcomes[0]
        }
        mine = {BOOK, MOVES, *MET}
        assert entered == {
            each["record_id"]
            for each in story.events
            if (each["own_number"] == "8001" and each["other_number"] in mine)
            or (each["own_number"] == "8002" and each["other_number"] == MOVES)
        }

    check()
