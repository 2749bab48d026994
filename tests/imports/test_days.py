"""Working days and leave from files: what is taken, what is refused and why, and what follows from it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app_server.imports.readers import read_table
from app_server.imports.service import Choices, ImportKind, Outcome, import_table
from app_server.org.queries import policies
from app_server.policies.calendar import calendar_for, known_years
from app_server.policies.commands import departures
from app_server.policies.service import overrides_of, renew_calendars
from app_server.tables import AuditEntryRow, UnitRow
from shared_models.org import Role
from shared_models.policy import Calendar
from tests import factories
from tests.factories import NOW
from tests.leave.heads import TODAY, Heads, on
from tests.sync_server.phones import call, open_bank

SATURDAY = on(-2)


@pytest.fixture
def heads(sqlite_url: str, tmp_path: Path) -> Iterator[Heads]:
    with open_bank(sqlite_url, tmp_path) as bank:
        factories.policy(bank.db, effective_from=date(2026, 1, 1), calendar=calendar_for([2026]))
        yield Heads(bank)


def load(heads: Heads, kind: ImportKind, folder: Path, text: str, *, now: datetime = NOW, **chosen: Any) -> Outcome:
    file = folder / "file.csv"
    file.write_text(text, encoding="utf-8")
    table = read_table(file)
    return import_table(heads.bank.db, kind, table, Choices(**chosen), now=now, progress=lambda *_: None)


def counts(outcome: Outcome) -> tuple[int, int, int]:
    assert outcome.imported, outcome.bad
    return outcome.new, outcome.changed, outcome.unchanged


def reasons(outcome: Outcome) -> list[tuple[int, str | None, str]]:
    assert not outcome.imported
    return [(row.line, row.column, row.reason) for row in outcome.bad]


def told(heads: Heads, action: str) -> list[tuple[str, Any, Any]]:
    rows = heads.bank.db.read(lambda session: session.exec(select(AuditEntryRow)).all())
    return [(row.subject_id, row.before, row.after) for row in rows if row.action == action]


def overrides(heads: Heads) -> dict[date, bool]:
    return heads.bank.db.read(overrides_of)


def root_of(session: Session) -> UnitRow:
    return session.exec(select(UnitRow).where(col(UnitRow.parent_id).is_(None))).one()


def test_a_word_on_a_day_goes_before_what_was_published_and_is_taken_back(heads: Heads, tmp_path: Path):
    bank, phone = heads.bank, heads.bank.phone()
    phone.send(call(bank.customer()))
    phone.pull()
    days = f"日期,安排\n{TODAY},休息\n2027/2/14,上班\n"
    outcome = load(heads, ImportKind.CALENDAR, tmp_path, days)
    assert (counts(outcome), outcome.refolded) == ((2, 0, 0), 1)
    assert overrides(heads) == {TODAY: False, date(2027, 2, 14): True}
    assert bank.today().targets.calls == 0
    assert heads.day()["totals"]["targets"]["calls"] == 0
    [policy] = [each["data"] for each in phone.pull() if each["entity"] == "policy"]
    assert policy["calendar"]["overrides"] == {str(TODAY): False, "2027-02-14": True}
    assert counts(load(heads, ImportKind.CALENDAR, tmp_path, days)) == (0, 0, 2)
    assert phone.pull() == []
    assert counts(load(heads, ImportKind.CALENDAR, tmp_path, f"日期,安排\n{TODAY},按公布\n")) == (0, 1, 0)
    assert overrides(heads) == {date(2027, 2, 14): True}
    assert bank.today().targets.calls == 20
    admin = bank.server.bearer(factories.staff(bank.db, bank.db.read(root_of), role=Role.ADMIN))
    log = bank.server.http.get("/api/v1/org/audit", headers=admin).json()["entries"]
    assert {(each["action"], each["subject"]) for each in log} >= {("calendar.overridden", "2027-02-14")}
    assert bank.server.http.get("/api/v1/org/audit", headers=heads.own).json()["entries"] == []
    assert told(heads, "calendar.overridden") == [
        (str(TODAY), {"works": None}, {"works": False}),
        ("2027-02-14", {"works": None}, {"works": True}),
        (str(TODAY), {"works": False}, {"works": None}),
    ]


def test_it_holds_in_every_version_of_the_policy(heads: Heads, tmp_path: Path):
    factories.policy(heads.bank.db, effective_from=TODAY, calls=10)
    load(heads, ImportKind.CALENDAR, tmp_path, f"日期,安排\n{SATURDAY},上班\n{TODAY},放假\n")
    assert [heads.day(day)["totals"]["targets"]["calls"] for day in (SATURDAY, TODAY)] == [40, 0]
    shown = departures(heads.bank.db.read(policies), 2026)
    assert shown[-2:] == [(SATURDAY, True, True), (TODAY, False, True)]
    assert (date(2026, 10, 10), True, False) in shown
    assert len(shown) == len(calendar_for([2026]).days_off) + len(calendar_for([2026]).make_up_days) + 2


def test_days_that_nobody_can_mean_are_refused(heads: Heads, tmp_path: Path):
    rows = f"日期,安排\n{TODAY},半天\n明天,休息\n2026-08-01,上班\n2206-10-01,休息\n"
    assert reasons(load(heads, ImportKind.CALENDAR, tmp_path, rows)) == [
        (2, "安排", "'半天' is none of 上班, 工作, yes, 休息, 放假, no, 按公布, published"),
        (3, "日期", "'明天' is no date; give its format in the mapping's dates"),
        (4, "日期", "is not from 92 days ago to two years ahead"),
        (5, "日期", "is not from 92 days ago to two years ahead"),
    ]
    assert overrides(heads) == {}
    dry = load(heads, ImportKind.CALENDAR, tmp_path, f"日期,安排\n{TODAY},休息\n", dry_run=True)
    assert (dry.new, dry.imported, overrides(heads)) == (1, False, {})


def test_a_year_that_the_program_has_learnt_comes_in_once_and_keeps_the_banks_word(
    heads: Heads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bank, spring = heads.bank, datetime(2027, 2, 8, 2, tzinfo=UTC)
    load(heads, ImportKind.CALENDAR, tmp_path, "日期,安排\n2027-02-09,上班\n", now=spring)
    bank.phone().send(call(bank.customer()))
    years = known_years() | {2027}
    holiday = Calendar(
        days_off=frozenset({date(2027, 2, 8), date(2027, 2, 9)}), make_up_days=frozenset({date(2027, 2, 14)})
    )
    monkeypatch.setattr("app_server.policies.service.known_years", lambda: years)
    monkeypatch.setattr(
        "app_server.policies.service.calendar_for", lambda wanted: holiday if 2027 in wanted else Calendar()
    )
    assert renew_calendars(bank.db, now=spring) == [2027]
    assert renew_calendars(bank.db, now=spring) == []
    rules = bank.db.read(policies)
    worked = [rules.is_working_day(date(2027, 2, day)) for day in (8, 9, 14)]
    assert (worked, rules.is_working_day(date(2026, 10, 10))) == ([False, True, True], True)
    assert told(heads, "calendar.published") == [("2027", None, {"year": 2027})]


def test_leave_comes_from_a_list_and_goes_by_it(heads: Heads, tmp_path: Path):
    bank = heads.bank
    bank.phone().send(call(bank.customer()))
    li, wang = bank.li.login, bank.wang.login
    rows = f"工号,开始日期,结束日期\n{li},{TODAY},{on(2)}\n{wang},{on(4)},{on(4)}\n"
    assert counts(load(heads, ImportKind.LEAVE, tmp_path, rows)) == (2, 0, 0)
    assert bank.today().on_leave
    assert counts(load(heads, ImportKind.LEAVE, tmp_path, rows)) == (0, 0, 2)
    # What a head entered is the same leave, where it begins on the same day.
    heads.enter(on(8), on(8))
    rows = (
        f"工号,开始日期,结束日期,状态\n{li},{on(8)},{on(9)},有效\n{li},{TODAY},{on(2)},已撤回\n{wang},{on(6)},,已撤回\n"
    )
    assert counts(load(heads, ImportKind.LEAVE, tmp_path, rows)) == (0, 2, 1)
    assert not bank.today().on_leave
    assert [(each["staff"]["name"], each["first_day"], each["last_day"]) for each in heads.leave()] == [
        ("wang", str(on(4)), str(on(4))),
        ("li", str(on(8)), str(on(9))),
    ]
    assert len(told(heads, "leave.taken_back")) == 1


def test_leave_that_cannot_be_is_refused_by_its_row(heads: Heads, tmp_path: Path):
    li = heads.bank.li.login
    heads.enter(on(8), on(9))
    rows = [
        f"{li},{on(7)},{on(8)}",
        f"{li},{on(-93)},{on(-93)}",
        f"{li},{on(3)},{on(2)}",
        f"nobody,{on(3)},{on(3)}",
        f"head,{on(3)},",
        f"{li},{on(20)},{on(22)}",
        f"{li},{on(21)},{on(21)}",
    ]
    text = "工号,开始日期,结束日期\n" + "\n".join(rows) + "\n"
    assert reasons(load(heads, ImportKind.LEAVE, tmp_path, text)) == [
        (2, "开始日期", "they are on leave on one of these days already"),
        (3, "开始日期", "Leave is entered and taken back from 92 days ago to a year ahead."),
        (4, "结束日期", "Leave ends before it begins."),
        (5, "工号", "there is nobody with the login 'nobody'"),
        (6, "结束日期", "is missing"),
        (8, "开始日期", "they are on leave on one of these days already"),
    ]
    assert len(heads.leave()) == 1
