"""The call that is being logged on this page: which step its sheet is at and what was entered; it writes nothing itself."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

import flet as ft

from app_client.calls.queries import CallInProgress, CallSubject, RecordedCall
from app_client.flet_typed import observable
from app_client.session_context import state_of
from shared_models.calls import CallChannel, CallOutcome, TimedBy

_DESK = "call"
NUDGE_SECONDS = 30


class Step(Enum):
    """What the sheet asks."""

    OUTCOME = "outcome"
    DAY = "day"
    CALENDAR = "calendar"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a held call said, to be entered as a new one in its place."""

    replaces: UUID
    channel: CallChannel
    talk_seconds: int
    note: str


@observable
class CallDesk:
    """The sheet's state. `manual_seconds` None means the clock of `call` counts; with no clock either, a length must be picked."""

    def __init__(self) -> None:
        self.subject: CallSubject | None = None
        self.call: CallInProgress | None = None
        self.replaces: UUID | None = None
        self.record: RecordedCall | None = None
        self.step = Step.OUTCOME
        self.outcome: CallOutcome | None = None
        self.channel = CallChannel.MOBILE
        self.manual_seconds: int | None = None
        self.picks_length = False
        self.note = ""
        self.note_open = False
        self.month: date | None = None
        self.trouble = ""
        self.busy = False
        self.beats = 0
        # A dismissal that arrives late must not close the sheet that was opened after it.
        self.serial = 0

    def open_timed(self, subject: CallSubject, call: CallInProgress) -> None:
        """A call that was dialled from here."""
        self._reset(subject)
        self.call = call

    def open_untimed(self, subject: CallSubject, prefill: Prefill | None = None) -> None:
        """A call made elsewhere, mostly from the desk's telephone, or one entered anew in place of a held one."""
        self._reset(subject)
        self.channel = CallChannel.LANDLINE
        self.picks_length = True
        if prefill is not None:
            self.replaces = prefill.replaces
            self.channel = prefill.channel
            self.manual_seconds = prefill.talk_seconds
            self.note = prefill.note
            self.note_open = bool(prefill.note)

    def open_recorded(self, subject: CallSubject, record: RecordedCall) -> None:
        """A call of which the exchange has told: its length and its line are known."""
        self._reset(subject)
        self.record = record
        self.channel = record.channel
        self.manual_seconds = record.talk_seconds

    def close(self) -> None:
        """Put the sheet away and forget what was entered."""
        self.subject = None
        self.call = None

    def put_aside(self) -> None:
        """The lock takes the sheet away; what was entered stays."""
        self.serial += 1

    def take_up(self, subject: CallSubject, call: CallInProgress | None) -> None:
        """Go on after the lock with what was entered; a call that was logged elsewhere meanwhile is done."""
        if self.call is None:
            self.subject = subject
        elif call is None or call.customer_id != subject.customer_id:
            self.close()
        else:
            self.subject, self.call = subject, call

    def is_ticking(self) -> bool:
        """Whether the shown length grows by itself."""
        return (
            self.subject is not None
            and self.call is not None
            and self.call.returned_at is None
            and self.manual_seconds is None
            and not self.picks_length
        )

    def seconds(self, now: datetime) -> int | None:
        """The length to log; None when it has still to be picked."""
        if self.manual_seconds is not None:
            return self.manual_seconds
        return self.call.seconds(now) if self.call is not None and not self.picks_length else None

    @property
    def timed_by(self) -> TimedBy:
        """Who measured: a length that a person touched is theirs."""
        return TimedBy.DEVICE if self.call is not None and self.manual_seconds is None else TimedBy.MANUAL

    def nudge(self, now: datetime, steps: int) -> None:
        """Correct the length by half minutes, to a whole one of them."""
        seconds = self.seconds(now) or 0
        whole = seconds // NUDGE_SECONDS + (1 if steps < 0 and seconds % NUDGE_SECONDS else 0)
        self.manual_seconds = max(whole + steps, 0) * NUDGE_SECONDS

    def made_by(self, channel: CallChannel) -> None:
        """The call went by another way than the dialled one, so its clock says nothing; tapped again, it went by the phone after all."""
        if self.channel is channel:
            self.channel = CallChannel.MOBILE
            self.picks_length = self.call is None
        else:
            self.channel = channel
            self.picks_length = True
        self.manual_seconds = None

    def _reset(self, subject: CallSubject) -> None:
        self.serial += 1
        self.subject = subject
        self.call = None
        self.replaces = None
        self.record = None
        self.step = Step.OUTCOME
        self.outcome = None
        self.channel = CallChannel.MOBILE
        self.manual_seconds = None
        self.picks_length = False
        self.note = ""
        self.note_open = False
        self.month = None
        self.trouble = ""
        self.busy = False


def call_desk(page: ft.Page) -> CallDesk:
    """The desk of a page and its person; made on first use."""
    unfinished = state_of(page).unfinished
    found = unfinished.get(_DESK)
    if isinstance(found, CallDesk):
        return found
    made = CallDesk()
    unfinished[_DESK] = made
    return made
