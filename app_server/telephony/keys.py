"""The keys that exchanges sign their events with: made, listed and removed in one file of mode 0600; and the check of a signature."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app_server.auth.keys import put_in_place, refuse_public
from app_server.signatures import sign
from shared_models.errors import BadInput, NotFound, NotReady, NotSignedIn
from shared_models.telephony import ProviderName

SECRET_BYTES = 32
REPLAY_SECONDS = 300
_TIMESTAMP_DIGITS = 10
_PROVIDER: TypeAdapter[str] = TypeAdapter(ProviderName)


class NotSigned(NotSignedIn):
    """The request is not signed by a key of that provider just now; which part is wrong is not told."""

    code = "not_signed"
    challenge = "Day2053-HMAC-SHA256"


class TelephonyKey(BaseModel):
    """One key of one provider; `secret` is URL-safe text, and its bytes are what signs."""

    model_config = ConfigDict(frozen=True)

    key_id: str
    provider: ProviderName
    created_at: AwareDatetime
    secret: str = Field(repr=False)


class TelephonyKeys(BaseModel):
    """All keys, oldest first. While a provider changes over to a new one, both of its keys are good."""

    keys: list[TelephonyKey] = Field(default_factory=list[TelephonyKey])


@dataclass(frozen=True, slots=True)
class Signature:
    """What the three headers of a request say; "" for one that is missing."""

    key_id: str
    timestamp: str
    digest: str


class TelephonyKeyFile:
    """The keys in their file, read again whenever it has been replaced; no file, no keys."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loaded: tuple[tuple[int, int], TelephonyKeys] | None = None

    def keys(self) -> TelephonyKeys:
        """The keys as they are in the file now; raises NotReady when it cannot be read, or may be by others."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return TelephonyKeys()
        version = (status.st_mtime_ns, status.st_ino)
        if self._loaded is None or self._loaded[0] != version:
            refuse_public(self._path)
            self._loaded = (version, self._read())
        return self._loaded[1]

    def add(self, provider: str, now: datetime) -> TelephonyKey:
        """Make a further key for a provider; raises BadInput for a name that is none."""
        try:
            name = _PROVIDER.validate_python(provider)
        except ValidationError:
            raise BadInput("A provider's name is small letters, digits, - and _, and begins with a letter.") from None
        key = TelephonyKey(
            key_id=secrets.token_hex(8),
            provider=name,
            created_at=now,
            secret=base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).rstrip(b"=").decode(),
        )
        self._write([*self.keys().keys, key])
        return key

    def remove(self, provider: str, key_id: str) -> None:
        """Let a key sign no more; raises NotFound."""
        keys = self.keys().keys
        kept = [key for key in keys if (key.provider, key.key_id) != (provider, key_id)]
        if len(kept) == len(keys):
            raise NotFound(f"{provider} has no key {key_id}.")
        self._write(kept)

    def check(self, provider: str, signature: Signature, body: bytes, *, now: datetime) -> None:
        """Raise NotSigned unless a key of that provider signed this body within the last five minutes."""
        found = [k for k in self.keys().keys if k.provider == provider and k.key_id == signature.key_id]
        # The same work for a key that there is not, so that nobody learns which there are.
        secret = found[0].secret if found else "-" * len(base64.urlsafe_b64encode(bytes(SECRET_BYTES)).rstrip(b"="))
        expected = sign(secret, timestamp=signature.timestamp, body=body)
        is_same = hmac.compare_digest(expected.encode(), signature.digest.lower().encode("utf-8", "replace"))
        if not (found and is_same and _is_fresh(signature.timestamp, now)):
            raise NotSigned("The request is not signed by a key of this provider, or its timestamp is not of now.")

    def _read(self) -> TelephonyKeys:
        try:
            return TelephonyKeys.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            raise NotReady(f"{self._path.name} in the data folder cannot be read.") from None

    def _write(self, keys: list[TelephonyKey]) -> None:
        put_in_place(self._path, TelephonyKeys(keys=keys).model_dump_json(indent=1))


def recording_text(record_id: str, sha256: str) -> bytes:
    """What is signed of a recording in place of a body: whose it is, and the SHA-256 of its bytes in hexadecimal.

    No batch of events reads like this, so neither signature passes for the other.
    """
    return f"recording\n{record_id}\n{sha256}".encode("utf-8", "replace")


def _is_fresh(timestamp: str, now: datetime) -> bool:
    is_number = len(timestamp) == _TIMESTAMP_DIGITS and timestamp.isascii() and timestamp.isdecimal()
    return is_number and abs(now.timestamp() - int(timestamp)) <= REPLAY_SECONDS
