"""An advisor's book in the demo bank: customers as the bank would know them on the day the demo was built, and cards of some."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid5

from app_server.demo.bank import NAMESPACE, SEED, Size
from app_server.demo.names import person_name, phone_number
from shared_models.customers import Customer, Maturity, Rating, Tier, name_initials
from shared_models.sealing import CardNumber, passes_luhn

_TIERS = (
    (Tier.DIAMOND, 0.04, 6_000_000),
    (Tier.PLATINUM, 0.12, 1_200_000),
    (Tier.GOLD, 0.30, 350_000),
    (Tier.STANDARD, 0.54, 60_000),
)
_RATINGS = ((Rating.C1, 0.12), (Rating.C2, 0.30), (Rating.C3, 0.36), (Rating.C4, 0.17), (Rating.C5, 0.05))
_INTERESTS = ("大额存单", "稳健理财", "养老年金", "黄金", "基金定投", "子女教育金", "美元理财", "重疾保障")
_MATURING = ("三年期定期存款", "一年期定期存款", "大额存单", "雾凇固收一百八十天（示例）", "雾凇固收九十天（示例）")
_SOURCES = ("referral", "walk_in", "event", "payroll", "neighbourhood")
_NOTES = (
    "上午方便接听",
    "退休教师，喜欢到网点",
    "只听普通话讲解，字大一些",
    "子女在外地",
    "经营小店，晚上有空",
    "先发短信再打电话",
)
UNRATED_SHARE, EXPIRED_SHARE = 0.06, 0.09
# As the numbers begin that payment services give out for trying UnionPay (6200 0000 0000 0005 is one): nobody's card.
CARD_PREFIX = "62000000"
CARDS_EACH = 60


def book(login: str, number: int, size: Size, built_on: date) -> list[Customer]:
    """The customers of the advisor of that number; the first ones have something due on the very day."""
    random = Random(f"{SEED}/book/{login}")
    customers = [
        _customer(random, login, number * 1000 + index, index >= size.customers - size.prospects, built_on)
        for index in range(size.customers)
    ]
    for away, customer in zip((0, 2), customers[1:3], strict=False):
        customer.birthday = (built_on + timedelta(days=away)).strftime("%m-%d")
    for away, customer in zip((1, 4), customers[3:5], strict=False):
        customer.maturities = [_maturity(random, built_on + timedelta(days=away), 200_000)]
    return customers


def cards(login: str, number: int, size: Size) -> list[tuple[UUID, CardNumber]]:
    """The cards of that advisor's first customers, by whose they are; docs/operations.md names some to try."""
    found: list[tuple[UUID, CardNumber]] = []
    for index in range(min(CARDS_EACH, size.customers)):
        body = f"{CARD_PREFIX}{number:03d}{index + 1:04d}"
        digits = next(f"{body}{check}" for check in range(10) if passes_luhn(f"{body}{check}"))
        found.append((_id(login, number * 1000 + index), CardNumber(digits)))
    return found


def _id(login: str, number: int) -> UUID:
    return uuid5(NAMESPACE, f"customer/{login}/{number}")


def _customer(random: Random, login: str, number: int, is_prospect: bool, built_on: date) -> Customer:
    name = person_name(random)
    tier, _, typical = random.choices(_TIERS, [share for _, share, _ in _TIERS])[0]
    aum = _money(random.lognormvariate(0, 0.6) * typical)
    customer = Customer(
        id=_id(login, number),
        name=name,
        phone=phone_number(number),
        initials=name_initials(name),
        birthday=(date(2024, 1, 1) + timedelta(days=random.randrange(366))).strftime("%m-%d"),
        note=random.choice(_NOTES) if random.random() < 0.12 else None,
    )
    if is_prospect:
        customer.source = random.choice(_SOURCES)
    else:
        customer.managed_since = built_on - timedelta(days=random.randint(200, 3000))
        customer.tier = tier
        customer.aum = aum
        customer.idle_cash = _money(float(aum) * random.betavariate(1.2, 5))
        if random.random() < 0.4:
            due_on = built_on + timedelta(days=random.randint(1, 400))
            customer.maturities = [_maturity(random, due_on, float(aum))]
        if random.random() < 0.85:
            customer.last_contact_on = built_on - timedelta(days=random.randint(50, 240))
        if random.random() < 0.08:
            customer.last_interest = random.choice(_INTERESTS)
    _rate(random, customer, built_on, unrated=0.7 if is_prospect else UNRATED_SHARE)
    return customer


def _rate(random: Random, customer: Customer, built_on: date, *, unrated: float) -> None:
    luck = random.random()
    if luck < unrated:
        return
    customer.rating = random.choices([rating for rating, _ in _RATINGS], [share for _, share in _RATINGS])[0]
    age = random.randint(370, 700) if luck < unrated + EXPIRED_SHARE else random.randint(1, 330)
    customer.rated_on = built_on - timedelta(days=age)


def _maturity(random: Random, due_on: date, aum: float) -> Maturity:
    amount = _money(max(10_000.0, aum * random.uniform(0.1, 0.6)))
    return Maturity(name=random.choice(_MATURING), amount=amount, due_on=due_on)


def _money(value: float) -> Decimal:
    return Decimal(round(value / 100) * 100).quantize(Decimal("0.01"))
