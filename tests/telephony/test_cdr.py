"""Asterisk's Master.csv, as cdr_csv.c writes it, into the ledger."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app_server.cli import app
from app_server.imports.cdr import CdrOutcome, import_cdr
from shared_models.errors import BadInput
from tests.factories import NOW
from tests.sync_server.phones import Bank
from tests.telephony.exchange import standing

PHONE = "13912345678"
# 2026-11-23 is NOW's day in the bank's time zone, in which Asterisk writes.
ANSWERED = (
    '"","8001","13912345678","internal","""li"" <8001>","PJSIP/8001-0000001a","PJSIP/trunk-0000001b","Dial",'
    '"PJSIP/13912345678@trunk,30","2026-11-23 09:00:00","2026-11-23 09:00:09","2026-11-23 09:01:24",84,75,'
    '"ANSWERED","DOCUMENTATION","1795395600.26",""\n'
)


def row(**cells: str | int) -> str:
    columns = {
        "src": "8001",
        "dst": PHONE,
        "channel": "PJSIP/8001-0000001a",
        "dstchannel": "PJSIP/trunk-0000001b",
        "start": "2026-11-23 09:00:00",
        "answer": "2026-11-23 09:00:09",
        "end": "2026-11-23 09:01:24",
        "billsec": 75,
        "disposition": "ANSWERED",
        "uniqueid": "1795395600.26",
    } | cells
    c = columns
    return (
        f'"","{c["src"]}","{c["dst"]}","internal","","{c["channel"]}","{c["dstchannel"]}","Dial","",'
        f'"{c["start"]}","{c["answer"]}","{c["end"]}",84,{c["billsec"]},"{c["disposition"]}","DOCUMENTATION",'
        f'"{c["uniqueid"]}",""\n'
    )


def load(bank: Bank, text: str, folder: Path, **choices: bool) -> CdrOutcome:
    file = folder / "Master.csv"
    file.write_text(text, "utf-8")
    return import_cdr(bank.db, file, provider="asterisk", now=NOW, **choices)


def test_a_row_as_asterisk_writes_it(bank: Bank, tmp_path: Path):
    customer = bank.customer(phone=PHONE)
    assert load(bank, ANSWERED, tmp_path).results == {("taken", ""): 1}
    (entry,) = bank.ledger()
    assert (entry.customer_id, entry.device_id) == (customer.id, "pbx:asterisk")
    assert entry.data == {
        "record_id": "1795395600.26/PJSIP/trunk-0000001b",
        "direction": "outbound",
        "started_at": "2026-11-23T01:00:00Z",
        "answered_at": "2026-11-23T01:00:09Z",
        "ended_at": "2026-11-23T01:01:24Z",
        "talk_seconds": 75,
        "provider": "asterisk",
        "line": "landline",
    }


def test_the_same_file_again_changes_nothing(bank: Bank, tmp_path: Path):
    bank.customer(phone=PHONE)
    load(bank, ANSWERED, tmp_path)
    assert load(bank, ANSWERED + row(uniqueid="1795395700.1"), tmp_path).results == {
        ("duplicate", ""): 1,
        ("taken", ""): 1,
    }
    assert len(bank.ledger()) == 2


def test_who_called_whom_is_told_by_whose_line_it_is(bank: Bank, tmp_path: Path):
    bank.customer(phone=PHONE)
    inbound = row(
        src=PHONE, dst="8001", channel="PJSIP/trunk-00000030", dstchannel="PJSIP/8001-00000031", uniqueid="1.2"
    )
    internal = row(dst="8002", dstchannel="PJSIP/8002-0000001c", uniqueid="1.3")
    # The dial plan wrote the trunk's number over the extension: the channel still says whose it was.
    rewritten = row(src="02488880000", uniqueid="1.4")
    outcome = load(bank, inbound + internal + rewritten, tmp_path)
    assert (outcome.internal, outcome.results) == (1, {("taken", ""): 2})
    assert {entry.data["direction"] for entry in bank.ledger()} == {"inbound", "outbound"}


def test_nobody_picked_up(bank: Bank, tmp_path: Path):
    bank.customer(phone=PHONE)
    load(bank, row(disposition="NO ANSWER", answer="", billsec=0), tmp_path)
    assert (bank.today().calls, bank.today().calls_connected) == (1, 0)
    assert bank.ledger()[0].data["answered_at"] is None


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        (row(start="23/11/2026 09:00"), "start", "is no time"),
        (row(billsec=""), "billsec", "is no number of seconds"),
        (row(uniqueid=""), "uniqueid", "loguniqueid=yes"),
        (row(src="99", channel="PJSIP/trunk-1", dst="98", dstchannel=""), "src", "lines"),
        ('"","8001","13912345678"\n', None, "has 3 columns"),
        ('"","8001","13912345678\n', None, "cannot be read"),
        (row(billsec=999), None, "talk_seconds"),
    ],
)
def test_a_bad_row_is_said_by_line_and_keeps_all_out(bank: Bank, tmp_path: Path, text: str, column: str, says: str):
    bank.customer(phone=PHONE)
    outcome = load(bank, ANSWERED + text, tmp_path)
    (bad,) = outcome.bad
    assert (bad.line, bad.column, says in bad.reason) == (2, column, True)
    assert (outcome.imported, bank.ledger()) == (False, [])
    assert load(bank, ANSWERED + text, tmp_path, skip_bad=True).imported
    assert len(bank.ledger()) == 1


def test_a_file_that_is_no_text_is_refused(bank: Bank, tmp_path: Path):
    (tmp_path / "Master.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        import_cdr(bank.db, tmp_path / "Master.csv", provider="asterisk", now=NOW)


def test_the_command_says_what_became_of_the_calls(sqlite_bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bank = sqlite_bank
    monkeypatch.setenv("DATABASE_URL", bank.server.settings.database_url)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(tmp_path))
    file = tmp_path / "Master.csv"
    file.write_text(row(dst="anonymous"), "utf-8")
    dry = CliRunner().invoke(app, ["import", "cdr", str(file), "--dry-run"])
    assert (dry.exit_code, "0 of 1 rows are bad" in dry.output, standing(bank)) == (0, True, {})
    done = CliRunner().invoke(app, ["import", "cdr", str(file)])
    assert (done.exit_code, "1 rows" in done.output) == (0, True)
    shown = CliRunner().invoke(app, ["telephony", "standing"])
    assert shown.exit_code == 0, shown.output
    file.write_text(row(start=""), "utf-8")
    refused = CliRunner().invoke(app, ["import", "cdr", str(file), "--report", str(tmp_path / "bad.csv")])
    assert (refused.exit_code, "start" in (tmp_path / "bad.csv").read_text("utf-8-sig")) == (1, True)
