"""Calls (电话): what a phone records of one. When it counts as effective is the policy's to say."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared_models.absent import is_absent
from shared_models.text import Code, Note


class CallChannel(StrEnum):
    """By which way the two spoke."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    CALLBACK = "callback"


class CallOutcome(StrEnum):
    """How the call went, in the advisor's one tap."""

    INTERESTED = "interested"
    APPOINTMENT = "appointment"
    FOLLOW_UP = "follow_up"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


class TimedBy(StrEnum):
    """Who measured the talk time."""

    DEVICE = "device"
    MANUAL = "manual"


class DeclineReason(StrEnum):
    """The reasons the app offers; the wire takes any code, so that a bank may add its own."""

    LOW_RETURN = "low_return"
    NO_MONEY = "no_money"
    NO_NEED = "no_need"
    OTHER_BANK = "other_bank"
    FEARS_LOSS = "fears_loss"
    BUSY = "busy"
    DISTRUST = "distrust"
    OTHER = "other"


CONNECTED_OUTCOMES = frozenset(
    {CallOutcome.INTERESTED, CallOutcome.APPOINTMENT, CallOutcome.FOLLOW_UP, CallOutcome.DECLINED}
)
DAY_SECONDS = 86_400


class Call(BaseModel):
    """The data of a `call` activity; `talk_seconds` in whole seconds. `pbx_record_id`: the exchange's record it is the outcome of."""

    model_config = ConfigDict(frozen=True)

    channel: CallChannel
    outcome: CallOutcome
    talk_seconds: int = Field(ge=0, le=DAY_SECONDS)
    timed_by: TimedBy
    decline_reason: Code | None = None
    note: Note | None = None
    pbx_record_id: UUID | None = Field(default=None, exclude_if=is_absent)


def is_connected(call: Call) -> bool:
    """Whether the customer was spoken to."""
    return call.outcome in CONNECTED_OUTCOMES
