"""The bank's own exchange (外呼系统): a finished call as it saw it, and which logged call is the same one. Counting is fold.py's."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared_models.calls import DAY_SECONDS
from shared_models.instants import UtcInstant
from shared_models.text import NO_NUL

_NAMESPACE = UUID("7b1f4c52-2053-5053-8053-205320532053")
# A clock of whole seconds may count one more than lie between its own beginning and end.
_ROUNDING = timedelta(seconds=1)

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
RecordId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=NO_NUL)]


class PbxDirection(StrEnum):
    """Who called whom: the advisor the customer, or the customer the advisor."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class PbxLine(StrEnum):
    """What the advisor spoke on: a desk phone's extension, or a mobile that the exchange knows."""

    LANDLINE = "landline"
    MOBILE = "mobile"


class PbxEventKind(StrEnum):
    """What an exchange tells of a call; only `ended` makes an activity."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    RECORDING_READY = "recording_ready"
    TRANSCRIPT_READY = "transcript_ready"


class PbxCall(BaseModel):
    """A finished call as an exchange tells of it, in UTC.

    `answered_at` None: nobody picked up. `talk_seconds` is what the exchange measured from answer to end.
    """

    model_config = ConfigDict(frozen=True)

    record_id: RecordId
    direction: PbxDirection
    started_at: UtcInstant
    answered_at: UtcInstant | None = None
    ended_at: UtcInstant
    talk_seconds: int = Field(ge=0, le=DAY_SECONDS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        answered = self.ended_at if self.answered_at is None else self.answered_at
        if not self.started_at <= answered <= self.ended_at:
            raise ValueError("started_at, answered_at and ended_at are not in this order")
        if timedelta(seconds=self.talk_seconds) > self.ended_at - answered + (self.answered_at is not None) * _ROUNDING:
            raise ValueError("talk_seconds are more than lie between answered_at and ended_at")
        return self


class PbxRecord(PbxCall):
    """The data of a `pbx_record` activity: which exchange saw the call, and on what; only the server writes one."""

    provider: ProviderName
    line: PbxLine


def pbx_activity_id(provider: str, record_id: str) -> UUID:
    """The id of the activity that a record becomes, the same whoever asks (RFC 9562 §5.5); a provider has no slash."""
    return uuid5(_NAMESPACE, f"{provider}/{record_id}")


class Spoken(NamedTuple):
    """When a call of a customer was, by a right clock; `names` is the record that an advisor's call says it is."""

    id: UUID
    customer_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    names: UUID | None = None


def match_calls(calls: Iterable[Spoken], records: Iterable[Spoken], *, within: timedelta) -> dict[UUID, UUID]:
    """Which record each call is, by the call's id: one to one, of one customer, in whatever order they come.

    A call that names a record is that one or none. Of the others the closest two belong together first, no further
    apart than `within`; what is equally close is told apart by when it ended, then by the ids.
    """
    called = sorted(calls, key=lambda each: (each.ends_at, each.id))
    recorded = {record.id: record for record in records}
    of_customer: dict[UUID | None, list[Spoken]] = defaultdict(list)
    for record in recorded.values():
        of_customer[record.customer_id].append(record)
    paired: dict[UUID, UUID] = {}
    taken: set[UUID] = set()
    for call in called:
        record = recorded.get(call.names) if call.names is not None else None
        if record is not None and record.customer_id == call.customer_id and record.id not in taken:
            paired[call.id] = record.id
            taken.add(record.id)
    candidates = sorted(
        (gap, abs(call.ends_at - record.ends_at), call.id, record.id)
        for call in called
        if call.names is None
        for record in of_customer.get(call.customer_id, ())
        if (gap := _gap(call, record)) <= within
    )
    for _, _, call_id, record_id in candidates:
        if call_id not in paired and record_id not in taken:
            paired[call_id] = record_id
            taken.add(record_id)
    return paired


def _gap(one: Spoken, other: Spoken) -> timedelta:
    """The time between two calls; nothing where they overlap."""
    return max(one.starts_at - other.ends_at, other.starts_at - one.ends_at, timedelta(0))
