"""What the lock reads of an open store: after how many idle minutes it locks, and whether a call is under way."""

from datetime import datetime

from app_client.calls.queries import call_in_progress
from app_client.lock.idle import CHOICES, USUAL_MINUTES
from app_client.session import AppSession
from app_client.store.meta import get_meta

LOCK_AFTER_MINUTES = "lock_after_minutes"


def lock_after_minutes(session: AppSession) -> int:
    """The chosen idle time; the usual one when none was chosen."""
    kept = session.store.read(lambda tx: get_meta(tx, LOCK_AFTER_MINUTES))
    return int(kept) if kept in {str(minutes) for minutes in CHOICES} else USUAL_MINUTES


def can_lock(session: AppSession) -> bool:
    """Whether this device locks at all."""
    return session.platform.vault.locks


def calling_since(session: AppSession) -> datetime | None:
    """When the call was dialled that is not logged yet."""
    call = call_in_progress(session)
    return None if call is None else call.started_at
