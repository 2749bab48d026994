"""Recordings at rest: any range opens as it was, and nothing that was cut, changed, moved or swapped opens at all."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.key_ring import KeyRing
from app_server.recordings import sealing
from app_server.recordings.arriving import Arrival
from app_server.recordings.sealing import (
    CHUNK_BYTES,
    SEALED_CHUNK_BYTES,
    Damaged,
    Opener,
    RecordingKey,
    Sealer,
    sealed_size,
)
from shared_models.errors import TooLarge
from tests.factories import NOW

ID, KEY = uuid4(), bytes(range(32))
PLAIN = bytes(i * 7 % 251 for i in range(3 * CHUNK_BYTES + 1000))


def sealed(plain: bytes = PLAIN, *, key: bytes = KEY, recording_id=ID, step: int = 50_000) -> bytes:
    sealer = Sealer(key, recording_id)
    parts = [sealer.add(plain[start : start + step]) for start in range(0, len(plain), step)]
    return b"".join([*parts, sealer.finish()])


def opener(stored: bytes, *, size: int = len(PLAIN), recording_id=ID) -> Opener:
    return Opener(KEY, recording_id, size, lambda start, end: stored[start:end])


WHOLE = sealed()


@given(start=st.integers(0, len(PLAIN)), length=st.integers(0, len(PLAIN)), at_once=st.integers(1, 4))
def test_any_range_is_that_slice(start: int, length: int, at_once: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "CHUNKS_AT_ONCE", at_once)
        assert opener(WHOLE).read(start, start + length) == PLAIN[start : start + length]


@pytest.mark.parametrize("size", [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
@pytest.mark.parametrize("step", [1000, CHUNK_BYTES, 10 * CHUNK_BYTES])
def test_every_length_comes_back(size: int, step: int):
    stored = sealed(PLAIN[:size], step=step)
    assert len(stored) == sealed_size(size)
    assert opener(stored, size=size).read(0, size) == PLAIN[:size]


def test_a_range_reads_only_its_own_chunks():
    asked: list[tuple[int, int]] = []

    def read(start: int, end: int) -> bytes:
        asked.append((start, end))
        return WHOLE[start:end]

    Opener(KEY, ID, len(PLAIN), read).read(CHUNK_BYTES + 5, CHUNK_BYTES + 9)
    assert asked == [(SEALED_CHUNK_BYTES, 2 * SEALED_CHUNK_BYTES)]


def chunk(number: int) -> bytes:
    return WHOLE[number * SEALED_CHUNK_BYTES : (number + 1) * SEALED_CHUNK_BYTES]


@pytest.mark.parametrize(
    "stored",
    [
        WHOLE[:100] + bytes([WHOLE[100] ^ 1]) + WHOLE[101:],
        WHOLE[:-1],
        WHOLE[:-1000],
        WHOLE + b"\0",
        b"",
        chunk(1) + chunk(0) + chunk(2) + chunk(3),
        chunk(0) + chunk(2) + chunk(2) + chunk(3),
        chunk(0) + chunk(1) + chunk(3),
        sealed(key=bytes(32)),
        sealed(recording_id=uuid4()),
    ],
)
def test_what_is_not_as_it_was_sealed_does_not_open(stored: bytes):
    with pytest.raises(Damaged):
        opener(stored).read(0, len(PLAIN))


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_cut_at_a_chunk_is_no_shorter_recording(chunks: int):
    """Whoever can write to the storage and the database's sizes cannot make a beginning pass for the whole."""
    with pytest.raises(Damaged):
        opener(WHOLE[: chunks * SEALED_CHUNK_BYTES], size=chunks * CHUNK_BYTES).read(0, chunks * CHUNK_BYTES)


@given(place=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place: int, bit: int):
    number = place // SEALED_CHUNK_BYTES
    changed = WHOLE[:place] + bytes([WHOLE[place] ^ 1 << bit]) + WHOLE[place + 1 :]
    with pytest.raises(Damaged):
        opener(changed).read(number * CHUNK_BYTES, number * CHUNK_BYTES + 1)


def test_a_recordings_key_opens_for_that_recording_alone(tmp_path: Path):
    ring = KeyRing(tmp_path / "keys" / "recordings.json", RecordingKey)
    first = ring.newest(NOW)
    kept = first.seal_key(KEY, ID)
    assert KEY not in kept
    assert first.open_key(kept, ID) == KEY
    second = ring.rotate(NOW)
    attempts: list[Callable[[], bytes]] = [
        lambda: first.open_key(kept, uuid4()),
        lambda: second.open_key(kept, ID),
        lambda: first.open_key(kept[:-1], ID),
        lambda: first.open_key(b"", ID),
    ]
    for attempt in attempts:
        with pytest.raises(Damaged):
            attempt()
    assert ring.named(first.kid) == first
    assert first.ticket_key() not in (bytes.fromhex(first.secret), second.ticket_key())


def test_what_arrives_is_counted_and_never_in_the_clear(monkeypatch: pytest.MonkeyPatch):
    written: list[bytes] = []
    with Arrival(ID, most=len(PLAIN)) as arrival:
        for start in range(0, len(PLAIN), 9000):
            arrival.add(PLAIN[start : start + 9000])
        arrival.finish()
        written += arrival.sealed()
        assert arrival.read(10, 20) == PLAIN[10:20]
        assert arrival.read(len(PLAIN) - 5, len(PLAIN) + 5) == PLAIN[-5:]
        assert len(b"".join(written)) == sealed_size(len(PLAIN))
        assert PLAIN[:64] not in b"".join(written)
        with pytest.raises(TooLarge):
            arrival.add(b"x")
