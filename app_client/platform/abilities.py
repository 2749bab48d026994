"""The protocols of what a device can do, and `Platform`, which holds one of each; no implementation and no Flet here."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app_client.platform.clock import Clock
from app_client.platform.http import Http
from app_client.platform.wards import Ward
from shared_models.errors import DomainError
from shared_models.sealing import CardKey
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


class Links(Protocol):
    """Opens what the server has at a path, outside the app: in a browser's tab, or the device's own player."""

    async def open(self, path: str) -> bool:
        """Open it; False when the device does not."""
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

    async def share(self, name: str, content: bytes) -> bool:
        """Let the person pass it on by the device's share sheet, or save it where there is none; False when they did neither."""
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


class Vault(Protocol):
    """Keeps each person's store shut on this device until they show who they are. All but `locks` may raise VaultFailed.

    `note`, `entrust` and `choose_pin` are durable when they return.
    """

    @property
    def locks(self) -> bool:
        """False where the device has no place for a key: there nobody is ever asked for a PIN."""
        ...

    async def wards(self) -> Sequence[Ward]:
        """Everybody whose store it keeps."""
        ...

    async def note(self, ward: Ward) -> None:
        """Keep what is said of somebody who is among the wards."""
        ...

    async def admit(self, ward: Ward, device_key: str | None) -> bool:
        """Open, or begin, the store of somebody who has just given their password, or is UNGUARDED; they choose a PIN next.

        False when the key that the server gave for it does not open their store: only their PIN does.
        """
        ...

    async def entrust(self, ward: Ward, device_key: str | None) -> None:
        """Keep what is said of somebody, and let this key open their store whenever the PIN is forgotten."""
        ...

    async def enter(self, staff_id: UUID, pin: str) -> bool:
        """Open a store by its PIN, or find that it is the PIN of an open one; False when it is not."""
        ...

    async def choose_pin(self, staff_id: UUID, pin: str) -> None:
        """Let this PIN open the store, which is open and wants one, from now on."""
        ...

    async def shut(self, staff_id: UUID) -> None:
        """Take a closed store out of memory and forget its key. What is not kept yet is kept first; else it stays open."""
        ...

    async def forget(self, staff_id: UUID) -> None:
        """Forget somebody with all their keys; their store cannot be opened by anybody afterwards."""
        ...


class SealingFailed(DomainError):
    """The device could not seal the card; nothing of the number is in the reason."""

    code = "sealing_failed"


class Sealer(Protocol):
    """Encrypts a card's number so that only the server can open it."""

    async def seal(self, clear: bytes, key: CardKey) -> str:
        """A compact JWE of `clear` to the key; raises SealingFailed."""
        ...


class Attention(Protocol):
    """Notices that somebody is using the device."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at a touch or a key, once a second at most; returns what ends it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One device, or one browser's view of it. `open_http` makes a client for the server's address.

    `sealer` None: the device cannot seal, so a card is never asked for more than its last four digits.
    """

    clock: Clock
    storage: Storage
    dialler: Dialler
    links: Links
    location: Location
    connectivity: Connectivity
    files: Files
    keeper: SessionKeeper
    vault: Vault
    attention: Attention
    sealer: Sealer | None
    open_http: Callable[[], Http]
    device_name: str
