"""The bank's public card keys as they were last fetched: what a check-in without network seals to. No number and no secret is here."""

import sqlite3
from datetime import datetime

from pydantic import AwareDatetime

from app_client.store.meta import Meta, get_meta, set_meta
from shared_models.sealing import CardKey, CardKeys


class KeptCardKeys(CardKeys):
    """The server's answer, and when it came by this device's clock."""

    fetched_at: AwareDatetime


def keep_card_keys(tx: sqlite3.Connection, keys: CardKeys, *, now: datetime) -> None:
    """Keep these in place of the former ones: of those the server opens what was sealed to them for ever."""
    kept = KeptCardKeys(keys=keys.keys, fetched_at=now)
    set_meta(tx, Meta.CARD_KEYS, kept.model_dump_json())


def kept_card_keys(tx: sqlite3.Connection) -> KeptCardKeys | None:
    """What is kept; None before the first fetch."""
    kept = get_meta(tx, Meta.CARD_KEYS)
    return None if kept is None else KeptCardKeys.model_validate_json(kept)


def card_key(tx: sqlite3.Connection) -> CardKey | None:
    """The key to seal to; None before the first fetch."""
    kept = kept_card_keys(tx)
    return None if kept is None else kept.keys[0]
