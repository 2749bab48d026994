"""What now and then happens on a working day and asks for a word (提示): logged together or afterwards, tried again and again, a clock that was set."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app_server.demo.days import seeded_uuid7
from shared_models.activity import Activity, ActivityData, ActivityKind, Void
from shared_models.calls import Call, CallOutcome
from shared_models.hint_answers import HintAnswer, HintCode

# Of the demo's advisors, on their last days.
QUIRKS: Mapping[str, tuple[HintCode, ...]] = {
    "advisor2": (HintCode.BURST, HintCode.BACKDATED),
    "advisor4": (HintCode.SAME_NUMBER,),
    "advisor5": (HintCode.CLOCK_JUMPED, HintCode.BACKDATED),
}
ANSWERS: Mapping[tuple[str, HintCode], str] = {
    ("advisor2", HintCode.BURST): "下午客户集中，送走客户后一起登记的，通话时长是看手机记录填的。",
    ("advisor5", HintCode.CLOCK_JUMPED): "手机时间慢了几分钟，同事提醒后调准了。",
}
_TOGETHER = 5
_LATER = timedelta(minutes=95)
_TRIES = 3
_SLOW = timedelta(minutes=7)

_Quirk = Callable[[list[Activity], datetime, Random], UUID | None]


def with_quirks(made: Sequence[Activity], login: str, *, end: datetime, random: Random) -> list[Activity]:
    """A day, in order and numbered, with what that advisor tends to do where there is an occasion, and what they say of it.

    `end`: when the advisor says it, at the end of what is worked through.
    """
    if not made:
        return []
    day, said = list(made), list[tuple[HintCode, UUID]]()
    for code in QUIRKS.get(login, ()):
        about = _OF_CODE[code](day, end, random)
        if about is not None:
            said.append((code, about))
    for code, about in said:
        if (login, code) in ANSWERS:
            data = HintAnswer(activity_id=about, hint=code, text=ANSWERS[login, code])
            day.append(_activity(ActivityKind.HINT_ANSWER, end, None, data, random, like=day[-1]))
    return [each.model_copy(update={"seq": seq}) for seq, each in enumerate(day, start=made[0].seq)]


def _logged_together(day: list[Activity], _end: datetime, random: Random) -> UUID | None:
    """Some calls of the day come all at once, at the last one's time."""
    calls = [each for each in day if _is_plain(each)][-_TOGETHER:]
    if len(calls) < _TOGETHER:
        return None
    at = calls[-1].occurred_at
    moved: list[Activity] = []
    for number, each in enumerate(calls):
        moment = at - timedelta(seconds=25 * (_TOGETHER - 1 - number))
        moved.append(each.model_copy(update={"id": seeded_uuid7(moment, random), "occurred_at": moment}))
    place = day.index(calls[-1])
    day[place : place + 1] = moved
    day[:] = [each for each in day if each not in calls[:-1]]
    return moved[0].id


def _logged_afterwards(day: list[Activity], end: datetime, random: Random) -> UUID | None:
    calls = [(index, each) for index, each in enumerate(day) if _is_plain(each) and each.occurred_at + _LATER < end]
    if not calls:
        return None
    index, call = random.choice(calls[: max(1, len(calls) // 3)])
    day[index] = call.model_copy(update={"id": seeded_uuid7(call.occurred_at + _LATER, random)})
    return day[index].id


def _tried_again(day: list[Activity], end: datetime, random: Random) -> UUID | None:
    slips = {each.data.activity_id for each in day if isinstance(each.data, Void)}
    for index, each in enumerate(day):
        if each.id not in slips and isinstance(each.data, Call) and each.data.outcome is CallOutcome.NO_ANSWER:
            times = [each.occurred_at + timedelta(minutes=35 * number) for number in range(1, _TRIES + 1)]
            if times[-1] >= end:
                return None
            more = [_activity(ActivityKind.CALL, at, each.customer_id, each.data, random, like=each) for at in times]
            day[:] = sorted([*day, *more], key=lambda one: one.occurred_at)
            return day[index].id
    return None


def _set_the_clock(day: list[Activity], _end: datetime, _random: Random) -> UUID | None:
    """The phone was slow until some call late in the day."""
    late = [index for index, each in enumerate(day) if _is_plain(each) and index > len(day) // 2]
    if not late:
        return None
    for index in range(late[0]):
        each = day[index]
        slow = each.clock_offset_ms + _SLOW // timedelta(milliseconds=1)
        day[index] = each.model_copy(update={"occurred_at": each.occurred_at - _SLOW, "clock_offset_ms": slow})
    return day[late[0]].id


def _is_plain(activity: Activity) -> bool:
    """A call that nothing hangs on: no promise was made in it, and it is nobody's slip."""
    return isinstance(activity.data, Call) and activity.data.outcome in (CallOutcome.INTERESTED, CallOutcome.DECLINED)


def _activity(
    kind: ActivityKind, at: datetime, customer_id: UUID | None, data: ActivityData, random: Random, *, like: Activity
) -> Activity:
    at = at.astimezone(like.occurred_at.tzinfo)
    made = {"id": seeded_uuid7(at, random), "kind": kind, "occurred_at": at, "customer_id": customer_id, "data": data}
    return like.model_copy(update=made)


_OF_CODE: Mapping[HintCode, _Quirk] = {
    HintCode.BURST: _logged_together,
    HintCode.BACKDATED: _logged_afterwards,
    HintCode.SAME_NUMBER: _tried_again,
    HintCode.CLOCK_JUMPED: _set_the_clock,
}
