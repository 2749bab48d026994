"""A simulated day of an exchange: like a real one in its figures, and the same ledger in whatever order it is told."""

from datetime import datetime, timedelta
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlmodel import col, delete, update
from typer.testing import CliRunner

from app_server.cli import app
from app_server.demo.pbx import ANSWER_RATE, TALK_SECONDS, Seat, calls_of_day, deliveries
from app_server.demo.simulate import demo_scene
from app_server.sync.service import write_batches
from app_server.tables import AdvisorDayRow, ChangeRow, LedgerRow, StaffRow, TelephonyRecordRow
from shared_models.errors import Conflict
from shared_models.telephony import PbxLine
from tests.factories import LONG_AGO, NOW
from tests.sync_server.phones import Bank, call
from tests.telephony.exchange import Exchange, standing

SHANGHAI = ZoneInfo("Asia/Shanghai")
YESTERDAY = NOW.date() - timedelta(days=1)
SEATS = [Seat({PbxLine.LANDLINE: "8001"}, ["13912345678"]), Seat({PbxLine.LANDLINE: "8002"}, ["13912345679"])]


def a_day(seats: list[Seat], count: int, seed: int = 1):
    return calls_of_day(seats, YESTERDAY, count=count, seed=seed, timezone=SHANGHAI)


def test_the_same_seed_is_the_same_day_and_another_is_another():
    assert a_day(SEATS, 50) == a_day(SEATS, 50)
    assert a_day(SEATS, 50) != a_day(SEATS, 50, seed=2)


def test_as_many_are_answered_and_as_long_as_in_the_calls_it_is_taken_from():
    talked = [each["talk_seconds"] for each in a_day(SEATS, 6000) if each["answered_at"] is not None]
    assert len(talked) / 6000 == pytest.approx(ANSWER_RATE, abs=0.02)
    assert median(talked) == pytest.approx(TALK_SECONDS[10], rel=0.1)
    assert mean(each < 30 for each in talked) < 0.1


def test_events_come_late_out_of_order_and_twice():
    made = a_day(SEATS, 300)
    told = [event for request in deliveries(made, seed=1) for event in request]
    ended = [each["record_id"] for each in told if each["event"] == "ended"]
    assert set(ended) == {each["record_id"] for each in made}
    assert len(ended) > len(set(ended))
    assert ended != sorted(ended, key=[each["record_id"] for each in made].index)
    assert {each["event"] for each in told} == {
        "ringing",
        "answered",
        "ended",
        "recording_ready",
        "transcript_ready",
    }


def test_the_ledger_and_the_days_are_the_same_for_every_order(bank: Bank, exchange: Exchange):
    mine = [bank.customer(phone=f"1391234{n:04d}", managed_since=LONG_AGO) for n in range(8)]
    theirs = [bank.customer(bank.wang, phone=f"1391235{n:04d}", managed_since=LONG_AGO) for n in range(8)]
    seats = [
        Seat({PbxLine.LANDLINE: own}, [each.phone for each in book]) for own, book in (("8001", mine), ("8002", theirs))
    ]
    made = a_day(seats, 60)
    logged = [
        call(customer, at=datetime.fromisoformat(each["ended_at"]) + timedelta(minutes=1))
        for each in made
        for customer in mine
        if customer.phone == each["other_number"] and each["talk_seconds"] and each["own_number"] == "8001"
    ]
    assert logged
    outcomes: list[object] = []
    for order in range(3):
        forget(bank)
        requests = list(deliveries(made, seed=order))
        for number, request in enumerate(requests):
            if number == len(requests) * order // 3:
                assert set(bank.phone().send(*logged)) == {"accepted"}
            assert exchange.post(*request).status_code == 200
        outcomes.append(
            [
                (
                    {(row.id, row.digest) for row in bank.ledger(person)},
                    {day: stored.model_dump() for day, stored in bank.days(person).items()},
                    standing(bank),
                )
                for person in (bank.li, bank.wang)
            ]
        )
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert bank.days(bank.li)[YESTERDAY].calls_effective > 0


def forget(bank: Bank) -> None:
    def work(session) -> None:
        for table in (LedgerRow, AdvisorDayRow, ChangeRow, TelephonyRecordRow):
            session.exec(delete(table))

    bank.db.write(work)


def test_only_a_demo_bank_is_played_to(bank: Bank, exchange: Exchange):
    customer = bank.customer(phone="13912345678")
    with pytest.raises(Conflict, match="no demo bank"):
        bank.db.write(lambda session: demo_scene(session, now=NOW))
    bank.db.write(
        lambda session: session.exec(update(StaffRow).values(is_demo=True).where(col(StaffRow.login) == "li"))
    )
    for _ in range(2):
        scene = write_batches(bank.db, lambda session: demo_scene(session, now=NOW))
    assert [(seat.numbers[PbxLine.LANDLINE], seat.phones) for seat in scene.seats] == [("8001", [customer.phone])]
    simulator = Exchange(bank, "simulator")
    [told] = calls_of_day(scene.seats, YESTERDAY, count=1, seed=4, timezone=scene.timezone)
    assert simulator.tell(told | {"other_number": customer.phone}) == ["taken"]
    assert [entry.device_id for entry in bank.ledger()] == ["pbx:simulator"]


def test_a_server_that_is_not_there_is_said(sqlite_bank: Bank, monkeypatch: pytest.MonkeyPatch):
    bank = sqlite_bank
    bank.customer(phone="13912345678")
    bank.db.write(lambda session: session.exec(update(StaffRow).values(is_demo=True)))
    monkeypatch.setenv("DATABASE_URL", bank.server.settings.database_url)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(bank.server.settings.data_dir))
    with time_machine.travel(NOW.replace(hour=10), tick=False):
        done = CliRunner().invoke(app, ["simulate", "pbx", "--url", "http://127.0.0.1:9"])
    assert (done.exit_code, "No server answers at http://127.0.0.1:9" in done.output) == (1, True)
