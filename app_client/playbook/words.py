"""What cases are called: topics, channels, speakers; no controls and no reading."""

from app_client.calls.words import decline_word
from app_client.i18n import t
from app_client.playbook.queries import OwnCase
from shared_models.calls import DeclineReason
from shared_models.cases import CaseChannel, CaseState, CaseText, CaseTopic, Speaker
from shared_models.products import ProductCategory

# In the order in which they are offered.
TOPICS: tuple[str, ...] = (
    *(reason for reason in DeclineReason if reason not in (DeclineReason.BUSY, DeclineReason.OTHER)),
    *CaseTopic,
)


def topic_word(code: str) -> str:
    """What a case is about; a bank's own code is shown as it is."""
    words: dict[str, str] = {
        CaseTopic.MATURITY: t("到期转存"),
        CaseTopic.IDLE_CASH: t("活期闲置"),
        CaseTopic.FIRST_CONTACT: t("第一次联系"),
        CaseTopic.APPOINTMENT: t("邀约面访"),
    }
    return words.get(code) or decline_word(code)


def channel_word(channel: CaseChannel) -> str:
    """By which way the two spoke."""
    return {CaseChannel.CALL: t("电访"), CaseChannel.VISIT: t("面访")}[channel]


def speaker_word(speaker: Speaker) -> str:
    """Who says what follows."""
    return {Speaker.CUSTOMER: t("客户说"), Speaker.ADVISOR: t("客户经理说")}[speaker]


def category_word(category: ProductCategory) -> str:
    """The shelf that it is about."""
    return {
        ProductCategory.DEPOSIT: t("存款"),
        ProductCategory.WEALTH: t("理财"),
        ProductCategory.FUND: t("基金"),
        ProductCategory.INSURANCE: t("保险"),
        ProductCategory.METAL: t("贵金属"),
    }[category]


def scene_words(text: CaseText) -> str:
    """`电访 · 收益太低 · 理财`."""
    category = category_word(text.product_category) if text.product_category else ""
    return " · ".join(part for part in (channel_word(text.channel), topic_word(text.topic), category) if part)


def standing_words(own: OwnCase) -> str:
    """How a case of one's own stands, by what one has said last."""
    if own.is_open:
        return t("等你看过再说")
    if own.said is not None and not own.said.granted:
        return t("你没有同意")
    if own.draft.state is CaseState.APPROVED:
        return t("已经发布，所有人都看得到")
    return t("你已同意，等总行批准")
