"""A small book of customers and a phone to hold it: what the tests of an advisor's screens arrange with."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft

from app_client.main import app_main
from app_client.session import OPEN_STORES, AppSession
from app_client.session_context import state_of
from app_client.sign_in.actions import sign_in
from app_client.store import ledger
from app_client.store.ledger import Draft
from app_client.store.materialize import apply_changes
from shared_models.activity import Activity, ActivityKind
from shared_models.calls import Call, CallChannel, CallOutcome, DeclineReason, TimedBy
from shared_models.customers import name_initials
from shared_models.fold import AdvisorDay
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.proposals import Pick, PickResponse, Proposal
from shared_models.sync import Change, Entity
from shared_models.telephony import PbxDirection, PbxLine, PbxRecord, pbx_activity_id
from shared_models.visits import Visit, VisitPlace
from tests.store.scenes import MONDAY, HandClock
from tests.sync.bank import ADVISOR, PASSWORD, Bank, Pocket, a_platform
from tests.ui.harness import App

FRIDAY_BEFORE = timedelta(days=-3)


def person(number: int) -> UUID:
    """The id of the customer of that number."""
    return UUID(int=0x0193_0000_0000_7000_8000_0000_0001_0000 + number)


def customer_json(number: int, name: str, **facts: Any) -> dict[str, Any]:
    """A customer as the server sends one; managed and spoken to a month ago unless `facts` say otherwise."""
    data = {
        "id": str(person(number)),
        "name": name,
        "phone": f"138{number:08d}",
        "initials": name_initials(name),
        "managed_since": "2025-03-01",
        "last_contact_on": "2026-10-20",
        **facts,
    }
    return {"entity": "customer", "id": str(person(number)), "data": data}


OUYANG, WANG, LI, CHEN, ZHAO = 1, 2, 3, 4, 5
# By the ranking on Monday: a maturity tomorrow, a birthday today, never called, idle cash with silence, an interest.
BOOK = [
    customer_json(
        OUYANG,
        "欧阳婳",
        tier="diamond",
        rating="C3",
        rated_on="2026-03-01",
        maturities=[{"name": "安盈 90 天", "amount": "500000", "due_on": "2026-11-24"}],
        last_interest="稳健理财",
    ),
    customer_json(WANG, "王建国", birthday="11-23"),
    customer_json(LI, "李璟瑄", managed_since=None, last_contact_on=None, source="referral"),
    customer_json(CHEN, "陈晓丽", tier="gold", idle_cash="180000", last_contact_on="2026-08-23"),
    customer_json(ZHAO, "赵堃", tier="platinum", last_interest="大额存单"),
]


class PhoneInHand(Pocket):
    """A device that dials: it notes every number."""

    def __init__(self) -> None:
        super().__init__()
        self.dialled: list[str] = []

    async def dial(self, phone: str) -> bool:
        self.dialled.append(phone)
        return True


class Scene:
    """A bank, a phone and a person who may open the app on it."""

    def __init__(self, folder: Path, *, book: Sequence[dict[str, Any]] = BOOK) -> None:
        self.clock = HandClock()
        self.bank = Bank(self.clock, snapshot=deepcopy([*book]))
        self.phone = PhoneInHand()
        self.platform = a_platform(folder, self.bank, self.phone)

    async def signed_in(self, login: str = "advisor1") -> AppSession:
        """Sign in and fetch the book; the phone keeps it, so that the app resumes."""
        session = await sign_in(self.platform, login, PASSWORD)
        await session.sync.sync_now()
        return session

    @asynccontextmanager
    async def app(self, *, route: str = "/", width: int = 390, height: int = 844) -> AsyncGenerator[App]:
        """The app on this phone."""
        app = await App().start(app_main(lambda _: self.platform), route=route, width=width, height=height)
        await app.settle()
        try:
            yield app
        finally:
            session = state_of(app.page).session
            if session is not None:
                await session.close()
            await app.close()

    async def put_away(self) -> None:
        """Close every store that was opened here."""
        for key, shared in list(OPEN_STORES._open.items()):
            if key[0] == self.platform.storage.root:
                await OPEN_STORES.discard(shared)


@asynccontextmanager
async def scene_at(folder: Path, bank_of: Callable[[HandClock], Bank]) -> AsyncGenerator[Scene]:
    """A phone that nobody has signed in on, at a bank of the test's own; put away at the end."""
    made = Scene(folder)
    made.bank = bank_of(made.clock)
    made.platform = a_platform(folder, made.bank, made.phone)
    yield made
    await made.put_away()


