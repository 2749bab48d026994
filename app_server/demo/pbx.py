"""A day of a call centre, made up from a seed: who calls whom, how long, and how late and how often an exchange tells of it."""

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app_server.demo.talks import transcript
from shared_models.telephony import PbxDirection, PbxEventKind, PbxLine

# Of the 31,647 calls of the UCI Bank Marketing data set (Moro, Cortez and Rita, 2014): how many attempts it took to
# reach a customer once, so one in three is answered; how long they talked, in seconds, at every twentieth of them; and
# what share was reached on a mobile, of those of whom it is known.
ANSWER_RATE = 0.327
TALK_SECONDS = (
    *(0, 36, 57, 72, 85, 98, 112, 125, 139, 155, 171, 190, 211, 237, 267, 305, 357, 427, 541, 750),
    1296,
)
MOBILE_SHARE = 0.91

INBOUND_SHARE, UNKNOWN_SHARE, MASKED_SHARE, WITHHELD_SHARE = 0.12, 0.05, 0.02, 0.01
REPEAT_SHARE, LATE_SHARE = 0.1, 0.03
MOST_IN_REQUEST = 40
# Seconds of talk; a shorter call is not written down.
TRANSCRIBED_FROM = 60
_OPENS, _CLOSES = time(9), time(17, 30)


@dataclass(frozen=True, slots=True)
class Seat:
    """One advisor: the lines they speak on, and the numbers of their book."""

    numbers: dict[PbxLine, str]
    phones: Sequence[str]


def calls_of_day(
    seats: Sequence[Seat], day: date, *, count: int, seed: int, timezone: ZoneInfo
) -> list[dict[str, Any]]:
    """The day's finished calls as `ended` events, in the order they ended: the same ones for the same seed and bank."""
    chance = random.Random(f"{seed}/{day}")
    opens = datetime.combine(day, _OPENS, timezone)
    seconds = int((datetime.combine(day, _CLOSES, timezone) - opens).total_seconds())
    made = [
        _call(
            chance, chance.choice(seats), opens + timedelta(seconds=chance.randrange(seconds)), f"{seed}-{day}-{number}"
        )
        for number in range(count)
    ]
    return sorted(made, key=lambda each: (each["ended_at"], each["record_id"]))


def _call(chance: random.Random, seat: Seat, starts: datetime, record_id: str) -> dict[str, Any]:
    is_answered = chance.random() < ANSWER_RATE
    answered = starts + timedelta(seconds=chance.randint(4, 20))
    talk = _talk_seconds(chance) if is_answered else 0
    line = PbxLine.MOBILE if chance.random() < MOBILE_SHARE and PbxLine.MOBILE in seat.numbers else PbxLine.LANDLINE
    return {
        "event": PbxEventKind.ENDED.value,
        "record_id": record_id,
        "direction": (PbxDirection.INBOUND if chance.random() < INBOUND_SHARE else PbxDirection.OUTBOUND).value,
        "own_number": seat.numbers[line],
        "other_number": _other_number(chance, seat),
        "started_at": starts.isoformat(),
        "answered_at": answered.isoformat() if is_answered else None,
        "ended_at": (answered + timedelta(seconds=talk)).isoformat(),
        "talk_seconds": talk,
    }


def _talk_seconds(chance: random.Random) -> int:
    place = chance.random() * (len(TALK_SECONDS) - 1)
    lower = int(place)
    return round(TALK_SECONDS[lower] + (TALK_SECONDS[lower + 1] - TALK_SECONDS[lower]) * (place - lower))


def _other_number(chance: random.Random, seat: Seat) -> str:
    phone = chance.choice(seat.phones)
    kinds = (phone, f"199{chance.randrange(10**8):08d}", f"{phone[:3]}****{phone[-4:]}", "anonymous")
    known = 1 - UNKNOWN_SHARE - MASKED_SHARE - WITHHELD_SHARE
    limits = (known, known + UNKNOWN_SHARE, known + UNKNOWN_SHARE + MASKED_SHARE)
    return kinds[bisect_right(limits, chance.random())]


def deliveries(calls: Sequence[dict[str, Any]], *, seed: int) -> Iterator[list[dict[str, Any]]]:
    """The requests in which an exchange tells of these calls: all their events, late, out of order, some of them twice."""
    chance = random.Random(seed)
    sent: list[tuple[float, int, dict[str, Any]]] = []
    for call in calls:
        for event in _events(call):
            repeats = 1 + (chance.random() < REPEAT_SHARE)
            sent += [(_arrives(chance, event), len(sent) + each, event) for each in range(repeats)]
    ordered = [event for _, _, event in sorted(sent, key=lambda each: each[:2])]
    start = 0
    while start < len(ordered):
        size = chance.randint(1, MOST_IN_REQUEST)
        yield ordered[start : start + size]
        start += size


def _events(call: dict[str, Any]) -> list[dict[str, Any]]:
    told = [_beside(PbxEventKind.RINGING, call, call["started_at"])]
    if call["answered_at"] is not None:
        told += [
            _beside(PbxEventKind.ANSWERED, call, call["answered_at"]),
            _beside(PbxEventKind.RECORDING_READY, call, call["ended_at"]),
        ]
    if call["talk_seconds"] >= TRANSCRIBED_FROM:
        told.append({**_beside(PbxEventKind.TRANSCRIPT_READY, call, call["ended_at"]), **transcript(call)})
    return [*told, call]


def _beside(kind: PbxEventKind, call: dict[str, Any], at: str) -> dict[str, Any]:
    return {"event": kind.value, "record_id": call["record_id"], "at": at}


def _arrives(chance: random.Random, event: dict[str, Any]) -> float:
    at = datetime.fromisoformat(event.get("at") or event["ended_at"]).timestamp()
    hours = 3600 * 4 if chance.random() < LATE_SHARE else 60
    return at + chance.expovariate(1 / hours)
