"""Hints (提示): what of an advisor's day may want a word of explanation. They count nothing, and nothing is kept of them.

Phone and server compute them from the same ledger, out of what both have of it: neither when a server received an
activity nor which device made it is looked at. A hint is no finding: whoever sees one asks, and the advisor can answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared_models.activity import SERVER_KINDS, Activity
from shared_models.calls import Call
from shared_models.fold import checks_of, recorded_calls, standing_activities
from shared_models.hint_answers import HintAnswer, HintCode
from shared_models.policy import DayPolicy, business_day, is_effective
from shared_models.telephony import PbxRecord
from shared_models.visits import CardResult, Visit

_PHONE_ID_VERSION = 7
# Fewer calls than this that do not fit behind one another overlap, and are said so.
_FEWEST_PRESSED = 3
# However many belong together, a sentence names few of them.
_MOST_NAMED = 5


class Hint(BaseModel):
    """A code with what its sentence needs.

    Activities that have one hint together share its `group`, the least of their ids; `others` are the first few of them
    besides the one it is said of.

    - `burst`: `count` calls or visits, `within_seconds` from the first to the last of them; of calls `seconds` is how long
      those after the first talked.
    - `overlap`: `seconds` is the longest time that two of the `count` calls and visits have in common.
    - `same_number`: `count` calls to the one customer.
    - `backdated`: recorded `seconds` after it is said to have been.
    - `clock_jumped`: the clock's error changed by `seconds`, forwards or back, since the activity before it.
    - `other_card`: nothing more.
    """

    model_config = ConfigDict(frozen=True)

    code: HintCode
    group: UUID
    others: tuple[UUID, ...] = ()
    count: int = 1
    seconds: int = 0
    within_seconds: int = 0


class Answer(BaseModel):
    """What an advisor said to a hint, and when by a right clock."""

    model_config = ConfigDict(frozen=True)

    text: str
    at: AwareDatetime


class AnsweredHint(Hint):
    """A hint with the newest answer to it, if there is one."""

    answer: Answer | None = None


Answers = Mapping[tuple[HintCode, UUID], Answer]


@dataclass(frozen=True, slots=True)
class _Span:
    """When a call or a visit was; a record that nobody logged is a call here, for others to overlap with."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    is_visit: bool


@dataclass(frozen=True, slots=True)
class _Link:
    """Two activities that belong together in one hint, and the seconds that are said of them."""

    one: UUID
    other: UUID
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class _Burst:
    """Calls or visits that follow each other too fast, with what is said of them."""

    members: Sequence[UUID]
    seconds: int
    within_seconds: int


_Found = Iterator[tuple[UUID, Hint]]


def hints_of(activities: Iterable[Activity], policy: DayPolicy) -> dict[UUID, list[Hint]]:
    """The hints of one advisor's business day, by the id of a call or a visit, in the order of the codes.

    `activities` is as for `fold_day`: the day and the voids aimed at it, in any order and with any repeats. What was taken
    back has no hint.
    """
    known = list(activities)
    day = _Day.of(known, policy)
    hints: dict[UUID, list[Hint]] = defaultdict(list)
    bursts = [*_bursts(day)]
    found: list[tuple[UUID, Hint]] = [
        *(said for each in bursts for said in _said(HintCode.BURST, each.members, each.seconds, each.within_seconds)),
        *_overlaps(day, bursts),
        *_same_customer(day),
        *_backdated(day),
        *_clock_jumps(day, known),
        *_other_cards(day),
    ]
    for activity_id, hint in found:
        hints[activity_id].append(hint)
    return dict(hints)


def answers_of(hints: Mapping[UUID, Sequence[Hint]], activities: Iterable[Activity]) -> Answers:
    """The newest answer to each hint, by its code and group: one said of any of those it is about answers it for all."""
    group_of = {(activity_id, hint.code): hint.group for activity_id, each in hints.items() for hint in each}
    newest: dict[tuple[HintCode, UUID], Answer] = {}
    for activity in sorted(activities, key=lambda each: (each.corrected_at, each.id)):
        if isinstance(activity.data, HintAnswer):
            group = group_of.get((activity.data.activity_id, activity.data.hint))
            if group is not None:
                newest[activity.data.hint, group] = Answer(text=activity.data.text, at=activity.corrected_at)
    return newest


def answered(hint: Hint, answers: Answers) -> AnsweredHint:
    """The hint with its answer."""
    return AnsweredHint(**dict(hint), answer=answers.get((hint.code, hint.group)))


