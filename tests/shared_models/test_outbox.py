"""The exported outbox as a file: what is written is read back, and what was touched is refused."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared_models.outbox import NotAnOutbox, Outbox, read_outbox, write_outbox

CALL = {"id": "01930000-0000-7000-8000-000000000001", "kind": "call", "data": {"note": "欧阳婳 “回电”", "lat": 31.2304}}
OUTBOX = Outbox(
    device_id="phone-1",
    staff_id=UUID("01930000-0000-7000-8000-00000000000a"),
    login="advisor1",
    exported_at=datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
    clock_offset_ms=-230,
    activities=[CALL],
)


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(write_outbox(OUTBOX)), **fields}).encode()


def test_it_is_read_as_it_was_written() -> None:
    assert read_outbox(write_outbox(OUTBOX)) == OUTBOX


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_an_editor_that_only_reflows_it_does_no_harm(mark: bytes) -> None:
    flat = json.dumps(json.loads(write_outbox(OUTBOX)), sort_keys=True).replace("\n", "\r\n")
    assert read_outbox(mark + flat.encode()) == OUTBOX


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "JSON"),
        (b"PK\x03\x04\xff\xfe", "JSON"),
        (b"[1" + b"0" * 10_000 + b"]", "JSON"),
        (write_outbox(OUTBOX)[:-20], "JSON"),
        (b"[]", "no.* outbox|not an outbox"),
        (b'{"activities": []}', "not an outbox"),
        (changed(version=2), "another version"),
        (changed(version="1"), "another version"),
        (changed(activities=[{**CALL, "kind": "visit"}]), "changed after"),
        (changed(login="advisor2"), "changed after"),
        (changed(exported_at="2026-11-22T01:00:00Z"), "changed after"),
        (changed(more="of it"), "changed after"),
        (changed(sha256=None), "changed after"),
        (changed(staff_id="nobody"), "staff_id"),
        (changed(activities={}), "activities"),
    ],
)
def test_what_is_not_as_the_phone_wrote_it_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotAnOutbox, match=reason):
        read_outbox(content)


def test_a_refusal_repeats_nothing_of_the_file() -> None:
    with pytest.raises(NotAnOutbox) as refused:
        read_outbox(changed(staff_id="欧阳婳 13800001111"))
    assert "欧阳婳" not in refused.value.detail
