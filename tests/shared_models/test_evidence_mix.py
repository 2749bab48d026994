"""The evidence mix of each figure, and the fold with some grades only."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_models.activity import Activity, Void
from shared_models.boards import BoardShown
from shared_models.calls import Call, TimedBy
from shared_models.evidence import Grade, grade_call, grade_visit
from shared_models.fold import MIXES, AdvisorDay, Figures, counted_with, fold_day, mix_of, sum_figures
from shared_models.policy import Policies, Policy
from shared_models.proposals import PickResponse, Proposal
from shared_models.visits import CardResult, Visit, VisitCheck, VisitPlace
from tests.shared_models.ledgers import CUSTOMERS, DAY, PRODUCTS, check_of, ledgers
from tests.shared_models.test_fold import MANAGED, OUTLET, POLICIES, TODAY, activity, call, proposal
from tests.shared_models.test_telephony import days

GRADES = st.frozensets(st.sampled_from(Grade))
FROM_THE_BEST = [frozenset(Grade(each) for each in upto) for upto in ("A", "AB", "ABC", "ABCD")]
FIGURES = [name.removesuffix("_graded") for name in MIXES]
SHOWN = [*FIGURES, "calls_effective_prospect", "visits_verified", "amount_bought"]
# With a matched card, with one that located nothing, and with the exchange's records.
LEDGERS = ledgers(max_size=20, checked=True) | days()
FEW = settings(max_examples=40)


def without_others(ledger: list[Activity], grades: frozenset[Grade]) -> list[Activity]:
    """What is left when somebody strikes out, in plain Python, whatever is of another grade; no records are in it."""
    struck = {each.data.activity_id for each in ledger if isinstance(each.data, Void)}
    checks = {
        each.data.visit_id: each.data for each in ledger if isinstance(each.data, VisitCheck) and each.id not in struck
    }
    on_day = {each.id for each in ledger if POLICIES.business_day(each.occurred_at, each.clock_offset_ms) == DAY}
    grade_of: dict[object, Grade] = {}
    for each in ledger:
        if isinstance(each.data, Call):
            grade_of[each.id] = grade_call(each.data)
        if isinstance(each.data, Visit):
            grade_of[each.id] = grade_visit(
                each.data, occurred_at=each.occurred_at, policy=TODAY.policy, check=checks.get(each.id)
            )

    def stays(each: Activity) -> bool:
        if isinstance(each.data, Proposal):
            of = each.data.visit_id
            return (grade_of[of] if of in on_day - struck else Grade.D) in grades
        if isinstance(each.data, BoardShown):
            return Grade.D in grades
        return each.id not in grade_of or grade_of[each.id] in grades

    return [each for each in ledger if stays(each)]


@FEW
@given(LEDGERS)
def test_a_mix_sums_to_its_figure(ledger: list[Activity]) -> None:
    day = fold_day(ledger, MANAGED, TODAY)
    for metric in SHOWN:
        mix = mix_of(day, metric)
        counted = "products_bought" if metric == "amount_bought" else metric
        assert mix is not None
        assert sum(mix.values()) == getattr(day, counted), metric
        assert min(mix.values()) >= 0
    for metric in ("met", "targets", "declines", "boards_shown"):
        assert mix_of(day, metric) is None


@FEW
@given(LEDGERS, st.sampled_from(FROM_THE_BEST))
def test_counted_from_the_best_grade_down_a_figure_is_that_part_of_its_mix(
    ledger: list[Activity], grades: frozenset[Grade]
) -> None:
    whole, part = fold_day(ledger, MANAGED, TODAY), fold_day(ledger, MANAGED, TODAY, grades)
    for name in MIXES:
        kept = {grade: n if grade in grades else 0 for grade, n in getattr(whole, name).items()}
        assert getattr(part, name) == kept, name
        assert getattr(part, name.removesuffix("_graded")) == sum(kept.values()), name


@FEW
@given(LEDGERS)
def test_with_every_grade_nothing_is_left_out(ledger: list[Activity]) -> None:
    assert fold_day(ledger, MANAGED, TODAY, frozenset(Grade)) == fold_day(ledger, MANAGED, TODAY)


@FEW
@given(ledgers(checked=True), GRADES)
def test_the_rest_of_the_ledger_might_as_well_not_be_there(ledger: list[Activity], grades: frozenset[Grade]) -> None:
    assert fold_day(ledger, MANAGED, TODAY, grades) == fold_day(without_others(ledger, grades), MANAGED, TODAY)


@FEW
@given(LEDGERS, GRADES, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter_with_some_grades(
    ledger: list[Activity], grades: frozenset[Grade], random: Random
) -> None:
    day = fold_day(ledger, MANAGED, TODAY, grades)
    shuffled = ledger + ledger[::2]
    random.shuffle(shuffled)
    assert fold_day(shuffled, MANAGED, TODAY, grades) == day
    # What is counted with them is all that they count, and nothing of it falls when it is asked again.
    assert fold_day(counted_with(shuffled, TODAY, grades), MANAGED, TODAY) == day
    assert fold_day(counted_with(ledger, TODAY, grades), MANAGED, TODAY, grades) == day


@FEW
@given(st.lists(ledgers(max_size=8, checked=True), max_size=4), GRADES)
def test_sums_with_some_grades_are_exact(many: list[list[Activity]], grades: frozenset[Grade]) -> None:
    folded = [fold_day(ledger, MANAGED, TODAY, grades) for ledger in many]
    total = sum_figures(folded)
    for metric in FIGURES:
        mix = mix_of(total, metric)
        assert mix is not None
        assert sum(mix.values()) == getattr(total, metric) == sum(getattr(day, metric) for day in folded)
    assert total.targets.calls == TODAY.targets.calls * len(many)


def a_day() -> list[Activity]:
    """A visit by card with two products and a third that was presented at one without; a call by device and two by hand."""
    carded, other = activity(1, OUTLET), activity(2, OUTLET, minutes=5)
    by_hand = call(timed_by=TimedBy.MANUAL)
    return [
        carded,
        check_of(carded, CardResult.MATCHED),
        other,
        activity(3, proposal(1, *PRODUCTS[:2])),
        activity(4, proposal(2, *PRODUCTS[1:3], response=PickResponse.BOUGHT, amount="10.00")),
        activity(5, call()),
        activity(6, by_hand, minutes=1),
        activity(7, by_hand, CUSTOMERS[5], minutes=2),
    ]


def test_what_counts_once_has_the_best_evidence_and_three_products_the_weakest_that_they_take() -> None:
    day = fold_day(a_day(), MANAGED, TODAY)
    assert said(day, "calls") == "C 1 D 2"
    assert said(day, "calls_effective") == "C 1 D 1"
    assert (said(day, "calls_effective_managed"), said(day, "calls_effective_prospect")) == ("C 1", "D 1")
    assert said(day, "visits") == "A 1"
    assert said(day, "products_presented") == "A 2 D 1"
    assert said(day, "products_bought") == said(day, "amount_bought") == "D 2"
    assert said(day, "visits_with_three") == "D 1"


def test_with_grade_a_alone_only_what_the_card_vouches_for_is_left() -> None:
    day = fold_day(a_day(), MANAGED, TODAY, {Grade.A})
    assert (day.calls, day.visits, day.products_presented, day.products_bought, day.visits_with_three) == (
        0,
        1,
        2,
        0,
        0,
    )
    assert day.amount_bought == 0
    assert day.targets == TODAY.targets


def test_whether_a_day_is_met_follows_what_is_counted() -> None:
    easy = Policies([Policy(effective_from=DAY, calls=1, visits=1, products_per_visit=2)]).on(DAY)
    called = a_day()
    assert fold_day(called, MANAGED, easy).met
    assert fold_day(called, MANAGED, easy, {Grade.A, Grade.C}).met
    assert not fold_day(called, MANAGED, easy, {Grade.A}).met
    assert fold_day(called, MANAGED, easy, {Grade.A}).targets == easy.targets


def test_a_product_of_another_days_visit_is_of_grade_d() -> None:
    yesterday = activity(1, OUTLET, minutes=-1440)
    ledger = [yesterday, check_of(yesterday, CardResult.MATCHED), activity(2, proposal(1, PRODUCTS[0]))]
    assert said(fold_day(ledger, MANAGED, TODAY), "products_presented") == "D 1"


@pytest.mark.parametrize(("shown_in", "grade"), [("visit", "A"), ("call", "C"), ("", "D")])
def test_a_board_counts_with_what_it_was_shown_in(shown_in: str, grade: str) -> None:
    visited, called = activity(1, Visit(place=VisitPlace.CUSTOMER)), activity(2, call())
    visit_id = visited.id if shown_in == "visit" else None
    call_id = called.id if shown_in == "call" else None
    board = activity(
        3, BoardShown(board_id=PRODUCTS[0], board_version=1, seconds=40, visit_id=visit_id, call_id=call_id)
    )
    ledger = [visited, check_of(visited, CardResult.MATCHED), called, board]
    counted = {each for each in Grade if fold_day(ledger, MANAGED, TODAY, {each}).boards_shown}
    assert counted == {Grade(grade)}


def test_a_voided_visit_vouches_for_nothing() -> None:
    visited = activity(1, OUTLET)
    taken_back = activity(9, Void(activity_id=visited.id, reason="mistake"), None)
    ledger = [visited, check_of(visited, CardResult.MATCHED), activity(2, proposal(1, PRODUCTS[0])), taken_back]
    for grades in (None, {Grade.A}, {Grade.D}):
        assert fold_day(ledger, MANAGED, TODAY, grades).products_presented == 0


def test_an_answer_of_before_has_no_mixes() -> None:
    old = AdvisorDay.model_validate({"calls_effective": 9})
    assert sum(old.calls_effective_graded.values()) == 0


def said(figures: Figures, metric: str) -> str:
    """A mix in words: `A 2 D 1`."""
    mix = mix_of(figures, metric)
    assert mix is not None
    return " ".join(f"{grade} {count}" for grade, count in mix.items() if count)
