"""The activity (动作): one immutable fact a phone sends, its UUIDv7, and the registry of kinds."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from shared_models.boards import BoardShown
from shared_models.calls import Call
from shared_models.cases import CaseConsent
from shared_models.customers import Prospect
from shared_models.follow_ups import FollowUp
from shared_models.hint_answers import HintAnswer
from shared_models.instants import Instant
from shared_models.policy import Policies, corrected_instant
from shared_models.proposals import Proposal
from shared_models.reviews import DrillDone, ReviewReply
from shared_models.telephony import PbxRecord
from shared_models.text import Code
from shared_models.visits import Visit, VisitCheck

MAX_CLOCK_OFFSET_MS = 10**13  # some 317 years: keeps every sum inside datetime's range
FUTURE_TOLERANCE = timedelta(minutes=10)


class ActivityKind(StrEnum):
    """What was done."""

    CALL = "call"
    VISIT = "visit"
    PROPOSAL = "proposal"
    BOARD_SHOWN = "board_shown"
    FOLLOW_UP = "follow_up"
    VOID = "void"
    PROSPECT = "prospect"
    VISIT_CHECK = "visit_check"
    PBX_RECORD = "pbx_record"
    REVIEW_REPLY = "review_reply"
    DRILL_DONE = "drill_done"
    HINT_ANSWER = "hint_answer"
    CASE_CONSENT = "case_consent"

    # An enumeration's own is a call into Python, and kinds are looked up several times for every activity of a bank.
    __hash__ = str.__hash__


class Void(BaseModel):
    """The data of a `void` activity: the ledger keeps both, the fold counts neither."""

    model_config = ConfigDict(frozen=True)

    activity_id: UUID
    reason: Code


ActivityData = (
    Call
    | Visit
    | Proposal
    | BoardShown
    | FollowUp
    | Void
    | Prospect
    | VisitCheck
    | PbxRecord
    | ReviewReply
    | DrillDone
    | HintAnswer
    | CaseConsent
)

DATA_OF_KIND: dict[ActivityKind, type[ActivityData]] = {
    ActivityKind.CALL: Call,
    ActivityKind.VISIT: Visit,
    ActivityKind.PROPOSAL: Proposal,
    ActivityKind.BOARD_SHOWN: BoardShown,
    ActivityKind.FOLLOW_UP: FollowUp,
    ActivityKind.VOID: Void,
    ActivityKind.PROSPECT: Prospect,
    ActivityKind.VISIT_CHECK: VisitCheck,
    ActivityKind.PBX_RECORD: PbxRecord,
    ActivityKind.REVIEW_REPLY: ReviewReply,
    ActivityKind.DRILL_DONE: DrillDone,
    ActivityKind.HINT_ANSWER: HintAnswer,
    ActivityKind.CASE_CONSENT: CaseConsent,
}
NEEDS_CUSTOMER = frozenset(
    {
        ActivityKind.CALL,
        ActivityKind.VISIT,
        ActivityKind.PROPOSAL,
        ActivityKind.FOLLOW_UP,
        ActivityKind.VISIT_CHECK,
        ActivityKind.PBX_RECORD,
    }
)
# What the server itself adds to a ledger, under ids of a kind of its own; no phone may send either.
SERVER_KINDS = frozenset({ActivityKind.VISIT_CHECK, ActivityKind.PBX_RECORD})
SERVER_ID_VERSION = 5
# What an advisor answers to a review; once said it stands.
REVIEW_ANSWERS = frozenset({ActivityKind.REVIEW_REPLY, ActivityKind.DRILL_DONE})
# What only says something of another activity of the advisor's, whatever has become of its customer since.
REMARKS = frozenset({ActivityKind.VOID, ActivityKind.HINT_ANSWER})
_REFERRING = frozenset({ActivityKind.PROPOSAL, ActivityKind.VISIT_CHECK}) | REMARKS | REVIEW_ANSWERS


class Activity(BaseModel):
    """The envelope and its data; `seq` counts up per device without gaps, `occurred_at` is what its clock said."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: ActivityKind
    seq: int = Field(ge=1, le=2**53)
    occurred_at: Instant
    clock_offset_ms: int = Field(default=0, ge=-MAX_CLOCK_OFFSET_MS, le=MAX_CLOCK_OFFSET_MS)
    customer_id: UUID | None = None
    data: ActivityData

    @field_validator("data", mode="before")
    @classmethod
    def _data_of_its_kind(cls, value: Any, info: ValidationInfo) -> ActivityData:  # noqa: ANN401 - unvalidated JSON
        kind = info.data.get("kind")
        if kind is None:
            raise ValueError("data cannot be read without a valid kind")
        return DATA_OF_KIND[kind].model_validate(value)

    @model_validator(mode="after")
    def _customer_fits_kind(self) -> Self:
        if self.kind in NEEDS_CUSTOMER and self.customer_id is None:
            raise ValueError(f"a {self.kind} needs a customer_id")
        if self.kind is ActivityKind.PROSPECT and self.customer_id not in (None, self.id):
            raise ValueError("a prospect's customer_id is its own id")
        return self

    @property
    def corrected_at(self) -> datetime:
        """When it happened by a right clock."""
        return corrected_instant(self.occurred_at, self.clock_offset_ms)

    @property
    def refers_to(self) -> UUID | None:
        """What this one hangs on: a proposal's or a check's visit, what a void or an answer is aimed at, the review that is answered."""
        if self.kind not in _REFERRING:
            return None
        match self.data:
            case Proposal(visit_id=visit_id) | VisitCheck(visit_id=visit_id):
                return visit_id
            case Void(activity_id=activity_id) | HintAnswer(activity_id=activity_id):
                return activity_id
            case ReviewReply(review_id=review_id) | DrillDone(review_id=review_id):
                return review_id
            case _:
                return None

    def without_card(self) -> Self:
        """As ledgers keep it: a sealed card is for the server to open once, and for nobody to store."""
        if not isinstance(self.data, Visit) or self.data.card is None:
            return self
        return self.model_copy(update={"data": self.data.model_copy(update={"card": None})})

    def content(self) -> bytes:
        """The validated content as JSON: the same bytes for the same activity, however it was written."""
        return self.__pydantic_serializer__.to_json(self)

    def content_digest(self) -> bytes:
        """SHA-256 of the content, to tell a repeat of the same activity from a clash of ids."""
        return digest_of(self.content())


