"""Which PIN may be chosen, how wrong ones slow down, and when nobody is there any more."""

from datetime import timedelta

import pytest

from app_client.lock.idle import LONGEST_CALL, Moment, seconds_left
from app_client.lock.pin import MOST_MISSES, PinTrouble, pin_trouble, seconds_to_wait
from tests.store.scenes import NINE


@pytest.mark.parametrize(
    "pin",
    "000000 888888 123456 654321 012345 246802 135791 121212 112112 123123 520520 123321 112233 147258 159357".split(),
)
def test_a_pin_that_is_tried_first_may_not_be_chosen(pin):
    assert pin_trouble(pin) is PinTrouble.TOO_EASY


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345a", "１２３４５６", ""])
def test_a_pin_is_six_digits(pin):
    assert pin_trouble(pin) is PinTrouble.NOT_SIX_DIGITS


@pytest.mark.parametrize("pin", ["428190", "900817", "110523", "123457", "123654"])
def test_any_other_may(pin):
    assert pin_trouble(pin) is None


def test_each_wrong_pin_costs_more_time_than_the_one_before():
    waits = [seconds_to_wait(misses, NINE, NINE) for misses in range(1, MOST_MISSES)]
    assert waits == sorted(set(waits))
    assert waits[0] >= 1
    assert seconds_to_wait(3, NINE, NINE + timedelta(seconds=14.2)) == 1
    assert seconds_to_wait(3, NINE, NINE + timedelta(seconds=15)) == 0
    assert seconds_to_wait(0, None, NINE) == 0


def test_a_clock_that_was_set_back_keeps_nobody_out():
    assert seconds_to_wait(4, NINE, NINE - timedelta(days=365)) == 0


def later(seconds: float, *, ticks: float | None = None) -> Moment:
    return Moment(NINE + timedelta(seconds=seconds), seconds if ticks is None else ticks)


def left(now: Moment, *, minutes: int = 5, calling_since=None) -> float:
    return seconds_left(later(0), now, minutes=minutes, calling_since=calling_since)


def test_it_is_time_when_nobody_touched_it_for_so_long():
    assert left(later(0)) == 300
    assert left(later(299)) == 1
    assert left(later(300)) == 0
    assert left(later(300), minutes=15) == 600


def test_neither_a_sleeping_counter_nor_a_clock_set_back_keeps_it_open():
    assert left(later(400, ticks=1)) == 0
    assert left(later(-86400, ticks=400)) == 0


def test_a_call_under_way_is_no_idle_time_for_an_hour():
    dialled = NINE + timedelta(seconds=10)
    assert left(later(1800), calling_since=dialled) == LONGEST_CALL.total_seconds() - 1790
    assert left(later(3610), calling_since=dialled) == 0
    # Dialled "in the future": the clock was set back since.
    assert left(later(400), calling_since=NINE + timedelta(days=1)) == 0
