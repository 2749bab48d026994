"""Writing the audit log, in the transaction of the change itself. It has no update and no delete; reading it is people's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import insert
from sqlmodel import Session

from app_server.database import batches
from app_server.tables import AuditEntryRow
from shared_models.activity import uuid7

Document = Mapping[str, Any]

# What no entry may tell, whoever writes it: the log is read by more people than these are.
_SECRET_WORDS = ("password", "hash", "secret", "token", "key", "phone", "mobile", "customer_name")
# An extension has at most so many digits; whatever is longer reaches somebody from outside.
_LONGEST_EXTENSION = 6
_SHOWN_OF_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one thing: `before` and `after` hold what differs, None where the thing was not there.

    `action` is an open code, "staff.created"; `unit_path` the unit whose heads may read of it, None for head office alone.
    """

    action: str
    subject_kind: str
    subject_id: UUID | str
    unit_path: str | None
    before: Document | None
    after: Document | None


def note(
    session: Session,
    *,
    actor: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    unit_path: str | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Put one change into the log, in the caller's transaction; `actor` None: the command line.

    Raises ValueError for a document with a password, a key or a telephone number in it.
    """
    note_all(session, [Change(action, subject_kind, subject_id, unit_path, before, after)], actor=actor, now=now)


def note_all(session: Session, changes: Iterable[Change], *, actor: UUID | None, now: datetime) -> None:
    """As `note`, for many at once; a thing that is as it was is left out."""
    rows = [
        {
            "id": uuid7(now),
            "at": now,
            "actor_id": actor,
            "action": change.action,
            "subject_kind": change.subject_kind,
            "subject_id": str(change.subject_id),
            "unit_path": change.unit_path,
            "before": _document(change.before),
            "after": _document(change.after),
        }
        for change in changes
        if change.before is None or change.before != change.after
    ]
    for part in batches(rows):
        session.connection().execute(insert(AuditEntryRow), list(part))


def difference(before: Document, after: Document) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two documents of one thing only what differs between them."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def shown_number(number: str) -> str:
    """A line's number as the log has it: an extension whole, of anything longer the end alone."""
    digits = number.lstrip("+")
    return number if len(digits) <= _LONGEST_EXTENSION else f"…{digits[-_SHOWN_OF_NUMBER:]}"


def _document(given: Document | None) -> dict[str, Any] | None:
    if given is None:
        return None
    for name in given:
        if any(word in name for word in _SECRET_WORDS):
            raise ValueError(f"the audit log has no {name}")
    return to_jsonable_python(dict(given))