@dataclass(frozen=True, slots=True)
class _Day:
    """The standing activities of a day, and which of its calls the exchange recorded."""

    policy: DayPolicy
    standing: Sequence[Activity]
    calls: Sequence[tuple[Activity, Call]]
    visits: Sequence[tuple[Activity, Visit]]
    records: dict[UUID, PbxRecord]
    recorded: dict[UUID, UUID]

    @staticmethod
    def of(activities: Sequence[Activity], policy: DayPolicy) -> "_Day":
        """In the order that things happened, whatever order they came in."""
        standing = sorted(standing_activities(activities, policy), key=lambda each: (each.corrected_at, each.id))
        return _Day(
            policy=policy,
            standing=standing,
            calls=[(each, each.data) for each in standing if isinstance(each.data, Call)],
            visits=[(each, each.data) for each in standing if isinstance(each.data, Visit)],
            records={each.id: each.data for each in standing if isinstance(each.data, PbxRecord)},
            recorded=recorded_calls(activities, policy),
        )


def _bursts(day: _Day) -> Iterator[_Burst]:
    """Runs of calls, or of visits, that were logged faster than they can have been made; what the exchange recorded was."""
    rule = day.policy.policy
    window = timedelta(minutes=rule.hint_burst_minutes)
    calls = [(each, call) for each, call in day.calls if each.id not in day.recorded and is_effective(call, rule)]
    at = [each.corrected_at for each, _ in calls]
    talked = [call.talk_seconds for _, call in calls]
    pressed = _pressed(at, talked, tolerance=rule.hint_overlap_seconds)
    for first, last in _merged([*_crowded(at, rule.hint_burst_calls, window), *pressed]):
        members = [each.id for each, _ in calls[first : last + 1]]
        yield _Burst(members, sum(talked[first + 1 : last + 1]), _seconds(at[last] - at[first]))
    at = [each.corrected_at for each, _ in day.visits]
    for first, last in _merged(_crowded(at, rule.hint_burst_visits, window)):
        members = [each.id for each, _ in day.visits[first : last + 1]]
        yield _Burst(members, 0, _seconds(at[last] - at[first]))


def _crowded(at: Sequence[datetime], fewest: int, window: timedelta) -> Iterator[tuple[int, int]]:
    """From where to where in a row of instants at least so many lie within the window."""
    for last in range(fewest - 1, len(at)):
        if at[last] - at[last - fewest + 1] <= window:
            yield last - fewest + 1, last


def _pressed(at: Sequence[datetime], talked: Sequence[int], *, tolerance: int) -> Iterator[tuple[int, int]]:
    """From where to where calls, each logged when it was over, talked longer than the time between them holds."""
    first = peak = 0
    missing = most = 0.0
    for index in range(1, len(at) + 1):
        if index < len(at):
            missing += talked[index] - (at[index] - at[index - 1]).total_seconds()
        if index == len(at) or missing <= 0:
            if most > tolerance and peak - first + 1 >= _FEWEST_PRESSED:
                yield first, peak
            first = peak = index
            missing = most = 0.0
        elif missing > most:
            most, peak = missing, index


