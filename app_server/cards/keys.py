"""The two kinds of cards' keys: what phones seal to, and what digests are made under. Their files are key_ring.py's."""

import secrets
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from app_server.key_ring import RingKey, new_kid
from shared_models.errors import NotReady
from shared_models.sealing import CardKey, base64url

RSA_BITS, PUBLIC_EXPONENT = 3072, 65537  # NIST SP 800-57: 128 bits, good beyond 2030
DIGEST_KEY_BYTES = 32


class SealingKey(RingKey):
    """A pair of keys as its private half in PEM; `kid` is what a sealed card names it by.

    None is ever dropped: an outbox that was lost for months names the key it was sealed to.
    """

    @classmethod
    def new(cls, now: datetime) -> "SealingKey":
        """A pair of its own."""
        private = generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(kid=new_kid(), created_at=now, secret=pem.decode())

    def private(self) -> RSAPrivateKey:
        """The private half, ready to use."""
        return _private(self.secret)

    def public(self) -> CardKey:
        """The public half, as phones have it."""
        numbers = self.private().public_key().public_numbers()
        return CardKey(kid=self.kid, n=_base64url_integer(numbers.n), e=_base64url_integer(numbers.e))


class DigestKey(RingKey):
    """A secret of which the database has the name, `kid`, beside each digest made under it."""

    @classmethod
    def new(cls, now: datetime) -> "DigestKey":
        """256 random bits."""
        return cls(kid=new_kid(), created_at=now, secret=secrets.token_hex(DIGEST_KEY_BYTES))

    def material(self) -> bytes:
        """The bits."""
        return bytes.fromhex(self.secret)


@lru_cache(maxsize=32)
def _private(pem: str) -> RSAPrivateKey:
    # Checking a key while it is read takes a hundred times as long as opening a card with it.
    private = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, RSAPrivateKey):
        raise NotReady("A card key in the data folder is no RSA key.")
    return private


def _base64url_integer(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
