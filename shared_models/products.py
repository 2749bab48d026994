"""Products (产品) and suitability: whether one may be proposed to a customer on a day, and by which rule."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared_models.customers import Customer
from shared_models.needs import Need
from shared_models.policy import DayPolicy
from shared_models.text import Code, Line, Name


class Risk(StrEnum):
    """The product's risk level (R1–R5)."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"

    @property
    def level(self) -> int:
        """1 (lowest) to 5."""
        return int(self.value[1])


class ProductCategory(StrEnum):
    """The shelf a product stands on."""

    DEPOSIT = "deposit"
    WEALTH = "wealth"
    FUND = "fund"
    INSURANCE = "insurance"
    METAL = "metal"


class Product(BaseModel):
    """One product on the bank's shelf. `term_days` None means no fixed term; `min_amount` in `currency`.

    `quota`: what is left to sell in `currency`, None without a limit.
    """

    id: UUID
    code: Code
    name: Name
    category: ProductCategory
    need: Need
    risk: Risk
    term_days: int | None = None
    min_amount: Decimal = Decimal(0)
    currency: str = "CNY"
    on_sale_from: date | None = None
    on_sale_until: date | None = None
    pitch: Line | None = None
    quota: Decimal | None = None


class SuitabilityRule(StrEnum):
    """The rule that decided."""

    SUITABLE = "suitable"
    NOT_RATED = "not_rated"
    RATING_EXPIRED = "rating_expired"
    RISK_TOO_HIGH = "risk_too_high"
    NOT_ON_SALE = "not_on_sale"


class Suitability(BaseModel):
    """Whether a product may be proposed, and the rule that says so."""

    model_config = ConfigDict(frozen=True)

    rule: SuitabilityRule

    @property
    def ok(self) -> bool:
        """Whether the product may be proposed."""
        return self.rule is SuitabilityRule.SUITABLE


def rating_valid_until(rated_on: date, rule: DayPolicy) -> date:
    """The last day on which a rating of `rated_on` may still be relied on."""
    return rated_on + timedelta(days=rule.policy.rating_valid_days)


def rating_trouble(customer: Customer, rule: DayPolicy) -> SuitabilityRule | None:
    """Why the rating lets nothing be proposed on the rule's day, whatever the product; None when it does not."""
    if customer.rating is None or customer.rated_on is None:
        return SuitabilityRule.NOT_RATED
    if rule.day > rating_valid_until(customer.rated_on, rule):
        return SuitabilityRule.RATING_EXPIRED
    return None


def suitability(product: Product, customer: Customer, rule: DayPolicy) -> Suitability:
    """Whether `product` may be proposed to `customer` on the rule's day.

    Risk at most the customer's rating, and the rating not too old
    (商业银行理财产品销售管理办法 arts. 9, 24–28; 金融机构产品适当性管理办法).
    """
    if (product.on_sale_from and rule.day < product.on_sale_from) or (
        product.on_sale_until and rule.day > product.on_sale_until
    ):
        return Suitability(rule=SuitabilityRule.NOT_ON_SALE)
    trouble = rating_trouble(customer, rule)
    if trouble is not None:
        return Suitability(rule=trouble)
    if customer.rating is None or product.risk.level > customer.rating.level:
        return Suitability(rule=SuitabilityRule.RISK_TOO_HIGH)
    return Suitability(rule=SuitabilityRule.SUITABLE)
