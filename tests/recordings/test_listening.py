"""Who hears a recording, and what is written down of it; on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app_server.recordings.service import KeepStatus, purge
from app_server.tables import ListeningRow, MembershipRow, RecordingState
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.recordings.recorded import PHONE, Recorder, wav
from tests.sync_server.phones import call
from tests.telephony.exchange import ended


def heard(recorder: Recorder) -> list[tuple[str, str, int | None, int | None]]:
    statement = select(ListeningRow).order_by(col(ListeningRow.at), col(ListeningRow.id))
    rows = recorder.bank.db.read(lambda session: session.exec(statement).all())
    return [(str(row.staff_id), row.kind.value, row.start, row.end) for row in rows]


def test_who_may_listen_and_what_is_noted(recorder: Recorder):
    bank, audio = recorder.bank, wav(10)
    head = factories.staff(bank.db, bank.outlet, role=Role.HEAD)
    stranger = factories.staff(bank.db, factories.unit(bank.db), role=Role.HEAD)
    recording = recorder.call(audio)
    assert (recording.media_type, recording.seconds, recording.size) == ("audio/wav", 10, len(audio))
    for nobody in (bank.wang, stranger):
        refused = recorder.ticket(nobody, recording)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert heard(recorder) == []
    for who in (bank.li, head):
        link = recorder.link(who, recording)
        reply = recorder.get(link)
        assert (reply.status_code, reply.content) == (200, audio)
        assert heard(recorder)[-2:] == [(str(who.id), "ticket", None, None), (str(who.id), "sent", 0, len(audio))]
    assert len(heard(recorder)) == 4


def test_a_head_hears_what_an_advisor_did_while_there(recorder: Recorder):
    """An advisor who moves takes their later calls along, and leaves the earlier ones."""
    bank = recorder.bank
    before, after = bank.outlet, factories.unit(bank.db)
    heads = [factories.staff(bank.db, unit, role=Role.HEAD) for unit in (before, after)]
    recording = recorder.call()
    tomorrow = NOW.date() + timedelta(days=1)

    def move(session) -> None:
        stay = session.exec(select(MembershipRow).where(MembershipRow.staff_id == bank.li.id)).one()
        stay.ends_on = tomorrow
        session.add(stay)

    bank.db.write(move)
    factories.save(
        bank.db,
        MembershipRow(
            id=factories.uuid4(), staff_id=bank.li.id, unit_id=after.id, role=Role.ADVISOR, starts_on=tomorrow
        ),
    )
    bank.server.clock.pass_(days=2)
    assert [recorder.ticket(head, recording).status_code for head in heads] == [200, 404]


def test_a_recording_of_no_call_is_nobodys(recorder: Recorder):
    """It may come first; until the call is in the ledger nobody hears it."""
    bank = recorder.bank
    head = factories.staff(bank.db, bank.outlet, role=Role.HEAD)
    event = ended(PHONE)
    assert recorder.upload(event["record_id"], wav()).status_code == 200
    recording = recorder.row(event["record_id"])
    assert recording is not None
    assert [recorder.ticket(who, recording).status_code for who in (bank.li, head)] == [404, 404]
    assert recorder.exchange.tell(event) == ["taken"]
    assert [recorder.ticket(who, recording).status_code for who in (bank.li, head)] == [200, 200]


def test_the_same_again_and_another(recorder: Recorder):
    recording = recorder.call(wav(seed=1))
    again = recorder.upload(recording.record_id, wav(seed=1))
    assert (again.status_code, again.json()["status"]) == (200, KeepStatus.DUPLICATE)
    other = recorder.upload(recording.record_id, wav(seed=2))
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")
    assert recorder.get(recorder.link(recorder.bank.li, recording)).content == wav(seed=1)


def test_a_purge_deletes_what_is_older_than_the_policy_allows(recorder: Recorder):
    bank = recorder.bank
    old = recorder.call(wav(seed=1))
    link = recorder.link(bank.li, old)
    bank.server.clock.pass_(days=100)
    young_event = ended(PHONE, at=bank.server.clock.now())
    assert recorder.exchange.tell(young_event) == ["taken"]
    assert recorder.upload(young_event["record_id"], wav(seed=2)).status_code == 200
    bank.server.clock.pass_(days=81)
    done = purge(bank.db, recorder.shelf, now=bank.server.clock.now())
    assert (done.recordings.recordings, done.recordings.size, done.objects, done.stuck) == (1, len(wav()), 1, ())
    assert (done.recordings.oldest, done.recordings.newest) == (NOW, NOW)
    kept = recorder.row(old.record_id)
    assert kept is not None
    assert (kept.state, kept.reason, kept.deleted_at) == (RecordingState.DELETED, "retention", bank.server.clock.now())
    assert (kept.object_name, kept.sealed_key) == (None, None)
    young = recorder.row(young_event["record_id"])
    assert young is not None
    assert recorder.ticket(bank.li, old).status_code == 404
    assert recorder.get(link).status_code == 403
    assert recorder.get(recorder.link(bank.li, young)).content == wav(seed=2)
    assert purge(bank.db, recorder.shelf, now=bank.server.clock.now()).recordings.recordings == 0
    # Its retention is over: who uploads it again is told so far, and it does not come back.
    assert recorder.upload(old.record_id, wav(seed=1)).json()["status"] == "duplicate"
    assert recorder.ticket(bank.li, old).status_code == 404


def test_a_heads_list_says_what_there_is_to_hear(recorder: Recorder):
    """Beside the call that the advisor logged and beside one that only the exchange saw; and when it is deleted."""
    bank = recorder.bank
    head = factories.staff(bank.db, bank.outlet, role=Role.HEAD)
    recording = recorder.call(wav(3))

    def listed() -> list[tuple[str, str | None, int | None, str | None]]:
        reply = bank.server.http.get(
            f"/api/v1/team/activities?day={NOW.date()}", headers=bank.server.bearer(head)
        ).json()
        names = ("kind", "recording_id", "recording_seconds", "recording_deleted_on")
        return [tuple(each[name] for name in names) for each in reply["activities"]]

    assert listed() == [("pbx_record", str(recording.id), 3, None)]
    customer = bank.ledger()[0].customer_id
    assert bank.phone().send(call(customer, at=NOW - timedelta(minutes=1))) == ["accepted"]
    assert listed() == [("call", str(recording.id), 3, None)]
    bank.server.clock.pass_(days=181)
    purge(bank.db, recorder.shelf, now=bank.server.clock.now())
    assert listed() == [("call", None, None, bank.server.clock.now().date().isoformat())]


@pytest.mark.parametrize("minutes", [4, 6])
def test_a_link_works_for_five_minutes(sqlite_recorder: Recorder, minutes: int):
    recorder = sqlite_recorder
    link = recorder.link(recorder.bank.li, recorder.call())
    recorder.bank.server.clock.pass_(minutes=minutes)
    reply = recorder.get(link)
    assert reply.status_code == (200 if minutes < 5 else 403)


def test_a_link_ends_with_the_sign_in(sqlite_recorder: Recorder):
    recorder = sqlite_recorder
    bank = recorder.bank
    link = recorder.link(bank.li, recorder.call())

    def end(session) -> None:
        row = session.get(type(bank.li), bank.li.id)
        row.token_version += 1
        session.add(row)

    bank.db.write(end)
    assert recorder.get(link).status_code == 401
    assert [kind for _, kind, _, _ in heard(recorder)] == ["ticket"]


@pytest.mark.parametrize(
    ("span", "first", "last", "status"),
    [
        ("bytes=0-0", 0, 0, 206),
        ("bytes=65530-65545", 65530, 65545, 206),
        ("bytes=79000-", 79000, 80043, 206),
        ("bytes=-44", 80000, 80043, 206),
        ("bytes=0-99999999999", 0, 80043, 206),
        ("bytes=-99999999", 0, 80043, 206),
        ("bytes=5-4", 0, 80043, 200),
        ("bytes=0-1,5-6", 0, 80043, 200),
        ("lines=1-2", 0, 80043, 200),
        ("bytes=-", 0, 80043, 200),
    ],
)
def test_ranges(sqlite_recorder: Recorder, span: str, first: int, last: int, status: int):
    recorder, audio = sqlite_recorder, wav(10)
    link = recorder.link(recorder.bank.li, recorder.call(audio))
    reply = recorder.get(link, span)
    assert (reply.status_code, reply.content) == (status, audio[first : last + 1])
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers.get("Content-Range") == (f"bytes {first}-{last}/80044" if status == 206 else None)
    assert heard(recorder)[-1][2:] == (first, last + 1)


def test_what_else_a_player_is_told(sqlite_recorder: Recorder):
    recorder, audio = sqlite_recorder, wav(10)
    link = recorder.link(recorder.bank.li, recorder.call(audio))
    before = heard(recorder)
    beyond = recorder.get(link, "bytes=80044-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */80044")
    head = recorder.bank.server.http.head(link)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "80044", b"")
    assert heard(recorder) == before
    stale = recorder.get(link, "bytes=0-9", **{"If-Range": '"x"'})
    assert (stale.status_code, len(stale.content)) == (200, len(audio))
    for reply in (head, stale):
        assert reply.headers["Content-Type"] == "audio/wav"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Content-Disposition"] == "inline"
        assert "sandbox" in reply.headers["Content-Security-Policy"]
