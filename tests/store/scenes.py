"""What the tests of store and sync arrange with: a clock in the hand, an open store, drafts and changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app_client.store.database import LocalStore
from app_client.store.ledger import Draft
from shared_models.activity import ActivityKind, Void
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.customers import Prospect
from shared_models.sync import Change
from shared_models.visits import Visit, VisitPlace

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
LI = UUID("01930000-0000-7000-8000-000000000001")
WANG = UUID("01930000-0000-7000-8000-000000000002")


@dataclass
class HandClock:
    """A clock that a test turns; its monotonic side turns along."""

    at: datetime = NINE

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NINE).total_seconds()

    def forward(self, **amount: float) -> None:
        self.at += timedelta(**amount)


def open_store(folder: Path, clock: HandClock | None = None) -> LocalStore:
    return LocalStore.open(folder / "store.sqlite3", clock=clock or HandClock())


def a_call(
    customer: UUID = LI, *, outcome: CallOutcome = CallOutcome.INTERESTED, seconds: int = 60, **more: Any
) -> Draft:
    call = Call(channel=CallChannel.MOBILE, outcome=outcome, talk_seconds=seconds, timed_by=TimedBy.DEVICE)
    return Draft(kind=ActivityKind.CALL, data=call, customer_id=customer, **more)


def a_visit(customer: UUID = LI, **more: Any) -> Draft:
    return Draft(kind=ActivityKind.VISIT, data=Visit(place=VisitPlace.OUTLET), customer_id=customer, **more)


def a_void(target: UUID, **more: Any) -> Draft:
    return Draft(kind=ActivityKind.VOID, data=Void(activity_id=target, reason="mistake"), **more)


def a_prospect(name: str = "欧阳婳", **more: Any) -> Draft:
    data = Prospect(name=name, phone="139 0000-1234", source="street")
    return Draft(kind=ActivityKind.PROSPECT, data=data, **more)


def customer_change(customer: UUID = LI, **more: Any) -> Change:
    data = {
        "id": str(customer),
        "name": "李明",
        "phone": "13800001111",
        "initials": "lm",
        "managed_since": "2026-01-05",
    }
    return Change(entity="customer", id=str(customer), data={**data, **more})