def digest_of(content: bytes) -> bytes:
    """The digest of an activity's content."""
    return hashlib.sha256(content).digest()


class RejectCode(StrEnum):
    """Why a server did not take an activity."""

    BAD_DATA = "bad_data"
    UNKNOWN_CUSTOMER = "unknown_customer"
    NOT_YOUR_CUSTOMER = "not_your_customer"
    UNKNOWN_PRODUCT = "unknown_product"
    UNSUITABLE_PRODUCT = "unsuitable_product"
    UNKNOWN_VISIT = "unknown_visit"
    UNKNOWN_ACTIVITY = "unknown_activity"
    IN_FUTURE = "in_future"
    TOO_OLD = "too_old"
    ID_CONFLICT = "id_conflict"


@dataclass(frozen=True, slots=True)
class AcceptedTimes:
    """The corrected instants that a server takes, both ends included."""

    earliest: datetime
    latest: datetime

    def rejection(self, corrected_at: datetime) -> RejectCode | None:
        """Why an instant is not taken, if it is not."""
        if corrected_at > self.latest:
            return RejectCode.IN_FUTURE
        return RejectCode.TOO_OLD if corrected_at < self.earliest else None


def accepted_times(now: datetime, policies: Policies) -> AcceptedTimes:
    """What is not too far from the server's `now` under the policy of that day."""
    late_days = policies.on(policies.today(now)).policy.late_days
    return AcceptedTimes(earliest=now - timedelta(days=late_days), latest=now + FUTURE_TOLERANCE)


def uuid7(now: datetime) -> UUID:
    """A UUIDv7 of that instant: 48 bits of milliseconds, 74 random bits (RFC 9562 §5.7)."""
    milliseconds = int(now.timestamp() * 1000)
    high, low = secrets.randbits(12), secrets.randbits(62)
    return UUID(int=(milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
