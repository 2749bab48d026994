"""Where sealed recordings lie: a folder, or any store that fsspec has a driver for. What is in them, and whose, is not known here."""

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from shared_models.errors import NotReady


class StorageFailed(NotReady):
    """The storage of recordings did not do what it was asked; why is the operator's to see."""

    code = "storage_failed"


class RecordingStorage:
    """Objects by names of our own making; `url` is fsspec's, such as `s3://bucket/prefix`, or a folder's path.

    Every method raises StorageFailed. The first use opens the driver.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write an object; durable when this returns, as far as the storage is."""
        try:
            with self._files.open(self._path(name), "wb") as file:
                for piece in pieces:
                    file.write(piece)
                if self._is_folder:
                    file.flush()
                    os.fsync(file.fileno())
        except Exception as error:
            raise _failed("written", error) from error

    def read(self, name: str, start: int, end: int) -> bytes:
        """The object's bytes from `start` up to, not including, `end`; fewer where there are no more."""
        try:
            return self._files.cat_file(self._path(name), start=start, end=end)
        except Exception as error:
            raise _failed("read", error) from error

    def size(self, name: str) -> int:
        """How many bytes an object has."""
        try:
            return int(self._files.size(self._path(name)))
        except Exception as error:
            raise _failed("found", error) from error

    def remove(self, name: str) -> None:
        """Delete an object; it is no failure when there is none."""
        try:
            self._files.rm_file(self._path(name))
        except FileNotFoundError:
            return
        except Exception as error:
            raise _failed("deleted", error) from error

    @cached_property
    def _opened(self) -> tuple[Any, str]:  # Any: fsspec comes without types
        from fsspec import core  # pyright: ignore[reportMissingTypeStubs] - as above

        untyped: Any = core
        try:
            files, root = untyped.url_to_fs(self._url)
        except (ImportError, ValueError) as error:
            raise _failed("stored or read; is the storage's driver installed", error) from error
        if "file" in files.protocol:
            Path(root).mkdir(mode=0o700, parents=True, exist_ok=True)
        return files, root

    @property
    def _files(self) -> Any:  # noqa: ANN401 - as above
        return self._opened[0]

    @property
    def _is_folder(self) -> bool:
        return "file" in self._files.protocol

    def _path(self, name: str) -> str:
        return f"{self._opened[1].rstrip('/')}/{name}"


def _failed(what: str, error: Exception) -> StorageFailed:
    # Its kind and not its message: that may name keys and addresses.
    return StorageFailed(f"A recording could not be {what} ({type(error).__name__}).")
