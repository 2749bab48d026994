"""A recording on its way in: counted, hashed and sealed as it comes, so that no plain byte of it ever lies on a disk."""

import hashlib
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self
from uuid import UUID

from app_server.recordings.sealing import CHUNK_BYTES, Opener, Sealer, new_data_key
from shared_models.errors import TooLarge


class Arrival:
    """One recording in a temporary file of its own, sealed; the file goes with the `with` block. `size` counts plain bytes, of which `most` may come."""

    def __init__(self, recording_id: UUID, *, most: int) -> None:
        self.recording_id = recording_id
        self.data_key = new_data_key()
        self.size = 0
        self.most = most
        self._hash = hashlib.sha256()
        self._sealer = Sealer(self.data_key, recording_id)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - __exit__ closes it

    def __enter__(self) -> Self:
        """The arrival itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the file."""
        self._file.close()

    def add(self, data: bytes) -> None:
        """Take the next bytes; raises TooLarge past the most that a recording may have."""
        self.size += len(data)
        if self.size > self.most:
            raise TooLarge(f"A recording may have {self.most} bytes; nothing was stored.")
        self._hash.update(data)
        self._file.write(self._sealer.add(data))

    def finish(self) -> None:
        """All bytes have come."""
        self._file.write(self._sealer.finish())
        self._file.flush()

    @property
    def digest(self) -> bytes:
        """SHA-256 of the plain bytes."""
        return self._hash.digest()

    def read(self, start: int, end: int) -> bytes:
        """Plain bytes of it once it has finished, from `start` up to, not including, `end`; fewer where there are no more."""
        return Opener(self.data_key, self.recording_id, self.size, self._read_sealed).read(start, end)

    def sealed(self) -> Iterator[bytes]:
        """The sealed bytes once it has finished."""
        self._file.seek(0)
        while piece := self._file.read(CHUNK_BYTES * 16):
            yield piece

    def _read_sealed(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)
