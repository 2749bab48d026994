"""The six digits: by time for an outlet's screen (RFC 6238), by chance for one customer, and what may be kept of them."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app_server.cards.keys import DigestKey
from shared_models.confirmations import CODE_DIGITS, CODE_PERIOD, SCREEN_HOURS
from shared_models.visits import ConfirmationResult

# Of a clock, and of a person who reads, says and types.
PERIODS_EITHER_SIDE = 1
# How far away a code is still known as one of another time: an hour.
PERIODS_LOOKED_AT = 60


def totp(secret: bytes, counter: int, *, digits: int = CODE_DIGITS) -> str:
    """The code of a period (RFC 4226 §5.3 with HMAC-SHA-256, as RFC 6238 §1.2 allows)."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), "sha256")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def period_of(at: datetime) -> int:
    """Which period since 1970 an instant is in."""
    return int(at.timestamp()) // int(CODE_PERIOD.total_seconds())


def starts_at(period: int) -> datetime:
    """When a period begins."""
    return datetime.fromtimestamp(0, UTC) + period * CODE_PERIOD


def screen_secret(key: DigestKey, unit_id: UUID) -> bytes:
    """What the codes of one outlet's screen are made of; of another outlet's it says nothing."""
    return hmac.digest(key.material(), b"outlet screen " + unit_id.bytes, "sha256")


def screen_result(code: str, keys: Sequence[DigestKey], *, unit_id: UUID, at: datetime) -> ConfirmationResult:
    """Whether an outlet's screen showed the code at that instant, or in the hour before or after it; `keys` oldest first."""
    now = period_of(at)
    near = range(now - PERIODS_EITHER_SIDE, now + PERIODS_EITHER_SIDE + 1)
    around = range(now - PERIODS_LOOKED_AT, now + PERIODS_LOOKED_AT + 1)
    result = ConfirmationResult.WRONG
    for key in shown_under(keys, at):
        secret = screen_secret(key, unit_id)
        if any(hmac.compare_digest(totp(secret, period), code) for period in near):
            return ConfirmationResult.MATCHED
        if any(hmac.compare_digest(totp(secret, period), code) for period in around):
            result = ConfirmationResult.EXPIRED
    return result


def shown_under(keys: Sequence[DigestKey], at: datetime) -> list[DigestKey]:
    """The keys of which a screen may have had codes at that instant: one has them for hours, so a former key's as well."""
    until = [*(key.created_at for key in keys[1:]), datetime.max.replace(tzinfo=UTC)]
    earliest, latest = at - timedelta(hours=SCREEN_HOURS), at + PERIODS_LOOKED_AT * CODE_PERIOD
    return [key for key, end in zip(keys, until, strict=True) if key.created_at <= latest and end >= earliest]


def random_code() -> str:
    """A code that nobody can foresee."""
    return str(secrets.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)


def digest_of_code(code: str, key: DigestKey, *, confirmation_id: UUID) -> bytes:
    """HMAC-SHA-256 of a code that was sent: without the key, trying a million of them tells nobody anything."""
    return hmac.digest(key.material(), b"sent code " + confirmation_id.bytes + code.encode(), "sha256")
