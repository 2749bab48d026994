"""Forged, foreign, oversized and hostile recordings, and links that nobody was given: refused, with nothing kept of them."""

import gzip
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from app_server.key_ring import KeyRing
from app_server.recordings import tickets
from app_server.recordings.sealing import RecordingKey
from app_server.recordings.service import purge
from app_server.recordings.storage import RecordingStorage
from app_server.tables import RecordingObjectRow, RecordingRow
from tests.factories import NOW
from tests.recordings.recorded import Recorder, wav
from tests.telephony.exchange import Exchange


@pytest.fixture
def recorder(sqlite_recorder: Recorder) -> Recorder:
    return sqlite_recorder


@pytest.fixture
def stored(recorder: Recorder) -> Path:
    """The folder of the sealed recordings."""
    return recorder.bank.server.settings.data_dir / "recordings"


def nothing_is_kept(recorder: Recorder, stored: Path) -> bool:
    def rows(session):
        return [*session.exec(select(RecordingRow)).all(), *session.exec(select(RecordingObjectRow)).all()]

    return not recorder.bank.db.read(rows) and not (stored.exists() and list(stored.iterdir()))


def test_what_is_not_signed_just_so(recorder: Recorder, stored: Path):
    other = Recorder(recorder.bank, Exchange(recorder.bank, "other"))
    attempts = [
        recorder.bank.server.http.put("/api/v1/telephony/generic/recordings/a", content=wav()),
        recorder.upload("a", wav(seed=2), signed_audio=wav(seed=1)),  # another body
        recorder.upload("b", wav(), signed_id="a"),  # under another id
        recorder.upload("a", wav(), at=NOW - timedelta(minutes=6)),
        recorder.upload("a", wav(), headers={"Day2053-Signature": "0" * 64}),
        recorder.upload("a", wav(), headers={"Day2053-Content-SHA256": ""}),
        recorder.upload("a", wav(), headers={"Day2053-Key": other.exchange.key.key_id}),
        other.upload("a", wav(), provider="generic"),
    ]
    assert [(reply.status_code, reply.json()["code"]) for reply in attempts] == [(401, "not_signed")] * 8
    assert nothing_is_kept(recorder, stored)


def test_a_signature_of_events_is_none_of_a_recording(recorder: Recorder, stored: Path):
    """And the other way round: the two texts that are signed have no form in common."""
    body = b'{"events": [1]}'
    events = recorder.exchange.post_bytes(body).request.headers
    names = ("Day2053-Key", "Day2053-Timestamp", "Day2053-Signature")
    put = recorder.upload("a", body, headers={name: events[name] for name in names})
    upload = recorder.upload("a", wav()).request.headers
    posted = recorder.exchange.post_bytes(body, headers={name: upload[name] for name in names})
    assert (put.status_code, posted.status_code) == (401, 401)


def test_a_copied_upload_changes_nothing(recorder: Recorder, stored: Path):
    sent = recorder.upload("a", wav()).request
    again = recorder.bank.server.http.put(str(sent.url), content=wav(), headers=dict(sent.headers))
    assert again.json()["status"] == "duplicate"
    elsewhere = str(sent.url).replace("/recordings/a", "/recordings/b")
    assert recorder.bank.server.http.put(elsewhere, content=wav(), headers=dict(sent.headers)).status_code == 401
    assert len(list(stored.iterdir())) == 1


@pytest.mark.parametrize("record_id", ["../../keys/access.json", "/etc/passwd", "a/../b", "C:\\x", "记录 1", "a" * 128])
def test_a_path_for_a_name_is_a_name_like_any_other(recorder: Recorder, stored: Path, record_id: str):
    before = {each for each in recorder.bank.server.settings.data_dir.rglob("*") if each.is_file()}
    assert recorder.upload(record_id, wav()).status_code == 200
    written = {each for each in recorder.bank.server.settings.data_dir.rglob("*") if each.is_file()} - before
    objects = [each for each in written if each.parent == stored]
    assert [bool(re.fullmatch("[0-9a-f]{32}", each.name)) for each in objects] == [True]
    assert {each.parent for each in written} <= {stored, stored.parent / "keys"}
    assert recorder.row(record_id) is not None


