"""Events taken in one transaction: whose call it was by the bank's lines, kept once, and entered where the customer is known."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.database import Database
from app_server.numbers import e164, line_number, number_trouble
from app_server.org.queries import policies
from app_server.quality.service import check_transcripts
from app_server.recordings.service import note_awaited
from app_server.sync.feed import take_numbers
from app_server.sync.records import UNKNOWN_NUMBER
from app_server.sync.service import enter_waiting, write_batches
from app_server.tables import LINES_SCOPE, RecordState
from app_server.telephony import queries
from app_server.telephony.events import Ended, EventResult, EventStatus, ReadEvent, transcripts_of
from app_server.telephony.queries import Holder
from shared_models.activity import AcceptedTimes, RejectCode, accepted_times
from shared_models.org import holds_on
from shared_models.policy import Policies
from shared_models.telephony import PbxLine

UNKNOWN_LINE = "unknown_line"
NOT_AN_ADVISOR = "not_an_advisor"
CONFLICT = "id_conflict"

DETAILS = {
    UNKNOWN_LINE: "own_number was nobody's line on that day; it waits until the bank's list of lines says whose.",
    NOT_AN_ADVISOR: "own_number was the line of somebody who was no advisor on that day; it is kept and not counted.",
    RejectCode.TOO_OLD.value: "The call came too late to be counted; it is kept.",
    RejectCode.IN_FUTURE.value: "The event lies in the future; set the exchange's clock and send it again.",
    CONFLICT: "Another event of this kind and record_id is here already, with other content; it stands.",
    "masked_number": "other_number is masked, so nobody can be found by it; it is kept and not counted.",
    "withheld_number": "other_number was withheld; it is kept and not counted.",
    "unreadable_number": "other_number is no telephone number; it is kept and not counted.",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a finished call stands when it is taken: whose it is, and why it does not enter the ledger yet."""

    state: RecordState
    reason: str | None
    advisor_id: UUID | None = None
    line: PbxLine | None = None

    @property
    def told(self) -> str | None:
        # Whether a number is a customer's is not the exchange's to know.
        return None if self.reason == UNKNOWN_NUMBER else self.reason


def take_events(
    db: Database, provider: str, events: Sequence[ReadEvent | EventResult], *, now: datetime
) -> list[EventResult]:
    """Keep each event once and enter the finished calls; an answer for each, in order, committed when this returns."""
    return write_batches(db, lambda session: _take(session, provider, events, now=now))


def _take(
    session: Session, provider: str, events: Sequence[ReadEvent | EventResult], *, now: datetime
) -> list[EventResult]:
    rules = policies(session)
    times = accepted_times(now, rules)
    on_time = [each for each in events if isinstance(each, ReadEvent) and each.at <= times.latest]
    firsts: dict[UUID, ReadEvent] = {}
    for each in on_time:
        firsts.setdefault(each.row_id(provider), each)
    ended = {row_id: each.event for row_id, each in firsts.items() if isinstance(each.event, Ended)}
    places = _places(session, provider, ended, rules=rules, times=times)
    unknown = {row_id: ended[row_id] for row_id, place in places.items() if place.reason == UNKNOWN_LINE}
    if unknown:
        lock_lines(session)
        places |= _places(session, provider, unknown, rules=rules, times=times)
    lock_feeds(session, (place.advisor_id for place in places.values()))
    rows = [_row(row_id, each, provider, places.get(row_id), now) for row_id, each in firsts.items()]
    added = queries.add_events(session, rows)
    check_transcripts(session, provider, transcripts_of(firsts[row_id] for row_id in added), now=now)
    note_awaited(session, provider, (firsts[row_id].document for row_id in added), now=now)
    standing = queries.digests(session, firsts.keys() - added)
    phones: dict[UUID, list[str]] = defaultdict(list)
    for row_id in added & ended.keys():
        place = places[row_id]
        if place.advisor_id is not None and place.state is RecordState.WAITING:
            phones[place.advisor_id].append(ended[row_id].other_number)
    for advisor_id in sorted(phones):
        enter_waiting(session, advisor_id, phones=phones[advisor_id], now=now)
    results: list[EventResult] = []
    for each in events:
        if isinstance(each, EventResult):
            results.append(each)
            continue
        row_id = each.row_id(provider)
        if row_id not in firsts:
            results.append(_answer(each, EventStatus.REJECTED, RejectCode.IN_FUTURE.value))
        elif row_id in added and each is firsts[row_id]:
            place = places.get(row_id)
            results.append(_answer(each, EventStatus.TAKEN, place.told if place is not None else None))
        elif each.digest == standing.get(row_id, firsts[row_id].digest):
            results.append(_answer(each, EventStatus.DUPLICATE))
        else:
            results.append(_answer(each, EventStatus.REJECTED, CONFLICT))
    return results


