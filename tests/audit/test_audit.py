"""The audit log: what imports and resets tell it, what it never has, and that nobody changes it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app_server.audit.service import note, shown_number
from app_server.auth.service import reset_password
from app_server.database import Database
from app_server.imports.readers import read_table
from app_server.imports.service import Choices, ImportKind, import_table
from app_server.tables import AuditEntryRow
from tests import factories
from tests.factories import NOW, Server

UNITS = "机构号,机构名称,机构类型,上级机构\n01,总行,总行,\n02,南湖网点,网点,01\n03,西湖网点,网点,01\n"
STAFF = "工号,姓名,角色,机构\n8001,李昇,理财经理,02\n"
LINES = "号码,类型,工号\n8001,分机,8001\n13800001111,手机,8001\n"


def load(db: Database, kind: ImportKind, text: str, folder: Path, **choices: Any) -> None:
    file = folder / "file.csv"
    file.write_text(text, "utf-8")
    import_table(db, kind, read_table(file), Choices(**choices), now=NOW, progress=lambda *step: None)


def entries(db: Database) -> list[AuditEntryRow]:
    return db.read(lambda session: list(session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.id)))))


def noted(db: Database, action: str) -> list[tuple[Any, Any]]:
    return [(entry.before, entry.after) for entry in entries(db) if entry.action == action]


@pytest.fixture
def server(database_url: str, tmp_path: Path):
    with factories.serving(database_url, tmp_path) as running:
        yield running


def test_a_file_leaves_an_entry_for_each_thing_it_changes_and_none_the_second_time(
    server: Server, tmp_path: Path
) -> None:
    db = server.db
    for _ in range(2):
        load(db, ImportKind.UNITS, UNITS, tmp_path)
        load(db, ImportKind.STAFF, STAFF, tmp_path)
        load(db, ImportKind.LINES, LINES, tmp_path)

    made = sorted(entry.action for entry in entries(db))
    assert made == ["line.created"] * 2 + ["staff.created", "staff.placed"] + ["unit.created"] * 3
    assert {entry.actor_id for entry in entries(db)} == {None}
    assert noted(db, "staff.created") == [(None, {"login": "8001", "name": "李昇", "active": True})]

    load(db, ImportKind.STAFF, STAFF.replace("李昇", "李升").replace(",02", ",03"), tmp_path)

    assert noted(db, "staff.changed") == [({"name": "李昇"}, {"name": "李升"})]
    ((left, until),) = noted(db, "staff.left")
    assert (left["unit"], until) == ("南湖网点", {"until": "2026-11-23"})
    places = {place["unit"]: (came_from, place["since"]) for came_from, place in noted(db, "staff.placed")}
    assert places == {"南湖网点": (None, "2026-11-23"), "西湖网点": (None, "2026-11-23")}
    told = {(entry.action, entry.unit_path) for entry in entries(db) if entry.action.startswith("staff.")}
    assert len({path for action, path in told if action == "staff.placed"}) == 2


def test_a_dry_run_leaves_nothing(server: Server, tmp_path: Path) -> None:
    load(server.db, ImportKind.UNITS, UNITS, tmp_path, dry_run=True)
    assert entries(server.db) == []


def test_a_reset_is_in_it_and_no_password_hash_or_telephone_number(server: Server, tmp_path: Path) -> None:
    db = server.db
    load(db, ImportKind.UNITS, UNITS, tmp_path)
    load(db, ImportKind.STAFF, STAFF, tmp_path)
    load(db, ImportKind.LINES, LINES, tmp_path)
    password = reset_password(db, "8001", actor=None, now=NOW)

    assert noted(db, "staff.reset") == [(None, {"login": "8001", "must_change": True})]
    everything = repr([entry.model_dump() for entry in entries(db)])
    assert "13800001111" not in everything
    assert password not in everything
    assert "argon2" not in everything
    assert sorted(after["number"] for _, after in noted(db, "line.created")) == ["8001", "…1111"]


@pytest.mark.parametrize("name", ["password_hash", "phone", "customer_name", "device_key", "refresh_token"])
def test_what_nobody_may_read_is_refused(server: Server, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        server.db.write(
            lambda session: note(
                session,
                actor=None,
                action="staff.changed",
                subject_kind="staff",
                subject_id="1",
                unit_path=None,
                before=None,
                after={name: "x"},
                now=NOW,
            )
        )


def test_neither_database_lets_an_entry_be_changed_or_deleted(server: Server, tmp_path: Path) -> None:
    load(server.db, ImportKind.UNITS, UNITS, tmp_path)
    before = entries(server.db)
    for statement in (update(AuditEntryRow).values(action="nothing"), delete(AuditEntryRow)):
        with pytest.raises(DBAPIError, match="append-only"):
            server.db.write(lambda session, statement=statement: session.exec(statement))
    assert entries(server.db) == before


def test_an_extension_is_shown_whole_and_a_mobile_by_its_end() -> None:
    assert (shown_number("8001"), shown_number("+8613800001111")) == ("8001", "…1111")
