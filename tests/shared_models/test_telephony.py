"""The exchange's records: which logged call each is, what the two count for together, and that no order matters."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared_models.activity import Activity, ActivityKind, Void
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, fold_day, recorded_calls, sum_figures, unlogged_records
from shared_models.policy import DayPolicy, Policies, Policy
from shared_models.telephony import PbxDirection, PbxLine, PbxRecord, pbx_activity_id
from tests.shared_models.ledgers import CUSTOMERS, DAY, MONDAY_NINE
from tests.shared_models.test_fold import MANAGED, TODAY, activity, call


def record(
    number: int,
    customer: UUID = CUSTOMERS[0],
    *,
    minutes: float = 0,
    talk: int = 60,
    ring: int = 10,
    direction: PbxDirection = PbxDirection.OUTBOUND,
) -> Activity:
    """A call that the exchange saw end `minutes` after nine."""
    ended = MONDAY_NINE + timedelta(minutes=minutes)
    answered = ended - timedelta(seconds=talk)
    data = PbxRecord(
        provider="generic",
        record_id=str(number),
        direction=direction,
        line=PbxLine.LANDLINE,
        started_at=answered - timedelta(seconds=ring),
        answered_at=answered if talk else None,
        ended_at=ended,
        talk_seconds=talk,
    )
    return Activity(
        id=pbx_activity_id("generic", str(number)),
        kind=ActivityKind.PBX_RECORD,
        seq=1,
        occurred_at=ended,
        customer_id=customer,
        data=data,
    )


logged = st.builds(
    Call,
    channel=st.sampled_from(CallChannel),
    outcome=st.sampled_from(CallOutcome),
    talk_seconds=st.integers(0, 300),
    timed_by=st.sampled_from(TimedBy),
    pbx_record_id=st.none() | st.integers(1, 9).map(lambda number: pbx_activity_id("generic", str(number))),
)


@st.composite
def days(draw: st.DrawFn) -> list[Activity]:
    """Calls and records of few customers, close enough to be taken for each other, and voids of some."""
    customers = st.sampled_from(CUSTOMERS[:3])
    minutes = st.integers(0, 80)
    made: list[Activity] = [
        record(number, draw(customers), minutes=draw(minutes), talk=draw(st.sampled_from([0, 20, 45, 200])))
        for number in range(1, draw(st.integers(0, 7)) + 1)
    ]
    made += [
        activity(seq, draw(logged), draw(customers), minutes=draw(minutes))
        for seq in range(1, draw(st.integers(0, 9)) + 1)
    ]
    for seq in range(20, 20 + draw(st.integers(0, 2)) if made else 0):
        made.append(
            activity(seq, Void(activity_id=draw(st.sampled_from([each.id for each in made])), reason="mistake"), None)
        )
    return made


@given(days(), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(ledger: list[Activity], random: Random) -> None:
    shuffled = ledger + ledger[::2]
    random.shuffle(shuffled)
    assert recorded_calls(shuffled, TODAY) == recorded_calls(ledger, TODAY)
    assert fold_day(shuffled, MANAGED, TODAY) == fold_day(ledger, MANAGED, TODAY)


@given(days())
def test_a_call_and_a_record_are_each_one_of_at_most_one_pair(ledger: list[Activity]) -> None:
    by_id = {each.id: each for each in ledger}
    voided = {each.data.activity_id for each in ledger if isinstance(each.data, Void)}
    pairs = recorded_calls(ledger, TODAY)
    assert len(set(pairs.values())) == len(pairs)
    for call_id, record_id in pairs.items():
        called, recorded = by_id[call_id], by_id[record_id]
        assert isinstance(called.data, Call)
        assert isinstance(recorded.data, PbxRecord)
        assert called.customer_id == recorded.customer_id
        assert called.data.pbx_record_id in (None, record_id)
        assert voided.isdisjoint({call_id, record_id})
    unlogged = {each.id for each in unlogged_records(ledger, TODAY)}
    standing = {each.id for each in ledger if isinstance(each.data, PbxRecord)} - voided
    assert unlogged == standing - set(pairs.values())


@given(days())
def test_nothing_close_is_left_apart(ledger: list[Activity]) -> None:
    """No call without a record stands beside a record without a call within the window."""
    pairs = recorded_calls(ledger, TODAY)
    voided = {each.data.activity_id for each in ledger if isinstance(each.data, Void)}
    for recorded in unlogged_records(ledger, TODAY):
        assert isinstance(recorded.data, PbxRecord)
        for called in ledger:
            if not isinstance(called.data, Call) or called.id in pairs or called.id in voided:
                continue
            if called.data.pbx_record_id is not None or called.customer_id != recorded.customer_id:
                continue
            begun = called.corrected_at - timedelta(seconds=called.data.talk_seconds)
            gap = max(begun - recorded.data.ended_at, recorded.data.started_at - called.corrected_at)
            assert gap > timedelta(minutes=TODAY.policy.pbx_match_minutes)


@given(days())
def test_parts_add_up_to_their_wholes(ledger: list[Activity]) -> None:
    day = fold_day(ledger, MANAGED, TODAY)
    assert sum(day.calls_graded.values()) == day.calls
    assert day.calls_effective == day.calls_effective_managed + day.calls_effective_prospect
    assert day.calls_effective <= day.calls_connected <= day.calls
    by_customer = [
        fold_day([each for each in ledger if each.customer_id in (customer, None)], MANAGED, TODAY)
        for customer in CUSTOMERS[:3]
    ]
    summed = sum_figures(by_customer)
    for name in ("calls", "calls_connected", "calls_effective", "calls_graded", "declines"):
        assert getattr(summed, name) == getattr(day, name)


def folded(*ledger: Activity) -> AdvisorDay:
    return fold_day(ledger, MANAGED, TODAY)


def test_a_logged_call_and_its_record_are_one_call_of_grade_a() -> None:
    day = folded(activity(1, call(seconds=90), minutes=1), record(1, talk=40))
    assert (day.calls, day.calls_connected, day.calls_effective, day.calls_graded[Grade.A]) == (1, 1, 1, 1)


@pytest.mark.parametrize(("said", "measured", "effective"), [(90, 29, 0), (5, 30, 1), (300, 0, 0)])
def test_the_exchange_has_the_last_word_on_how_long_they_talked(said: int, measured: int, effective: int) -> None:
    day = folded(activity(1, call(seconds=said)), record(1, talk=measured))
    assert (day.calls, day.calls_effective, day.calls_connected) == (1, effective, int(measured > 0))


def test_a_record_that_nobody_logged_is_a_call_but_no_effective_one() -> None:
    day = folded(record(1, talk=300), record(2, CUSTOMERS[1], talk=0))
    assert (day.calls, day.calls_connected, day.calls_effective, day.calls_graded[Grade.A]) == (2, 1, 0, 2)


def test_the_closest_two_belong_together_first() -> None:
    first, second = activity(1, call(), minutes=1), activity(2, call(), minutes=12)
    pairs = recorded_calls([second, first, record(1, minutes=12.5), record(2, minutes=1.5)], TODAY)
    assert pairs == {first.id: record(2).id, second.id: record(1).id}


def test_a_call_named_as_the_outcome_of_a_record_is_that_one() -> None:
    far, near = record(1, minutes=-60), record(2, minutes=0)
    named = activity(1, call(pbx_record_id=far.id), minutes=0)
    assert recorded_calls([named, far, near], TODAY) == {named.id: far.id}
    assert [each.id for each in unlogged_records([named, far, near], TODAY)] == [near.id]


def test_a_named_record_of_another_customer_or_of_nobody_proves_nothing() -> None:
    other = record(1, CUSTOMERS[1])
    for name in (other.id, UUID(int=5)):
        day = folded(activity(1, call(pbx_record_id=name)), other, record(2))
        assert (day.calls, day.calls_graded[Grade.A], day.calls_graded[Grade.C]) == (3, 2, 1)


def test_a_voided_call_is_not_the_record() -> None:
    made = activity(1, call())
    struck = activity(2, Void(activity_id=made.id, reason="mistake"), None)
    day = folded(made, struck, record(1, talk=50))
    assert (day.calls, day.calls_effective) == (1, 0)


@pytest.mark.parametrize(("minutes", "calls"), [(16, 1), (17, 2)])
def test_the_policy_says_how_far_apart_they_may_be(minutes: int, calls: int) -> None:
    # A minute of talk before it was logged: the gap is a minute less.
    assert folded(record(1), activity(1, call(seconds=60), minutes=minutes)).calls == calls
    never = DayPolicy(day=DAY, policy=Policy(effective_from=DAY, pbx_match_minutes=0))
    assert fold_day([record(1), activity(1, call(seconds=60), minutes=minutes)], MANAGED, never).calls == 2


def test_the_phones_clock_is_put_right_before_it_is_compared() -> None:
    two_hours_fast = activity(1, call(), minutes=121, offset_ms=-7_200_000)
    assert folded(record(1), two_hours_fast).calls == 1


def test_inbound_and_callbacks_are_calls_like_others() -> None:
    back = activity(1, call(channel=CallChannel.CALLBACK))
    assert folded(back, record(1, direction=PbxDirection.INBOUND)).calls_graded[Grade.A] == 1


def test_a_record_counts_on_the_day_it_ended() -> None:
    late = record(1, minutes=15 * 60 + 1)  # a minute past midnight in Shanghai
    assert folded(late).calls == 0
    assert fold_day([late], MANAGED, Policies([]).on(DAY + timedelta(days=1))).calls == 1


VALID: dict[str, Any] = {
    "provider": "generic",
    "record_id": "1",
    "direction": "outbound",
    "line": "landline",
    "started_at": "2026-11-23T09:00:00+08:00",
    "answered_at": "2026-11-23T09:00:10+08:00",
    "ended_at": "2026-11-23T09:01:10+08:00",
    "talk_seconds": 60,
}


def test_one_spelling_of_an_instant() -> None:
    in_utc = VALID | {"started_at": "2026-11-23T01:00:00Z"}
    assert PbxRecord.model_validate(VALID).model_dump_json() == PbxRecord.model_validate(in_utc).model_dump_json()
    assert PbxRecord.model_validate(VALID).started_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": "Gene/ric"},
        {"record_id": ""},
        {"record_id": "a\x00"},
        {"direction": "sideways"},
        {"started_at": "2026-11-23T09:00:00"},
        {"started_at": "0001-01-01T00:00:00Z"},
        {"ended_at": "2026-11-23T08:59:00+08:00"},
        {"answered_at": "2026-11-23T09:02:00+08:00"},
        {"talk_seconds": -1},
        {"talk_seconds": 62},
        {"answered_at": None},
    ],
)
def test_what_no_exchange_can_have_seen_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PbxRecord.model_validate(VALID | changes)


def test_the_content_of_a_call_without_a_record_is_what_it_always_was() -> None:
    """The digest of a call sent before an upgrade must be that of its repeat after it."""
    content = activity(1, call()).content().decode()
    assert content.endswith(
        '"data":{"channel":"mobile","outcome":"interested","talk_seconds":60,"timed_by":"device",'
        '"decline_reason":null,"note":null}}'
    )