@pytest.mark.parametrize("record_id", ["", "a\0b", "a\nb", "a" * 129])
def test_a_name_that_is_none(recorder: Recorder, stored: Path, record_id: str):
    assert recorder.upload(record_id, wav()).status_code in (404, 422)
    assert nothing_is_kept(recorder, stored)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (gzip.compress(bytes(1_000_000)), 422, "not_audio"),
        (b"PK\3\4" + bytes(100), 422, "not_audio"),
        (b"<html>", 422, "not_audio"),
        (b"", 422, "not_audio"),
        (wav()[:-1], 422, "bad_audio"),
        (wav(15)[:28] + b"\1\0\0\0" + wav(15)[32:], 422, "too_long"),
        (wav(60), 413, "too_large"),
    ],
)
def test_what_is_no_recording(recorder: Recorder, stored: Path, body: bytes, status: int, code: str):
    reply = recorder.upload("a", body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert nothing_is_kept(recorder, stored)


def test_a_bomb_is_not_unpacked(recorder: Recorder, stored: Path):
    reply = recorder.upload("a", gzip.compress(wav()), headers={"Content-Encoding": "gzip"})
    assert reply.status_code == 415
    assert nothing_is_kept(recorder, stored)


def test_a_body_without_a_length_is_counted(recorder: Recorder, stored: Path):
    sent = recorder.upload("a", b"x").request
    reply = recorder.bank.server.http.put(str(sent.url), content=iter([bytes(100_000)] * 3), headers=_signed(sent))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert nothing_is_kept(recorder, stored)


def _signed(request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.startswith("day2053-")}


def test_nothing_of_a_call_is_on_the_disk_in_the_clear(recorder: Recorder, stored: Path):
    audio = wav(10, seed=77)
    recording = recorder.call(audio)
    assert recorder.get(recorder.link(recorder.bank.li, recording)).content == audio
    files = [each for each in recorder.bank.server.settings.data_dir.rglob("*") if each.is_file()]
    database = Path(recorder.bank.db.engine.url.database or "")
    files += [database, database.with_name(f"{database.name}-wal")]
    everything = b"\n".join(each.read_bytes() for each in files if each.exists())
    assert len(everything) > len(audio)
    assert [at for at in range(44, len(audio) - 16, 997) if audio[at : at + 16] in everything] == []
    assert stored.stat().st_mode & 0o777 == 0o700
    assert recorder.bank.server.settings.recording_keys_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("harm", ["cut", "change", "swap", "remove"])
def test_an_object_that_was_tampered_with_is_not_played(recorder: Recorder, stored: Path, harm: str):
    recording, other = recorder.call(wav(10, seed=1)), recorder.call(wav(10, seed=2))
    file, foreign = stored / str(recording.object_name), stored / str(other.object_name)
    sealed = file.read_bytes()
    match harm:
        case "cut":
            file.write_bytes(sealed[:-1])
        case "change":
            file.write_bytes(sealed[:10] + bytes([sealed[10] ^ 1]) + sealed[11:])
        case "swap":
            file.write_bytes(foreign.read_bytes())
        case _:
            file.unlink()
    reply = recorder.get(recorder.link(recorder.bank.li, recording))
    assert (reply.status_code, reply.json()["code"]) in ((503, "recording_damaged"), (503, "storage_failed"))


def test_a_link_is_for_one_recording_and_one_person(recorder: Recorder, stored: Path):
    """Whatever is changed in it, it is no link any more; and one that was given to somebody says nothing to a third."""
    first, second = recorder.call(wav(seed=1)), recorder.call(wav(seed=2), own="8002")
    link = recorder.link(recorder.bank.li, first)
    head, _, ticket = link.rpartition("/")
    kid, said, signature = ticket.split(".")
    clear = urlsafe_b64decode(said + "==").decode()
    others = clear.replace(str(first.id), str(second.id))
    longer = re.sub(r"\d{10}\]", "9999999999]", clear)
    forged = [f"{kid}.{urlsafe_b64encode(each.encode()).decode().rstrip('=')}.{signature}" for each in (others, longer)]
    forged += [f"{kid}.{said}.{signature[:-2]}AA", f"{kid}.{said}.", f"{kid}.{said}", f".{said}.{signature}"]
    forged += ["", ".", "..", "a" * 2000, f"{kid}.{said}.{signature}x", "Ä.Ö.Ü", "%00"]
    answers = {recorder.get(f"{head}/{each}").status_code for each in forged}
    assert answers <= {403, 404, 405}
    assert recorder.get(link).status_code == 200


def test_no_text_is_a_ticket(tmp_path: Path):
    ring = KeyRing(tmp_path / "recordings.json", RecordingKey)
    ring.newest(NOW)

    @given(text=st.text(max_size=80))
    def refused(text: str) -> None:
        with pytest.raises(tickets.TicketRefused):
            tickets.read(ring, text, NOW)

    refused()


def test_a_storage_that_fails_takes_nothing_and_forgets_nothing(
    recorder: Recorder, stored: Path, monkeypatch: pytest.MonkeyPatch
):
    """An upload is refused and can come again; what could not be deleted is noted and goes with a later purge."""
    stored.mkdir(mode=0o500)
    assert recorder.upload("a", wav()).status_code in (200, 503)  # an account that may write everywhere is not stopped
    stored.chmod(0o700)
    assert recorder.upload("a", wav()).status_code == 200
    db, clock = recorder.bank.db, recorder.bank.server.clock
    clock.pass_(days=181)
    with monkeypatch.context() as patch:
        patch.setattr(RecordingStorage, "_path", lambda self, name: str(stored))  # a folder is no object
        done = purge(db, recorder.shelf, now=clock.now())
    assert (done.recordings.recordings, done.objects, len(done.stuck)) == (1, 0, 1)
    assert len(list(stored.iterdir())) == 1
    again = purge(db, recorder.shelf, now=clock.now())
    assert (again.recordings.recordings, again.objects, again.stuck) == (0, 1, ())
    assert list(stored.iterdir()) == []


def test_what_was_being_written_when_the_server_died_goes_with_a_purge(recorder: Recorder, stored: Path):
    db, clock = recorder.bank.db, recorder.bank.server.clock
    recorder.call()
    recorder.shelf.storage.put("f" * 32, [b"half of it"])
    db.write(lambda session: session.add(RecordingObjectRow(name="f" * 32, begun_at=clock.now())))
    assert purge(db, recorder.shelf, now=clock.now() + timedelta(minutes=59)).objects == 0
    assert purge(db, recorder.shelf, now=clock.now() + timedelta(minutes=61)).objects == 1
    assert len(list(stored.iterdir())) == 1


def test_recordings_under_an_older_key_stay_readable(recorder: Recorder, stored: Path):
    first = recorder.call(wav(seed=1))
    recorder.shelf.keys.rotate(recorder.bank.server.clock.now())
    second = recorder.call(wav(seed=2))
    assert first.kid != second.kid
    heard = [recorder.get(recorder.link(recorder.bank.li, each)).content for each in (first, second)]
    assert heard == [wav(seed=1), wav(seed=2)]
