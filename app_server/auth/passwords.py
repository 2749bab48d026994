"""Passwords: argon2id hashes, and the same work for a login that does not exist."""

from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def is_password(password: str, stored_hash: str | None) -> bool:
    """Whether the password is the one behind the hash; None (no such login) takes as long and says no."""
    if stored_hash is None:
        _hasher.verify(password, nobodys_hash())
        return False
    return _hasher.verify(password, stored_hash)


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """What the password of an unknown login is compared with; made once, so ask for it before anybody signs in."""
    return _hasher.hash("nobody has this password")
