"""When to sync, step by step, and how the clock's offset is chosen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_client.sync.clock_offset import ClockSample, best_offset_ms, with_sample
from app_client.sync.machine import (
    MAX_BATCH,
    Asked,
    BatchTooLarge,
    CursorGone,
    Dragging,
    Exchange,
    Exchanged,
    Failed,
    ForgetCursor,
    Phase,
    SignedIn,
    SignedOut,
    SyncState,
    Unreachable,
    step,
)
from tests.store.scenes import NINE


def test_asking_exchanges_and_more_goes_on_until_all_is_in_step():
    state, effects = step(SyncState(), Asked(now=0))
    assert (state.phase, effects) == (Phase.SYNCING, (Exchange(MAX_BATCH),))
    state, effects = step(state, Exchanged(now=1, more=True))
    assert (state.phase, effects) == (Phase.SYNCING, (Exchange(MAX_BATCH),))
    state, effects = step(state, Exchanged(now=2, more=False))
    assert (state.phase, effects, state.wake_at) == (Phase.IDLE, (), 62)


def test_the_pause_doubles_from_two_seconds_to_five_minutes_and_success_ends_it():
    state, pauses = SyncState(), []
    for _ in range(12):
        state, effects = step(state, Unreachable(now=100, jitter=0.999999))
        assert effects == ()
        pauses.append(round((state.wake_at or 0) - 100))
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    assert state.phase is Phase.OFFLINE
    state, _ = step(state, Exchanged(now=500, more=False))
    assert (state.phase, state.failures) == (Phase.IDLE, 0)


@given(st.integers(0, 40), st.floats(0, 1, exclude_max=True))
def test_every_pause_lies_between_two_seconds_and_five_minutes(failures, jitter):
    state, _ = step(SyncState(failures=failures), Failed(now=0, jitter=jitter, detail=""))
    assert 2 <= (state.wake_at or 0) <= 300


def test_an_action_waits_for_the_back_off_and_a_person_does_not():
    waiting, _ = step(SyncState(), Unreachable(now=0, jitter=0))
    assert step(waiting, Asked(now=1)) == (waiting, ())
    assert step(waiting, Asked(now=1, urgent=True))[1] == (Exchange(MAX_BATCH),)
    assert step(waiting, Asked(now=2))[1] == (Exchange(MAX_BATCH),)


def test_what_gets_nothing_done_is_said_to_fail_and_goes_on():
    state, _ = step(SyncState(), Asked(now=10))
    assert state.further_at == 10
    dragging, effects = step(state, Dragging())
    assert (dragging.phase, effects) == (Phase.FAILING, ())
    halved, effects = step(dragging, BatchTooLarge(now=50, jitter=0, sent=8))
    assert (halved.phase, halved.further_at, effects) == (Phase.FAILING, 10, (Exchange(4),))
    going, _ = step(halved, Exchanged(now=60, more=True))
    assert (going.phase, going.further_at) == (Phase.SYNCING, 60)
    offline, _ = step(state, Unreachable(now=20, jitter=0))
    assert step(offline, Dragging()) == (offline, ())


def test_nobody_asks_earlier_than_the_server_said():
    told, _ = step(SyncState(), Failed(now=0, jitter=0, detail="busy", retry_after=30))
    assert step(told, Asked(now=29, urgent=True)) == (told, ())
    assert step(told, Asked(now=30))[1] == (Exchange(MAX_BATCH),)


def test_a_batch_too_large_is_halved_down_to_one_and_then_said_to_fail():
    state, sizes = SyncState(phase=Phase.SYNCING), [MAX_BATCH]
    while state.phase is Phase.SYNCING:
        state, effects = step(state, BatchTooLarge(now=0, jitter=0, sent=sizes[-1]))
        sizes += [effect.limit for effect in effects if isinstance(effect, Exchange)]
    assert sizes == [200, 100, 50, 25, 12, 6, 3, 1]
    assert state.phase is Phase.FAILING
    assert step(replace(state, batch_size=6), Exchanged(now=0, more=True))[1] == (Exchange(12),)


def test_half_of_a_small_batch_is_half_of_what_was_sent():
    state, effects = step(SyncState(phase=Phase.SYNCING), BatchTooLarge(now=0, jitter=0, sent=7))
    assert (state.batch_size, effects) == (3, (Exchange(3),))
    state, effects = step(SyncState(phase=Phase.SYNCING), BatchTooLarge(now=0, jitter=0, sent=0))
    assert (state.phase, effects) == (Phase.FAILING, ())


def test_a_lost_cursor_starts_again_once_and_not_in_circles():
    state, effects = step(SyncState(phase=Phase.SYNCING), CursorGone(now=0, jitter=0))
    assert effects == (ForgetCursor(), Exchange(MAX_BATCH))
    again, effects = step(state, CursorGone(now=0, jitter=0))
    assert (again.phase, effects) == (Phase.FAILING, ())
    recovered, _ = step(state, Exchanged(now=0, more=False))
    assert step(recovered, CursorGone(now=0, jitter=0))[1] == (ForgetCursor(), Exchange(MAX_BATCH))


def test_signed_out_asks_nothing_until_the_person_signed_in():
    state, effects = step(SyncState(phase=Phase.SYNCING), SignedOut())
    assert (state.phase, effects) == (Phase.SIGN_IN_AGAIN, ())
    assert step(state, Asked(now=9, urgent=True)) == (state, ())
    assert step(state, SignedIn(now=3))[1] == (Exchange(MAX_BATCH),)


def sample_after(samples, *, trip_ms: int, offset_ms: int, at=NINE) -> list[ClockSample]:
    received_at = at + timedelta(milliseconds=trip_ms)
    server_time = at + timedelta(milliseconds=trip_ms / 2 + offset_ms)
    return with_sample(samples, sent_at=at, received_at=received_at, server_time=server_time)


def test_the_shortest_round_trip_decides_the_offset():
    samples: list[ClockSample] = []
    for trip_ms, offset_ms in ((400, -150), (80, -230), (900, 100)):
        samples = sample_after(samples, trip_ms=trip_ms, offset_ms=offset_ms)
    assert best_offset_ms(samples) == -230


def test_a_clock_set_anew_makes_the_old_samples_void():
    samples = sample_after([], trip_ms=40, offset_ms=0)
    samples = sample_after(samples, trip_ms=400, offset_ms=-3_600_000)
    assert best_offset_ms(samples) == -3_600_000


@pytest.mark.parametrize(("trip_ms", "offset_ms"), [(-10, 0), (60_000, 0), (10, 11 * 10**12)])
def test_a_round_trip_that_says_nothing_changes_nothing(trip_ms, offset_ms):
    assert sample_after([], trip_ms=trip_ms, offset_ms=offset_ms) == []


def test_old_samples_give_way():
    samples = sample_after([], trip_ms=10, offset_ms=7)
    samples = sample_after(samples, trip_ms=300, offset_ms=9, at=NINE + timedelta(hours=13))
    assert best_offset_ms(samples) == 9
