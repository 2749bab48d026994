"""The store's few single values: device id, staff, tokens, cursor, clock offset, unlock digests, language, theme."""

import hashlib
import hmac
import json
import sqlite3
from datetime import datetime, timedelta
from enum import StrEnum

from shared_models.org import Staff

# A browser that has not come back for longer than any refresh token lives is forgotten.
UNLOCK_LIFETIME = timedelta(days=90)
MOST_UNLOCKS = 16


class Meta(StrEnum):
    """The keys of the meta table that store, sync and signing in use; a capability may keep its own beside them."""

    DEVICE_ID = "device_id"
    STAFF = "staff"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a key
    CURSOR = "cursor"
    NEXT_SEQ = "next_seq"
    CLOCK_OFFSET_MS = "clock_offset_ms"
    CLOCK_SAMPLES = "clock_samples"
    LAST_SYNCED_AT = "last_synced_at"
    UNLOCK_DIGESTS = "unlock_digests"
    SNAPSHOT = "snapshot"
    CARD_KEYS = "card_keys"
    LANGUAGE = "language"
    THEME = "theme"


def get_meta(tx: sqlite3.Connection, key: str) -> str | None:
    """The value under that key, if any."""
    row = tx.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row["value"])


def set_meta(tx: sqlite3.Connection, key: str, value: str | None) -> None:
    """Keep a value under that key; None removes it."""
    if value is None:
        tx.execute("DELETE FROM meta WHERE key = ?", (key,))
    else:
        tx.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value))


def staff(tx: sqlite3.Connection) -> Staff | None:
    """Whose store this is; None before the first sign-in was completed."""
    kept = get_meta(tx, Meta.STAFF)
    return None if kept is None else Staff.model_validate_json(kept)


def clock_offset_ms(tx: sqlite3.Connection) -> int:
    """How far a right clock is ahead of this device's, in milliseconds, as last measured."""
    return int(get_meta(tx, Meta.CLOCK_OFFSET_MS) or 0)


def last_synced_at(tx: sqlite3.Connection) -> datetime | None:
    """When the last complete sync ended, by this device's clock."""
    kept = get_meta(tx, Meta.LAST_SYNCED_AT)
    return None if kept is None else datetime.fromisoformat(kept)


def add_unlock(tx: sqlite3.Connection, secret: str, *, now: datetime) -> None:
    """Let this secret open the store; only its SHA-256 is kept."""
    digests = {
        digest: used_at
        for digest, used_at in _unlock_digests(tx).items()
        if now - datetime.fromisoformat(used_at) <= UNLOCK_LIFETIME
    }
    newest = sorted(digests.items(), key=lambda entry: entry[1], reverse=True)[: MOST_UNLOCKS - 1]
    set_meta(tx, Meta.UNLOCK_DIGESTS, json.dumps({**dict(newest), _digest(secret): now.isoformat()}))


def remove_unlock(tx: sqlite3.Connection, secret: str) -> int:
    """Let this secret open the store no more; returns how many others still do."""
    digests = _unlock_digests(tx)
    digests.pop(_digest(secret), None)
    set_meta(tx, Meta.UNLOCK_DIGESTS, json.dumps(digests))
    return len(digests)


def other_unlocks(tx: sqlite3.Connection, secret: str, *, now: datetime) -> int:
    """How many other browsers may still open the store."""
    return sum(
        digest != _digest(secret) and now - datetime.fromisoformat(used_at) <= UNLOCK_LIFETIME
        for digest, used_at in _unlock_digests(tx).items()
    )


def is_unlocked_by(tx: sqlite3.Connection, secret: str) -> bool:
    """Whether this secret opens the store; each digest is compared in constant time."""
    given = _digest(secret)
    return any(hmac.compare_digest(given, kept) for kept in _unlock_digests(tx))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _unlock_digests(tx: sqlite3.Connection) -> dict[str, str]:
    return json.loads(get_meta(tx, Meta.UNLOCK_DIGESTS) or "{}")
