"""What is due is written once: a second run writes nothing, a broken-off file is done again, and late syncs are amended beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from app_server.bulletins.due import Written, due_periods, write_due
from app_server.cli import app
from app_server.tables import StaffRow
from shared_models.org import UnitKind
from shared_models.policy import Policies
from shared_models.team import Period
from tests import factories
from tests.factories import NOW, Server
from tests.team.recording import call, record

TUESDAY = NOW + timedelta(days=1)


@dataclass
class Bank:
    """Four outlets; the first has somebody who has not synced yet."""

    server: Server
    late: StaffRow
    folder: Path

    def write(self, now: datetime = TUESDAY) -> list[Written]:
        kinds = frozenset({UnitKind.OUTLET})
        return list(write_due(self.server.db, self.folder, kinds=kinds, language="zh", now=now))


@pytest.fixture
def bank(fresh_database: Any, tmp_path: Path) -> Iterator[Bank]:
    with fresh_database("sqlite") as url, factories.serving(url, tmp_path / "server") as server:
        tree = factories.tree(server.db)
        factories.policy(server.db)
        for unit in tree.outlets:
            advisor = factories.staff(server.db, unit)
            record(server.db, advisor, [call(factories.customer(server.db, advisor).id)])
        late = factories.staff(server.db, tree.outlets[0])
        yield Bank(server=server, late=late, folder=tmp_path / "bulletins")


def test_what_is_over_is_due_and_what_may_still_move_is_looked_at_again() -> None:
    rules = Policies([])
    due = due_periods(date(2026, 11, 23), rules)
    last = {each.by: each.span.period for each in due if each.is_last}
    assert last == {Period.DAY: "2026-11-20", Period.WEEK: "2026-W47", Period.MONTH: "2026-10"}
    earlier = [each.span.period for each in due if not each.is_last]
    # Seven days of grace; the week before last and September are past it.
    assert earlier == ["2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"]


def test_each_is_written_once_and_a_broken_off_one_again(bank: Bank) -> None:
    first = bank.write()
    assert len(first) == 4 * len(Period)
    assert all(each.edition == 1 and each.path.is_file() for each in first)
    assert bank.write(TUESDAY + timedelta(hours=3)) == []
    lost = first[0].path
    lost.rename(lost.with_name(f"{lost.name}.part"))
    assert [each.path for each in bank.write()] == [lost]
    assert not list(bank.folder.rglob("*.part"))


def test_late_syncs_are_amended_beside_what_was_said(bank: Bank) -> None:
    kept = {each.path: each.path.read_bytes() for each in bank.write()}
    record(bank.server.db, bank.late, [call(factories.customer(bank.server.db, bank.late).id)])
    # Two working days on, Monday's is no longer the last.
    amended = [each for each in bank.write(TUESDAY + timedelta(days=1)) if each.edition > 1]
    assert {each.path.parent.name for each in amended} == {"2026-11-23"}
    [again] = amended
    assert {path: path.read_bytes() for path in kept} == kept
    book = load_workbook(BytesIO(again.path.read_bytes()))
    assert "更正" in [row[0].value for row in book.worksheets[-1].iter_rows()]
    assert book.worksheets[0].cell(2, 4).value == 1
    assert bank.write(TUESDAY + timedelta(days=1)) == []


def test_the_command_says_what_it_wants() -> None:
    result = CliRunner().invoke(app, ["bulletin"])
    assert result.exit_code == 1
    assert "--due" in result.output