def a_call(
    number: int,
    outcome: CallOutcome = CallOutcome.INTERESTED,
    *,
    seconds: int = 95,
    reason: DeclineReason | None = None,
    **more: Any,
) -> Draft:
    """A call timed by the phone."""
    call = Call(
        channel=CallChannel.MOBILE,
        outcome=outcome,
        talk_seconds=seconds,
        timed_by=TimedBy.DEVICE,
        decline_reason=reason,
    )
    return Draft(kind=ActivityKind.CALL, data=call, customer_id=person(number), **more)


def a_promise(number: int, due_on: date, *, note: str | None = None, **more: Any) -> Draft:
    """A call back promised for that day."""
    promise = FollowUp(due_on=due_on, reason=FollowUpReason.CALLBACK, note=note)
    return Draft(kind=ActivityKind.FOLLOW_UP, data=promise, customer_id=person(number), **more)


def a_visit(number: int, **more: Any) -> Draft:
    """A visit at the outlet."""
    return Draft(kind=ActivityKind.VISIT, data=Visit(place=VisitPlace.OUTLET), customer_id=person(number), **more)


def a_proposal(number: int, visit: Activity, products: int, *, because: str | None = None, **more: Any) -> Draft:
    """So many products presented at a visit, and why no more."""
    picks = tuple(Pick(product_id=UUID(int=n + 1), response=PickResponse.PRESENTED) for n in range(products))
    data = Proposal(visit_id=visit.id, picks=picks, fewer_because=because)
    return Draft(kind=ActivityKind.PROPOSAL, data=data, customer_id=person(number), **more)


def a_record(
    number: int, ended_at: datetime, *, talk: int = 75, inbound: bool = False, record_id: str = "call-1"
) -> Change:
    """A call that the bank's exchange recorded, as it comes by the feed; `talk` 0: nobody picked up."""
    answered = ended_at - timedelta(seconds=talk)
    record = PbxRecord(
        provider="generic",
        line=PbxLine.LANDLINE,
        record_id=record_id,
        direction=PbxDirection.INBOUND if inbound else PbxDirection.OUTBOUND,
        started_at=answered - timedelta(seconds=8),
        answered_at=answered if talk else None,
        ended_at=ended_at,
        talk_seconds=talk,
    )
    told = Activity(
        id=pbx_activity_id("generic", record_id),
        kind=ActivityKind.PBX_RECORD,
        seq=1,
        occurred_at=ended_at,
        customer_id=person(number),
        data=record,
    )
    return Change(entity=Entity.ACTIVITY, id=str(told.id), data=told.model_dump(mode="json"))


async def pull(session: AppSession, *changes: Change) -> None:
    """Take in what the server has told."""
    await session.store.write(lambda tx: apply_changes(tx, changes))


async def record(session: AppSession, *drafts: Draft) -> list[Activity]:
    """Write drafts as the app does."""
    return await session.store.write(lambda tx: ledger.append_activities(tx, drafts, now=session.now()))


async def clients_closed(app: App) -> None:
    """Report every closed sheet as gone, as a client does once it has slid away."""
    for sheet in [each for each in app.all(ft.BottomSheet) if not each.open]:
        await app.fire(sheet, "dismiss")


def plan_json(numbers: Sequence[int], *, day: date = MONDAY, note: str | None = None) -> dict[str, Any]:
    """A head's list, as the server sends it."""
    plan_id = str(UUID(int=77))
    data = {
        "id": plan_id,
        "advisor_id": str(ADVISOR),
        "day": day.isoformat(),
        "customer_ids": [str(person(number)) for number in numbers],
        "note": note,
    }
    return {"entity": "plan", "id": plan_id, "data": data}


def figures_of(calls: int = 0, visits: int = 0) -> AdvisorDay:
    """Figures of a working day with nothing else in them."""
    return AdvisorDay.model_validate(
        {
            "calls_effective": calls,
            "visits": visits,
            "targets": {"calls": 20, "visits": 5, "products_per_visit": 3},
        }
    )
