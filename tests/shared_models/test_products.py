"""Suitability: yes or no, with the rule that says so."""

from datetime import date, timedelta

import pytest

from shared_models.customers import Customer, Rating
from shared_models.needs import Need
from shared_models.policy import Policies, Policy
from shared_models.products import Product, ProductCategory, Risk, SuitabilityRule, suitability
from tests.shared_models.ledgers import CUSTOMERS, DAY, PRODUCTS

RULE = Policies([Policy(effective_from=date(2026, 1, 1))]).on(DAY)


def decided(
    *, risk: Risk = Risk.R3, rating: Rating | None = Rating.C3, age_days: int = 10, **product: object
) -> SuitabilityRule:
    offered = Product.model_validate(
        {
            "id": PRODUCTS[0],
            "code": "EX001",
            "name": "安盈 90 天",
            "category": ProductCategory.WEALTH,
            "need": Need.STEADY,
            "risk": risk,
        }
        | product
    )
    customer = Customer(
        id=CUSTOMERS[0], name="王建国", phone="13800000000", rating=rating, rated_on=DAY - timedelta(days=age_days)
    )
    return suitability(offered, customer, RULE).rule


@pytest.mark.parametrize("risk", Risk)
@pytest.mark.parametrize("rating", Rating)
def test_the_risk_may_not_exceed_the_rating(risk: Risk, rating: Rating) -> None:
    allowed = int(risk[1]) <= int(rating[1])
    assert (decided(risk=risk, rating=rating) is SuitabilityRule.SUITABLE) == allowed


def test_a_rating_lasts_a_year_to_the_day() -> None:
    assert decided(age_days=365) is SuitabilityRule.SUITABLE
    assert decided(age_days=366) is SuitabilityRule.RATING_EXPIRED


def test_without_a_rating_nothing_is_suitable() -> None:
    assert decided(rating=None) is SuitabilityRule.NOT_RATED


def test_only_what_is_on_sale() -> None:
    assert decided(on_sale_from=DAY + timedelta(days=1)) is SuitabilityRule.NOT_ON_SALE
    assert decided(on_sale_until=DAY - timedelta(days=1)) is SuitabilityRule.NOT_ON_SALE
    assert decided(on_sale_from=DAY, on_sale_until=DAY) is SuitabilityRule.SUITABLE
