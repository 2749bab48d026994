"""The list of lines, as a bank imports it: whose a number is from a day on, and the calls that waited for it."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app_server.imports.readers import read_table
from app_server.imports.service import Choices, ImportKind, Outcome, import_table
from app_server.sync.feed import take_numbers
from app_server.tables import LineRow
from tests.factories import NOW
from tests.sync_server.phones import Bank, open_bank
from tests.telephony.exchange import Exchange, ended, standing

PHONE, TODAY = "13912345678", NOW.date()
HEADER = "分机号,类型,工号,起始日期,截止日期,外呼系统\n"


def load(bank: Bank, text: str, folder: Path, *, days: int = 0) -> Outcome:
    file = folder / "lines.csv"
    file.write_text(HEADER + text, "utf-8")
    now = NOW + timedelta(days=days)
    return import_table(bank.db, ImportKind.LINES, read_table(file), Choices(), now=now, progress=lambda *step: None)


def stays(bank: Bank, number: str) -> list[tuple[str, str, date, date | None]]:
    statement = select(LineRow).where(LineRow.number == number).order_by(col(LineRow.starts_on))
    rows = bank.db.read(lambda session: session.exec(statement).all())
    names = {bank.li.id: "li", bank.wang.id: "wang"}
    return [(names[row.staff_id], row.line.value, row.starts_on, row.ends_on) for row in rows]


def test_a_line_passes_to_somebody_else_and_the_past_stays(bank: Bank, tmp_path: Path):
    assert load(bank, "8100,分机,li,,,\n138 0000 1111,手机,li,2026-11-01,,\n", tmp_path).new == 2
    assert load(bank, "8100,分机,wang,,,\n", tmp_path, days=3).imported
    passed = TODAY + timedelta(days=3)
    assert stays(bank, "8100") == [("li", "landline", TODAY, passed), ("wang", "landline", passed, None)]
    assert stays(bank, "+8613800001111") == [("li", "mobile", date(2026, 11, 1), None)]


def test_the_same_list_every_month_changes_nothing(bank: Bank, tmp_path: Path):
    rows = "8100,分机,li,,,\n8101,座机,wang,2026-11-01,2026-12-01,generic\n"
    load(bank, rows, tmp_path)
    again = load(bank, rows, tmp_path, days=30)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_what_cannot_be_a_line_is_said_and_nothing_is_written(bank: Bank, tmp_path: Path):
    outcome = load(
        bank,
        "8100,分机,nobody,,,\n8101,传真,li,,,\n77,手机,li,,,\n8102,分机,li,2026-11-02,2026-11-02,\n8103,分机,li,,,No!\n,分机,li,,,\n",
        tmp_path,
    )
    assert not outcome.imported
    assert [(bad.line, bad.column) for bad in outcome.bad] == [
        (2, "工号"),
        (3, "类型"),
        (4, "分机号"),
        (5, "截止日期"),
        (6, "外呼系统"),
        (7, "分机号"),
    ]
    assert stays(bank, "8100") == []


def test_calls_of_an_unknown_line_enter_with_the_list(bank: Bank, exchange: Exchange, tmp_path: Path):
    bank.customer(phone=PHONE)
    told, before = ended(PHONE, own="8100"), ended(PHONE, own="8100", at=NOW - timedelta(days=2))
    assert exchange.tell(told, before) == ["unknown_line", "unknown_line"]
    load(bank, f"8100,分机,li,{TODAY},,\n", tmp_path)
    assert [entry.occurred_at for entry in bank.ledger()] == [NOW - timedelta(minutes=1)]
    assert standing(bank)[before["record_id"]] == ("waiting", "unknown_line")
    load(bank, f"8100,分机,li,{TODAY - timedelta(days=5)},{TODAY},\n", tmp_path)
    assert len(bank.ledger()) == 2


def test_an_event_during_the_import_waits_for_it(postgresql_url: str, tmp_path: Path):
    with open_bank(postgresql_url, tmp_path) as bank, ThreadPoolExecutor(3) as pool:
        bank.customer(phone=PHONE)
        exchange = Exchange(bank)
        early, late = ended(PHONE, own="8100"), ended(PHONE, own="8100")
        assert exchange.tell(early) == ["unknown_line"]
        held, release = Event(), Event()

        def hold(session: Session) -> None:
            # As a long sync of li's would: the import has its lines written by then, and nobody sees them yet.
            take_numbers(session, str(bank.li.id), 0)
            held.set()
            assert release.wait(20)

        holding = pool.submit(bank.db.write, hold)
        assert held.wait(20)
        importing = pool.submit(load, bank, "8100,分机,li,,,\n", tmp_path)
        until(bank, importing, waiting=1)
        telling = pool.submit(exchange.tell, late)
        until(bank, telling, waiting=2)
        release.set()
        assert (telling.result(20), importing.result(20).imported, holding.result(20)) == (["taken"], True, None)
        assert {reason for _, reason in standing(bank).values()} == {None}
        assert len(bank.ledger()) == 2


def until(bank: Bank, work: Future[Any], *, waiting: int) -> None:
    """Until the work is done or that many wait for a lock; either way nothing more happens by itself."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def locks(session: Session) -> int:
        return session.connection().exec_driver_sql(count).scalar_one()

    while not work.done() and bank.db.read(locks) < waiting:
        pass


@pytest.mark.parametrize("number", ["8100", "010-8100"])
def test_an_extension_is_compared_as_it_is_written(bank: Bank, exchange: Exchange, tmp_path: Path, number: str):
    bank.customer(phone=PHONE)
    load(bank, f"{number},分机,li,,,\n", tmp_path)
    assert exchange.tell(ended(PHONE, own=number)) == ["taken"]
    assert len(bank.ledger()) == 1
