"""What is checked when: notes as a push brings them, transcripts as they are told, before, between and after their calls."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app_server.cli import app
from app_server.tables import StaffRow
from app_server.telephony.events import MAX_TRANSCRIPT_BYTES
from shared_models.fold import AdvisorDay
from shared_models.telephony import pbx_activity_id
from tests.factories import NOW
from tests.quality.checked import OPENING, PHONE, PROMISE, Checked, a_call, said, transcript
from tests.sync_server.phones import activity, call, visit
from tests.telephony.exchange import Json, beside, ended, line

TALK = (("advisor", OPENING), ("customer", "这个保本吗？"), ("advisor", PROMISE))


def test_a_note_is_checked_when_it_is_pushed(checked: Checked):
    made = checked.note("介绍了稳健系列。跟客户说保本，客户同意。")
    checked.note("客户问是否保本，已说明不保本。")

    [found] = checked.found()
    assert (found["finding"]["rule"], found["finding"]["activity_id"]) == ("principal", made["id"])
    assert found["finding"]["sentence"] == "跟客户说保本，客户同意"
    sentence, mark = found["finding"]["sentence"], found["finding"]
    assert sentence[mark["mark_start"] : mark["mark_end"]] == "保本"
    assert (found["state"], found["advisor"]["name"], found["customer_name"]) == ("open", "li", "赵建国")


def test_notes_of_visits_and_promises_are_checked_too(sqlite_checked: Checked):
    been = visit(sqlite_checked.customer)
    been["data"]["note"] = "告诉客户稳赚不赔"
    due = activity("follow_up", {"due_on": "2026-11-25", "reason": "promised", "note": "答应他零风险"})
    sqlite_checked.phone.send(been, {**due, "customer_id": str(sqlite_checked.customer.id)})

    assert sorted(sqlite_checked.rules()) == ["no_risk", "profit"]


def test_a_transcript_is_shown_once_its_call_is_in_a_ledger(checked: Checked):
    record = a_call()
    checked.exchange.tell(transcript(record, *TALK))
    assert (len(checked.rows()), checked.found()) == (1, [])

    checked.exchange.tell(record)
    assert checked.found() == []

    met = activity("prospect", {"name": "赵建国", "phone": PHONE, "source": "street"})
    assert checked.phone.send(met) == ["accepted"]
    assert checked.rules() == ["principal"]


def test_the_findings_are_the_same_in_every_order_and_for_every_repeat(sqlite_checked: Checked):
    seen: set[str] = set()
    assert sqlite_checked.customer
    for order in permutations(range(3)):
        record = a_call()
        events = [record, transcript(record, *TALK), beside("ringing", record)]
        for place in (*order, *order):
            sqlite_checked.exchange.tell(events[place])
        activity_id = str(pbx_activity_id(sqlite_checked.exchange.provider, record["record_id"]))
        found = [each["finding"] for each in sqlite_checked.found() if each["finding"]["activity_id"] == activity_id]
        seen.add(str([{**each, "id": "", "activity_id": ""} for each in found]))
        assert len(found) == 1
    assert len(seen) == 1


def test_what_the_customer_says_is_nobodys_promise(sqlite_checked: Checked):
    record = a_call()
    assert sqlite_checked.customer
    sqlite_checked.exchange.tell(record, transcript(record, ("customer", PROMISE), ("customer", "稳赚不赔")))

    assert sqlite_checked.rows() == []


def test_missing_duties_cite_where_they_were_due(sqlite_checked: Checked):
    record = a_call()
    opening = (
        "您好，打扰您一分钟，我这边有一款很受欢迎的理财想跟您介绍一下，很多老客户都买了，期限一年，到期自动回到账户。"
    )
    assert sqlite_checked.customer
    sqlite_checked.exchange.tell(record, transcript(record, ("advisor", opening + "您看什么时候方便过来一趟？")))

    found = {each["finding"]["rule"]: each["finding"] for each in sqlite_checked.found()}
    assert set(found) == {"own_name", "own_bank", "risk_notice", "talk_ratio"}
    assert opening.startswith(found["risk_notice"]["sentence"][:20])
    assert found["talk_ratio"]["measured"] == 1


def test_silence_and_talk_are_as_the_exchange_measured_them(sqlite_checked: Checked):
    record, other = a_call(), a_call()
    assert sqlite_checked.customer
    sqlite_checked.exchange.tell(
        record,
        transcript(record, *TALK[:2], talk_ratio=0.5, longest_silence=45),
        other,
        transcript(other, *TALK[:2], talk_ratio=0.5, longest_silence=4),
    )

    [found] = sqlite_checked.found()
    assert (found["finding"]["rule"], found["finding"]["measured"]) == ("silence", 45)


def test_names_and_numbers_of_the_customer_are_masked(sqlite_checked: Checked):
    sqlite_checked.note("跟赵建国说保本，让建国打 139 1234 5678 给我")

    [found] = sqlite_checked.found()
    assert found["finding"]["sentence"] == "跟赵**说保本，让**打 ************* 给我"
    sentence, mark = found["finding"]["sentence"], found["finding"]
    assert sentence[mark["mark_start"] : mark["mark_end"]] == "保本"


def test_a_finding_changes_no_figure(checked: Checked):
    def figures(note: str, advisor: StaffRow, device: str) -> tuple[AdvisorDay, Json]:
        """Of a day with two calls that say that, one of them recorded: the fold, and what it adds to the unit's totals."""
        before = checked.get("team/day").json()["totals"]
        book = [checked.bank.customer(advisor) for _ in range(2)]
        made = [call(each) for each in book]
        for each in made:
            each["data"]["note"] = note
        record = ended(book[0].phone, own="8001" if advisor is checked.bank.li else "8002", at=NOW - timedelta(hours=5))
        checked.bank.phone(advisor, device=device).send(*made)
        checked.exchange.tell(record, beside("transcript_ready", record, text=note))
        after = checked.get("team/day").json()["totals"]
        day = checked.bank.today(advisor)
        counted = {"calls", "calls_connected", "calls_effective", "calls_graded", "calls_effective_managed"}
        grown = {name: (before[name], after[name]) for name in counted}
        return day.model_copy(update={"called_customers": ()}), grown

    line(checked.bank, checked.bank.wang, "8002")
    fine, grown = figures("已说明产品不保本，有风险", checked.bank.li, "phone-1")
    assert checked.found() == []
    bad, grown_again = figures("跟客户说保本保收益，零风险", checked.bank.wang, "phone-2")

    assert len(checked.found()) > 3
    assert fine == bad
    assert grown_again["calls"] == (3, 6)
    assert grown["calls_effective"] == (0, 2)
    assert grown_again["calls_effective"] == (2, 4)


