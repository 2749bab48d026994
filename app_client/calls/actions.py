"""What a person can do with calls: dial, log, take back; every word of a logged call is checked by the shared models first."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app_client.calls.queries import IN_PROGRESS, CallInProgress, RecordedCall, call_in_progress
from app_client.session import AppSession
from app_client.store.ledger import Draft, activity, append_activities, dismiss_held
from app_client.store.meta import clock_offset_ms
from shared_models.activity import ActivityData, ActivityKind, Void
from shared_models.calls import CONNECTED_OUTCOMES, Call, CallChannel, CallOutcome, DeclineReason, TimedBy
from shared_models.follow_ups import FollowUp, FollowUpReason

NEEDS_DAY = frozenset({CallOutcome.APPOINTMENT, CallOutcome.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class CallEntry:
    """What the sheet collected. `talk_seconds` is dropped when nobody answered; `due_on` is the day promised.

    `record` is what the exchange had told of the call: it was then, and not when it is logged.
    """

    customer_id: UUID
    outcome: CallOutcome
    talk_seconds: int
    timed_by: TimedBy
    channel: CallChannel = CallChannel.MOBILE
    decline_reason: DeclineReason | None = None
    note: str = ""
    due_on: date | None = None
    record: RecordedCall | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one tap wrote, so that it can be taken back: the call, then its follow-up."""

    activity_ids: tuple[UUID, ...]


async def dial(session: AppSession, customer_id: UUID, phone: str) -> CallInProgress:
    """Start the clock and open the dialler; the clock is written first, so that a page lost meanwhile finds it again."""
    started = CallInProgress(customer_id=customer_id, started_at=session.now())
    await session.store.write(lambda tx: _keep(tx, started))
    await session.platform.dialler.dial(phone)
    return started


async def note_return(session: AppSession) -> CallInProgress | None:
    """Remember that the page came back from the dialler now; every return moves the end of the call."""
    call = call_in_progress(session)
    if call is None:
        return None
    returned = replace(call, returned_at=session.now())
    await session.store.write(lambda tx: _keep(tx, returned))
    return returned


async def drop_call(session: AppSession) -> None:
    """Forget the call in progress without logging anything: it was not made."""
    await session.store.write(_forget)


async def log_call(session: AppSession, entry: CallEntry, *, replaces: UUID | None = None) -> Recorded:
    """Write a call and the promise made in it in one transaction, and end the call in progress.

    `replaces` is a held call that this one is entered for anew; it is dismissed in the same transaction. Was that the outcome
    of a call that the exchange recorded, this one is, too.
    Raises ValueError when an appointment or a follow-up has no day, and StoreWriteFailed when nothing could be written.
    """
    if entry.outcome in NEEDS_DAY and entry.due_on is None:
        raise ValueError(f"{entry.outcome} needs a day")
    now = session.now()
    # The follow-up after its call: a promise is kept by whatever contact comes after it.
    drafts = [Draft(kind=ActivityKind.CALL, data=_call(entry), customer_id=entry.customer_id)]
    if entry.due_on is not None and entry.outcome in CONNECTED_OUTCOMES:
        follow_up = _follow_up(entry, entry.due_on)
        drafts.append(Draft(kind=ActivityKind.FOLLOW_UP, data=follow_up, customer_id=entry.customer_id))

    def work(tx: sqlite3.Connection) -> Recorded:
        record_id, ended_at = _record_of(tx, entry, replaces)
        at = now if ended_at is None else _by_own_clock(tx, ended_at)
        made = [replace(draft, occurred_at=at) for draft in drafts]
        made[0] = replace(made[0], data=_call(entry).model_copy(update={"pbx_record_id": record_id}))
        written = append_activities(tx, made, now=now)
        call = tx.execute("SELECT value FROM meta WHERE key = ?", (IN_PROGRESS,)).fetchone()
        if call is not None and CallInProgress.from_json(call[0]).customer_id == entry.customer_id:
            _forget(tx)
        if replaces is not None:
            dismiss_held(tx, replaces)
        return Recorded(tuple(activity.id for activity in written))

    return await session.store.write(work)


async def take_back(session: AppSession, recorded: Recorded) -> None:
    """Void what one tap wrote; the ledger keeps both, the fold counts neither."""
    await void_activities(session, recorded.activity_ids)


async def void_activities(session: AppSession, activity_ids: Sequence[UUID]) -> None:
    """Void these activities in one transaction."""
    drafts = [Draft(kind=ActivityKind.VOID, data=_void(activity_id)) for activity_id in activity_ids]
    now = session.now()
    await session.store.write(lambda tx: append_activities(tx, drafts, now=now))


def _call(entry: CallEntry) -> Call:
    return Call(
        channel=entry.channel,
        outcome=entry.outcome,
        # The dialler's clock runs while it rings; nobody talked when nobody answered.
        talk_seconds=0 if entry.outcome is CallOutcome.NO_ANSWER else entry.talk_seconds,
        timed_by=entry.timed_by,
        decline_reason=entry.decline_reason if entry.outcome is CallOutcome.DECLINED else None,
        note=entry.note.strip() or None,
    )


def _record_of(
    tx: sqlite3.Connection, entry: CallEntry, replaces: UUID | None
) -> tuple[UUID, datetime] | tuple[None, None]:
    """The exchange's record that a call is the outcome of, or that the held one was, and when that ended by a right clock."""
    if entry.record is not None:
        return entry.record.record_id, entry.record.ended_at
    held = activity(tx, replaces) if replaces is not None else None
    if held is None or not isinstance(held.data, Call) or held.data.pbx_record_id is None:
        return None, None
    return held.data.pbx_record_id, held.corrected_at


def _by_own_clock(tx: sqlite3.Connection, at: datetime) -> datetime:
    """What this device's clock said at an instant of a right one, as the ledger keeps instants."""
    return at - timedelta(milliseconds=clock_offset_ms(tx))


def _follow_up(entry: CallEntry, due_on: date) -> ActivityData:
    appointed = entry.outcome is CallOutcome.APPOINTMENT
    return FollowUp(
        due_on=due_on,
        reason=FollowUpReason.APPOINTMENT if appointed else FollowUpReason.CALLBACK,
        note=entry.note.strip() or None,
    )


def _void(activity_id: UUID) -> ActivityData:
    return Void(activity_id=activity_id, reason="mistake")


def _keep(tx: sqlite3.Connection, call: CallInProgress) -> None:
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (IN_PROGRESS, call.to_json()),
    )


def _forget(tx: sqlite3.Connection) -> None:
    tx.execute("DELETE FROM meta WHERE key = ?", (IN_PROGRESS,))
