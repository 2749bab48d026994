"""The import of exported outboxes: judged as a sync judges, counted once whatever comes first, and all files or none."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app_client.me.actions import export_outbox
from app_client.platform.http import HttpReply
from app_client.session import AppSession
from app_client.sign_in.actions import sign_in
from app_client.store import ledger, reads
from app_server.auth import queries as auth
from app_server.cli import app
from app_server.imports.outbox import OutboxOutcome, import_outboxes, read_outbox_file
from app_server.org.service import place_staff
from app_server.settings import Settings
from app_server.sync.proofs import ProofReader
from app_server.tables import DeviceRow, MembershipRow, StaffRow
from shared_models.errors import BadInput
from shared_models.org import Role
from shared_models.outbox import Outbox, write_outbox
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.store.scenes import HandClock, a_call, a_prospect, a_visit
from tests.sync import bank as client
from tests.sync_server.phones import Bank, Json, call, open_bank, proposal, prospect, unknown, visit, void


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(database_url, tmp_path / "data") as running:
        yield running


@pytest.fixture
def sqlite_bank(sqlite_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(sqlite_url, tmp_path / "data") as running:
        yield running


def exported(
    folder: Path,
    staff: StaffRow,
    *activities: object,
    device: str = "phone-1",
    name: str = "outbox.json",
    **fields: Any,
) -> Path:
    """What that advisor's phone would have saved."""
    outbox = Outbox(
        **{
            "device_id": device,
            "staff_id": staff.id,
            "login": staff.login,
            "exported_at": NOW,
            "clock_offset_ms": 0,
            "activities": list(activities),
            **fields,
        }
    )
    file = folder / name
    file.write_bytes(write_outbox(outbox))
    return file


def load(bank: Bank, *files: Path, **choices: Any) -> list[OutboxOutcome]:
    return import_outboxes(
        bank.db, [read_outbox_file(file, bank.server.app.state.proofs) for file in files], now=NOW, **choices
    )


def counts(outcome: OutboxOutcome) -> tuple[int, int, list[str]]:
    return outcome.accepted, outcome.duplicate, [each.code for each in outcome.rejected]


def a_day(bank: Bank) -> list[Json]:
    """A call, a new customer who is called too, a visit with three products, and a call taken back."""
    customer, products = bank.customer(), [bank.product() for _ in range(3)]
    found, seen, mistake = prospect(), visit(customer), call(customer)
    return [
        call(customer),
        found,
        call(UUID(found["id"])),
        seen,
        proposal(customer, seen, *products),
        mistake,
        void(mistake),
    ]


def test_it_counts_what_a_sync_would_have_counted_and_the_second_time_nothing(bank, tmp_path):
    phone, day = bank.phone(), a_day(bank)
    file = exported(tmp_path, bank.li, *day)

    [first] = load(bank, file)
    stored, figures = bank.ledger(), bank.today()
    [second] = load(bank, file)

    assert (counts(first), counts(second)) == ((7, 0, []), (0, 7, []))
    assert (figures.calls, figures.visits, figures.visits_with_three) == (2, 1, 1)
    assert (bank.ledger(), bank.today()) == (stored, figures)
    assert {(row.advisor_id, row.device_id) for row in stored} == {(bank.li.id, "phone-1")}
    assert phone.send(*day) == ["duplicate"] * 7
    assert bank.ledger() == stored


def test_what_the_phone_had_sent_meanwhile_counts_once(bank, tmp_path):
    phone, day = bank.phone(), a_day(bank)
    file = exported(tmp_path, bank.li, *day)
    phone.send(*day[:4])

    [outcome] = load(bank, file)

    assert counts(outcome) == (3, 4, [])
    assert len(bank.ledger()) == 7


def test_another_phone_of_the_advisor_is_told(bank, tmp_path):
    bank.phone()
    other, day = bank.phone(device="phone-2"), a_day(bank)
    other.pull()

    load(bank, exported(tmp_path, bank.li, *day))

    told = {(change["entity"], change["id"]) for change in other.pull()}
    assert {("activity", each["id"]) for each in day} | {("customer", day[1]["id"])} == told


def test_each_rejected_one_is_named_with_its_reason_and_holds_back_no_other(bank, tmp_path):
    bank.phone()
    good, unreadable = call(bank.customer()), {**call(bank.customer()), "kind": "dance"}
    bad = [call(unknown()), call(bank.customer(bank.wang)), call(bank.customer(), at=NOW - timedelta(days=8))]

    [outcome] = load(bank, exported(tmp_path, bank.li, *bad, good, unreadable))

    assert counts(outcome) == (1, 0, ["unknown_customer", "not_your_customer", "too_old", "bad_data"])
    assert [each.id for each in outcome.rejected] == [each["id"] for each in [*bad, unreadable]]
    assert (outcome.rejected[2].kind, outcome.rejected[2].at) == ("call", "2026-11-15 15:30")
    assert all(each.detail for each in outcome.rejected)
    assert [str(row.id) for row in bank.ledger()] == [good["id"]]


