"""What a recording is, by its own bytes: the forms that exchanges write, told by their headers and never decoded; all else is refused.

Sources: RIFF/WAVE (IBM and Microsoft, 1991), ISO/IEC 11172-3 and 13818-3 (MP3), RFC 3533 (Ogg), RFC 9639 (FLAC), RFC 4867 (AMR),
ISO/IEC 14496-12 (MP4).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared_models.calls import DAY_SECONDS
from shared_models.errors import BadInput

ReadAt = Callable[[int, int], bytes]

MOST_CHUNKS = 64
MOST_MOOV_BYTES = 4 * 1024 * 1024
_TAIL_BYTES = 64 * 1024


class NotAudio(BadInput):
    """The bytes are of no form of audio that is taken here."""

    code = "not_audio"


class BadAudio(BadInput):
    """The bytes begin as audio, and contradict themselves or are cut short."""

    code = "bad_audio"


class TooLong(BadInput):
    """The recording says that it is longer than a day."""

    code = "too_long"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The form by its media type, and how long it says it is; None where it does not say."""

    media_type: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class _Bytes:
    """A recording's bytes to look at; `at` raises BadAudio where there are fewer than asked for."""

    read: ReadAt
    size: int

    def at(self, offset: int, count: int) -> bytes:
        found = self.read(offset, offset + count) if offset < self.size else b""
        if len(found) < count:
            raise BadAudio("The recording is cut short.")
        return found


def sniff(read: ReadAt, size: int) -> Sniffed:
    """What these bytes are; raises NotAudio, BadAudio or TooLong. `read` has them from an offset up to another."""
    recording = _Bytes(read, size)
    head = read(0, min(size, 16))
    for is_it, look in _FORMS:
        if is_it(head):
            found = look(recording)
            if found.seconds is not None and found.seconds > DAY_SECONDS:
                raise TooLong("The recording says that it is longer than a day.")
            return found
    raise NotAudio("A recording is WAV, MP3, Ogg, FLAC, AMR or MP4 audio, and uncompressed by anything else.")


# -- WAV


def _wav(recording: _Bytes) -> Sniffed:
    told = int.from_bytes(recording.at(4, 4), "little") + 8
    if recording.size - told not in (0, 1):
        raise BadAudio("The WAV header's size is not the file's.")
    byte_rate = 0
    for name, start, length in _riff_chunks(recording):
        if name == b"fmt ":
            channels, rate, byte_rate = struct.unpack("<HII", recording.at(start + 2, 10))
            if length < 16 or not 1 <= channels <= 8 or not 1 <= rate <= 384_000 or not byte_rate:
                raise BadAudio("The WAV header makes no sense.")
        elif name == b"data":
            if not byte_rate:
                break
            return Sniffed("audio/wav", round(length / byte_rate))
    raise BadAudio("The WAV has no format, or no data after it.")


def _riff_chunks(recording: _Bytes) -> Iterator[tuple[bytes, int, int]]:
    offset = 12
    for _ in range(MOST_CHUNKS):
        if offset + 8 > recording.size:
            return
        name, length = struct.unpack("<4sI", recording.at(offset, 8))
        if offset + 8 + length > recording.size:
            raise BadAudio("A part of the WAV is longer than the file.")
        yield name, offset + 8, length
        offset += 8 + length + length % 2


# -- MP3

_BIT_RATES = {  # in 1000 bits a second, by version 1 or not; layer III
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8000)}


@dataclass(frozen=True, slots=True)
class _Mp3Frame:
    length: int
    rate: int
    samples: int
    side_bytes: int


def _mp3(recording: _Bytes) -> Sniffed:
    start = 0
    if recording.at(0, 3) == b"ID3":
        size = recording.at(6, 4)
        if max(size) > 0x7F:
            raise BadAudio("The MP3's ID3 tag has no size.")
        start = 10 + sum(byte << 7 * place for place, byte in enumerate(reversed(size)))
    frame = _mp3_frame(recording.at(start, 4))
    following = start + frame.length
    # Two sync words alone come by chance once in a few million bytes; a third where the second says is a frame.
    if following != recording.size and _mp3_frame(recording.at(following, 4)).rate != frame.rate:
        raise BadAudio("The MP3's frames do not follow each other.")
    return Sniffed("audio/mpeg", _told_by_xing(recording, start + 4 + frame.side_bytes, frame))


def _mp3_frame(header: bytes) -> _Mp3Frame:
    word = int.from_bytes(header, "big")
    version, layer, bits, rate = word >> 19 & 3, word >> 17 & 3, word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        raise BadAudio("The MP3 has no frame where one has to be.")
    is_first, is_mono = version == 3, word >> 6 & 3 == 3
    samples, hertz = (1152 if is_first else 576), _SAMPLE_RATES[version][rate]
    length = samples // 8 * _BIT_RATES[is_first][bits] * 1000 // hertz + (word >> 9 & 1)
    return _Mp3Frame(length, hertz, samples, {True: (32, 17), False: (17, 9)}[is_first][is_mono])


def _told_by_xing(recording: _Bytes, offset: int, frame: _Mp3Frame) -> int | None:
    told = recording.read(offset, min(offset + 12, recording.size))
    if len(told) == 12 and told[:4] in (b"Xing", b"Info") and told[7] & 1:
        return round(int.from_bytes(told[8:], "big") * frame.samples / frame.rate)
    return None


# -- Ogg

_OGG_HEADER_BYTES = 27


