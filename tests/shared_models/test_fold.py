"""The fold: what is counted, and that nothing but the set of activities matters."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.activity import Activity, ActivityData, Void
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, Figures, fold_day, sum_figures
from shared_models.policy import Calendar, DayPolicy, Policies, Policy
from shared_models.proposals import Pick, PickResponse, Proposal
from shared_models.visits import CardResult, Fix, Visit, VisitPlace
from tests.shared_models.ledgers import CUSTOMERS, DAY, KIND_OF, MONDAY_NINE, PRODUCTS, check_of, ledgers

POLICIES = Policies([Policy(effective_from=date(2026, 1, 1))])
TODAY = POLICIES.on(DAY)
DAYS = st.dates(DAY - timedelta(days=7), DAY + timedelta(days=7))
MANAGED = {customer: date(2020, 1, 1) for customer in CUSTOMERS[:4]}


def activity(
    seq: int, data: ActivityData, customer: UUID | None = CUSTOMERS[0], *, minutes: int = 0, offset_ms: int = 0
) -> Activity:
    return Activity(
        id=UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0000 + seq),
        kind=KIND_OF[type(data)],
        seq=seq,
        occurred_at=MONDAY_NINE + timedelta(minutes=minutes),
        clock_offset_ms=offset_ms,
        customer_id=customer,
        data=data,
    )


def call(outcome: CallOutcome = CallOutcome.INTERESTED, seconds: int = 60, **fields: object) -> Call:
    values: dict[str, object] = {"channel": CallChannel.MOBILE, "timed_by": TimedBy.DEVICE} | fields
    return Call.model_validate(values | {"outcome": outcome, "talk_seconds": seconds})


def proposal(
    visit: int, *products: UUID, response: PickResponse = PickResponse.PRESENTED, **fields: object
) -> Proposal:
    return Proposal.model_validate(
        {
            "visit_id": UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0000 + visit),
            "picks": [{"product_id": p, "response": response, **fields} for p in products],
        }
    )


OUTLET = Visit(place=VisitPlace.OUTLET)


@given(ledgers(checked=True), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(ledger: list[Activity], random: Random) -> None:
    shuffled = ledger + ledger[::2]
    random.shuffle(shuffled)
    assert fold_day(shuffled, MANAGED, TODAY) == fold_day(ledger, MANAGED, TODAY)


@given(ledgers(checked=True))
def test_other_days_of_the_ledger_do_not_matter(ledger: list[Activity]) -> None:
    of_the_day = [
        a for a in ledger if isinstance(a.data, Void) or POLICIES.business_day(a.occurred_at, a.clock_offset_ms) == DAY
    ]
    assert fold_day(of_the_day, MANAGED, TODAY) == fold_day(ledger, MANAGED, TODAY)


@given(ledgers(checked=True))
def test_parts_add_up_to_their_wholes(ledger: list[Activity]) -> None:
    day = fold_day(ledger, MANAGED, TODAY)
    assert day.calls_effective == day.calls_effective_managed + day.calls_effective_prospect
    assert sum(day.calls_graded.values()) == day.calls
    assert sum(day.visits_graded.values()) == day.visits
    assert day.visits_verified == day.visits - day.visits_graded[Grade.D]
    assert day.visits_with_three <= day.visits
    assert day.calls_effective <= day.calls_connected <= day.calls
    assert len(day.called_customers) == day.calls_effective_managed


@given(st.lists(ledgers(max_size=12, checked=True), max_size=6), st.integers(0, 6))
def test_sums_are_the_same_however_they_are_grouped(many: list[list[Activity]], cut: int) -> None:
    days = [fold_day(ledger, MANAGED, TODAY) for ledger in many]
    grouped = sum_figures([sum_figures(days[:cut]), sum_figures(days[cut:])])
    assert grouped == sum_figures(days) == sum_figures(reversed(days))


@given(ledgers(max_size=12, checked=True))
def test_a_day_survives_the_wire(ledger: list[Activity]) -> None:
    day = fold_day(ledger, MANAGED, TODAY)
    assert Figures.model_validate_json(day.model_dump_json()) == Figures.model_validate(day.model_dump(mode="json"))
    again = [Activity.model_validate_json(a.model_dump_json()) for a in ledger]
    assert again == ledger
    assert [a.content_digest() for a in again] == [a.content_digest() for a in ledger]


@pytest.mark.parametrize(
    ("outcome", "seconds", "effective"),
    [
        (CallOutcome.INTERESTED, 30, 1),
        (CallOutcome.DECLINED, 31, 1),
        (CallOutcome.APPOINTMENT, 29, 0),
        (CallOutcome.NO_ANSWER, 300, 0),
        (CallOutcome.WRONG_NUMBER, 300, 0),
    ],
)
def test_what_makes_a_call_effective(outcome: CallOutcome, seconds: int, effective: int) -> None:
    assert fold_day([activity(1, call(outcome, seconds))], MANAGED, TODAY).calls_effective == effective


def test_a_customer_counts_once_a_day_and_prospects_apart() -> None:
    ledger = [activity(1, call()), activity(2, call()), activity(3, call(), CUSTOMERS[7])]
    day = fold_day(ledger, MANAGED, TODAY)
    assert (day.calls, day.calls_effective, day.calls_effective_managed, day.calls_effective_prospect) == (3, 2, 1, 1)


def test_a_void_takes_out_its_target_whatever_day_it_was_made_on() -> None:
    ledger = [
        activity(1, call()),
        activity(2, Void(activity_id=activity(1, call()).id, reason="mistake"), None, minutes=3000),
    ]
    assert fold_day(ledger, MANAGED, TODAY).calls == 0


def test_a_prospect_who_opens_an_account_changes_no_earlier_day() -> None:
    opened_later = {CUSTOMERS[0]: DAY + timedelta(days=1)}
    assert fold_day([activity(1, call())], opened_later, TODAY).calls_effective_prospect == 1
    assert fold_day([activity(1, call())], {CUSTOMERS[0]: DAY}, TODAY).calls_effective_managed == 1


def test_the_corrected_instant_decides_the_day() -> None:
    half_past_midnight_by_a_fast_clock = activity(1, call(), minutes=15 * 60 + 30, offset_ms=-3_600_000)
    assert fold_day([half_past_midnight_by_a_fast_clock], MANAGED, TODAY).calls == 1


def test_three_products_at_a_visit() -> None:
    ledger = [activity(1, OUTLET), activity(2, proposal(1, *PRODUCTS[:2])), activity(3, proposal(1, *PRODUCTS[1:3]))]
    day = fold_day(ledger, MANAGED, TODAY)
    assert (day.visits, day.products_presented, day.visits_with_three) == (1, 3, 1)


def test_what_was_bought_is_added_up_exactly() -> None:
    bought = proposal(1, PRODUCTS[0], PRODUCTS[1], response=PickResponse.BOUGHT, amount="100000.10")
    day = fold_day([activity(1, OUTLET), activity(2, bought)], MANAGED, TODAY)
    assert (day.products_bought, day.amount_bought) == (2, Decimal("200000.20"))


def test_proposals_of_a_voided_visit_do_not_count() -> None:
    ledger = [
        activity(1, OUTLET),
        activity(2, proposal(1, *PRODUCTS[:3])),
        activity(3, Void(activity_id=activity(1, OUTLET).id, reason="mistake"), None),
    ]
    day = fold_day(ledger, MANAGED, TODAY)
    assert (day.visits, day.products_presented, day.visits_with_three) == (0, 0, 0)


@pytest.mark.parametrize(
    ("fix", "grade"),
    [
        ({"accuracy_m": 20, "mocked": False, "minutes": 1}, Grade.C),
        ({"accuracy_m": 20, "mocked": True, "minutes": 1}, Grade.D),
        ({"accuracy_m": 301, "mocked": False, "minutes": 1}, Grade.D),
        ({"accuracy_m": 20, "mocked": False, "minutes": 11}, Grade.D),
    ],
)
def test_the_fix_decides_the_grade_of_a_visit(fix: dict[str, float], grade: Grade) -> None:
    taken = MONDAY_NINE - timedelta(minutes=fix["minutes"])
    visit = Visit(
        place=VisitPlace.CUSTOMER,
        fix=Fix(lat=43.8, lon=125.3, accuracy_m=fix["accuracy_m"], taken_at=taken, mocked=bool(fix["mocked"])),
    )
    assert fold_day([activity(1, visit)], MANAGED, TODAY).visits_graded[grade] == 1


def located(**fields: object) -> Visit:
    fix = {"lat": 43.8, "lon": 125.3, "accuracy_m": 20, "taken_at": MONDAY_NINE, "mocked": False}
    return Visit.model_validate({"place": "outlet", "fix": fix | fields})


@pytest.mark.parametrize(
    ("card", "grade"),
    [
        (CardResult.MATCHED, Grade.A),
        (CardResult.OTHER_CUSTOMER, Grade.C),
        (CardResult.UNKNOWN_CARD, Grade.C),
        (CardResult.NONCE_MISMATCH, Grade.C),
        (CardResult.UNREADABLE, Grade.C),
    ],
)
def test_a_matched_card_makes_a_visit_grade_a_and_any_other_changes_nothing(card: CardResult, grade: Grade) -> None:
    visit = activity(1, located())
    day = fold_day([check_of(visit, card), visit], MANAGED, TODAY)
    assert (day.visits, day.visits_verified, day.visits_graded[grade]) == (1, 1, 1)


def test_a_visit_at_the_outlet_that_was_checked_in_elsewhere_is_self_declared() -> None:
    visit = activity(1, located())
    assert fold_day([visit, check_of(visit, None, outlet_m=2400)], MANAGED, TODAY).visits_graded[Grade.D] == 1
    assert (
        fold_day([visit, check_of(visit, CardResult.MATCHED, outlet_m=2400)], MANAGED, TODAY).visits_graded[Grade.A]
        == 1
    )


def test_the_check_of_a_voided_visit_counts_nothing() -> None:
    visit = activity(1, located())
    void = activity(2, Void(activity_id=visit.id, reason="mistake"), None)
    assert fold_day([visit, check_of(visit, CardResult.MATCHED), void], MANAGED, TODAY) == fold_day([], {}, TODAY)


def full_day(*, products: int, fewer_because: str | None = None) -> AdvisorDay:
    customers = [UUID(int=0x0196_0000_0000_7000_8000_0000_0000_0000 + n) for n in range(20)]
    ledger = [activity(n, call(), customer) for n, customer in enumerate(customers, start=1)]
    for n, customer in enumerate(customers[:5]):
        visit = activity(100 + n, OUTLET, customer)
        picks = tuple(Pick(product_id=p, response=PickResponse.PRESENTED) for p in PRODUCTS[:products])
        data = Proposal(visit_id=visit.id, picks=picks, fewer_because=fewer_because)
        ledger += [visit, activity(200 + n, data, customer)]
    return fold_day(ledger, {}, TODAY)


def test_met_needs_three_products_or_a_reason() -> None:
    assert full_day(products=3).met
    assert not full_day(products=2).met
    assert full_day(products=2, fewer_because="no_time").met


def test_no_targets_on_a_day_off() -> None:
    holiday = Policy(effective_from=date(2026, 1, 1), calendar=Calendar(days_off=frozenset({DAY})))
    assert fold_day([], {}, DayPolicy(day=DAY, policy=holiday)).targets.calls == 0
    saturday = DAY + timedelta(days=5)
    made_up = Policy(effective_from=date(2026, 1, 1), calendar=Calendar(make_up_days=frozenset({saturday})))
    assert made_up.targets_on(saturday).calls == 20


@given(
    published=st.builds(Calendar, days_off=st.frozensets(DAYS), make_up_days=st.frozensets(DAYS)),
    said=st.dictionaries(DAYS, st.booleans() | st.none()),
    later=st.dictionaries(DAYS, st.booleans() | st.none()),
)
def test_the_banks_word_on_a_day_goes_before_what_was_published(
    published: Calendar, said: dict[date, bool | None], later: dict[date, bool | None]
) -> None:
    calendar = published.overridden(said).overridden(later)
    for day in {day for days in (said, later) for day in days} | published.days_off | published.make_up_days:
        word = later.get(day, said.get(day) if day not in later else None)
        assert calendar.is_working_day(day) == (published.is_working_day(day) if word is None else word)
    # One rule is one text, whatever came first.
    text = Policy(effective_from=DAY, calendar=calendar).model_dump_json()
    assert Policy.model_validate_json(text).model_dump_json() == text
    assert calendar.overridden(dict.fromkeys([*said, *later])) == published


def test_a_new_policy_never_changes_an_earlier_day() -> None:
    policies = Policies([Policy(effective_from=date(2026, 1, 1)), Policy(effective_from=DAY, calls=25)])
    assert policies.on(DAY - timedelta(days=3)).policy.calls == 20
    assert policies.on(DAY).policy.calls == 25