def test_an_id_that_stands_for_something_else_is_a_conflict(bank, tmp_path):
    phone, customer = bank.phone(), bank.customer()
    sent = call(customer)
    phone.send(sent)

    [outcome] = load(bank, exported(tmp_path, bank.li, {**sent, "data": {**sent["data"], "talk_seconds": 900}}))

    assert counts(outcome) == (0, 0, ["id_conflict"])
    assert bank.ledger()[0].data["talk_seconds"] == 90


def test_more_than_one_sync_could_carry_goes_in_at_once(sqlite_bank, tmp_path):
    sqlite_bank.phone()
    customer, product = sqlite_bank.customer(), sqlite_bank.product()
    seen = visit(customer)
    calls = [call(customer) for _ in range(501)]

    [outcome] = load(sqlite_bank, exported(tmp_path, sqlite_bank.li, seen, *calls, proposal(customer, seen, product)))

    assert counts(outcome) == (503, 0, [])


def test_a_signed_out_phones_outbox_is_taken_and_the_phone_has_not_synced(bank, tmp_path):
    bank.phone()
    family_id = device_of(bank).family_id
    assert family_id is not None
    bank.db.write(lambda session: auth.revoke_family(session, family_id, NOW))
    before = device_of(bank)

    [outcome] = load(bank, exported(tmp_path, bank.li, call(bank.customer())))

    assert counts(outcome) == (1, 0, [])
    assert device_of(bank) == before


def device_of(bank: Bank) -> DeviceRow:
    row = bank.db.read(lambda session: session.get(DeviceRow, (bank.li.id, "phone-1")))
    assert row is not None
    return row