def _merged(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs that share a member are one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _overlaps(day: _Day, bursts: Sequence[_Burst]) -> _Found:
    """Calls that were at once, and calls within the minutes of a visit; of two in one burst that is said already."""
    tolerance = day.policy.policy.hint_overlap_seconds
    burst_of = {member: index for index, burst in enumerate(bursts) for member in burst.members}
    last_call: _Span | None = None
    last_visit: _Span | None = None
    links: list[_Link] = []
    # Whatever began earlier and lasts at all beyond this one's beginning, the one that ends last does too.
    for span in sorted(_spans(day), key=lambda each: (each.starts_at, each.ends_at, each.id)):
        for earlier in (last_call, None if span.is_visit else last_visit):
            shared = 0 if earlier is None else _seconds(min(earlier.ends_at, span.ends_at) - span.starts_at)
            if earlier is None or shared <= tolerance:
                continue
            is_said = span.id in burst_of and burst_of[span.id] == burst_of.get(earlier.id)
            if not is_said:
                links.append(_Link(earlier.id, span.id, shared))
        if span.is_visit:
            last_visit = span if last_visit is None else max(last_visit, span, key=lambda each: each.ends_at)
        else:
            last_call = span if last_call is None else max(last_call, span, key=lambda each: each.ends_at)
    told = {each.id for each, _ in (*day.calls, *day.visits)}
    for members, longest in _groups(links):
        yield from (said for said in _said(HintCode.OVERLAP, members, longest) if said[0] in told)


def _spans(day: _Day) -> Iterator[_Span]:
    behind = set(day.recorded.values())
    for record_id, record in day.records.items():
        if record_id not in behind:
            yield _span_of_record(record_id, record)
    for each, call in day.calls:
        if each.id in day.recorded:
            yield _span_of_record(each.id, day.records[day.recorded[each.id]])
        else:
            # It is logged when it is over.
            begun = each.corrected_at - timedelta(seconds=call.talk_seconds)
            yield _Span(each.id, begun, each.corrected_at, is_visit=False)
    for each, visit in day.visits:
        if visit.minutes:
            ends = each.corrected_at + timedelta(minutes=visit.minutes)
            yield _Span(each.id, each.corrected_at, ends, is_visit=True)


def _span_of_record(call_id: UUID, record: PbxRecord) -> _Span:
    # While it only rings, nobody is spoken to.
    return _Span(call_id, record.answered_at or record.ended_at, record.ended_at, is_visit=False)


def _groups(links: Sequence[_Link]) -> list[tuple[list[UUID], int]]:
    """Those that are linked with each other, however many links apart, with the greatest seconds among their links."""
    leader: dict[UUID, UUID] = {}

    def leader_of(member: UUID) -> UUID:
        while (above := leader.setdefault(member, member)) != member:
            leader[member] = member = leader[above]
        return member

    for link in links:
        leader[leader_of(link.one)] = leader_of(link.other)
    members: dict[UUID, list[UUID]] = defaultdict(list)
    for member in sorted(leader):
        members[leader_of(member)].append(member)
    longest: dict[UUID, int] = defaultdict(int)
    for link in links:
        longest[leader_of(link.one)] = max(longest[leader_of(link.one)], link.seconds)
    return [(each, longest[first]) for first, each in members.items()]


def _same_customer(day: _Day) -> _Found:
    calls: dict[UUID | None, list[UUID]] = defaultdict(list)
    for each, _ in day.calls:
        calls[each.customer_id].append(each.id)
    for ids in calls.values():
        if len(ids) >= day.policy.policy.hint_same_customer_calls:
            yield from _said(HintCode.SAME_NUMBER, ids)


def _backdated(day: _Day) -> _Found:
    """Recorded later than said: a phone makes the id when it records, by the clock that also says when it was."""
    most = day.policy.policy.hint_backdated_minutes * 60_000
    for each in (*(call for call, _ in day.calls), *(visit for visit, _ in day.visits)):
        # What the exchange recorded is dated by its record.
        if each.id in day.recorded or each.id.version != _PHONE_ID_VERSION:
            continue
        # Milliseconds, as an id can hold years that no calendar has (RFC 9562 §5.7).
        later = (each.id.int >> 80) - int(each.occurred_at.timestamp() * 1000)
        if later > most or (later > 0 and not _is_of_day(each, day.policy, later=timedelta(milliseconds=later))):
            yield from _said(HintCode.BACKDATED, [each.id], later // 1000)


def _clock_jumps(day: _Day, known: Iterable[Activity]) -> _Found:
    """Said of the first call or visit after a jump; who made a `seq` is not known, so one that came twice tells nothing."""
    most = day.policy.policy.hint_clock_minutes * 60_000
    standing = {each.id for each, _ in (*day.calls, *day.visits)}
    # What was taken back was recorded all the same, by the clock of then.
    made = {each.id: each for each in known if each.kind not in SERVER_KINDS and _is_of_day(each, day.policy)}
    times = Counter(each.seq for each in made.values())
    row = sorted((each for each in made.values() if times[each.seq] == 1), key=lambda each: each.seq)
    jump = 0
    for before, each in pairwise(row):
        if each.seq != before.seq + 1:
            jump = 0
            continue
        change = each.clock_offset_ms - before.clock_offset_ms
        jump = change if abs(change) > most else jump
        if jump and each.id in standing:
            yield from _said(HintCode.CLOCK_JUMPED, [each.id], round(jump / 1000))
            jump = 0


def _other_cards(day: _Day) -> _Found:
    checks = checks_of(day.standing)
    for each, _ in day.visits:
        check = checks.get(each.id)
        if check is not None and check.card is CardResult.OTHER_CUSTOMER:
            yield from _said(HintCode.OTHER_CARD, [each.id])


def _said(code: HintCode, members: Sequence[UUID], seconds: int = 0, within_seconds: int = 0) -> _Found:
    """One hint, for each of those whom it is about."""
    ids = sorted(members)
    hint = Hint(code=code, group=ids[0], count=len(ids), seconds=seconds, within_seconds=within_seconds)
    named = ids[: _MOST_NAMED + 1]
    for member in ids:
        others = tuple(each for each in named if each != member)[:_MOST_NAMED]
        yield member, hint.model_copy(update={"others": others})


def _is_of_day(activity: Activity, policy: DayPolicy, *, later: timedelta = timedelta(0)) -> bool:
    """Whether it, or an instant so much later by the same clock, lies on the business day."""
    at = activity.occurred_at + later
    day = business_day(at, clock_offset_ms=activity.clock_offset_ms, timezone=policy.policy.timezone)
    return day == policy.day


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
