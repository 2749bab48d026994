"""The protocols of what a device can do, and `Platform`, which holds one of each; no implementation and no Flet here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app_client.platform.clock import Clock
from app_client.platform.http import Http
from shared_models.visits import Fix


@dataclass(frozen=True, slots=True)
class KeptSession:
    """What the device remembers of a sign-in: whose store to open, and the secret that opens it. No token."""

    staff_id: UUID
    secret: str


class Storage(Protocol):
    """Where the store files lie."""

    @property
    def root(self) -> Path:
        """The folder of the store files, one per member of staff."""
        ...

    @property
    def durable(self) -> Callable[[], Awaitable[None]] | None:
        """Awaited after a commit where that alone does not outlive the process; None where it does. Raises OSError."""
        ...


class Dialler(Protocol):
    """Starts a phone call."""

    async def dial(self, phone: str) -> bool:
        """Open the device's dialler with the number; False when the device has none."""
        ...


class Location(Protocol):
    """Says where the device is: one fix when asked, never a track (PIPL art. 28)."""

    async def fix(self) -> Fix | None:
        """One fix, or None when the device, the person or the time-out refuses."""
        ...


class Connectivity(Protocol):
    """Tells when the network may be back; only a hint to try again, never a reason not to."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a network appears; returns what ends it."""
        ...


class Files(Protocol):
    """Hands a file to the person, to keep or to pass on."""

    async def save(self, name: str, content: bytes) -> bool:
        """Let the person save it under that or another name; False when they did not, or the device cannot."""
        ...


class SessionKeeper(Protocol):
    """Keeps the signed-in session where the device does, over reloads and restarts. Never raises."""

    async def load(self) -> KeptSession | None:
        """What was kept last, if it can be read."""
        ...

    async def keep(self, kept: KeptSession) -> None:
        """Keep this in place of what was kept before."""
        ...

    async def forget(self) -> None:
        """Keep nothing any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One device, or one browser's view of it. `open_http` makes a client for the server's address."""

    clock: Clock
    storage: Storage
    dialler: Dialler
    location: Location
    connectivity: Connectivity
    files: Files
    keeper: SessionKeeper
    open_http: Callable[[], Http]
    device_name: str
