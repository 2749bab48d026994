"""Hints: what asks for a word and what does not, and that no order, no repeat and no other day matters."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.activity import Activity, ActivityData, Void
from shared_models.calls import Call, CallOutcome, TimedBy
from shared_models.fold import recorded_calls
from shared_models.hint_answers import HintCode
from shared_models.hints import Hint, hints_of
from shared_models.policy import DayPolicy, Policy
from shared_models.visits import CardResult, Visit, VisitPlace
from tests.shared_models.ledgers import CUSTOMERS, DAY, KIND_OF, MONDAY_NINE, check_of, ledgers
from tests.shared_models.test_fold import TODAY, call
from tests.shared_models.test_telephony import days, record

BURST, OVERLAP, SAME_NUMBER, BACKDATED, CLOCK_JUMPED, OTHER_CARD = HintCode


def made(
    seq: int,
    data: ActivityData,
    *,
    at: float,
    customer: int | None = None,
    recorded_later: float = 0,
    offset_ms: int = 0,
) -> Activity:
    """An activity `at` seconds after nine, with the id that a phone makes when it records it; each of another customer."""
    occurred_at = MONDAY_NINE + timedelta(seconds=at)
    milliseconds = int((occurred_at + timedelta(seconds=recorded_later)).timestamp() * 1000)
    return Activity(
        id=UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | seq),
        kind=KIND_OF[type(data)],
        seq=seq,
        occurred_at=occurred_at,
        clock_offset_ms=offset_ms,
        customer_id=None if isinstance(data, Void) else UUID(int=seq if customer is None else customer),
        data=data,
    )


def void(seq: int, target: Activity, *, at: float) -> Activity:
    return made(seq, Void(activity_id=target.id, reason="mistake"), at=at)


def visit(minutes: int | None = None) -> Visit:
    return Visit(place=VisitPlace.OUTLET, minutes=minutes)


def codes(activities: Sequence[Activity], policy: DayPolicy = TODAY) -> dict[UUID, list[HintCode]]:
    return {key: [hint.code for hint in hints] for key, hints in hints_of(activities, policy).items()}


def only(activities: Sequence[Activity], policy: DayPolicy = TODAY) -> Hint:
    """The one hint there is, said of whichever comes first."""
    found = hints_of(activities, policy)
    hints = {(hint.code, hint.group) for each in found.values() for hint in each}
    assert len(hints) == 1
    return next(iter(found.values()))[0]


@given(ledgers(checked=True) | days(), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(ledger: list[Activity], random: Random) -> None:
    shuffled = ledger + ledger[::2]
    random.shuffle(shuffled)
    assert hints_of(shuffled, TODAY) == hints_of(ledger, TODAY)


@given(ledgers(checked=True) | days())
def test_a_hint_is_of_standing_calls_and_visits_and_the_same_for_all_it_is_about(ledger: list[Activity]) -> None:
    by_id = {each.id: each for each in ledger}
    struck = {each.data.activity_id for each in ledger if isinstance(each.data, Void)}
    found = hints_of(ledger, TODAY)
    for activity_id, hints in found.items():
        assert isinstance(by_id[activity_id].data, Call | Visit)
        assert activity_id not in struck
        assert len({hint.code for hint in hints}) == len(hints)
        for hint in hints:
            assert {hint.group, *hint.others} <= by_id.keys()
            assert activity_id not in hint.others
            for twin in (each for other in hint.others for each in found.get(other, ()) if each.code is hint.code):
                assert twin.model_copy(update={"others": hint.others}) == hint


@st.composite
def honest_days(draw: st.DrawFn) -> list[Activity]:
    """Twenty calls and five visits one after the other, each call logged when it is over, by one clock."""
    random = Random(draw(st.integers(0, 2**32)))
    steps: list[Visit | None] = [*[None] * 20, *[visit(minutes) for minutes in (None, 12, 20, 25, 45)]]
    random.shuffle(steps)
    offset = random.randint(-3_600_000, 3_600_000)
    at = 0.0
    ledger: list[Activity] = []
    for seq, step in enumerate(steps, start=1):
        talked = random.randint(0, 600)
        outcome = random.choice(list(CallOutcome))
        at += random.randint(1, 240) + (talked if step is None else 0)
        data = step or call(outcome, talked, timed_by=random.choice(list(TimedBy)))
        ledger.append(made(seq, data, at=at, offset_ms=offset + random.randint(-2000, 2000)))
        at += (step.minutes or 5) * 60 if step is not None else 0
    return ledger


@given(honest_days())
def test_an_honest_day_has_none(ledger: list[Activity]) -> None:
    assert hints_of(ledger, TODAY) == {}


def test_five_effective_calls_within_three_minutes() -> None:
    calls = [made(seq, call(seconds=30), at=seq * 45) for seq in range(1, 6)]
    hint = only(calls)
    assert (hint.code, hint.count, hint.within_seconds, hint.seconds) == (BURST, 5, 180, 120)
    assert set(codes(calls)) == {each.id for each in calls}
    assert hints_of(calls[1:], TODAY) == {}


def test_calls_that_nobody_answered_are_quick() -> None:
    assert hints_of([made(seq, call(CallOutcome.NO_ANSWER, 0), at=seq * 5) for seq in range(1, 9)], TODAY) == {}


def test_three_calls_that_talked_longer_than_the_time_they_took() -> None:
    hint = only([made(seq, call(seconds=600), at=seq * 300) for seq in range(1, 4)])
    assert (hint.code, hint.count, hint.within_seconds, hint.seconds) == (BURST, 3, 600, 1200)


def test_what_does_not_fit_by_a_little_is_let_be() -> None:
    assert hints_of([made(seq, call(seconds=300), at=seq * 275) for seq in range(1, 4)], TODAY) == {}


def test_three_visits_within_three_minutes() -> None:
    assert only([made(seq, visit(), at=seq * 80) for seq in range(1, 4)]).code is BURST
    assert hints_of([made(seq, visit(), at=seq * 100) for seq in range(1, 4)], TODAY) == {}


def test_two_calls_at_once() -> None:
    one, other = made(1, call(seconds=600), at=0), made(2, call(seconds=300), at=120)
    hint = only([one, other])
    assert (hint.code, hint.count, hint.seconds, hint.group) == (OVERLAP, 2, 180, one.id)
    assert hints_of([one, other], TODAY)[one.id][0].others == (other.id,)


def test_a_call_within_the_minutes_of_a_visit() -> None:
    met, rang = made(1, visit(30), at=0), made(2, call(seconds=200), at=900)
    assert codes([met, rang]) == {met.id: [OVERLAP], rang.id: [OVERLAP]}
    assert codes([met, made(2, call(seconds=200), at=2010)]) == {}
    assert codes([made(1, visit(), at=0), rang]) == {}


def test_a_call_that_lasts_into_a_visit() -> None:
    assert only([made(1, call(seconds=400), at=300), made(2, visit(30), at=0)]).seconds == 300


def test_calls_are_as_the_exchange_recorded_them() -> None:
    """By the advisor's word they were at once; by the exchange's, one after the other."""
    calls = [made(1, call(seconds=600), at=0, customer=1), made(2, call(seconds=600), at=120, customer=2)]
    records = [record(1, UUID(int=1), minutes=-2, talk=60), record(2, UUID(int=2), minutes=1, talk=60)]
    assert len(recorded_calls([*calls, *records], TODAY)) == 2
    assert hints_of([*calls, *records], TODAY) == {}


def test_a_logged_call_while_the_exchange_recorded_another() -> None:
    logged = made(1, call(seconds=300), at=0)
    hint = only([logged, record(1, CUSTOMERS[1], minutes=0, talk=300)])
    assert (hint.code, hint.count, hint.seconds) == (OVERLAP, 2, 300)


def test_four_calls_to_one_customer() -> None:
    calls = [made(seq, call(CallOutcome.NO_ANSWER, 0), at=seq * 900, customer=1) for seq in range(1, 5)]
    assert only(calls).model_dump(include={"code", "count"}) == {"code": SAME_NUMBER, "count": 4}
    assert hints_of([*calls, void(5, calls[0], at=5000)], TODAY) == {}


@pytest.mark.parametrize(("later", "hinted"), [(0, False), (600, False), (601, True), (86_400 * 3, True)])
def test_recorded_later_than_it_is_said_to_have_been(later: float, *, hinted: bool) -> None:
    each = made(1, visit(), at=0, recorded_later=later)
    assert codes([each]) == ({each.id: [BACKDATED]} if hinted else {})


def test_recorded_on_the_next_day() -> None:
    before_midnight = 15 * 3600 - 60
    each = made(1, call(), at=before_midnight, recorded_later=120)
    assert only([each]).model_dump(include={"code", "seconds"}) == {"code": BACKDATED, "seconds": 120}
    assert hints_of([made(1, call(), at=before_midnight, recorded_later=50)], TODAY) == {}


def test_the_wrong_clock_that_dates_it_made_its_id() -> None:
    assert hints_of([made(1, call(), at=7200, offset_ms=-7_200_000)], TODAY) == {}


def test_an_id_of_a_year_without_calendar() -> None:
    far = UUID(int=(2**48 - 1) << 80 | 0x7 << 76 | 0b10 << 62)
    assert only([made(1, call(), at=0).model_copy(update={"id": far})]).code is BACKDATED


def test_a_call_that_is_a_record_is_dated_by_it() -> None:
    behind = record(1, UUID(int=1), minutes=0)
    named = made(1, call(pbx_record_id=behind.id), at=0, recorded_later=7200)
    assert hints_of([named, behind], TODAY) == {}
    # A name alone proves nothing.
    assert only([named]).code is BACKDATED


def test_the_clock_jumped() -> None:
    before, after = made(1, call(), at=0), made(2, call(), at=900, offset_ms=-360_000)
    assert codes([before, after]) == {after.id: [CLOCK_JUMPED]}
    assert only([before, after]).seconds == -360
    assert hints_of([before, made(2, call(), at=900, offset_ms=-300_000)], TODAY) == {}


def test_a_jump_is_said_of_the_next_call_that_stands() -> None:
    first, second = made(1, call(), at=0), made(2, call(), at=300, offset_ms=400_000)
    third = made(4, call(), at=900, offset_ms=400_000)
    taken_back = void(3, second, at=310).model_copy(update={"clock_offset_ms": 400_000})
    assert codes([first, second, taken_back, third]) == {third.id: [CLOCK_JUMPED]}


def test_two_phones_have_two_clocks() -> None:
    """Where a number came twice, or one is missing, nobody knows which phone's it was."""
    one = [made(seq, call(), at=seq * 600) for seq in (1, 2, 3)]
    other = [made(seq + 50, call(), at=seq * 600 + 300, offset_ms=900_000) for seq in (2, 3)]
    assert hints_of([*one, *(each.model_copy(update={"seq": each.seq - 50}) for each in other)], TODAY) == {}
    assert hints_of([*one, *other], TODAY) == {}


@pytest.mark.parametrize("card", CardResult)
def test_the_card_of_another_customer(card: CardResult) -> None:
    met = made(1, visit(), at=0)
    assert codes([met, check_of(met, card)]) == ({met.id: [OTHER_CARD]} if card is CardResult.OTHER_CUSTOMER else {})


def test_what_was_taken_back_has_none() -> None:
    one, other = made(1, call(seconds=600), at=0, recorded_later=3600), made(2, call(seconds=300), at=120)
    assert hints_of([one, other, void(3, one, at=200)], TODAY) == {}


def test_the_policy_says_where_hints_begin() -> None:
    lenient = DayPolicy(DAY, Policy(effective_from=DAY, hint_overlap_seconds=300, hint_same_customer_calls=9))
    assert hints_of([made(1, call(seconds=600), at=0), made(2, call(seconds=300), at=120)], lenient) == {}


def test_thousands_at_once_are_said_in_few_words() -> None:
    hints = hints_of([made(seq, call(seconds=600), at=seq) for seq in range(1, 4000)], TODAY)
    assert {hint.count for each in hints.values() for hint in each} == {3999}
    assert max(len(hint.others) for each in hints.values() for hint in each) <= 5
