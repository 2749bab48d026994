"""The vault of a phone's app: the PIN is checked against what the system's secure store keeps; the store's file stays where it is.

Whoever can read the app's private folder needs no PIN. It stands between an unlocked phone and the screens; see docs/security.md.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from app_client.platform.wards import Standing, VaultFailed, Ward

# OWASP's Password Storage Cheat Sheet for PBKDF2-HMAC-SHA256.
ROUNDS = 600_000
SALT_BYTES = 16


class Secrets(Protocol):
    """One text in the system's secure store. Raises VaultFailed."""

    async def read(self) -> str | None:
        """What was written last, if anything."""
        ...

    async def write(self, text: str) -> None:
        """Keep this in its place."""
        ...


@dataclass(slots=True)
class _Kept:
    about: str
    salt: str = ""
    rounds: int = 0
    verifier: str = ""


class SecureStoreVault:
    """PINs of everybody on this phone; which stores are open is known in memory only."""

    def __init__(self, kept_in: Secrets) -> None:
        self._secrets = kept_in
        self._standing: dict[UUID, Standing] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def locks(self) -> bool:
        """Always: every phone has a secure store."""
        return True

    async def wards(self) -> Sequence[Ward]:
        """Everybody who has signed in on this phone and not out."""
        async with self._one_at_a_time:
            return [
                Ward.from_text(staff_id, kept.about, self._standing_of(staff_id, kept))
                for staff_id, kept in (await self._load()).items()
            ]

    async def note(self, ward: Ward) -> None:
        """Keep what is said of somebody."""
        async with self._one_at_a_time:
            people = await self._load()
            people[ward.staff_id].about = ward.to_text()
            await self._keep(people)

    async def admit(self, ward: Ward, device_key: str | None) -> bool:  # noqa: ARG002 - nothing here is sealed by it
        """Let in who has just given their password."""
        async with self._one_at_a_time:
            people = await self._load()
            if ward.staff_id not in people:
                people[ward.staff_id] = _Kept(ward.to_text())
                await self._keep(people)
            self._standing.setdefault(ward.staff_id, Standing.WANTS_PIN)
            return True

    async def entrust(self, ward: Ward, device_key: str | None) -> None:  # noqa: ARG002 - as above
        """Keep what is said of somebody."""
        await self.note(ward)

    async def enter(self, staff_id: UUID, pin: str) -> bool:
        """Let in who has the PIN."""
        async with self._one_at_a_time:
            kept = (await self._load())[staff_id]
            is_right = hmac.compare_digest(kept.verifier, await _verifier(pin, kept.salt, kept.rounds))
            if is_right:
                self._standing.setdefault(staff_id, Standing.OPEN)
            return is_right

    async def choose_pin(self, staff_id: UUID, pin: str) -> None:
        """Let this PIN in from now on."""
        async with self._one_at_a_time:
            people = await self._load()
            kept = people[staff_id]
            kept.salt, kept.rounds = secrets.token_hex(SALT_BYTES), ROUNDS
            kept.verifier = await _verifier(pin, kept.salt, kept.rounds)
            await self._keep(people)
            self._standing[staff_id] = Standing.OPEN

    async def shut(self, staff_id: UUID) -> None:
        """Ask for the PIN from now on."""
        self._standing.pop(staff_id, None)

    async def forget(self, staff_id: UUID) -> None:
        """Forget somebody's PIN with them."""
        async with self._one_at_a_time:
            self._standing.pop(staff_id, None)
            people = await self._load()
            if people.pop(staff_id, None) is not None:
                await self._keep(people)

    def _standing_of(self, staff_id: UUID, kept: _Kept) -> Standing:
        return self._standing.get(staff_id, Standing.SHUT if kept.verifier else Standing.SEALED)

    async def _load(self) -> dict[UUID, _Kept]:
        text = await self._secrets.read()
        try:
            people: dict[str, dict[str, Any]] = json.loads(text or "{}")
            return {UUID(staff_id): _Kept(**kept) for staff_id, kept in people.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise VaultFailed("What the secure store keeps cannot be read.") from error

    async def _keep(self, people: dict[UUID, _Kept]) -> None:
        kept = {
            str(staff_id): {
                "about": each.about,
                "salt": each.salt,
                "rounds": each.rounds,
                "verifier": each.verifier,
            }
            for staff_id, each in people.items()
        }
        await self._secrets.write(json.dumps(kept))


async def _verifier(pin: str, salt: str, rounds: int) -> str:
    # In a thread: it takes part of a second, and the sync goes on meanwhile.
    derived = await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", pin.encode(), bytes.fromhex(salt), rounds)
    return derived.hex()
