"""Forms of audio by their bytes: what exchanges write is told apart, and nothing else passes for it."""

import contextlib
import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.demo.sounds import conversation
from app_server.recordings.sniffing import BadAudio, NotAudio, Sniffed, TooLong, sniff
from tests.recordings.recorded import wav


def look(audio: bytes) -> Sniffed:
    return sniff(lambda start, end: audio[start:end], len(audio))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(*, channels: int = 1, rate: int = 8000, byte_rate: int = 8000) -> tuple[bytes, bytes]:
    return b"fmt ", struct.pack("<HHIIHH", 7, channels, rate, byte_rate, 1, 8)


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(*, handler: bytes = b"soun", scale: int = 1000, told: int = 5000, media: bytes = b"\0" * 50) -> bytes:
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", scale, told), bytes(80))
    trak = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13))))
    return box(b"ftyp", b"M4A \0\0\0\0isom") + box(b"moov", mvhd, trak) + box(b"mdat", media)


def ogg(packet: bytes, granule: int) -> bytes:
    def page(kind: int, at: int, body: bytes) -> bytes:
        return b"OggS\0" + bytes([kind]) + struct.pack("<qIII", at, 1, 0, 0) + bytes([1, len(body)]) + body

    return page(2, 0, packet) + page(4, granule, b"x" * 40)


def flac(rate: int = 8000, samples: int = 24_000) -> bytes:
    info = bytes(10) + (rate << 44 | 15 << 36 | samples).to_bytes(8, "big") + bytes(16)
    return b"fLaC\0" + (34).to_bytes(3, "big") + info + b"x" * 100


MP3_FRAME = bytes.fromhex("fff348c4") + bytes(140)  # MPEG-2, layer III, 32 kbit/s, 16 kHz, one channel: 144 bytes


def mp3(frames: int = 4) -> bytes:
    return MP3_FRAME * frames


def xing(frames: int) -> bytes:
    head = MP3_FRAME[:13] + b"Xing" + struct.pack(">II", 1, frames)
    return head.ljust(144, b"\0") + MP3_FRAME


@pytest.mark.parametrize(
    ("audio", "media_type", "seconds"),
    [
        (wav(3), "audio/wav", 3),
        (conversation("a", seconds=2), "audio/wav", 2),
        (riff((b"LIST", b"INFOx"), fmt(), (b"data", b"\xff" * 8000)), "audio/wav", 1),
        (mp3(), "audio/mpeg", None),
        (mp3(1), "audio/mpeg", None),
        (b"ID3\4\0\0\0\0\1\0" + bytes(128) + mp3(), "audio/mpeg", None),
        (xing(100), "audio/mpeg", 4),
        (ogg(b"OpusHead" + bytes(11), 96_000), "audio/ogg", 2),
        (ogg(b"\x01vorbis" + bytes(5) + struct.pack("<I", 16_000) + bytes(14), 48_000), "audio/ogg", 3),
        (flac(), "audio/flac", 3),
        (flac(samples=0), "audio/flac", None),
        (b"#!AMR\n" + (b"\x3c" + bytes(31)) * 60, "audio/amr", None),
        (b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * 3, "audio/amr-wb", None),
        (mp4(), "audio/mp4", 5),
    ],
)
def test_what_is_taken(audio: bytes, media_type: str, seconds: int | None):
    assert look(audio) == Sniffed(media_type, seconds)


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("call.wav", bytes(1_000_000))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "audio",
    [
        b"",
        b"R",
        zip_bomb(),
        gzip.compress(wav()),
        b"\x28\xb5\x2f\xfd" + bytes(50),
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\x7fELF" + bytes(60),
        b"MZ" + bytes(60),
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b'{"events": []}',
        b"RIFF\x24\0\0\0AVI " + bytes(28),
        mp4(handler=b"vide"),
        ogg(b"\x80theora" + bytes(30), 5),
        b"#!AMRX" + bytes(20),
    ],
)
def test_what_is_no_audio(audio: bytes):
    with pytest.raises(NotAudio):
        look(audio)


@pytest.mark.parametrize(
    "audio",
    [
        wav()[:-1],
        wav()[:30],
        wav() + zip_bomb(),
        wav()[:4] + b"\xff\xff\xff\xff" + wav()[8:],
        riff(fmt()),
        riff((b"data", bytes(100)), fmt()),
        riff(fmt(channels=0), (b"data", bytes(100))),
        riff(fmt(byte_rate=0), (b"data", bytes(100))),
        riff(*[(b"junk", b"")] * 100, fmt(), (b"data", bytes(100))),
        b"RIFF" + struct.pack("<I", 20) + b"WAVEfmt " + b"\xff\xff\xff\x7f" + bytes(4),
        b"\xff\xfb\x90\x00",
        mp3()[:143],
        b"ID3\4\0\0\xff\xff\xff\xff" + mp3(),
        b"ID3\4\0\0\x7f\x7f\x7f\x7f" + mp3(),
        b"OggS\0\2" + bytes(21),
        b"OggS",
        flac(rate=0),
        b"fLaC\4" + bytes(50),
        b"#!AMR\n\x3c",
        b"#!AMR\n" + b"\xff" * 40,
        mp4()[:-1],
        mp4(scale=0),
        box(b"ftyp", b"M4A ") + box(b"mdat", bytes(10)),
        box(b"ftyp", b"M4A ") + struct.pack(">I", 7) + b"moov",
        box(b"ftyp", b"M4A ") + b"".join([box(b"free")] * 100),
    ],
)
def test_what_contradicts_itself(audio: bytes):
    with pytest.raises((BadAudio, NotAudio)) as refused:
        look(audio)
    assert refused.value.code in ("bad_audio", "not_audio")


@pytest.mark.parametrize(
    "bomb",
    [
        riff(fmt(byte_rate=1), (b"data", bytes(90_000))),
        xing(2_000_000_000),
        ogg(b"OpusHead" + bytes(11), 2**62),
        flac(rate=1, samples=2**36 - 1),
        mp4(scale=1, told=2**32 - 1),
    ],
)
def test_what_would_play_for_more_than_a_day(bomb: bytes):
    with pytest.raises(TooLong):
        look(bomb)


STARTS = [wav(0.01), mp3(), ogg(b"OpusHead" + bytes(11), 5), flac(), b"#!AMR\n" + bytes(40), mp4(media=b"")]


@given(start=st.sampled_from(STARTS), junk=st.binary(max_size=60), cut=st.integers(0, 400))
def test_no_bytes_are_more_than_refused(start: bytes, junk: bytes, cut: int):
    with contextlib.suppress(NotAudio, BadAudio, TooLong):
        assert look(start[:cut] + junk).media_type.startswith("audio/")
