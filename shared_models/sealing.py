"""The card (卡): reading a number that is typed or swiped, and what is sealed of it. How it is encrypted is the platform's and the server's."""

import json
import re
import unicodedata
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared_models.errors import BadInput
from shared_models.text import Code

SHORTEST_PAN, LONGEST_PAN = 12, 19  # ISO/IEC 7812-1; UnionPay's debit cards have 16 to 19
ALGORITHM = "RSA-OAEP-256"
ENCRYPTION = "A256GCM"
KEY_BYTES, IV_BYTES = 32, 12  # RFC 7518 §5.3

# A magnetic stripe's first two tracks: the number stands between a sentinel and a separator, and what follows is secret.
_STRIPE = re.compile(r"[%;]?[Bb]?([0-9][0-9 \-]*)?([=^].*)?", re.DOTALL)
_BASE64URL = r"^[A-Za-z0-9_-]+$"


class CardRefused(BadInput):
    """What was typed or swiped is no card number; `code` says why, and the number is in no text of it."""

    code = "card_not_digits"


class NotSealed(BadInput):
    """What was opened is not what a phone seals."""

    code = "card_not_sealed"


@dataclass(frozen=True, slots=True, repr=False)
class CardNumber:
    """A full card number (PAN), in memory alone. No text of this object shows it: a crash report must not."""

    digits: str

    def __repr__(self) -> str:
        return f"CardNumber({masked(self.digits)})"

    __str__ = __repr__

    @property
    def last4(self) -> str:
        """What may be kept and shown of it."""
        return self.digits[-4:]


class CardKey(BaseModel):
    """The public key that cards are sealed to, as a JWK (RFC 7517)."""

    model_config = ConfigDict(frozen=True)

    kty: Literal["RSA"] = "RSA"
    use: Literal["enc"] = "enc"
    alg: Literal["RSA-OAEP-256"] = ALGORITHM
    kid: Code
    n: Annotated[str, StringConstraints(max_length=2048, pattern=_BASE64URL)]
    e: Annotated[str, StringConstraints(max_length=16, pattern=_BASE64URL)]


class CardKeys(BaseModel):
    """The answer of `GET /api/v1/keys` (a JWK set): the first is the one to seal to."""

    keys: list[CardKey] = Field(min_length=1)


class _Sealed(BaseModel):
    pan: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{SHORTEST_PAN},{LONGEST_PAN}}}$")] = Field(repr=False)
    nonce: UUID


def digits_of(text: str) -> str:
    """The digits of the number in what has been typed or swiped so far; "" while there are none, or when it is no number."""
    found = _STRIPE.fullmatch(_plain(text))
    return "" if found is None else re.sub("[ -]", "", found.group(1) or "")


def completed(text: str) -> CardNumber | None:
    """The number as soon as no key can follow that would change it: a stripe's separator, or the longest number there is.

    A shorter number is complete when the person says so: the first 16 digits of one card in ten pass for a card's own.
    """
    found = _STRIPE.fullmatch(_plain(text))
    digits = digits_of(text)
    is_over = found is not None and bool(found.group(2))
    return CardNumber(digits) if (is_over or len(digits) == LONGEST_PAN) and _trouble(digits) is None else None


def read_card(text: str) -> CardNumber:
    """The number in a finished text, typed or swiped: the number alone, whatever else the stripe had. Raises CardRefused."""
    digits = digits_of(text)
    if not digits:
        raise CardRefused("A card number has digits only.")
    trouble = _trouble(digits)
    if trouble is not None:
        code, detail = trouble
        raise CardRefused(detail, code=code)
    return CardNumber(digits)


def masked(digits: str) -> str:
    """The digits in fours, all but the last four as dots; the first twelve digits are never among those shown."""
    shown = "".join(digit if 12 <= place >= len(digits) - 4 else "•" for place, digit in enumerate(digits))
    return " ".join(shown[start : start + 4] for start in range(0, len(shown), 4))


def masked_end(last4: str) -> str:
    """A card of which only the last four digits are known."""
    return f"•••• •••• •••• {last4}"


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1 annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def clear_text(card: CardNumber, nonce: UUID) -> bytes:
    """What is encrypted: the number, and the visit's id, so that a sealed card is good for that visit alone."""
    return json.dumps({"pan": card.digits, "nonce": str(nonce)}, separators=(",", ":")).encode()


def read_clear_text(clear: bytes) -> tuple[CardNumber, UUID]:
    """What a phone sealed, number and nonce; raises NotSealed."""
    try:
        sealed = _Sealed.model_validate_json(clear)
    except ValidationError:
        # Without its cause, which shows the input.
        raise NotSealed("The sealed card does not hold a number and a nonce.") from None
    if not passes_luhn(sealed.pan):
        raise NotSealed("The sealed card's number is none.")
    return CardNumber(sealed.pan), sealed.nonce


def protected_header(kid: str) -> str:
    """The encoded header of a compact JWE (RFC 7516 §3.1); its ASCII bytes are the additional authenticated data."""
    header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": kid}
    return base64url(json.dumps(header, separators=(",", ":")).encode())


def compact(header: str, *, wrapped_key: bytes, iv: bytes, encrypted: bytes) -> str:
    """The compact JWE; `encrypted` ends in the tag of 16 bytes, as AES-GCM gives it everywhere but in JWE."""
    text, tag = encrypted[:-16], encrypted[-16:]
    return ".".join([header, *(base64url(part) for part in (wrapped_key, iv, text, tag))])


def base64url(value: bytes) -> str:
    """Without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _plain(text: str) -> str:
    # A Chinese keyboard may give full-width digits; a reader ends with Enter, which some send as a line break.
    return unicodedata.normalize("NFKC", text).strip()


def _trouble(digits: str) -> tuple[str, str] | None:
    if len(digits) < SHORTEST_PAN:
        return "card_too_short", "The card number is too short."
    if len(digits) > LONGEST_PAN:
        return "card_too_long", "The card number is too long."
    if not passes_luhn(digits):
        return "card_mistyped", "This is no card number: a digit is wrong, or two are swapped."
    return None
