"""Passwords: argon2id hashes, the same work for a login that does not exist, and temporary ones to hand over."""

import secrets
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# Letters and digits that are not taken for each other when read aloud.
TEMPORARY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TEMPORARY_LENGTH = 12

_hasher = PasswordHash((Argon2Hasher(),))


def temporary_password() -> str:
    """A password to hand over once."""
    return "".join(secrets.choice(TEMPORARY_LETTERS) for _ in range(TEMPORARY_LENGTH))


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
