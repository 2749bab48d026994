"""Sealing a card by the cryptography package, where Python is a machine's own; a browser's is browser.py's."""

import os
from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from app_client.platform.abilities import SealingFailed
from shared_models.sealing import IV_BYTES, KEY_BYTES, CardKey, compact, protected_header


class CryptographySealer:
    """Seals in this very process."""

    async def seal(self, clear: bytes, key: CardKey) -> str:
        """A compact JWE of `clear` to the key; raises SealingFailed."""
        header = protected_header(key.kid)
        content_key, iv = os.urandom(KEY_BYTES), os.urandom(IV_BYTES)
        try:
            public = RSAPublicNumbers(_integer(key.e), _integer(key.n)).public_key()
        except ValueError:
            raise SealingFailed("The bank's key cannot be used.") from None
        wrapped = public.encrypt(content_key, OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None))
        encrypted = AESGCM(content_key).encrypt(iv, clear, header.encode())
        return compact(header, wrapped_key=wrapped, iv=iv, encrypted=encrypted)


def _integer(encoded: str) -> int:
    return int.from_bytes(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), "big")
