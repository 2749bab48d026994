"""Where store files lie on a device with a disk of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DiskStorage:
    """A folder on a disk, where SQLite's own fsync makes a commit durable."""

    root: Path

    @property
    def durable(self) -> Callable[[], Awaitable[None]] | None:
        """Nothing to wait for."""
        return None
