"""What is known of calls: the one in progress, the ones logged on a day, and what a new one would count for; nothing is written here."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app_client.session import AppSession
from app_client.store import reads
from app_client.store.rules import policies
from shared_models.activity import Activity, Void
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.fold import as_recorded, unlogged_records
from shared_models.follow_ups import FollowUp
from shared_models.policy import DayPolicy, Policy, is_effective, zone
from shared_models.telephony import PbxDirection, PbxLine, PbxRecord

IN_PROGRESS = "call_in_progress"
WEEK = 7
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class CallInProgress:
    """A call that was dialled from the app and not logged yet; kept in the store, so that it outlives a reload.

    `returned_at` is when the page was last seen coming back from the dialler.
    """

    customer_id: UUID
    started_at: datetime
    returned_at: datetime | None = None

    def seconds(self, now: datetime) -> int:
        """How long it lasted, ringing included, in whole seconds."""
        return max(int(((self.returned_at or now) - self.started_at).total_seconds()), 0)

    def to_json(self) -> str:
        """For the store's meta."""
        return json.dumps(
            {
                "customer_id": str(self.customer_id),
                "started_at": self.started_at.isoformat(),
                "returned_at": self.returned_at.isoformat() if self.returned_at else None,
            }
        )

    @staticmethod
    def from_json(text: str) -> "CallInProgress":
        """From the store's meta."""
        found = json.loads(text)
        return CallInProgress(
            customer_id=UUID(found["customer_id"]),
            started_at=datetime.fromisoformat(found["started_at"]),
            returned_at=datetime.fromisoformat(found["returned_at"]) if found["returned_at"] else None,
        )


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call of the ledger with the promise made in it; `at` in the bank's time zone."""

    activity_id: UUID
    customer_id: UUID
    at: datetime
    outcome: CallOutcome
    channel: CallChannel
    talk_seconds: int
    timed_by: TimedBy
    is_effective: bool
    decline_reason: str | None = None
    note: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call with a customer of the book that the bank's exchange recorded and nobody has logged; in the bank's time zone."""

    record_id: UUID
    customer_id: UUID
    name: str
    ended_at: datetime
    talk_seconds: int
    channel: CallChannel
    is_inbound: bool


@dataclass(frozen=True, slots=True)
class CallSubject:
    """Whom a call sheet is about, and the rule a call is measured by."""

    customer_id: UUID
    name: str
    today: date
    effective_seconds: int


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day offered with one tap: `word` is "tomorrow", "this_week" or "next_week"."""

    word: str
    day: date


def call_in_progress(session: AppSession) -> CallInProgress | None:
    """The call that was dialled and not logged yet."""

    def read(tx: sqlite3.Connection) -> CallInProgress | None:
        row = tx.execute("SELECT value FROM meta WHERE key = ?", (IN_PROGRESS,)).fetchone()
        return CallInProgress.from_json(row[0]) if row else None

    return session.store.read(read)


def call_subject(session: AppSession, customer_id: UUID) -> CallSubject | None:
    """What the sheet says of this customer; None when they are not in the book any more."""

    def read(tx: sqlite3.Connection) -> CallSubject | None:
        customer = reads.customer(tx, customer_id)
        if customer is None:
            return None
        today = session.today()
        return CallSubject(
            customer_id=customer.id,
            name=customer.name,
            today=today,
            effective_seconds=policies(tx).on(today).policy.effective_talk_seconds,
        )

    return session.store.read(read)


def unlogged_calls(tx: sqlite3.Connection, activities: Iterable[Activity], policy: DayPolicy) -> list[RecordedCall]:
    """The day's calls of which the exchange alone has told, oldest first; of customers in the book, for one can log no others."""
    found: list[RecordedCall] = []
    for each in unlogged_records(activities, policy):
        customer = reads.customer(tx, each.customer_id) if each.customer_id is not None else None
        if customer is None or not isinstance(each.data, PbxRecord):
            continue
        is_inbound = each.data.direction is PbxDirection.INBOUND
        by_line = CallChannel.MOBILE if each.data.line is PbxLine.MOBILE else CallChannel.LANDLINE
        found.append(
            RecordedCall(
                record_id=each.id,
                customer_id=customer.id,
                name=customer.name,
                ended_at=each.data.ended_at.astimezone(zone(policy.policy.timezone)),
                talk_seconds=each.data.talk_seconds,
                channel=CallChannel.CALLBACK if is_inbound else by_line,
                is_inbound=is_inbound,
            )
        )
    return found


def logged_calls(activities: Iterable[Activity], policy: DayPolicy) -> list[LoggedCall]:
    """The day's calls that no void took back, newest first, each with the promise recorded right after it.

    How long one was is the exchange's word where it has recorded it.
    """
    unique = {activity.id: activity for activity in as_recorded(activities, policy)}
    voided = {activity.data.activity_id for activity in unique.values() if isinstance(activity.data, Void)}
    standing = sorted(
        (activity for activity in unique.values() if activity.id not in voided),
        key=lambda activity: (activity.corrected_at, activity.seq),
    )
    found: list[LoggedCall] = []
    for index, activity in enumerate(standing):
        if not isinstance(activity.data, Call) or activity.customer_id is None:
            continue
        found.append(_logged(activity, activity.data, _promise_of(standing[index + 1 :], activity), policy.policy))
    return found[::-1]


def _promise_of(later: list[Activity], call: Activity) -> date | None:
    """The day promised in a call: its follow-up was recorded in the same moment, before any other contact with the customer."""
    for activity in later:
        if activity.customer_id != call.customer_id:
            continue
        same_moment = activity.corrected_at - call.corrected_at < timedelta(seconds=1)
        return activity.data.due_on if same_moment and isinstance(activity.data, FollowUp) else None
    return None


def _logged(activity: Activity, call: Call, due_on: date | None, policy: Policy) -> LoggedCall:
    assert activity.customer_id is not None  # the envelope demands one of a call
    return LoggedCall(
        activity_id=activity.id,
        customer_id=activity.customer_id,
        at=activity.corrected_at.astimezone(zone(policy.timezone)),
        outcome=call.outcome,
        channel=call.channel,
        talk_seconds=call.talk_seconds,
        timed_by=call.timed_by,
        is_effective=is_effective(call, policy),
        decline_reason=call.decline_reason,
        note=call.note,
        due_on=due_on,
    )


def day_choices(today: date) -> list[DayChoice]:
    """Tomorrow, and the end of this week; from Thursday on the Monday after stands in for it."""
    tomorrow = today + timedelta(days=1)
    friday = today + timedelta(days=FRIDAY - today.weekday())
    later = (
        DayChoice("this_week", friday)
        if friday > tomorrow
        else DayChoice("next_week", today + timedelta(days=WEEK - today.weekday()))
    )
    # On a Sunday tomorrow is that Monday.
    return [DayChoice("tomorrow", tomorrow)] + ([later] if later.day != tomorrow else [])
