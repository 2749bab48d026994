"""Three picks (三款推荐): suitable products of three needs that bring a customer's allocation nearer to the model of their rating.

Pure and the same everywhere: figures and codes come out, the words are the client's. The advisor chooses; `place` says what a choice does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from uuid import UUID

from shared_models.customers import Customer, Maturity
from shared_models.needs import Need
from shared_models.plans import IDLE_CASH_FLOOR, MATURITY_HORIZON_DAYS
from shared_models.policy import DayPolicy
from shared_models.portfolios import WHOLE, Portfolio
from shared_models.products import Product, rating_trouble, suitability

# Raised with every change of what is picked, so that proposals of two versions can be told apart.
PICKS_VERSION = 1
PICKED = 3
ALTERNATIVES = 5
# Figures are yuan, and a phone knows no rate of exchange.
YUAN = "CNY"
_USUAL_RISK = {Need.CASH: 1, Need.STEADY: 2, Need.PROTECTION: 1, Need.GROWTH: 3}
# Between needs that are as far from the model as each other.
_ORDER = (Need.STEADY, Need.GROWTH, Need.PROTECTION, Need.CASH)
# What people say: 1,200,000 and 340,000, but not 343,218. From this much on, in steps of that.
_SAID_IN = ((1_000_000, 100_000), (100_000, 10_000), (10_000, 1_000), (100, 100))
_NOTHING = Decimal(0)

Allocation = Mapping[Need, Decimal]


class PickReason(StrEnum):
    """Why a product of this need; `Reason` has the figures."""

    MATURING = "maturing"
    IDLE = "idle"
    NONE_HELD = "none_held"
    BELOW_MODEL = "below_model"
    KEEPS_MODEL = "keeps_model"
    BY_RATING = "by_rating"


class Unmoved(StrEnum):
    """Why the distance to the model does not shrink."""

    NOT_RATED = "not_rated"
    RATING_EXPIRED = "rating_expired"
    NOTHING_SUITABLE = "nothing_suitable"
    UNKNOWN_ALLOCATION = "unknown_allocation"
    AT_MODEL = "at_model"
    NOTHING_FREE = "nothing_free"
    CASH_SHORT = "cash_short"
    NO_PRODUCT_FOR_GAP = "no_product_for_gap"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with what it is about: `amount` yuan coming free (on `due_on`) or idle; `share` today and `model`, in percent."""

    code: PickReason
    amount: Decimal | None = None
    due_on: date | None = None
    share: int | None = None
    model: int | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """One product picked. `amount`: yuan, None where none can be suggested. `alternatives`: next best of the same need, best first."""

    product_id: UUID
    need: Need
    reason: Reason
    amount: Decimal | None
    alternatives: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A customer's money as it lies when nothing is done, and what it could be.

    `lying`: yuan by need, maturing and idle money as cash; None when the holdings are not known. `free`: of it, what comes free
    within the horizon. `model`: percent by need, None without a valid rating, `rating_trouble` then says which.
    """

    lying: Allocation | None
    free: Decimal
    model: Portfolio | None
    rating_trouble: Unmoved | None


@dataclass(frozen=True, slots=True)
class Placement:
    """What placing the free money in some products does: `amounts` by product, the allocation after, the distances 0–1.

    `unmoved` says why `distance_after` is not less than `distance_before`; None when it is. None for what is not known.
    """

    amounts: Mapping[UUID, Decimal]
    after: Allocation | None
    distance_before: Decimal | None
    distance_after: Decimal | None
    unmoved: Unmoved | None


@dataclass(frozen=True, slots=True)
class Picks:
    """Up to three picks, each of another need, most wanted first, and what they do. `missing`: needs that nothing suitable is for."""

    picks: tuple[Picked, ...]
    outlook: Outlook
    placement: Placement
    missing: tuple[Need, ...]


def outlook_of(customer: Customer, rule: DayPolicy) -> Outlook:
    """A customer's money on the rule's day, as far as the phone knows it."""
    matured = sum((each.amount for each in _maturing(customer, rule.day)), _NOTHING)
    idle = max(customer.idle_cash or _NOTHING, _NOTHING)
    held = {need: max(customer.holdings.get(need, _NOTHING), _NOTHING) for need in Need}
    lying = None
    if customer.holdings:
        # What falls due lies among the steady as long as it runs, and idle money among the cash; what holdings lack comes on top.
        held[Need.STEADY] -= min(matured, held[Need.STEADY])
        held[Need.CASH] = max(held[Need.CASH], idle) + matured
        lying = held
    trouble = rating_trouble(customer, rule)
    model = rule.policy.portfolios[customer.rating] if customer.rating is not None and trouble is None else None
    return Outlook(
        lying=lying,
        free=idle + matured,
        model=model,
        rating_trouble=Unmoved(trouble.value) if trouble is not None else None,
    )


def distance(allocation: Allocation, model: Portfolio) -> Decimal:
    """How far an allocation is from the model: half the sum of the differences of shares, 0 (the same) to 1 (nothing in common)."""
    total = sum(allocation.values(), _NOTHING)
    if total <= 0:
        return _NOTHING
    apart = sum((abs(allocation[need] * WHOLE - model[need] * total) for need in Need), _NOTHING)
    return apart / (2 * WHOLE * total)


def picks_for(
    customer: Customer, products: Iterable[Product], rule: DayPolicy, *, declined: Collection[UUID] = ()
) -> Picks:
    """Three suitable products of three needs for a customer on the rule's day, the same in whatever order `products` come.

    Needs: what is furthest below the model first. Within a need: what was not `declined` before, what the money suffices for, the
    risk that is usual for the need, the code. Fewer than three when `missing` needs leave fewer.
    """
    outlook = outlook_of(customer, rule)
    turned_down = frozenset(declined)
    shelf: dict[Need, list[Product]] = {}
    if outlook.model is not None:
        for product in products:
            if product.currency == YUAN and suitability(product, customer, rule).ok:
                shelf.setdefault(product.need, []).append(product)
    money = _Money(outlook)
    chosen: list[tuple[Product, tuple[UUID, ...]]] = []
    for need in _wanted_first(outlook):
        fitting = shelf.get(need)
        if not fitting or len(chosen) == PICKED:
            continue
        limit = money.limit(need) or outlook.free or customer.aum or _NOTHING
        ranked = sorted(fitting, key=lambda product: _rank(product, limit, turned_down))
        chosen.append((ranked[0], tuple(each.id for each in ranked[1 : 1 + ALTERNATIVES])))
        money.place(ranked[0])
    placement = place(outlook, [product for product, _ in chosen])
    picks = tuple(
        Picked(
            product_id=product.id,
            need=product.need,
            reason=reason_of(product.need, customer, outlook, rule),
            amount=placement.amounts.get(product.id),
            alternatives=alternatives,
        )
        for product, alternatives in chosen
    )
    return Picks(
        picks=picks,
        outlook=outlook,
        placement=placement,
        missing=tuple(need for need in Need if need not in shelf),
    )


def place(outlook: Outlook, products: Sequence[Product]) -> Placement:
    """What comes of placing the free money in these products, most wanted first: never further from the model than before."""
    money = _Money(outlook)
    # Cash goes last: what it takes moves nothing, and would be lacking elsewhere.
    for product in sorted(products, key=lambda product: product.need is Need.CASH):
        money.place(product)
    before = after = None
    if outlook.lying is not None and outlook.model is not None:
        before, after = distance(outlook.lying, outlook.model), distance(money.lying, outlook.model)
    return Placement(
        amounts=money.amounts,
        after=money.lying if outlook.lying is not None else None,
        distance_before=before,
        distance_after=after,
        unmoved=None if before is not None and after is not None and after < before else _why_not(outlook, products),
    )


def reason_of(need: Need, customer: Customer, outlook: Outlook, rule: DayPolicy) -> Reason:
    """Why a product of this need for this customer; the strongest reason there is."""
    maturing = _maturing(customer, rule.day)
    share, model = _share(outlook, need), outlook.model[need] if outlook.model is not None else None
    if need is Need.STEADY and maturing:
        due_on = maturing[0].due_on
        amount = sum((each.amount for each in maturing if each.due_on == due_on), _NOTHING)
        return Reason(PickReason.MATURING, amount=amount, due_on=due_on, share=share, model=model)
    if share is not None and model is not None and share < model:
        return Reason(PickReason.BELOW_MODEL if share else PickReason.NONE_HELD, share=share, model=model)
    if need in (Need.CASH, Need.STEADY) and customer.idle_cash and customer.idle_cash >= IDLE_CASH_FLOOR:
        return Reason(PickReason.IDLE, amount=customer.idle_cash, share=share, model=model)
    return Reason(
        PickReason.BY_RATING if share is None else PickReason.KEEPS_MODEL,
        share=share,
        model=model,
    )


@dataclass(slots=True)
class _Money:
    """The free money while it is being placed."""

    outlook: Outlook
    lying: dict[Need, Decimal] = field(default_factory=dict[Need, Decimal])
    free: Decimal = _NOTHING
    amounts: dict[UUID, Decimal] = field(default_factory=dict[UUID, Decimal])

    def __post_init__(self) -> None:
        self.lying = dict(self.outlook.lying or {})
        self.free = self.outlook.free

    def limit(self, need: Need) -> Decimal:
        """The most that can go to a need without leaving the model further behind."""
        model = self.outlook.model
        if model is None:
            return _NOTHING
        if not self.lying:
            return min(self.free, self.outlook.free * model[need] / WHOLE)
        total = sum(self.lying.values(), _NOTHING)
        if need is Need.CASH:
            return min(self.free, total * model[need] / WHOLE)
        lacking = total * model[need] / WHOLE - self.lying[need]
        spare = self.lying[Need.CASH] - total * model[Need.CASH] / WHOLE
        return max(min(self.free, lacking, spare), _NOTHING)

    def place(self, product: Product) -> None:
        """Put as much into a product as is good for the allocation, if it takes so little."""
        amount = _said(self.limit(product.need), product)
        if amount is None or product.id in self.amounts:
            return
        self.amounts[product.id] = amount
        self.free -= amount
        if self.lying:
            self.lying[Need.CASH] -= amount
            self.lying[product.need] += amount


def _said(limit: Decimal, product: Product) -> Decimal | None:
    """The largest amount up to `limit` that a person would say and the product takes."""
    if product.currency != YUAN:
        return None
    most = limit if product.quota is None else min(limit, product.quota)
    for least, step in _SAID_IN:
        if most >= least:
            said = (most / step).to_integral_value(ROUND_DOWN) * step
            if said >= product.min_amount:
                return said
            return product.min_amount if product.min_amount <= most else None
    return None


def _wanted_first(outlook: Outlook) -> list[Need]:
    """The needs, furthest below the model first; without an allocation the model's largest."""
    model, lying = outlook.model, outlook.lying
    if model is None:
        return []
    if lying is None:
        return sorted(Need, key=lambda need: (-model[need], _ORDER.index(need)))
    total = sum(lying.values(), _NOTHING)
    return sorted(Need, key=lambda need: (lying[need] * WHOLE - model[need] * total, _ORDER.index(need)))


