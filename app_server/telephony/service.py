"""Events taken in one transaction: whose call it was by the bank's lines, kept once, and entered where the customer is known."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app_server.database import Database
from app_server.numbers import e164, line_number, number_trouble
from app_server.quality.service import check_transcripts
from app_server.recordings.service import note_awaited
from app_server.sync.feed import take_numbers, take_numbers_of_each
from app_server.sync.records import UNKNOWN_NUMBER, Exchange, Place, Waiting, waiting_of
from app_server.sync.service import (
    JudgedRecords,
    Overtaken,
    enter_waiting,
    judge_records,
    keep_records,
    write_batches,
)
from app_server.tables import LINES_SCOPE, RecordState
from app_server.telephony import queries
from app_server.telephony.events import Ended, EventResult, EventStatus, ReadEvent, transcripts_of
from app_server.telephony.queries import Known, NewEvent
from shared_models.activity import FUTURE_TOLERANCE, RejectCode, accepted_times
from shared_models.telephony import PbxLine, PbxRecord

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
class _Call:
    """A finished call by the bank's lines: where it stands before its customer is looked for, whose it was, on what line."""

    ended: Ended
    place: Place
    advisor: Exchange | None = None
    line: PbxLine | None = None

    @property
    def told(self) -> str | None:
        """The reason, as far as the exchange may know: whether a number is a customer's is not its to know."""
        return None if self.place.reason == UNKNOWN_NUMBER else self.place.reason


def take_events(
    db: Database, provider: str, events: Sequence[ReadEvent | EventResult], *, now: datetime
) -> list[EventResult]:
    """Keep each event once and enter the finished calls; an answer for each, in order, committed when this returns."""
    return write_batches(db, lambda session: _take(session, provider, events, now=now))


def _take(
    session: Session, provider: str, events: Sequence[ReadEvent | EventResult], *, now: datetime
) -> list[EventResult]:
    firsts: dict[UUID, ReadEvent] = {}
    for each in events:
        if isinstance(each, ReadEvent) and each.at <= now + FUTURE_TOLERANCE:
            firsts.setdefault(each.id, each)
    ended = {row_id: each.event for row_id, each in firsts.items() if isinstance(each.event, Ended)}
    known = _known(session, provider, ended.values(), events=firsts.keys())
    new = [each for row_id, each in firsts.items() if row_id not in known.digests]
    calls = _calls(provider, {each.id: ended[each.id] for each in new if each.id in ended}, known, now=now)
    if unknown := {row_id: call.ended for row_id, call in calls.items() if call.place.reason == UNKNOWN_LINE}:
        lock_lines(session)
        calls |= _calls(provider, unknown, _known(session, provider, unknown.values()), now=now)
    entering = _judged(session, calls, now=now)
    _keep_events(session, provider, new, calls, entering, now=now)
    check_transcripts(session, provider, transcripts_of(new), now=now)
    note_awaited(session, provider, (each.document for each in new if each.id not in ended), now=now)
    for records in entering:
        keep_records(session, records, now=now)
    taken = {each.id: calls[each.id].told if each.id in calls else None for each in new}
    digests = known.digests | {each.id: each.digest for each in new}
    results: list[EventResult] = []
    for each in events:
        if isinstance(each, EventResult):
            results.append(each)
        elif each.id not in firsts:
            results.append(_answer(each, EventStatus.REJECTED, RejectCode.IN_FUTURE.value))
        elif each is firsts[each.id] and each.id in taken:
            results.append(_answer(each, EventStatus.TAKEN, taken[each.id]))
        elif each.digest == digests[each.id]:
            results.append(_answer(each, EventStatus.DUPLICATE))
        else:
            results.append(_answer(each, EventStatus.REJECTED, CONFLICT))
    return results


def _known(session: Session, provider: str, calls: Iterable[Ended], *, events: Collection[UUID] = ()) -> Known:
    numbers = {line_number(each.own_number) for each in calls}
    return queries.known(session, provider, numbers=numbers, events=events)


def _calls(provider: str, ended: Mapping[UUID, Ended], known: Known, *, now: datetime) -> dict[UUID, _Call]:
    earliest = accepted_times(now, known.policies).earliest
    too_late = Place(RecordState.LATE, RejectCode.TOO_OLD.value)
    calls: dict[UUID, _Call] = {}
    for row_id, each in ended.items():
        call = _call(provider, each, known)
        calls[row_id] = replace(call, place=too_late) if each.ended_at < earliest else call
    return calls


