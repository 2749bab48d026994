"""What the page "me" shows and exports: who, how the sync stands, what the server does not have; nothing is changed here."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.meta import Meta, clock_offset_ms, get_meta
from app_client.store.rules import policies
from shared_models.activity import ActivityKind
from shared_models.calls import Call
from shared_models.outbox import Outbox, write_outbox
from shared_models.policy import zone
from shared_models.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Attention:
    """An activity that the server gave back: what it was, why, what a call said, and at which visit products were proposed.

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
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class ExportedOutbox:
    """A file to save: the name it is offered under, and its bytes."""

    name: str
    content: bytes


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
                    visit_id=activity.data.visit_id if isinstance(activity.data, Proposal) else None,
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


def exported_outbox(session: AppSession) -> ExportedOutbox:
    """All that waits or was rejected, as the file that `day2053 import outbox` takes."""

    def read(tx: sqlite3.Connection) -> ExportedOutbox:
        now, staff = session.now(), session.staff
        outbox = Outbox(
            device_id=get_meta(tx, Meta.DEVICE_ID) or "",
            staff_id=staff.id,
            login=staff.login,
            exported_at=now,
            clock_offset_ms=clock_offset_ms(tx),
            activities=ledger.unsent(tx),
        )
        local = now.astimezone(zone(policies(tx).timezone))
        # A login may be written in any script and signs; a file's name may not.
        login = re.sub(r"[^\w.-]+", "_", staff.login)
        return ExportedOutbox(f"day2053-{login}-{local:%Y%m%d-%H%M}.json", write_outbox(outbox))

    return session.store.read(read)
