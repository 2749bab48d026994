"""The vault of a place that has nowhere to keep a key: every store is open, and nobody is asked for a PIN."""

from collections.abc import Callable, Sequence
from uuid import UUID

from app_client.platform.wards import Ward


class NoVault:
    """Guards nothing."""

    @property
    def locks(self) -> bool:
        """Never."""
        return False

    async def wards(self) -> Sequence[Ward]:
        """Nobody."""
        return ()

    async def note(self, ward: Ward) -> None:
        """Nothing is kept."""

    async def admit(self, ward: Ward, device_key: str | None) -> bool:  # noqa: ARG002 - the protocol's
        """Everybody."""
        return True

    async def entrust(self, ward: Ward, device_key: str | None) -> None:
        """Nothing is kept."""

    async def enter(self, staff_id: UUID, pin: str) -> bool:  # noqa: ARG002 - the protocol's
        """There is no PIN."""
        return False

    async def choose_pin(self, staff_id: UUID, pin: str) -> None:
        """There is no PIN."""

    async def shut(self, staff_id: UUID) -> None:
        """Nothing is ever shut."""

    async def forget(self, staff_id: UUID) -> None:
        """Nobody was known."""


class NoAttention:
    """Where nothing is locked, nobody need watch."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:  # noqa: ARG002 - the protocol's
        """Never calls it."""
        return lambda: None