def _call(provider: str, ended: Ended, known: Known) -> _Call:
    day = known.policies.today(ended.ended_at)
    holders = known.holders.get(line_number(ended.own_number), [])
    holder = next((each for each in holders if each.holds_on(day)), None)
    if holder is None:
        return _Call(ended, Place(RecordState.WAITING, UNKNOWN_LINE))
    stay = next((each for each in known.advising.get(holder.staff_id, ()) if each.holds_on(day)), None)
    if stay is None:
        return _Call(ended, Place(RecordState.KEPT, NOT_AN_ADVISOR))
    trouble = number_trouble(ended.other_number)
    place = Place(RecordState.WAITING, UNKNOWN_NUMBER if trouble is None else trouble.value)
    return _Call(ended, place, Exchange(holder.staff_id, provider, stay.unit_path), holder.line)


def _judged(session: Session, calls: Mapping[UUID, _Call], *, now: datetime) -> list[JudgedRecords]:
    """Those of the calls that wait for nothing but their customer, judged while their advisors' feeds are held."""
    advisors: dict[UUID, Exchange] = {}
    waiting: dict[UUID, list[Waiting]] = defaultdict(list)
    for row_id, call in calls.items():
        number = e164(call.ended.other_number)
        if call.place == Place(RecordState.WAITING, UNKNOWN_NUMBER) and call.advisor is not None and number is not None:
            advisors[call.advisor.id] = call.advisor
            told = {**vars(call.ended), "provider": call.advisor.provider, "line": call.line}
            waiting[call.advisor.id].append(waiting_of(row_id, PbxRecord.model_validate(told), number))
    heads = take_numbers_of_each(session, {str(advisor_id): len(each) for advisor_id, each in waiting.items()})
    return [
        judge_records(session, advisors[advisor_id], waiting[advisor_id], head=heads[str(advisor_id)], now=now)
        for advisor_id in sorted(waiting)
    ]


def _keep_events(
    session: Session,
    provider: str,
    events: Sequence[ReadEvent],
    calls: Mapping[UUID, _Call],
    entering: Sequence[JudgedRecords],
    *,
    now: datetime,
) -> None:
    """Insert new events, finished calls as they stand at the end. Before the entries, so that ids are inserted in one order."""
    places = {row_id: call.place for row_id, call in calls.items()}
    for records in entering:
        places |= records.places
    rows: list[NewEvent] = []
    for each in events:
        call = calls.get(each.id)
        whose = (None, None) if call is None or call.advisor is None else (call.advisor.id, call.line)
        rows.append(NewEvent(each, places.get(each.id, Place(RecordState.KEPT)), *whose))
    if rows and queries.add_events(session, rows, provider=provider, now=now) < len(rows):
        raise Overtaken


def enter_of_lines(session: Session, numbers: Collection[str], *, now: datetime) -> None:
    """Look again at records that waited for these lines to be somebody's. Call it within `write_batches`."""
    by_provider: dict[str, dict[UUID, Ended]] = defaultdict(dict)
    for each in queries.without_line(session, numbers):
        by_provider[each.provider][each.id] = Ended.model_validate(each.document)
    calls: dict[UUID, _Call] = {}
    for provider, ended in by_provider.items():
        calls |= _calls(provider, ended, _known(session, provider, ended.values()), now=now)
    advisors = {call.advisor.id for call in calls.values() if call.advisor is not None}
    take_numbers_of_each(session, {str(advisor_id): 0 for advisor_id in advisors})
    for row_id, call in sorted(calls.items()):
        if call.advisor is not None and call.line is not None:
            reason = call.place.reason or UNKNOWN_NUMBER
            queries.attribute(session, row_id, advisor_id=call.advisor.id, line=call.line, reason=reason)
    for advisor_id in sorted(advisors):
        enter_waiting(session, advisor_id, phones=None, now=now)


def lock_lines(session: Session) -> None:
    """Hold what is known of lines, before any feed: a call of an unknown line and a list that names it see each other."""
    take_numbers(session, LINES_SCOPE, 0)


def _answer(each: ReadEvent, status: EventStatus, code: str | None = None) -> EventResult:
    return EventResult(
        record_id=each.event.record_id,
        event=each.event.event.value,
        status=status,
        code=code,
        detail=DETAILS[code] if code is not None else None,
    )
