"""`day2053 import cards`: whose card it is, known by a digest; and that no word of the file is repeated anywhere."""

from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from app_server.cli import app
from app_server.imports.entities import stable_id
from app_server.tables import CustomerCardRow
from tests.cards.cards import CREDIT, DEBIT, OTHERS
from tests.sync_server.phones import Bank


@pytest.fixture
def run(sqlite_bank: Bank, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs the import over a file with this text."""
    monkeypatch.setenv("DAY2053_DATA_DIR", str(data_dir))
    monkeypatch.setenv("DATABASE_URL", sqlite_bank.server.settings.database_url)

    def import_cards(text: str, *options: str) -> Result:
        file = tmp_path / "cards.csv"
        file.write_text(text, "utf-8")
        return CliRunner().invoke(app, ["import", "cards", str(file), *options])

    return import_cards


def cards(bank: Bank) -> list[CustomerCardRow]:
    return list(bank.db.read(lambda session: session.exec(select(CustomerCardRow)).all()))


def test_a_customer_is_named_by_their_number_or_their_id(sqlite_bank: Bank, run) -> None:
    by_number, by_id = sqlite_bank.customer(id=stable_id("customer", "C1")), sqlite_bank.customer()
    text = f"客户号,卡号\nC1,{DEBIT}\n{by_id.id},{CREDIT[:4]} {CREDIT[4:]}\n"
    done = run(text)
    assert (done.exit_code, done.output.strip()) == (0, "2 rows: 2 cards are new or have moved, 0 bad.")
    assert {row.customer_id for row in cards(sqlite_bank)} == {by_number.id, by_id.id}
    assert "0 cards are new" in run(text).output
    assert len(cards(sqlite_bank)) == 2


def test_a_bad_row_imports_nothing_unless_asked_to(sqlite_bank: Bank, run) -> None:
    customer = sqlite_bank.customer()
    text = f"客户号,卡号\n{customer.id},{DEBIT}\nnobody,{CREDIT}\n{customer.id},{OTHERS[:-1]}0\n,{CREDIT}\n"
    refused = run(text)
    assert refused.exit_code == 1
    assert cards(sqlite_bank) == []
    assert "3 bad rows" in refused.output
    assert run(text, "--skip-bad").exit_code == 0
    assert len(cards(sqlite_bank)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{DEBIT},{CREDIT}\n{OTHERS},1\n",
        f"{DEBIT},{DEBIT}\n",
        f"客户号,卡号\nnobody,{DEBIT}\n=1,{CREDIT}\n",
        f"客户号,卡号\nnobody,{DEBIT}1\nx,{CREDIT},{OTHERS}\n",
        f"客户号,卡号\nC1,{DEBIT}\nC2,{DEBIT}\n",
    ],
)
def test_no_number_of_a_file_is_repeated(run, text: str) -> None:
    done = run(text)
    assert done.exit_code == 1
    for pan in (DEBIT, CREDIT, OTHERS):
        assert pan[:12] not in done.output
        assert pan not in repr(done.exception)