def _rank(product: Product, limit: Decimal, turned_down: Collection[UUID]) -> tuple[bool, bool, int, str, UUID]:
    strange = abs(product.risk.level - _USUAL_RISK[product.need])
    too_dear = product.min_amount > limit or (product.quota is not None and product.quota < product.min_amount)
    return product.id in turned_down, too_dear, strange, product.code, product.id


def _why_not(outlook: Outlook, products: Sequence[Product]) -> Unmoved:
    if outlook.rating_trouble is not None or outlook.model is None:
        return outlook.rating_trouble or Unmoved.NOT_RATED
    if not products:
        return Unmoved.NOTHING_SUITABLE
    lying, model = outlook.lying, outlook.model
    if lying is None:
        return Unmoved.UNKNOWN_ALLOCATION
    total = sum(lying.values(), _NOTHING)
    if distance(lying, model) == 0:
        return Unmoved.AT_MODEL
    if outlook.free <= 0:
        return Unmoved.NOTHING_FREE
    if lying[Need.CASH] * WHOLE <= model[Need.CASH] * total:
        return Unmoved.CASH_SHORT
    lacking = {need for need in Need if lying[need] * WHOLE < model[need] * total}
    return Unmoved.TOO_SMALL if any(each.need in lacking for each in products) else Unmoved.NO_PRODUCT_FOR_GAP


def _share(outlook: Outlook, need: Need) -> int | None:
    lying = outlook.lying
    total = sum(lying.values(), _NOTHING) if lying is not None else _NOTHING
    return None if lying is None or total <= 0 else round(lying[need] * WHOLE / total)


def _maturing(customer: Customer, day: date) -> list[Maturity]:
    """What falls due within the horizon, soonest first."""
    coming = [
        each
        for each in customer.maturities
        if each.amount > 0 and 0 <= (each.due_on - day).days <= MATURITY_HORIZON_DAYS
    ]
    return sorted(coming, key=lambda each: each.due_on)