def test_a_transcript_may_be_long_and_has_a_shape(sqlite_checked: Checked):
    record = a_call()
    long = [("advisor", "好的" * 1000)] * 15
    assert sqlite_checked.exchange.tell(transcript(record, *long)) == ["taken"]
    assert sqlite_checked.exchange.tell(transcript(record, *long)) == ["duplicate"]

    def told(**fields: object) -> list[str]:
        return sqlite_checked.exchange.tell(beside("transcript_ready", a_call(), **fields))

    assert told(text="这款产品保本的", language="zh") == ["taken"]
    assert told(segments=[{"speaker": "robot", "start": 0, "end": 1, "text": "x"}]) == ["bad_data"]
    assert told(segments=[{"speaker": "advisor", "start": -1, "end": 1, "text": "x"}]) == ["bad_data"]
    assert told(talk_ratio=1.5) == ["bad_data"]
    assert told(words="x" * MAX_TRANSCRIPT_BYTES) == ["bad_data"]
    assert sqlite_checked.exchange.tell(beside("ringing", record, words="x" * 20_000)) == ["bad_data"]


def test_a_new_list_leaves_what_was_found_and_a_second_look_adds_to_it(
    checked: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", checked.bank.server.settings.database_url)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(checked.bank.server.settings.data_dir))
    file, run = tmp_path / "list.json", CliRunner().invoke
    record = ended("13912345678")
    checked.note("跟客户说保本")
    checked.note("给客户讲了闭眼买")
    checked.exchange.tell(record, transcript(record, ("advisor", "这个闭眼买就行")))
    assert run(app, ["quality", "export", str(file)]).exit_code == 0
    file.write_text(file.read_text("utf-8").replace('"words":[\n"保本"', "").replace('"稳赚"', '"闭眼买"'), "utf-8")
    assert "Version 1" in run(app, ["quality", "import", str(file)]).output
    assert run(app, ["quality", "import", str(file)]).exit_code == 1

    assert checked.rules() == ["principal"]
    days = ["--from", "2026-11-23", "--to", "2026-11-23"]
    done = run(app, ["quality", "recheck", *days]).output
    assert "2 notes and 1 transcripts read, 2 findings added" in done
    assert "0 findings added" in run(app, ["quality", "recheck", *days]).output
    assert {(each["finding"]["rule"], each["finding"]["list_version"]) for each in checked.found()} == {
        ("principal", 0),
        ("profit", 1),
    }


def test_segments_may_come_as_one_text(sqlite_checked: Checked):
    record = a_call()
    assert sqlite_checked.customer
    sqlite_checked.exchange.tell(record, beside("transcript_ready", record, text="这个保本吗？" + PROMISE))

    assert [each["finding"]["sentence"] for each in sqlite_checked.found()] == [PROMISE.rstrip("。")]


def test_what_is_said_has_its_moment(sqlite_checked: Checked):
    record = a_call()
    assert sqlite_checked.customer
    sqlite_checked.exchange.tell(record, beside("transcript_ready", record, segments=said(*TALK, seconds=12)))

    assert [each["finding"]["at_seconds"] for each in sqlite_checked.found()] == [24]
