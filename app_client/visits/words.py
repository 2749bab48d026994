"""What visits are called on the screen: places, cards and how well they are evidenced; no controls and no reading."""

from app_client.errors import error_words
from app_client.i18n import t
from shared_models.errors import DomainError
from shared_models.evidence import Grade, VisitEvidence, VisitReason
from shared_models.visits import CardResult, ConfirmationResult, ConfirmedBy, VisitPlace


def place_word(place: VisitPlace) -> str:
    """Where the two met."""
    return {
        VisitPlace.OUTLET: t("网点"),
        VisitPlace.CUSTOMER: t("客户处"),
        VisitPlace.OTHER: t("其他地方"),
    }[place]


def evidence_words(evidence: VisitEvidence) -> str:
    """How a visit is evidenced, in words, and what was wrong where it is not; the grade's letter is for heads."""
    word = {
        Grade.A: t("刷卡核实"),
        Grade.B: t("客户已确认"),
        Grade.C: t("已定位"),
        Grade.D: t("自述登记"),
    }[evidence.grade]
    trouble = reason_words(evidence.reason)
    return t("{evidence}（{reason}）", evidence=word, reason=trouble) if trouble else word


def reason_words(reason: VisitReason) -> str:
    """Why a visit's location proves nothing; empty where it does, or where there is none."""
    return {
        VisitReason.MOCKED: t("定位是模拟的"),
        VisitReason.COARSE: t("定位太粗"),
        VisitReason.STALE: t("定位不是当时的"),
        VisitReason.AWAY: t("定位不在网点"),
        VisitReason.AWAY_FROM_CUSTOMER: t("定位不在客户的地址"),
    }.get(reason, "")


def finding_words(finding: CardResult) -> str:
    """What the bank found about the card that was shown."""
    return {
        CardResult.MATCHED: "",
        CardResult.OTHER_CUSTOMER: t("刷的是别的客户的卡"),
        CardResult.UNKNOWN_CARD: t("卡号没有登记在这位客户名下"),
        CardResult.NONCE_MISMATCH: t("刷卡记录是另一次面访的"),
        CardResult.UNREADABLE: t("刷卡记录打不开"),
    }[finding]


def code_finding_words(finding: ConfirmationResult) -> str:
    """What the bank found about the code that the customer read out."""
    return {
        ConfirmationResult.MATCHED: "",
        ConfirmationResult.WRONG: t("客户确认码不对"),
        ConfirmationResult.EXPIRED: t("客户确认码不是当时的"),
        ConfirmationResult.USED: t("客户确认码已经用过"),
    }[finding]


def findings_words(finding: CardResult | None, code: ConfirmationResult | None) -> str:
    """What the bank found about card and code; empty where nothing is wrong."""
    words = [finding_words(finding) if finding else "", code_finding_words(code) if code else ""]
    return " · ".join(word for word in words if word)


def confirmed_by_word(by: ConfirmedBy) -> str:
    """Where the customer read the code."""
    return {
        ConfirmedBy.OUTLET_SCREEN: t("大堂屏幕的码"),
        ConfirmedBy.SMS: t("短信验证码"),
        ConfirmedBy.APP: t("银行 App 的验证码"),
    }[by]


def card_trouble_words(error: DomainError) -> str:
    """Why a card was not taken, and what to do; nothing of its number."""
    words = {
        "card_not_digits": t("没有读到卡号，请再刷一次，或输入数字"),
        "card_too_short": t("卡号不完整，请接着输入"),
        "card_too_long": t("卡号太长，请重新刷卡或输入"),
        "card_mistyped": t("卡号不对：错了一位，或前后颠倒。请重新刷卡或输入"),
        "sealing_failed": t("这台设备没能加密卡号，请改填末四位"),
    }
    return words.get(error.code) or error_words(error)


def code_trouble_words(error: DomainError) -> str:
    """Why no code is on its way to the customer, and what to do."""
    words = {
        "no_code_gateway": t("银行还没有开通发送验证码，请用大堂屏幕的码"),
        "code_not_sent": t("短信没有发出去，请再试，或用大堂屏幕的码"),
        "code_for_prospect": t("潜力客户的号码是自己录的，发码不能证明；请用大堂屏幕的码"),
        "code_without_number": t("银行没有这位客户可用的手机号，请用大堂屏幕的码"),
        "not_found": t("这位客户还没有同步到银行，请先同步"),
    }
    return words.get(error.code) or error_words(error)
