"""The two key sets of cards, each a file of mode 0600 apart from the database: what phones seal to, and what digests are made under."""

import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app_server.auth.keys import put_first, put_in_place, refuse_public
from shared_models.errors import NotReady
from shared_models.sealing import CardKey, base64url

RSA_BITS, PUBLIC_EXPONENT = 3072, 65537  # NIST SP 800-57: 128 bits, good beyond 2030
DIGEST_KEY_BYTES = 32


class SealingKey(BaseModel):
    """A pair of keys as its private half in PEM; `kid` is what a sealed card names it by."""

    model_config = ConfigDict(frozen=True)

    kid: str
    created_at: AwareDatetime
    secret: str = Field(repr=False)

    @classmethod
    def new(cls, now: datetime) -> "SealingKey":
        """A pair of its own."""
        private = generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(kid=_new_kid(), created_at=now, secret=pem.decode())

    def private(self) -> RSAPrivateKey:
        """The private half, ready to use."""
        return _private(self.secret)

    def public(self) -> CardKey:
        """The public half, as phones have it."""
        numbers = self.private().public_key().public_numbers()
        return CardKey(kid=self.kid, n=_base64url_integer(numbers.n), e=_base64url_integer(numbers.e))


class DigestKey(BaseModel):
    """A secret of which the database has the name, `kid`, beside each digest made under it."""

    model_config = ConfigDict(frozen=True)

    kid: str
    created_at: AwareDatetime
    secret: str = Field(repr=False)

    @classmethod
    def new(cls, now: datetime) -> "DigestKey":
        """256 random bits."""
        return cls(kid=_new_kid(), created_at=now, secret=secrets.token_hex(DIGEST_KEY_BYTES))

    def material(self) -> bytes:
        """The bits."""
        return bytes.fromhex(self.secret)


Key = TypeVar("Key", SealingKey, DigestKey)


class _KeySet(BaseModel, Generic[Key]):
    keys: list[Key] = Field(min_length=1)


class CardKeyFile(Generic[Key]):
    """A set of keys in its file, oldest first; read again whenever another process has replaced it. No key is ever dropped.

    An outbox that was lost for months names the key it was sealed to, and a digest the key it was made under.
    """

    def __init__(self, path: Path, kind: type[Key]) -> None:
        self._path = path
        self._kind: type[Key] = kind
        self._loaded: tuple[tuple[int, int], list[Key]] | None = None

    def keys(self) -> list[Key]:
        """The keys as they are in the file now, none before the first is made; raises NotReady when they cannot be read."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return []
        version = (status.st_mtime_ns, status.st_ino)
        if self._loaded is None or self._loaded[0] != version:
            refuse_public(self._path)
            self._loaded = (version, self._read())
        return self._loaded[1]

    def newest(self, now: datetime) -> Key:
        """The key in use, made if there is none; of several processes that make one at once one wins."""
        if not self.keys():
            put_first(self._path, self._text([self._kind.new(now)]))
        return self.keys()[-1]

    def rotate(self, now: datetime) -> Key:
        """Use a new key from now on; the older ones stay."""
        key = self._kind.new(now)
        put_in_place(self._path, self._text([*self.keys(), key]))
        return key

    def _read(self) -> list[Key]:
        try:
            return _KeySet[self._kind].model_validate_json(self._path.read_bytes()).keys
        except (OSError, ValidationError):
            raise NotReady(f"{self._path.name} in the data folder cannot be read.") from None

    def _text(self, keys: list[Key]) -> str:
        return _KeySet[self._kind](keys=keys).model_dump_json(indent=1)


@lru_cache(maxsize=32)
def _private(pem: str) -> RSAPrivateKey:
    # Checking a key while it is read takes a hundred times as long as opening a card with it.
    private = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, RSAPrivateKey):
        raise NotReady("A card key in the data folder is no RSA key.")
    return private


def _new_kid() -> str:
    return secrets.token_urlsafe(9)


def _base64url_integer(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
