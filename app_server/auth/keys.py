"""The key set that signs access tokens: made, rotated and reloaded from one file of mode 0600. Tokens are in tokens.py."""

import base64
import os
import secrets
import stat
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app_server.settings import TokenAlgorithm
from shared_models.errors import NotReady

SECRET_BYTES = 32  # RFC 7518 §3.2: a key as long as the hash output
# Longer than any access token lives (settings: an hour at most), so no valid token loses its key.
KEEP_AFTER_ROTATION = timedelta(hours=2)


class SigningKey(BaseModel):
    """One key: `secret` is a PEM private key for ES256, base64 of random bytes for HS256."""

    model_config = ConfigDict(frozen=True)

    def __hash__(self) -> int:
        """By the name: it is random, and a key never changes."""
        return hash(self.kid)

    kid: str
    algorithm: TokenAlgorithm
    created_at: AwareDatetime
    secret: str = Field(repr=False)

    def signing_material(self) -> str:
        """What signs."""
        return self.secret

    def verifying_material(self) -> str:
        """What verifies: the public half of a pair, or the shared secret."""
        if self.algorithm is TokenAlgorithm.HS256:
            return self.secret
        private = serialization.load_pem_private_key(self.secret.encode(), password=None)
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return public.decode()


class KeySet(BaseModel):
    """All keys that may have signed a token still valid, oldest first."""

    keys: list[SigningKey] = Field(default_factory=list[SigningKey])

    def signing(self, algorithm: TokenAlgorithm) -> SigningKey:
        """The newest key of that algorithm; raises NotReady when there is none."""
        for key in reversed(self.keys):
            if key.algorithm is algorithm:
                return key
        raise NotReady(f"No {algorithm} key to sign with: run `day2053 keys rotate`.")

    def verifying(self, kid: str) -> SigningKey | None:
        """The key of that name."""
        return next((key for key in self.keys if key.kid == kid), None)


class KeyFile:
    """The key set in its file, read again whenever another process has replaced it."""

    def __init__(self, path: Path, algorithm: TokenAlgorithm) -> None:
        self._path = path
        self._algorithm = algorithm
        self._loaded: tuple[tuple[int, int], KeySet] | None = None

    def keys(self) -> KeySet:
        """The keys as they are in the file now; raises NotReady when it cannot be read."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            raise NotReady(f"{self._path.name} is missing from the data folder.") from None
        version = (status.st_mtime_ns, status.st_ino)
        if self._loaded is None or self._loaded[0] != version:
            refuse_public(self._path)
            self._loaded = (version, _read(self._path))
        return self._loaded[1]

    def prepare(self, now: datetime) -> None:
        """Make the first key unless there is one; of several processes that start at once one wins."""
        if not self._path.exists():
            put_first(self._path, _text(KeySet(keys=[_new_key(self._algorithm, now)])))
        if not any(key.algorithm is self._algorithm for key in self.keys().keys):
            self.rotate(now)

    def rotate(self, now: datetime) -> SigningKey:
        """Sign with a new key from now on, and forget the keys that no valid token can need any more."""
        old = self.keys().keys if self._path.exists() else []
        key = _new_key(self._algorithm, now)
        superseded_at = [*(following.created_at for following in old[1:]), now][: len(old)]
        kept = [each for each, at in zip(old, superseded_at, strict=True) if at > now - KEEP_AFTER_ROTATION]
        put_in_place(self._path, _text(KeySet(keys=[*kept, key])))
        return key


def put_first(path: Path, text: str) -> None:
    """Write a private file, whole or not at all, unless another process was faster."""
    temporary = _written(path, text)
    try:
        os.link(temporary, path)  # fails where rename would replace
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def put_in_place(path: Path, text: str) -> None:
    """Write a private file, whole or not at all, in place of what is there."""
    _written(path, text).replace(path)


def refuse_public(path: Path) -> None:
    """Raise NotReady when a file of secrets may be read by other accounts."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotReady(f"{path.name} may be read by others: give it mode 0600.")


def _written(path: Path, text: str) -> Path:
    """A private file beside `path` with the text in it, on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _text(keys: KeySet) -> str:
    return keys.model_dump_json(indent=1)


def _read(path: Path) -> KeySet:
    try:
        return KeySet.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise NotReady(f"{path.name} in the data folder cannot be read.") from None


def _new_key(algorithm: TokenAlgorithm, now: datetime) -> SigningKey:
    match algorithm:
        case TokenAlgorithm.HS256:
            secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        case TokenAlgorithm.ES256:
            private = ec.generate_private_key(ec.SECP256R1())
            secret = private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode()
    return SigningKey(kid=secrets.token_urlsafe(9), algorithm=algorithm, created_at=now, secret=secret)
