"""After a day with known numbers every byte at rest is searched for them: stores, database and log, outbox file, exports, log lines."""

import base64
import logging
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from app_client.platform.card_sealer import CryptographySealer
from app_client.store import ledger, materialize
from app_client.store.ledger import Draft
from app_server.cli import app
from app_server.tables import UnitRow
from shared_models.activity import ActivityKind, uuid7
from shared_models.org import Role
from shared_models.outbox import Outbox, write_outbox
from shared_models.sealing import CardNumber, CardRefused, clear_text, read_card
from shared_models.sync import ActivityResult, ResultStatus
from shared_models.visits import Visit, VisitPlace
from tests import factories
from tests.cards.cards import CREDIT, DEBIT, OTHERS, key_pair
from tests.cards.traces import PANS, at_rest, found_in, traces
from tests.factories import NOW
from tests.store.scenes import open_store
from tests.sync_server.phones import Bank


@pytest.mark.parametrize("name", list(traces(DEBIT)))
def test_the_search_finds_a_number_however_it_lies_there(name: str) -> None:
    planted = {
        **{each: f"x{DEBIT}y".encode(each) for each in ("utf-8", "utf-16-le", "utf-16-be")},
        "bcd": bytes.fromhex(f"{DEBIT}0"),
        "bcd shifted": bytes.fromhex(f"0{DEBIT}"),
        **{f"base64 after {n}": base64.b64encode(b"=" * n + DEBIT.encode() + b"=2512") for n in range(3)},
    }[name]
    assert (DEBIT[-4:], name) in found_in(b"before" + planted + b"after")


async def test_no_number_lies_anywhere_after_a_day(
    sqlite_bank: Bank,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    bank, phone_folder = sqlite_bank, tmp_path / "phone"
    customer, database = bank.customer(), bank.server.settings.database_url
    monkeypatch.setenv("DAY2053_DATA_DIR", str(data_dir))
    monkeypatch.setenv("DATABASE_URL", database)
    said = imported(tmp_path, f"客户号,卡号\n{customer.id},{DEBIT}\nnobody,{CREDIT}\n")

    store = open_store(phone_folder)
    drafts = [await a_visit(customer.id, pan) for pan in (DEBIT, CREDIT, OTHERS)]
    visits = await store.write(lambda tx: ledger.append_activities(tx, drafts, now=NOW))
    exported = write_outbox(
        Outbox(
            device_id="phone-1",
            staff_id=bank.li.id,
            login="li",
            exported_at=NOW,
            clock_offset_ms=0,
            activities=store.read(ledger.unsent),
        )
    )
    said += at_rest(phone_folder) + exported

    results = bank.phone().sync(*store.read(lambda tx: ledger.waiting_batch(tx, 10)))["results"]
    answers = [ActivityResult(id=each["id"], status=ResultStatus(each["status"])) for each in results]
    await store.write(lambda tx: materialize.settle(tx, answers, sent=visits))
    found = [row.data["card"] for row in bank.ledger() if row.kind == "visit_check"]
    assert found == ["matched", "unknown_card", "unknown_card"]

    said += at_rest(phone_folder) + at_rest(data_dir) + at_rest(Path(database.removeprefix("sqlite:///")).parent)
    said += of_head(bank) + refusals() + caplog.text.encode() + repr(bank.server.app.state.card_reader).encode()
    store.close()
    assert len(said) > 100_000
    assert found_in(said) == []


async def a_visit(customer_id: UUID, pan: str) -> Draft:
    """A visit as a phone with the bank's key records it."""
    visit_id = uuid7(NOW)
    card = await CryptographySealer().seal(clear_text(CardNumber(pan), visit_id), key_pair().public())
    data = Visit(place=VisitPlace.OUTLET, card=card, card_last4=pan[-4:])
    return Draft(kind=ActivityKind.VISIT, data=data, customer_id=customer_id, id=visit_id)


def imported(folder: Path, text: str) -> bytes:
    """What the import of a file says; the file is gone afterwards, as its person is told to see to."""
    file = folder / "cards.csv"
    file.write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["import", "cards", str(file), "--skip-bad"])
    file.unlink()
    assert done.exit_code == 0
    return done.output.encode()


def of_head(bank: Bank) -> bytes:
    """What a head can have of the day: the activities and the export."""
    root = bank.server.http.get("/api/v1/me", headers=bank.server.bearer(bank.li, device="desk")).json()["unit"]["id"]
    unit = bank.db.read(lambda session: session.get_one(UnitRow, UUID(root)))
    headers = bank.server.bearer(factories.staff(bank.db, unit, role=Role.HEAD))
    day = NOW.date().isoformat()
    activities = bank.server.http.get("/api/v1/team/activities", params={"day": day}, headers=headers)
    export = bank.server.http.get("/api/v1/team/export.xlsx", params={"from": day, "to": day}, headers=headers)
    assert (activities.status_code, export.status_code) == (200, 200)
    return activities.content + export.content


def refusals() -> bytes:
    """What is said of numbers that are refused."""
    said: list[str] = []
    for pan in PANS:
        for text in (f"{pan[:-1]}{(int(pan[-1]) + 1) % 10}", f"{pan}x", f"{pan}{pan}"):
            with pytest.raises(CardRefused) as refused:
                read_card(text)
            said.append(repr(refused.value) + str(refused.value))
        said.append(repr(read_card(pan)))
    return "".join(said).encode()
