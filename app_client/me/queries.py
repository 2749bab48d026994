"""What the page "me" shows: who, how the sync stands, and what needs attention; nothing is changed here."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.rules import policies
from shared_models.activity import ActivityKind
from shared_models.calls import Call
from shared_models.policy import zone


@dataclass(frozen=True, slots=True)
class Attention:
    """An activity that the server gave back: what it was, why, and, for a call of a known customer, what it said.

    `at` in the bank's time zone; `customer_name` None when the customer is not in the book.
    """

    activity_id: UUID
    kind: ActivityKind
    at: datetime
    customer_id: UUID | None
    customer_name: str | None
    code: str
    detail: str
    call: Call | None


def attention(session: AppSession) -> list[Attention]:
    """All that needs attention, in the order it was made."""

    def read(tx: sqlite3.Connection) -> list[Attention]:
        timezone = policies(tx).timezone
        found: list[Attention] = []
        for held in ledger.held(tx):
            activity = held.activity
            customer = reads.customer(tx, activity.customer_id) if activity.customer_id else None
            found.append(
                Attention(
                    activity_id=activity.id,
                    kind=activity.kind,
                    at=activity.corrected_at.astimezone(zone(timezone)),
                    customer_id=activity.customer_id,
                    customer_name=customer.name if customer else None,
                    code=held.code,
                    detail=held.detail,
                    call=activity.data if isinstance(activity.data, Call) else None,
                )
            )
        return found

    return session.store.read(read)


def waiting_count(session: AppSession) -> int:
    """How many activities the server does not have yet, the rejected ones included."""

    def read(tx: sqlite3.Connection) -> int:
        counts = ledger.outbox_counts(tx)
        return counts.waiting + counts.held

    return session.store.read(read)
