"""Opening a sealed card (compact JWE) in memory, and the keyed digest of a number. With auth/tokens.py the only importer of jose."""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jose import jwe
from jose.exceptions import JOSEError

from app_server.cards.keys import DigestKey, SealingKey
from shared_models.sealing import ALGORITHM, ENCRYPTION, CardNumber, NotSealed, read_clear_text

# A card's own is 700; more is somebody's, who may not make the server work for it.
MAX_SEALED_CHARS = 2048


def open_card(sealed: str, keys: Sequence[SealingKey]) -> tuple[CardNumber, UUID]:
    """The number and the nonce that a phone sealed; raises NotSealed, with nothing of the card in it."""
    if len(sealed) > MAX_SEALED_CHARS:
        raise NotSealed("The sealed card is too long.")
    key = _key_of(_header(sealed), keys)
    try:
        # The key itself and not its text: jose would read and check that each time.
        private: Any = key.private()  # jose's stubs know text and dict only
        clear = jwe.decrypt(sealed, private)
    except (JOSEError, ValueError, TypeError, KeyError):
        raise NotSealed("The sealed card cannot be opened.") from None
    return read_clear_text(clear or b"")


def digest_of_card(card: CardNumber, key: DigestKey) -> bytes:
    """HMAC-SHA-256 of the number: without the key, trying every number there is tells nobody anything."""
    return hmac.digest(key.material(), card.digits.encode(), "sha256")


def _header(sealed: str) -> dict[str, Any]:
    encoded = sealed.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, RecursionError):
        raise NotSealed("The sealed card has no header.") from None
    if not isinstance(header, dict):
        raise NotSealed("The sealed card has no header.")
    return header  # pyright: ignore[reportUnknownVariableType] - JSON; its keys are strings


def _key_of(header: dict[str, Any], keys: Sequence[SealingKey]) -> SealingKey:
    # These three words and no other: no compression, and no algorithm but ours (RFC 8725 §3.1, §3.6).
    if header.keys() != {"alg", "enc", "kid"} or (header["alg"], header["enc"]) != (ALGORITHM, ENCRYPTION):
        raise NotSealed("The sealed card is sealed in another way.")
    key = next((each for each in keys if each.kid == header["kid"]), None)
    if key is None:
        raise NotSealed("The sealed card is sealed to a key that is not ours.")
    return key
