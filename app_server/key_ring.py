"""A set of secret keys in one file of mode 0600, apart from the database: the newest is in use, no older one is ever dropped."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app_server.auth.keys import put_first, put_in_place, refuse_public
from shared_models.errors import NotReady


class RingKey(BaseModel):
    """One key; `kid` is what names it beside whatever was made with it, `secret` its text in the file."""

    model_config = ConfigDict(frozen=True)

    kid: str
    created_at: AwareDatetime
    secret: str = Field(repr=False)

    @classmethod
    def new(cls, now: datetime) -> Self:
        """A key of its own."""
        raise NotImplementedError


Key = TypeVar("Key", bound=RingKey)


class _KeySet(BaseModel, Generic[Key]):
    keys: list[Key] = Field(min_length=1)


class KeyRing(Generic[Key]):
    """A set of keys in its file, oldest first; read again whenever another process has replaced it."""

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

    def named(self, kid: str) -> Key | None:
        """The key of that name."""
        return next((key for key in self.keys() if key.kid == kid), None)

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


def new_kid() -> str:
    """A name for a key: random, so that no two are ever the same."""
    return secrets.token_urlsafe(9)
