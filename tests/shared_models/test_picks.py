"""Three picks: suitable, of three needs, the same for the same book, and never further from the model than doing nothing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared_models.customers import Customer, Maturity, Rating
from shared_models.needs import Need
from shared_models.picks import PickReason, Picks, Unmoved, distance, picks_for, place
from shared_models.policy import Policies, Policy
from shared_models.portfolios import DEFAULT_PORTFOLIOS
from shared_models.products import Product, ProductCategory, Risk, suitability
from tests.shared_models.ledgers import CUSTOMERS, DAY

RULE = Policies([Policy(effective_from=date(2026, 1, 1))]).on(DAY)


def a_product(number: int, need: Need, risk: Risk = Risk.R1, **facts: Any) -> Product:
    return Product.model_validate(
        {
            "id": UUID(int=number + 1),
            "code": f"P{number:03d}",
            "name": f"产品{number}",
            "category": ProductCategory.WEALTH,
            "need": need,
            "risk": risk,
        }
        | facts
    )


def a_customer(rating: Rating | None = Rating.C3, **facts: Any) -> Customer:
    return Customer.model_validate(
        {"id": CUSTOMERS[0], "name": "王建国", "phone": "13800000000", "rating": rating, "rated_on": DAY} | facts
    )


SHELF = [a_product(number, need) for number, need in enumerate(Need)]
money = st.integers(0, 30_000_000).map(lambda fen: Decimal(fen) / 10)
holdings = st.one_of(st.just({}), st.dictionaries(st.sampled_from(Need), money))
maturities = st.lists(
    st.builds(
        Maturity,
        name=st.just("安盈"),
        amount=money,
        due_on=st.integers(-3, 30).map(lambda days: DAY + timedelta(days=days)),
    ),
    max_size=3,
)
customers = st.builds(
    a_customer,
    rating=st.one_of(st.none(), st.sampled_from(Rating)),
    rated_on=st.integers(0, 400).map(lambda days: DAY - timedelta(days=days)),
    holdings=holdings,
    idle_cash=st.one_of(st.none(), money),
    aum=st.one_of(st.none(), money),
    maturities=maturities,
)
shelves = st.lists(
    st.tuples(
        st.sampled_from(Need),
        st.sampled_from(Risk),
        st.sampled_from([0, 1, 1000, 10_000, 300_000, 1_000_000]),
        st.one_of(st.none(), st.sampled_from([0, 500, 50_000])),
        st.sampled_from(["CNY", "CNY", "USD"]),
    ),
    max_size=20,
).map(
    lambda rows: [
        a_product(number, need, risk, min_amount=least, quota=quota, currency=currency)
        for number, (need, risk, least, quota, currency) in enumerate(rows)
    ]
)


def amounts(picks: Picks) -> list[Decimal]:
    return [each.amount for each in picks.picks if each.amount is not None]


@given(customers, shelves, st.data())
def test_picks_are_the_same_in_any_order(customer: Customer, shelf: list[Product], data: st.DataObject) -> None:
    declined = {product.id for product in shelf[::3]}
    shuffled = data.draw(st.permutations(shelf))
    turned = customer.model_copy(update={"maturities": customer.maturities[::-1]})
    assert picks_for(customer, shelf, RULE, declined=declined) == picks_for(turned, shuffled, RULE, declined=declined)


@given(customers, shelves)
def test_picks_suit_and_come_from_different_needs(customer: Customer, shelf: list[Product]) -> None:
    found = picks_for(customer, shelf, RULE)
    known = {product.id: product for product in shelf}
    offered = [each for pick in found.picks for each in (pick.product_id, *pick.alternatives)]
    assert all(suitability(known[each], customer, RULE).ok for each in offered)
    assert len(set(offered)) == len(offered)
    assert all(known[each].need is pick.need for pick in found.picks for each in (pick.product_id, *pick.alternatives))
    assert len({pick.need for pick in found.picks}) == len(found.picks)
    assert len(found.picks) == min(3, 4 - len(found.missing))


@given(customers, shelves)
def test_amounts_stay_within_what_is_free_and_what_the_product_takes(customer: Customer, shelf: list[Product]) -> None:
    found = picks_for(customer, shelf, RULE)
    known = {product.id: product for product in shelf}
    assert sum(amounts(found)) <= found.outlook.free
    for pick in found.picks:
        product = known[pick.product_id]
        if pick.amount is not None:
            assert product.min_amount <= pick.amount
            assert product.quota is None or pick.amount <= product.quota
            assert pick.amount > 0


@given(customers, shelves, st.data())
def test_the_distance_never_grows_and_shrinks_or_says_why_not(
    customer: Customer, shelf: list[Product], data: st.DataObject
) -> None:
    found = picks_for(customer, shelf, RULE)
    # Whatever the advisor puts in their place, too.
    chosen = data.draw(st.lists(st.sampled_from(shelf), unique_by=lambda each: each.id)) if shelf else []
    for placed in (found.placement, place(found.outlook, chosen)):
        before, after = placed.distance_before, placed.distance_after
        if before is None or after is None:
            assert placed.unmoved is not None
            continue
        assert 0 <= after <= before <= 1
        assert (after < before) == (placed.unmoved is None)
        assert placed.after is not None
        assert found.outlook.lying is not None
        assert sum(placed.after.values()) == sum(found.outlook.lying.values())
        assert min(placed.after.values()) >= 0


def test_a_maturing_deposit_goes_where_the_model_lacks_most() -> None:
    customer = a_customer(
        holdings={"cash": 100_000, "steady": 900_000},
        maturities=[Maturity(name="安盈 90 天", amount=Decimal(500_000), due_on=DAY + timedelta(days=1))],
    )
    found = picks_for(customer, SHELF, RULE)
    # As it lies when it has fallen due: 60 % cash, 40 % steady; C3 wants 15 / 45 / 25 / 15.
    assert [(pick.need, pick.amount) for pick in found.picks] == [
        (Need.GROWTH, 250_000),
        (Need.PROTECTION, 150_000),
        (Need.STEADY, 50_000),
    ]
    assert [pick.reason.code for pick in found.picks] == [
        PickReason.NONE_HELD,
        PickReason.NONE_HELD,
        PickReason.MATURING,
    ]
    assert (found.placement.distance_before, found.placement.distance_after) == (Decimal("0.45"), 0)


def test_what_was_declined_before_comes_last_of_its_need() -> None:
    shelf = [*SHELF, a_product(9, Need.STEADY)]
    found = picks_for(a_customer(), shelf, RULE, declined={SHELF[1].id})
    steady = next(pick for pick in found.picks if pick.need is Need.STEADY)
    assert (steady.product_id, steady.alternatives) == (shelf[-1].id, (SHELF[1].id,))


def test_without_holdings_there_are_three_picks_and_the_allocation_is_not_made_up() -> None:
    found = picks_for(a_customer(idle_cash=Decimal(180_000)), SHELF, RULE)
    assert [pick.need for pick in found.picks] == [Need.STEADY, Need.GROWTH, Need.PROTECTION]
    assert (found.placement.after, found.placement.unmoved) == (None, Unmoved.UNKNOWN_ALLOCATION)


def test_another_currency_is_not_picked() -> None:
    found = picks_for(a_customer(), [a_product(1, Need.STEADY, currency="USD")], RULE)
    assert (found.picks, found.placement.unmoved) == ((), Unmoved.NOTHING_SUITABLE)


@pytest.mark.parametrize(
    ("facts", "shelf", "why"),
    [
        ({"rating": None}, SHELF, Unmoved.NOT_RATED),
        ({"rated_on": DAY - timedelta(days=366)}, SHELF, Unmoved.RATING_EXPIRED),
        ({}, [a_product(1, Need.GROWTH, Risk.R5)], Unmoved.NOTHING_SUITABLE),
        ({"holdings": {"cash": 15, "steady": 45, "growth": 25, "protection": 15}}, SHELF, Unmoved.AT_MODEL),
        ({"holdings": {"cash": 90_000}}, SHELF, Unmoved.NOTHING_FREE),
        ({"holdings": {"growth": 900_000}, "idle_cash": 10_000}, SHELF, Unmoved.CASH_SHORT),
        (
            {"holdings": {"cash": 90_000, "steady": 45_000}, "idle_cash": 90_000},
            [a_product(1, Need.STEADY, min_amount=1_000_000)],
            Unmoved.TOO_SMALL,
        ),
        (
            {"holdings": {"cash": 90_000, "steady": 90_000}, "idle_cash": 90_000},
            [a_product(1, Need.STEADY)],
            Unmoved.NO_PRODUCT_FOR_GAP,
        ),
    ],
)
def test_where_nothing_improves_it_says_why(facts: dict[str, Any], shelf: list[Product], why: Unmoved) -> None:
    assert picks_for(a_customer(**facts), shelf, RULE).placement.unmoved is why


def test_a_suitability_question_is_asked_once_a_product() -> None:
    """Five hundred products cost one look each and a sort of what suits: no pair is compared."""
    asked = 0

    class Counted(Product):
        def __getattribute__(self, name: str) -> Any:
            nonlocal asked
            asked += name == "risk"
            return super().__getattribute__(name)

    shelf = [Counted.model_validate(a_product(number, list(Need)[number % 4]).model_dump()) for number in range(500)]
    picks_for(a_customer(), shelf, RULE)
    assert asked <= 2 * len(shelf)


def test_a_portfolio_takes_the_whole_for_every_rating() -> None:
    with pytest.raises(ValidationError):
        Policy(effective_from=DAY, portfolios={Rating.C1: {Need.CASH: 100}})
    wrong = {rating: dict(shares) for rating, shares in DEFAULT_PORTFOLIOS.items()}
    wrong[Rating.C2][Need.CASH] += 1
    with pytest.raises(ValidationError):
        Policy(effective_from=DAY, portfolios=wrong)
    policy = Policy(effective_from=DAY)
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_the_distance_is_the_share_that_lies_elsewhere() -> None:
    model = DEFAULT_PORTFOLIOS[Rating.C1]
    everything_in_growth = {need: Decimal(100 if need is Need.GROWTH else 0) for need in Need}
    assert distance(everything_in_growth, model) == 1
    assert distance({need: Decimal(model[need]) for need in Need}, model) == 0
