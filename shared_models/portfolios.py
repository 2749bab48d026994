"""Model portfolios (参考配置): what share of a customer's money each need takes at each rating; which is used on a day is the policy's."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer

from shared_models.customers import Rating
from shared_models.needs import Need

WHOLE = 100

Portfolio = dict[Need, int]


def _is_complete(portfolios: dict[Rating, Portfolio]) -> dict[Rating, Portfolio]:
    for rating in Rating:
        shares = portfolios.get(rating, {})
        if set(shares) != set(Need) or min(shares.values()) < 0 or sum(shares.values()) != WHOLE:
            raise ValueError(f"{rating} needs a share for each need, from 0 on, and they make 100")
    return portfolios


def _in_order(portfolios: Mapping[Rating, Portfolio]) -> dict[Rating, Portfolio]:
    # In one order on the wire, so that one rule is always the same text.
    return {rating: {need: portfolios[rating][need] for need in Need} for rating in Rating}


Portfolios = Annotated[
    dict[Rating, Portfolio],
    AfterValidator(_is_complete),
    PlainSerializer(_in_order, return_type=dict[Rating, Portfolio]),
]


def _of(cash: int, steady: int, growth: int, protection: int) -> Portfolio:
    return {Need.CASH: cash, Need.STEADY: steady, Need.GROWTH: growth, Need.PROTECTION: protection}


# Examples until a bank sets its own: docs/decisions/0039 says why they are as they are.
DEFAULT_PORTFOLIOS: Mapping[Rating, Portfolio] = MappingProxyType(
    {
        Rating.C1: _of(30, 60, 0, 10),
        Rating.C2: _of(20, 60, 10, 10),
        Rating.C3: _of(15, 45, 25, 15),
        Rating.C4: _of(10, 30, 45, 15),
        Rating.C5: _of(10, 15, 60, 15),
    }
)
