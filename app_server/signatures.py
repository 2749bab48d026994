"""The signature of a body that one program sends another: exchanges sign to us, we to the bank's gateway."""

import hmac


def sign(secret: str, *, timestamp: str, body: bytes) -> str:
    """The signature of a body: HMAC-SHA-256 over the timestamp, a full stop and the body, in hexadecimal."""
    return hmac.digest(secret.encode(), timestamp.encode("utf-8", "replace") + b"." + body, "sha256").hex()
