"""Measuring how far the server's clock is ahead of this device's, from the round trips that happen anyway, and keeping it."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from app_client.store.meta import Meta, get_meta, set_meta
from shared_models.activity import MAX_CLOCK_OFFSET_MS

KEPT_SAMPLES = 8
SAMPLE_LIFETIME = timedelta(hours=12)
SLOWEST_ROUND_TRIP = timedelta(seconds=30)
# Two honest measurements differ by no more than half of both round trips; this much drift comes on top.
DRIFT_MS = 500


class ClockSample(BaseModel):
    """One measurement: server − device, and how long the round trip took; a shorter one knows better."""

    offset_ms: int
    round_trip_ms: int
    taken_at: AwareDatetime


CLOCK_SAMPLES: TypeAdapter[list[ClockSample]] = TypeAdapter(list[ClockSample])


def with_sample(
    samples: Sequence[ClockSample], *, sent_at: datetime, received_at: datetime, server_time: datetime
) -> list[ClockSample]:
    """The samples with this round trip's added, as far as it says anything; the newest last.

    A clock that somebody set anew makes the older samples wrong: they contradict the new one and go.
    """
    round_trip = received_at - sent_at
    if not timedelta(0) <= round_trip <= SLOWEST_ROUND_TRIP:
        return list(samples)
    offset_ms = round((server_time - (sent_at + round_trip / 2)) / timedelta(milliseconds=1))
    if abs(offset_ms) > MAX_CLOCK_OFFSET_MS:
        return list(samples)
    new = ClockSample(
        offset_ms=offset_ms, round_trip_ms=round(round_trip / timedelta(milliseconds=1)), taken_at=received_at
    )
    agreeing = [old for old in samples if abs(received_at - old.taken_at) <= SAMPLE_LIFETIME and _agree(old, new)]
    return [*agreeing, new][-KEPT_SAMPLES:]


def best_offset_ms(samples: Sequence[ClockSample]) -> int | None:
    """The offset of the shortest round trip; of equals, the newest."""
    if not samples:
        return None
    return min(reversed(samples), key=lambda sample: sample.round_trip_ms).offset_ms


def keep_offset(tx: sqlite3.Connection, *, sent_at: datetime, received_at: datetime, server_time: datetime) -> None:
    """Take a round trip into account: the samples and the offset are in the store's meta table."""
    samples = with_sample(
        CLOCK_SAMPLES.validate_json(get_meta(tx, Meta.CLOCK_SAMPLES) or "[]"),
        sent_at=sent_at,
        received_at=received_at,
        server_time=server_time,
    )
    best = best_offset_ms(samples)
    if best is not None:
        set_meta(tx, Meta.CLOCK_SAMPLES, CLOCK_SAMPLES.dump_json(samples).decode())
        set_meta(tx, Meta.CLOCK_OFFSET_MS, str(best))


def _agree(one: ClockSample, other: ClockSample) -> bool:
    tolerance = (one.round_trip_ms + other.round_trip_ms) / 2 + DRIFT_MS
    return abs(one.offset_ms - other.offset_ms) <= tolerance