def change(bank: Bank, row: Any, **columns: Any) -> None:
    def work(session) -> None:
        found = session.merge(row)
        for name, value in columns.items():
            setattr(found, name, value)

    bank.db.write(work)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("another bank's account", "nobody here"),
        ("another bank's login", "nobody here"),
        ("another bank's phone", "never signed in here"),
        ("a colleague's phone", "never signed in here"),
        ("left", "not active"),
        ("a head", "no advisor"),
        ("revoked", "revoked"),
        ("edited", "changed after"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason_and_nothing_is_stored(bank, tmp_path, case, reason):
    bank.phone()
    bank.phone(bank.wang, device="phone-w")
    who, given = bank.li, call(bank.customer())
    good = exported(tmp_path, bank.wang, call(bank.customer(bank.wang)), device="phone-w", name="good.json")
    fields: dict[str, Any] = {}
    match case:
        case "another bank's account":
            fields["staff_id"] = uuid4()
        case "another bank's login":
            fields["login"] = "zhang"
        case "another bank's phone":
            fields["device"] = "phone-9"
        case "a colleague's phone":
            fields["device"] = "phone-w"
        case "left":
            change(bank, bank.li, active=False)
        case "a head":
            root = factories.unit(bank.db)
            who = factories.staff(bank.db, root, role=Role.HEAD)
        case "revoked":
            change(bank, device_of(bank), revoked_at=NOW)
    bad = exported(tmp_path, who, given, name="bad.json", **fields)
    if case == "edited":
        bad.write_text(bad.read_text("utf-8").replace('"talk_seconds": 90', '"talk_seconds": 91'), "utf-8")

    with pytest.raises(BadInput, match=rf"bad\.json.*{reason}.*nothing was imported"):
        load(bank, good, bad)

    assert bank.ledger() == bank.ledger(bank.wang) == []


@pytest.mark.parametrize("gone", ["promoted", "left the outlets"])
def test_of_who_was_an_advisor_lately_the_days_on_which_they_were_are_taken(bank, tmp_path, gone):
    bank.phone()
    yesterday, customer = NOW - timedelta(days=1), bank.customer()

    def end(session) -> None:
        if gone == "promoted":
            place_staff(session, bank.li.id, unit_id=bank.outlet.id, role=Role.HEAD, on_day=NOW.date())
        else:
            session.exec(select(MembershipRow).where(MembershipRow.staff_id == bank.li.id)).one().ends_on = NOW.date()

    bank.db.write(end)

    [outcome] = load(bank, exported(tmp_path, bank.li, call(customer, at=yesterday), call(customer)))

    assert counts(outcome) == (1, 0, ["not_your_customer"])
    assert bank.days()[yesterday.date()].calls == 1


def test_a_dry_run_says_what_would_come_of_it_and_leaves_nothing(bank, tmp_path):
    bank.phone()
    file = exported(tmp_path, bank.li, *a_day(bank), call(unknown()))

    assert [counts(each) for each in load(bank, file, file, dry_run=True)] == [
        (7, 0, ["unknown_customer"]),
        (0, 7, ["unknown_customer"]),
    ]
    assert (bank.ledger(), bank.days()) == ([], {})


def test_the_command_takes_several_files_and_reports(sqlite_url, sqlite_bank, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    lately = datetime.now(UTC) - timedelta(minutes=1)  # the command runs by the machine's clock
    mine, stranger = sqlite_bank.customer(), unknown()
    theirs = sqlite_bank.customer(sqlite_bank.wang)
    sqlite_bank.phone()
    sqlite_bank.phone(sqlite_bank.wang, device="phone-w")
    of_li = exported(tmp_path, sqlite_bank.li, call(mine, at=lately), call(stranger, at=lately), name="li.json")
    of_wang = exported(tmp_path, sqlite_bank.wang, call(theirs, at=lately), device="phone-w", name="wang.json")
    report, noise = tmp_path / "report.csv", tmp_path / "noise.json"
    noise.write_bytes(b"PK\x03\x04\xff")
    run = CliRunner().invoke

    tried = run(app, ["import", "outbox", str(of_li), "--dry-run"])
    done = run(app, ["import", "outbox", str(of_li), str(of_wang), "--report", str(report)])
    again = run(app, ["import", "outbox", str(of_wang)])
    refused = run(app, ["import", "outbox", str(of_wang), str(noise)])

    assert "Dry run, nothing was written." in tried.output
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert "li.json (li): 1 accepted, 0 duplicate, 1 rejected." in done.output
    assert "wang.json (wang): 1 accepted, 0 duplicate, 0 rejected." in done.output
    assert "wang.json (wang): 0 accepted, 1 duplicate, 0 rejected." in again.output
    [row] = csv.DictReader(report.read_text("utf-8-sig").splitlines())
    assert (row["file"], row["login"], row["kind"], row["code"]) == ("li.json", "li", "call", "unknown_customer")
    assert str(stranger) not in report.read_text("utf-8-sig")
    assert refused.exit_code == 1
    assert "noise.json: it cannot be read as JSON; nothing was imported." in refused.output


@dataclass
class Line:
    """A phone's line to the bank, which can be cut."""

    bank: Bank
    is_up: bool = True

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not self.is_up:
            return HttpReply(503, {}, b"")
        reply = self.bank.server.http.request(method, path, headers=dict(headers), params=params, content=body)
        return HttpReply(reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, reply.content)

    async def close(self) -> None:
        """Nothing to let go of."""


async def test_from_the_phone_through_the_import_to_a_phone_with_nothing_left(bank, tmp_path):
    customer, line, pocket = bank.customer(), Line(bank), client.Pocket()
    platform = replace(
        client.a_platform(tmp_path / "phone", client.Bank(HandClock(NOW)), pocket), open_http=lambda: line
    )
    session = await sign_in(platform, bank.li.login, PASSWORD)
    await session.sync.sync_now()
    line.is_up = False
    stranger = unknown()
    drafts = [a_call(customer.id), a_visit(customer.id), a_prospect(), a_call(stranger)]
    await session.store.write(lambda tx: ledger.append_activities(tx, drafts, now=session.now()))
    await session.sync.sync_now()

    assert await export_outbox(session)
    [(name, content)] = pocket.saved.items()
    file = tmp_path / name
    file.write_bytes(content)
    [outcome] = load(bank, file)
    stored = bank.ledger()
    line.is_up = True
    session.sync.signed_in()
    status = await session.sync.sync_now()

    assert counts(outcome) == (3, 0, ["unknown_customer"])
    assert (status.waiting, status.held) == (0, 1)
    assert bank.ledger() == stored
    assert figures(session) == bank.today()
    await session.store.write(lambda tx: ledger.dismiss_held(tx, ledger.held(tx)[0].activity.id))
    assert session.store.read(ledger.unsent) == []
    assert figures(session) == bank.today()
    await session.close()


def figures(session: AppSession) -> object:
    return session.store.read(lambda tx: reads.day_figures(tx, session.today()))


def test_brackets_without_end_are_no_outbox_and_exhaust_nothing(tmp_path):
    # Tried here, not with the model's own tests: a browser's Python has too small a stack to refuse them, and never reads a file.
    path = tmp_path / "deep.json"
    path.write_bytes(b"[" * 100_000)
    with pytest.raises(BadInput, match="JSON"):
        read_outbox_file(path, ProofReader.of(Settings(data_dir=path.parent)))
