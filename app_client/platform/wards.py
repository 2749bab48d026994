"""What a vault tells of those whose stores it keeps, and the words by which it does so; no key, and nothing of a customer."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from shared_models.errors import DomainError


class VaultFailed(DomainError):
    """The vault could not be read or written; `code` is "vault_failed", "vault_damaged" or "disk_full"."""

    code = "vault_failed"


class Standing(Enum):
    """How a store stands: what it takes to work with it."""

    OPEN = "open"
    # Open, and closed to everybody at the next start: a PIN has still to be chosen.
    WANTS_PIN = "wants_pin"
    SHUT = "shut"
    # As shut, without a PIN that could open it: only the password does.
    SEALED = "sealed"
    # Carried over from before there were PINs: whoever has the device may open it, once.
    UNGUARDED = "unguarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """One person of this device. All but `standing` is kept beside the sealed store, readable to whoever has the device.

    `misses` counts the wrong PINs since the last right one, `missed_at` is when the last of them was; `language` and
    `theme` are how the app spoke and looked to them last, "" for unknown.
    """

    staff_id: UUID
    login: str = ""
    name: str = ""
    device_id: str = ""
    language: str = ""
    theme: str = ""
    misses: int = 0
    missed_at: datetime | None = None
    standing: Standing = Standing.SEALED

    def to_text(self) -> str:
        """What is kept of it."""
        kept = {
            "login": self.login,
            "name": self.name,
            "device_id": self.device_id,
            "language": self.language,
            "theme": self.theme,
            "misses": self.misses,
            "missed_at": self.missed_at.isoformat() if self.missed_at else None,
        }
        return json.dumps(kept, ensure_ascii=False)

    @staticmethod
    def from_text(staff_id: UUID, text: str, standing: Standing) -> "Ward":
        """From what was kept; what cannot be read counts as unknown."""
        try:
            kept = json.loads(text or "{}")
            missed_at = kept.get("missed_at")
            return Ward(
                staff_id=staff_id,
                **{name: str(kept.get(name, "")) for name in ("login", "name", "device_id", "language", "theme")},
                misses=int(kept.get("misses", 0)),
                missed_at=datetime.fromisoformat(missed_at) if missed_at else None,
                standing=standing,
            )
        except (ValueError, TypeError, AttributeError):
            return Ward(staff_id=staff_id, standing=standing)
