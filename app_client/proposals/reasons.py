"""Why a product is picked, and what the picks do to the allocation, in words; no controls and no reading."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app_client.i18n import t, t_day_from, t_money
from app_client.proposals.words import need_word, rating_word
from shared_models.customers import Rating
from shared_models.needs import Need
from shared_models.picks import PickReason, Reason, Unmoved
from shared_models.portfolios import WHOLE


def short_need_word(need: Need) -> str:
    """What a need is called where there is little room."""
    return t("增值") if need is Need.GROWTH else need_word(need)


def reason_words(need: Need, reason: Reason, *, today: date) -> str:
    """One sentence why a product of this need."""
    word = short_need_word(need)
    share, model = reason.share or 0, reason.model or 0
    money = t_money(reason.amount) if reason.amount is not None else ""
    match reason.code:
        case PickReason.MATURING if reason.due_on is not None:
            return t("承接{day}到期的 {money}", day=t_day_from(reason.due_on, today=today), money=money)
        case PickReason.MATURING | PickReason.IDLE:
            return t("活期有 {money}闲置", money=money)
        case PickReason.NONE_HELD:
            return t("还没有{need}，参考配置是 {model}%", need=word, model=model)
        case PickReason.BELOW_MODEL:
            return t("{need}现占 {share}%，参考配置是 {model}%", need=word, share=share, model=model)
        case PickReason.KEEPS_MODEL:
            return t("{need}已占 {share}%，不缺，可作备选", need=word, share=share)
        case PickReason.BY_RATING:
            return t("按风险等级，{need}的参考配置是 {model}%", need=word, model=model)


def unmoved_words(unmoved: Unmoved) -> str:
    """Why the allocation comes no nearer to the model."""
    return {
        Unmoved.NOT_RATED: t("客户还没有风险评估"),
        Unmoved.RATING_EXPIRED: t("客户的风险评估已过期"),
        Unmoved.NOTHING_SUITABLE: t("货架上没有适合这位客户的产品"),
        Unmoved.UNKNOWN_ALLOCATION: t("还不知道客户现在的配置，先按风险等级推荐"),
        Unmoved.AT_MODEL: t("已经和参考配置一致"),
        Unmoved.NOTHING_FREE: t("近期没有到期或闲置的资金，配置先不动"),
        Unmoved.CASH_SHORT: t("活钱还不够，到期和闲置的资金先留着"),
        Unmoved.NO_PRODUCT_FOR_GAP: t("所选产品都不在缺的方面"),
        Unmoved.TOO_SMALL: t("可用资金不够起购金额"),
    }[unmoved]


def shares(allocation: Mapping[Need, Decimal]) -> dict[Need, int]:
    """An allocation in whole percent that make a hundred; all 0 where there is nothing."""
    total = sum(allocation.values(), Decimal(0))
    if total <= 0:
        return dict.fromkeys(Need, 0)
    exact = {need: allocation[need] * WHOLE / total for need in Need}
    found = {need: int(share) for need, share in exact.items()}
    # The largest remainders are rounded up.
    left = WHOLE - sum(found.values())
    for need in sorted(Need, key=lambda need: found[need] - exact[need])[:left]:
        found[need] += 1
    return found


def mix_words(mix: Mapping[Need, int]) -> str:
    """`活钱 15% · 稳健 45% · …`."""
    return " · ".join(f"{short_need_word(need)} {mix[need]}%" for need in Need)


def model_words(rating: Rating, model: Mapping[Need, int]) -> str:
    """`C3 平衡型参考：活钱 15% · …`."""
    return t("{rating}参考：{mix}", rating=rating_word(rating), mix=mix_words(model))


def distance_words(before: Decimal, after: Decimal) -> str:
    """How far from the model, today and after, in whole percent."""
    return t("与参考相差 {before}% → {after}%", before=round(before * WHOLE), after=round(after * WHOLE))
