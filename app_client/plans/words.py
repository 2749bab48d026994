"""Why a customer is on the list, in a person's words; the reasons themselves are the shared models'."""

from collections.abc import Sequence
from datetime import date

from app_client.i18n import t, t_day_from, t_money
from shared_models.plans import Reason, ReasonCode

# What falls due is said in amber; the rest may be skipped.
_URGENT = frozenset({ReasonCode.PROMISED, ReasonCode.APPOINTMENT, ReasonCode.MATURITY, ReasonCode.BIRTHDAY})
MOST_REASONS = 2


def reason_word(reason: Reason, *, today: date) -> str:
    """One reason: `明天到期 50 万`, `约好今天回电`, `92 天未联系`."""
    match reason.code:
        case ReasonCode.PROMISED:
            return _promised(reason, today)
        case ReasonCode.APPOINTMENT:
            return _appointed(reason, today)
        case ReasonCode.MATURITY:
            day = t_day_from(reason.day or today, today=today, weekday=False)
            money = t_money(reason.amount) if reason.amount else ""
            return t("{day}到期 {money}", day=day, money=money)
        case ReasonCode.BIRTHDAY:
            return t("{day}生日", day=t_day_from(reason.day or today, today=today, weekday=False))
        case ReasonCode.INTEREST:
            return t("上次意向：{text}", text=reason.text) if reason.text else t("上次有意向")
        case ReasonCode.IDLE_CASH:
            return t("活期 {money}闲置", money=t_money(reason.amount)) if reason.amount else t("活期闲置")
        case ReasonCode.SILENCE:
            return t("{n} 天未联系", n=reason.days or 0)
        case ReasonCode.NEVER_CALLED:
            return t("从未联系")
        case ReasonCode.PICKED:
            return t("负责人请你联系")
        case ReasonCode.IN_BOOK:
            return t("在册客户")


def reason_words(reasons: Sequence[Reason], *, today: date) -> tuple[str, str]:
    """(what falls due, the rest), strongest first and at most two in all, so that a row stays one line, each joined by a dot."""
    shown = list(reasons)[:MOST_REASONS]
    urgent = [reason_word(reason, today=today) for reason in shown if reason.code in _URGENT]
    rest = [reason_word(reason, today=today) for reason in shown if reason.code not in _URGENT]
    return " · ".join(urgent), " · ".join(rest)


def _promised(reason: Reason, today: date) -> str:
    late = reason.day is not None and reason.day < today
    words = t("{day}约好的回电", day=t_day_from(reason.day, today=today)) if late and reason.day else t("约好今天回电")
    return f"{words} · {reason.text}" if reason.text else words


def _appointed(reason: Reason, today: date) -> str:
    late = reason.day is not None and reason.day < today
    words = t("{day}约的面访", day=t_day_from(reason.day, today=today)) if late and reason.day else t("约好今天面访")
    return f"{words} · {reason.text}" if reason.text else words