def enter_of_lines(session: Session, numbers: Collection[str], *, now: datetime) -> None:
    """Look again at records that waited for these lines to be somebody's. Call it within `write_batches`."""
    rules = policies(session)
    waiting = queries.without_line(session, numbers)
    by_provider: dict[str, dict[UUID, Ended]] = defaultdict(dict)
    for each in waiting:
        by_provider[each.provider][each.id] = Ended.model_validate(each.document)
    places: dict[UUID, _Place] = {}
    for provider, ended in by_provider.items():
        places |= _places(session, provider, ended, rules=rules, times=accepted_times(now, rules))
    advisors = {place.advisor_id for place in places.values() if place.advisor_id is not None}
    lock_feeds(session, advisors)
    for row_id, place in sorted(places.items()):
        if place.advisor_id is not None and place.line is not None:
            queries.attribute(
                session, row_id, advisor_id=place.advisor_id, line=place.line, reason=place.reason or UNKNOWN_NUMBER
            )
    for advisor_id in sorted(advisors):
        enter_waiting(session, advisor_id, phones=None, now=now)


def lock_lines(session: Session) -> None:
    """Hold what is known of lines, before any feed: a call of an unknown line and a list that names it see each other."""
    take_numbers(session, LINES_SCOPE, 0)


def lock_feeds(session: Session, advisor_ids: Iterable[UUID | None]) -> None:
    """Hold these advisors' feeds, in the order in which everybody takes them."""
    for scope in sorted({str(advisor_id) for advisor_id in advisor_ids if advisor_id is not None}):
        take_numbers(session, scope, 0)


def _places(
    session: Session, provider: str, ended: Mapping[UUID, Ended], *, rules: Policies, times: AcceptedTimes
) -> dict[UUID, _Place]:
    holders = queries.holders(session, provider, {line_number(each.own_number) for each in ended.values()})
    staff_ids = {holder.staff_id for each in holders.values() for holder in each}
    advising = queries.advising(session, staff_ids)
    places: dict[UUID, _Place] = {}
    for row_id, each in ended.items():
        day = rules.today(each.ended_at)
        place = _place(each, holders.get(line_number(each.own_number), []), advising, day)
        if each.ended_at < times.earliest:
            place = _Place(RecordState.LATE, RejectCode.TOO_OLD.value, place.advisor_id, place.line)
        places[row_id] = place
    return places


def _place(
    ended: Ended,
    holders: Sequence[Holder],
    advising: Mapping[UUID, Sequence[tuple[date, date | None]]],
    day: date,
) -> _Place:
    holder = next((each for each in holders if each.holds_on(day)), None)
    if holder is None:
        return _Place(RecordState.WAITING, UNKNOWN_LINE)
    if not any(holds_on(day, *stay) for stay in advising.get(holder.staff_id, ())):
        return _Place(RecordState.KEPT, NOT_AN_ADVISOR)
    trouble = number_trouble(ended.other_number)
    if trouble is not None:
        return _Place(RecordState.WAITING, trouble.value, holder.staff_id, holder.line)
    return _Place(RecordState.WAITING, UNKNOWN_NUMBER, holder.staff_id, holder.line)


def _row(row_id: UUID, each: ReadEvent, provider: str, place: _Place | None, now: datetime) -> dict[str, object]:
    ended = each.event if isinstance(each.event, Ended) else None
    return {
        "id": row_id,
        "provider": provider,
        "record_id": each.event.record_id,
        "event": each.event.event,
        "at": each.at,
        "received_at": now,
        "digest": each.digest,
        "document": each.document,
        "state": place.state if place is not None else RecordState.KEPT,
        "reason": place.reason if place is not None else None,
        "line_number": line_number(ended.own_number) if ended is not None else None,
        "customer_number": e164(ended.other_number) if ended is not None else None,
        "advisor_id": place.advisor_id if place is not None else None,
        "line": place.line if place is not None else None,
    }


def _answer(each: ReadEvent, status: EventStatus, code: str | None = None) -> EventResult:
    return EventResult(
        record_id=each.event.record_id,
        event=each.event.event.value,
        status=status,
        code=code,
        detail=DETAILS[code] if code is not None else None,
    )
