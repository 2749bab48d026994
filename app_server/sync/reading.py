"""The body of a sync read into activities, each alone, so that a bad one holds back none of its neighbours."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from app_server.cards.service import OpenedCard
from app_server.confirmations.service import HeardCode
from shared_models.activity import SERVER_ID_VERSION, SERVER_KINDS, Activity, digest_of
from shared_models.errors import BadInput, DomainError, TooLarge
from shared_models.sync import MAX_ACTIVITIES, SyncRequest
from shared_models.visits import Confirmation, Visit

MAX_ID_CHARS = 64
# Python refuses longer ones, as reading them takes quadratic time.
MAX_DIGITS = 1000


class UnreadableBody(DomainError):
    """The body is not JSON, or nested beyond measure."""

    code = "bad_input"


class Readable(NamedTuple):
    """An activity that is well formed, and its content as JSON, both as the ledger keeps them: without a sealed card.

    `at`: when it happened by a right clock; `digest` is that of the content as it was sent, so that a repeat is known as
    one; `card` is what was sealed, `heard` what the customer read out. A tuple, as thousands are made a second.
    """

    activity: Activity
    at: datetime
    content: bytes
    digest: bytes
    card: OpenedCard | None = None
    heard: HeardCode | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is none: the id as far as it could be read, and what to mend."""

    id: str | None
    detail: str


Item = Readable | Unreadable


class Proofs(Protocol):
    """Opens the sealed cards of visits, and takes their codes."""

    def open(self, sealed: str, *, visit_id: UUID) -> OpenedCard: ...

    def hear(self, confirmation: Confirmation) -> HeardCode: ...


def read_request(body: bytes) -> SyncRequest:
    """The request around the activities; raises UnreadableBody, BadInput or TooLarge."""
    try:
        request = SyncRequest.model_validate(_parse(body))
    except ValidationError as error:
        # Where and why, never the input: it may name a customer.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise BadInput(f"{where}: {first['msg']}") from None
    if len(request.activities) > MAX_ACTIVITIES:
        raise TooLarge(f"A sync may carry {MAX_ACTIVITIES} activities; nothing was stored. Send fewer at a time.")
    return request


def read_activities(raw: Sequence[object], proofs: Proofs) -> list[Item]:
    """Each activity by itself, in order; sealed cards are opened here, before any transaction begins."""
    return [_read(each, proofs) for each in raw]


def _read(raw: object, proofs: Proofs) -> Item:
    try:
        activity = Activity.model_validate(raw)
        if activity.kind in SERVER_KINDS or activity.id.version == SERVER_ID_VERSION:
            # Nor under such an id: nobody keeps the server from writing down what it finds by being there first.
            return Unreadable(str(activity.id), "This entry is not valid: a phone makes none of this kind.")
        content = activity.content()
        visit = activity.data
        if not isinstance(visit, Visit) or (visit.card is None and visit.confirmation is None):
            return Readable(activity, activity.corrected_at, content, digest_of(content))
        kept = activity.without_card()
        card = proofs.open(visit.card, visit_id=activity.id) if visit.card is not None else None
        heard = proofs.hear(visit.confirmation) if visit.confirmation is not None else None
        return Readable(kept, kept.corrected_at, kept.content(), digest_of(content), card, heard)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, str)) or "activity"
        return Unreadable(
            _readable_id(raw), f"This entry is not valid and has to be made anew: {where}: {first['msg']}."
        )
    except (ValueError, OverflowError, RecursionError):
        return Unreadable(_readable_id(raw), "This entry is not valid and has to be made anew.")


def _readable_id(raw: object) -> str | None:
    if not isinstance(raw, dict):
        return None
    value = cast("dict[str, Any]", raw).get("id")  # JSON of any shape
    if not isinstance(value, str) or len(value) > MAX_ID_CHARS or not value.isprintable():
        return None
    return value


def _parse(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return from_json(body)
    except ValueError:
        pass
    # It refuses some bodies for one item's sake (half a surrogate pair, a number of 5,000 digits): those are read
    # again the patient way, so that only that item is refused.
    try:
        return json.loads(body, parse_int=_integer)
    except (ValueError, RecursionError):
        raise UnreadableBody("The body is not JSON, or nested too deep.") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf
