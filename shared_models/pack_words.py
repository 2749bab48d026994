"""How a pack writes figures, shares and changes, in Chinese and English; which of them it tells is pack_pages.py's."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from shared_models.calls import DeclineReason
from shared_models.cases import CaseTopic
from shared_models.evidence import Grade
from shared_models.fold import UNSPECIFIED
from shared_models.packs import Tone
from shared_models.text import Language

NOTHING = "—"
_WAN = 10_000
_REASONS: dict[str, tuple[str, str]] = {
    DeclineReason.LOW_RETURN: ("收益太低", "return too low"),
    DeclineReason.NO_MONEY: ("没有资金", "no money"),
    DeclineReason.NO_NEED: ("没有需要", "no need"),
    DeclineReason.OTHER_BANK: ("在他行配置", "with another bank"),
    DeclineReason.FEARS_LOSS: ("怕亏损", "fears a loss"),
    DeclineReason.BUSY: ("在忙", "busy"),
    DeclineReason.DISTRUST: ("不信任", "distrust"),
    DeclineReason.OTHER: ("其他原因", "other reasons"),
    UNSPECIFIED: ("没说原因", "no reason given"),
    CaseTopic.MATURITY: ("到期资金", "maturing money"),
    CaseTopic.IDLE_CASH: ("闲置资金", "idle cash"),
    CaseTopic.FIRST_CONTACT: ("首次联系", "first contact"),
    CaseTopic.APPOINTMENT: ("约见", "appointments"),
}
_GRADES = {
    Grade.A: ("刷卡核实", "card checked"),
    Grade.B: ("客户已确认", "confirmed by the customer"),
    Grade.C: ("已定位", "located"),
    Grade.D: ("自述登记", "by own word only"),
}


def either(language: Language, zh: str, en: str) -> str:
    """The words in that language."""
    return zh if language == "zh" else en


def count_words(number: int) -> str:
    """`4,120`."""
    return f"{number:,}"


def tenths(number: Fraction) -> Decimal:
    """To one decimal, a half away from zero, so that a change and its opposite are written alike."""
    size = Decimal(floor(abs(number) * 10 + Fraction(1, 2))).scaleb(-1)
    return size if number >= 0 else -size


def per_cent(share: Fraction | None) -> Decimal | None:
    """Of a share, to one decimal; None of none."""
    return None if share is None else tenths(100 * share)


def share_words(share: Fraction | None) -> str:
    """`85.8%`, and `—` of nothing."""
    told = per_cent(share)
    return NOTHING if told is None else f"{told}%"


def points(now: Fraction | None, was: Fraction | None) -> Decimal | None:
    """By how many points a share has moved, of what is written of both, so that a reader's own subtraction agrees."""
    a, b = per_cent(now), per_cent(was)
    return None if a is None or b is None else a - b


def money_words(amount: Decimal, language: Language) -> str:
    """`62 万`, to a hundredth of it; yuan below and in English."""
    if language == "zh" and amount >= _WAN:
        told = f"{amount / _WAN:,.2f}".rstrip("0").rstrip(".")
        return f"{told} 万元"
    return f"{amount:,.0f}{either(language, ' 元', ' yuan')}"


def signed(change: Decimal | int | None) -> str:
    """`+12`, `–1.3`, `=` for none; empty where there is nothing to compare with."""
    if change is None:
        return ""
    if change == 0:
        return "="
    return f"{'+' if change > 0 else '–'}{abs(change):,}"


def tone_of(change: Decimal | int | None, *, more_is_better: bool = True) -> Tone:
    """Whether a change is towards what is wanted."""
    if not change:
        return Tone.SAME
    return Tone.UP if (change > 0) is more_is_better else Tone.DOWN


def moved_words(change: Decimal | int, language: Language, *, unit: tuple[str, str] = ("", "")) -> str:
    """`多 12 次`, `少 12 次`, `持平`; "12 more", "12 fewer", "no change". `unit`: what is counted, in both languages."""
    if not change:
        return either(language, "持平", "no change")
    size, (zh, en) = f"{abs(change):,}", unit
    if language == "zh":
        return f"{'多' if change > 0 else '少'} {size}{f' {zh}' if zh else ''}"
    return f"{size}{f' {en}' if en else ''} {'more' if change > 0 else 'fewer'}"


def points_words(change: Decimal, language: Language) -> str:
    """`高 1.3 个百分点`, `低 1.3 个百分点`, `持平`."""
    if not change:
        return either(language, "持平", "no change")
    if language == "zh":
        return f"{'高' if change > 0 else '低'} {abs(change)} 个百分点"
    return f"{abs(change)} points {'higher' if change > 0 else 'lower'}"


def reason_words(code: str, language: Language) -> str:
    """Why a customer refused, or what a case is about; a bank's own code is shown as it is."""
    return either(language, *_REASONS.get(code, (code, code)))


def grade_words(language: Language) -> dict[Grade, str]:
    """What each grade of a visit's evidence is."""
    return {grade: either(language, *words) for grade, words in _GRADES.items()}
