"""What a device is given at a sign-in with the password, to open its own sealed store when the PIN is forgotten.

Derived each time and kept nowhere: the same device of the same person gets the same key, for as long as the secret lives.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path
from uuid import UUID

from app_server.auth.keys import put_first, refuse_public
from shared_models.errors import NotReady

SECRET_BYTES = 32
# Part of what every key is derived from: a change of this word closes every store that nobody has the PIN of.
_PURPOSE = "day2053 device key 1"


class DeviceKeys:
    """Derives the keys from one secret, a file of mode 0600 that is made once and never rotated."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Make the secret unless there is one; of several processes that start at once one wins."""
        if not self._path.exists():
            put_first(self._path, secrets.token_hex(SECRET_BYTES))

    def key_for(self, *, staff_id: UUID, device_id: str) -> str:
        """256 bits as URL-safe text, without padding; raises NotReady without the secret."""
        # The secret is uniform, so one HMAC is a derivation (RFC 5869 §3.3); a staff id has one length, so no two pairs meet.
        derived = hmac.digest(_secret(self._path), f"{_PURPOSE}\0{staff_id}\0{device_id}".encode(), "sha256")
        return urlsafe_b64encode(derived).rstrip(b"=").decode()


@cache
def _secret(path: Path) -> bytes:
    try:
        refuse_public(path)
        secret = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        raise NotReady(f"{path.name} in the data folder is missing or cannot be read.") from None
    if len(secret) != SECRET_BYTES:
        raise NotReady(f"{path.name} in the data folder is not whole.")
    return secret
