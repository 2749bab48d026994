"""What boards, their scenes and lengths and the customer's reaction are called; no controls."""

from app_client.i18n import t
from shared_models.boards import BoardCategory, BoardLength, BoardScene, Objection, Reaction


def category_word(code: str) -> str:
    """What a board is about; a bank's own code is shown as it is."""
    words: dict[str, str] = {
        BoardCategory.ALLOCATION: t("资产配置"),
        BoardCategory.DEPOSIT: t("存款"),
        BoardCategory.WEALTH: t("理财"),
        BoardCategory.FUND: t("基金"),
        BoardCategory.INSURANCE: t("保险"),
        BoardCategory.METAL: t("贵金属"),
    }
    return words.get(code, code)


def scene_word(code: str) -> str:
    """When a board is shown; a bank's own code is shown as it is."""
    words: dict[str, str] = {
        BoardScene.FIRST_MEETING: t("初次见面"),
        BoardScene.MATURING_DEPOSIT: t("存款到期"),
        BoardScene.IDLE_CASH: t("闲钱待用"),
        BoardScene.MARKET_FALL: t("市场下跌"),
        BoardScene.REFUSED_BY_PHONE: t("电话被拒"),
        BoardScene.BUSY_HALL: t("厅堂繁忙"),
        BoardScene.FAMILY: t("家庭"),
        BoardScene.RETIREMENT: t("养老"),
    }
    return words.get(code, code)


def length_word(length: BoardLength) -> str:
    """How long a board takes."""
    return {
        BoardLength.HALF_MINUTE: t("30 秒"),
        BoardLength.THREE_MINUTES: t("3 分钟"),
        BoardLength.TEN_MINUTES: t("10 分钟"),
    }[length]


def reaction_word(reaction: Reaction) -> str:
    """How the customer took it."""
    return {
        Reaction.WANTS_MORE: t("想了解"),
        Reaction.UNSURE: t("再想想"),
        Reaction.NOT_NOW: t("今天不谈"),
    }[reaction]


def objection_words(objection: Objection) -> str:
    """`“收益太低”`: what the customer says, as said."""
    return t("“{says}”", says=objection.says)
