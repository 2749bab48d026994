"""What products, ratings and answers are called on the screen; no controls and no reading."""

from datetime import date

from app_client.i18n import t, t_money, t_n
from app_client.proposals.actions import AmountTrouble
from shared_models.customers import Customer, Rating
from shared_models.needs import Need
from shared_models.products import Product, SuitabilityRule
from shared_models.proposals import FewerBecause, PickResponse

_YEAR = 365


def response_word(response: PickResponse) -> str:
    """The customer's answer, in the word of its button."""
    return {
        PickResponse.INTERESTED: t("有意向"),
        PickResponse.BOUGHT: t("已购买"),
        PickResponse.DECLINED: t("不需要"),
        PickResponse.PRESENTED: t("已介绍"),
    }[response]


def need_word(need: Need) -> str:
    """What a product is for."""
    return {
        Need.CASH: t("活钱"),
        Need.STEADY: t("稳健"),
        Need.GROWTH: t("长期增值"),
        Need.PROTECTION: t("保障"),
    }[need]


def rating_word(rating: Rating) -> str:
    """`C3 平衡型`: the five classes as banks name them."""
    name = {
        Rating.C1: t("谨慎型"),
        Rating.C2: t("稳健型"),
        Rating.C3: t("平衡型"),
        Rating.C4: t("进取型"),
        Rating.C5: t("激进型"),
    }[rating]
    return f"{rating.value} {name}"


def rating_line(customer: Customer, *, until: date | None, today: date, short: bool = False) -> str:
    """`C3 平衡型（有效至 2027-03-12）`, `short` to the month, or why products cannot be proposed by it."""
    if customer.rating is None or until is None:
        return t("没有风险评估")
    if today > until:
        return t("{rating}（{day} 已过期）", rating=rating_word(customer.rating), day=until.isoformat())
    day = f"{until:%Y-%m}" if short else until.isoformat()
    return t("{rating}（有效至 {day}）", rating=rating_word(customer.rating), day=day)


def rule_words(rule: SuitabilityRule, customer: Customer, product: Product) -> str:
    """Why a product may not be proposed; empty when it may."""
    match rule:
        case SuitabilityRule.SUITABLE:
            return ""
        case SuitabilityRule.NOT_RATED:
            return t("客户没有风险评估，不能推荐")
        case SuitabilityRule.RATING_EXPIRED:
            return t("风险评估已过期，不能推荐")
        case SuitabilityRule.RISK_TOO_HIGH:
            rating = customer.rating.value if customer.rating else ""
            return t("{risk} 超过客户风险等级 {rating}，不能推荐", risk=product.risk.value, rating=rating)
        case SuitabilityRule.NOT_ON_SALE:
            return t("不在售")


def fewer_word(code: str) -> str:
    """Why fewer products than wanted; a bank's own code is shown as it is."""
    words = {
        FewerBecause.NO_TIME: t("时间不够"),
        FewerBecause.NOT_SUITABLE: t("没有更多合适的"),
        FewerBecause.CUSTOMER_LEFT: t("客户先走了"),
        FewerBecause.SERVICE_ONLY: t("只来办业务"),
        FewerBecause.OTHER: t("其他原因"),
    }
    return words.get(FewerBecause(code), code) if code in set(FewerBecause) else code


def amount_trouble_words(trouble: AmountTrouble) -> str:
    """What is wrong with an amount, and what to do."""
    return {
        AmountTrouble.MISSING: t("请填写购买金额"),
        AmountTrouble.NO_NUMBER: t("请只填数字，例如 50 或 12.5"),
        AmountTrouble.NOT_POSITIVE: t("金额要大于 0"),
        AmountTrouble.TOO_FINE: t("最多精确到分"),
        AmountTrouble.TOO_LARGE: t("金额太大，请核对单位"),
    }[trouble]


def product_facts(product: Product) -> str:
    """`90 天 · 1 万起`: term and least amount, where there are any."""
    parts: list[str] = []
    if product.term_days:
        years, days = divmod(product.term_days, _YEAR)
        parts.append(t("{n} 天", n=product.term_days) if days or not years else t_n("{n} 年", years))
    if product.min_amount > 0:
        parts.append(_least(product))
    return " · ".join(parts)


def _least(product: Product) -> str:
    money = t_money(product.min_amount)
    if product.currency == "CNY":
        # A figure stands off from its unit; 万 and 元 are one word.
        return t("{amount} 元起", amount=money) if money[-1].isdigit() else t("{amount}元起", amount=money)
    return t("{currency} {amount}起", currency=product.currency, amount=money)
