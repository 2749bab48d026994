"""Recordings encrypted at rest: AES-256-GCM in chunks, so that a range opens only its own, and each opens in its one place alone.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a key of its own for each recording, the chunk's number
and whether it is the last one as the nonce, the recording's id as associated data. Cut, moved or swapped chunks do not open.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app_server.key_ring import RingKey, new_kid
from shared_models.errors import NotReady

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
KEY_BYTES = 32
# So many chunks are read from the storage at once: a far away one is slow to begin.
CHUNKS_AT_ONCE = 16
_NONCE_BYTES = 12
_TICKETS = b"day2053 recording tickets"

ReadAt = Callable[[int, int], bytes]
"""The bytes from an offset up to, not including, another; fewer where there are no more."""


class Damaged(NotReady):
    """What is stored does not open as what was sealed: cut, changed, moved, or of another recording."""

    code = "recording_damaged"


class RecordingKey(RingKey):
    """256 bits under which recordings' own keys are sealed; their tickets are signed by what is derived from it."""

    @classmethod
    def new(cls, now: datetime) -> "RecordingKey":
        """256 random bits."""
        return cls(kid=new_kid(), created_at=now, secret=secrets.token_hex(KEY_BYTES))

    def seal_key(self, data_key: bytes, recording_id: UUID) -> bytes:
        """A recording's own key as its row keeps it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(bytes.fromhex(self.secret)).encrypt(nonce, data_key, recording_id.bytes)

    def open_key(self, sealed: bytes, recording_id: UUID) -> bytes:
        """The way back; raises Damaged for another recording's, or another key's."""
        try:
            return AESGCM(bytes.fromhex(self.secret)).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], recording_id.bytes
            )
        except (InvalidTag, ValueError):
            raise Damaged("The recording's key does not open.") from None

    def ticket_key(self) -> bytes:
        """What signs tickets: of no use for opening recordings."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=_TICKETS).derive(bytes.fromhex(self.secret))


class Sealer:
    """Seals a recording as it comes, a chunk as soon as it is known not to be the last."""

    def __init__(self, data_key: bytes, recording_id: UUID) -> None:
        self._cipher = AESGCM(data_key)
        self._bound_to = recording_id.bytes
        self._pending = bytearray()
        self._chunks = 0

    def add(self, data: bytes) -> bytes:
        """The sealed chunks that these bytes complete."""
        self._pending += data
        done = bytearray()
        while len(self._pending) > CHUNK_BYTES:
            done += self._sealed(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]
        return bytes(done)

    def finish(self) -> bytes:
        """The last sealed chunk."""
        return self._sealed(bytes(self._pending), is_last=True)

    def _sealed(self, chunk: bytes, *, is_last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._chunks, is_last=is_last), chunk, self._bound_to)
        self._chunks += 1
        return sealed


class Opener:
    """Opens any range of a sealed recording of `size` plain bytes, and no chunk outside it."""

    def __init__(self, data_key: bytes, recording_id: UUID, size: int, read: ReadAt) -> None:
        self._cipher = AESGCM(data_key)
        self._bound_to = recording_id.bytes
        self._size = size
        self._read = read

    def read(self, start: int, end: int) -> bytes:
        """The plain bytes from `start` up to, not including, `end`, or the recording's end."""
        return b"".join(self.stream(start, min(end, self._size)))

    def stream(self, start: int, end: int) -> Iterator[bytes]:
        """The same in pieces; raises Damaged at the first chunk that does not open."""
        last = chunks_of(self._size) - 1
        number = start // CHUNK_BYTES
        while start < end:
            until = min(number + CHUNKS_AT_ONCE, (end - 1) // CHUNK_BYTES + 1)
            sealed = self._read(number * SEALED_CHUNK_BYTES, until * SEALED_CHUNK_BYTES)
            piece = b"".join(
                self._opened(each, sealed, each - number, is_last=each == last) for each in range(number, until)
            )
            first = number * CHUNK_BYTES
            yield piece[start - first : end - first]
            number = until
            start = until * CHUNK_BYTES

    def _opened(self, number: int, sealed: bytes, place: int, *, is_last: bool) -> bytes:
        chunk = sealed[place * SEALED_CHUNK_BYTES : (place + 1) * SEALED_CHUNK_BYTES]
        try:
            opened = self._cipher.decrypt(_nonce(number, is_last=is_last), chunk, self._bound_to)
        except (InvalidTag, ValueError):
            raise Damaged("The recording does not open as it was sealed.") from None
        expected = self._size - number * CHUNK_BYTES if is_last else CHUNK_BYTES
        if len(opened) != expected:
            raise Damaged("The recording is not as long as it was.")
        return opened


def new_data_key() -> bytes:
    """A recording's own key."""
    return secrets.token_bytes(KEY_BYTES)


def chunks_of(size: int) -> int:
    """How many chunks so many plain bytes are; of none it is one, which is empty."""
    return max(1, -(-size // CHUNK_BYTES))


def sealed_size(size: int) -> int:
    """How long a recording of so many bytes is in the storage."""
    return size + chunks_of(size) * TAG_BYTES


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + bytes([is_last])
