"""The demo bank's recordings: real WAV files of calls that an exchange saw, through the doors of a real one."""

from datetime import timedelta

from sqlmodel import select

from app_server.demo.recorded import HEARD_A_DAY, record_calls
from app_server.demo.sounds import conversation
from app_server.recordings.sniffing import sniff
from app_server.tables import RecordingRow
from shared_models.org import Role
from shared_models.telephony import pbx_activity_id
from tests import factories
from tests.factories import NOW
from tests.recordings.recorded import Recorder
from tests.sync_server.phones import call


def test_a_few_calls_of_the_day_can_be_heard(sqlite_recorder: Recorder):
    bank = sqlite_recorder.bank
    advisor = factories.staff(bank.db, bank.outlet, login="advisor1", is_demo=True)
    head = factories.staff(bank.db, bank.outlet, role=Role.HEAD, is_demo=True)
    customers = [bank.customer(advisor) for _ in range(3)]
    calls = [call(each, at=NOW - timedelta(minutes=10 * n), talk_seconds=90) for n, each in enumerate(customers, 1)]
    brief = call(customers[0], at=NOW - timedelta(minutes=50), talk_seconds=20)
    assert set(bank.phone(advisor, device="demo-advisor1").send(*calls, brief)) == {"accepted"}
    for _ in range(2):
        record_calls(bank.db, bank.server.settings, now=NOW)
    rows = bank.db.read(lambda session: session.exec(select(RecordingRow)).all())
    earliest = [each["id"] for each in calls[::-1][:HEARD_A_DAY]]
    assert {row.id for row in rows} == {pbx_activity_id("simulator", each) for each in earliest}
    day = bank.today(advisor)
    assert {grade.value: n for grade, n in day.calls_graded.items() if n} == {"A": 3, "C": 1}
    row = min(rows, key=lambda each: earliest.index(each.record_id))
    audio = sqlite_recorder.get(sqlite_recorder.link(head, row)).content
    assert audio == conversation(earliest[0])
    assert sniff(lambda start, end: audio[start:end], len(audio)).seconds == 4