def _ogg(recording: _Bytes) -> Sniffed:
    header = recording.at(0, _OGG_HEADER_BYTES)
    if header[4] or not header[5] & 2:
        raise BadAudio("The Ogg does not begin at its beginning.")
    table = recording.at(_OGG_HEADER_BYTES, header[26])
    packet = recording.at(_OGG_HEADER_BYTES + header[26], sum(table))
    rate = _ogg_rate(packet)
    tail_from = max(0, recording.size - _TAIL_BYTES)
    tail = recording.read(tail_from, recording.size)
    last = tail.rfind(b"OggS")
    granule = tail[last + 6 : last + 14] if last >= 0 else b""
    if len(granule) < 8:
        raise BadAudio("The Ogg has no last page.")
    samples = int.from_bytes(granule, "little", signed=True)
    return Sniffed("audio/ogg", round(samples / rate) if samples > 0 else None)


def _ogg_rate(packet: bytes) -> int:
    """Samples a second, of which a page's position is counted in."""
    if packet[:8] == b"OpusHead":
        return 48_000
    for magic, place in ((b"\x01vorbis", 12), (b"Speex   ", 36)):
        if packet.startswith(magic) and (rate := int.from_bytes(packet[place : place + 4], "little")):
            return rate
    if packet[:5] == b"\x7fFLAC" and (rate := int.from_bytes(packet[27:30], "big") >> 4):
        return rate
    raise NotAudio("The Ogg holds no Opus, Vorbis, Speex or FLAC.")


# -- FLAC


def _flac(recording: _Bytes) -> Sniffed:
    block = recording.at(4, 4)
    if block[0] & 0x7F or int.from_bytes(block[1:], "big") != 34:
        raise BadAudio("The FLAC does not say what it holds.")
    told = int.from_bytes(recording.at(18, 8), "big")
    rate, samples = told >> 44, told & (1 << 36) - 1
    if not rate:
        raise BadAudio("The FLAC has no sample rate.")
    return Sniffed("audio/flac", round(samples / rate) if samples else None)


# -- AMR

# Bytes of a frame by its type, the type's own byte included; 0: there is no such type.
_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_AMR_WB_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
_AMR_FRAMES = 50


def _amr(recording: _Bytes) -> Sniffed:
    is_wide = recording.read(0, min(9, recording.size)) == b"#!AMR-WB\n"
    lengths, offset = (_AMR_WB_BYTES, 9) if is_wide else (_AMR_BYTES, 6)
    for _ in range(_AMR_FRAMES):
        kind = recording.at(offset, 1)[0]
        length = lengths[kind >> 3 & 15]
        if kind & 0x83 or not length or offset + length > recording.size:
            raise BadAudio("The AMR has no frame where one has to be.")
        offset += length
        if offset == recording.size:
            break
    return Sniffed("audio/amr-wb" if is_wide else "audio/amr", None)


# -- MP4


def _mp4(recording: _Bytes) -> Sniffed:
    boxes = {name: (start, end) for name, start, end in _boxes(recording, 0, recording.size)}
    if not {b"moov", b"mdat"} <= boxes.keys():
        raise BadAudio("The MP4 has no media, or does not say what it is.")
    start, end = boxes[b"moov"]
    if end - start > MOST_MOOV_BYTES:
        raise BadAudio("The MP4's description is too long.")
    handlers: list[bytes] = []
    seconds: int | None = None
    for name, inner, inner_end in _boxes(recording, start, end):
        if name == b"mvhd":
            seconds = _mp4_seconds(recording, inner)
        elif name == b"trak":
            handlers += _handlers(recording, inner, inner_end)
    if not handlers or set(handlers) != {b"soun"}:
        raise NotAudio("The MP4 holds something other than sound.")
    return Sniffed("audio/mp4", seconds)


def _handlers(recording: _Bytes, start: int, end: int) -> Iterator[bytes]:
    """What a track is: `soun` for sound."""
    for name, inner, inner_end in _boxes(recording, start, end):
        if name == b"mdia":
            for each, place, _ in _boxes(recording, inner, inner_end):
                if each == b"hdlr":
                    yield recording.at(place + 8, 4)


def _mp4_seconds(recording: _Bytes, start: int) -> int | None:
    if recording.at(start, 1)[0] == 1:
        scale, told = struct.unpack(">IQ", recording.at(start + 20, 12))
    else:
        scale, told = struct.unpack(">II", recording.at(start + 12, 8))
    if not scale:
        raise BadAudio("The MP4's clock stands still.")
    return round(told / scale) or None


def _boxes(recording: _Bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes that fill these bytes exactly: name, and where what is in it starts and ends."""
    for _ in range(MOST_CHUNKS):
        if start == end:
            return
        length, name = struct.unpack(">I4s", recording.at(start, 8))
        header = 8
        if length == 1:
            length, header = int.from_bytes(recording.at(start + 8, 8), "big"), 16
        elif length == 0:
            length = end - start
        if length < header or start + length > end:
            raise BadAudio("A part of the MP4 is longer than what it is in.")
        yield name, start + header, start + length
        start += length
    raise BadAudio("The MP4 is in too many parts.")


_FORMS: tuple[tuple[Callable[[bytes], bool], Callable[[_Bytes], Sniffed]], ...] = (
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", _wav),
    (lambda head: head[:4] == b"OggS", _ogg),
    (lambda head: head[:4] == b"fLaC", _flac),
    (lambda head: head.startswith((b"#!AMR\n", b"#!AMR-WB\n")), _amr),
    (lambda head: head[4:8] == b"ftyp", _mp4),
    (lambda head: head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0), _mp3),
)
