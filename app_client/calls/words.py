"""What calls are called on the screen: outcomes, reasons, channels, days; no controls and no reading."""

from datetime import date

from app_client.calls.queries import LoggedCall, RecordedCall
from app_client.i18n import t, t_day_from, t_duration, t_time
from shared_models.calls import CallChannel, CallOutcome, DeclineReason
from shared_models.telephony import PbxDirection, PbxRecord


def outcome_word(outcome: CallOutcome) -> str:
    """How a call went, in the word of its button."""
    return {
        CallOutcome.INTERESTED: t("有意向"),
        CallOutcome.APPOINTMENT: t("已约面访"),
        CallOutcome.FOLLOW_UP: t("再联系"),
        CallOutcome.DECLINED: t("拒绝"),
        CallOutcome.NO_ANSWER: t("未接通"),
        CallOutcome.WRONG_NUMBER: t("号码错误"),
    }[outcome]


def outcome_hint(outcome: CallOutcome) -> str:
    """What its button will do."""
    return {
        CallOutcome.INTERESTED: t("约定跟进日"),
        CallOutcome.APPOINTMENT: t("选一天"),
        CallOutcome.FOLLOW_UP: t("明天 / 本周 / 选日期"),
        CallOutcome.DECLINED: t("选一个原因"),
        CallOutcome.NO_ANSWER: t("回到名单末尾"),
        CallOutcome.WRONG_NUMBER: t("标记待核实"),
    }[outcome]


def decline_word(code: str) -> str:
    """Why a customer refused; a bank's own code is shown as it is."""
    words = {
        DeclineReason.LOW_RETURN: t("收益太低"),
        DeclineReason.NO_MONEY: t("没有资金"),
        DeclineReason.NO_NEED: t("没有需要"),
        DeclineReason.OTHER_BANK: t("在他行配置"),
        DeclineReason.FEARS_LOSS: t("怕亏损"),
        DeclineReason.BUSY: t("在忙"),
        DeclineReason.DISTRUST: t("不信任"),
        DeclineReason.OTHER: t("其他原因"),
        "unspecified": t("没说原因"),
    }
    return words.get(code, code)


def channel_word(channel: CallChannel) -> str:
    """By which way the two spoke."""
    return {
        CallChannel.MOBILE: t("手机"),
        CallChannel.LANDLINE: t("座机"),
        CallChannel.CALLBACK: t("客户回拨"),
    }[channel]


def recorded_line(record: RecordedCall) -> str:
    """`10:04 呼出 1 分 15 秒`, of a call that the exchange recorded."""
    direction, talked = _direction_word(is_inbound=record.is_inbound), _talked_word(record.talk_seconds)
    return f"{t_time(record.ended_at)} {direction} {talked}"


def record_words(record: PbxRecord) -> tuple[str, str]:
    """`外呼记录 · 呼出` and `1 分 15 秒 · 未登记结果`, of a record that no logged call says the outcome of."""
    direction = _direction_word(is_inbound=record.direction is PbxDirection.INBOUND)
    return t("外呼记录 · {direction}", direction=direction), f"{_talked_word(record.talk_seconds)} · {t('未登记结果')}"


def _direction_word(*, is_inbound: bool) -> str:
    return t("呼入") if is_inbound else t("呼出")


def _talked_word(talk_seconds: int) -> str:
    return t_duration(talk_seconds) if talk_seconds else t("未接通")


def called_line(call: LoggedCall, today: date) -> str:
    """`09:02 · 2 分 10 秒 · 已约面访 明天`; says so when it does not count as effective."""
    outcome = outcome_word(call.outcome)
    if call.decline_reason:
        outcome = t("{outcome}：{reason}", outcome=outcome, reason=decline_word(call.decline_reason))
    if call.due_on is not None:
        outcome = f"{outcome} {t_day_from(call.due_on, today=today)}"
    parts = [t_time(call.at)]
    if call.outcome is not CallOutcome.NO_ANSWER:
        parts.append(t_duration(call.talk_seconds))
    parts.append(outcome)
    spoken = call.outcome not in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)
    if spoken and not call.is_effective:
        parts.append(t("不计有效"))
    return " · ".join(parts)
