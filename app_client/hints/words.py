"""What hints say, on the phone and to a head alike: kindly, with figures, and where a hint begins; no controls and no reading."""

from app_client.i18n import t, t_duration, t_n
from shared_models.hint_answers import HintCode
from shared_models.hints import Hint
from shared_models.policy import Policy

_MINUTE = 60
_PAIR = 2


def hint_word(code: HintCode) -> str:
    """What may be behind it: the most harmless thing that would look like this."""
    return {
        HintCode.BURST: t("可能是集中登记"),
        HintCode.OVERLAP: t("可能时间有重叠"),
        HintCode.SAME_NUMBER: t("可能是反复联系"),
        HintCode.BACKDATED: t("可能是事后补登"),
        HintCode.CLOCK_JUMPED: t("可能调过手机时间"),
        HintCode.OTHER_CARD: t("可能拿错了卡"),
    }[code]


def hint_figures(hint: Hint, policy: Policy, *, is_visit: bool) -> str:
    """What was seen, in figures, and from where on it is a hint under the policy of that day."""
    match hint.code:
        case HintCode.BURST:
            return _burst(hint, policy, is_visit=is_visit)
        case HintCode.OVERLAP:
            shared = t_duration(hint.seconds)
            words = (
                t("和另一条记录同时进行了 {time}", time=shared)
                if hint.count <= _PAIR
                else t_n("和另外 {n} 条记录时间重叠，最长 {time}", hint.count - 1, time=shared)
            )
            return _from(words, t("超过 {time} 时提示", time=t_duration(policy.hint_overlap_seconds)))
        case HintCode.SAME_NUMBER:
            words = t_n("当天给这位客户打了 {n} 通电话", hint.count)
            return _from(words, t_n("{n} 通起提示", policy.hint_same_customer_calls))
        case HintCode.BACKDATED:
            words = t("登记比发生晚了 {time}", time=t_duration(hint.seconds))
            limit = t_duration(policy.hint_backdated_minutes * _MINUTE)
            return _from(words, t("超过 {time} 或过了零点时提示", time=limit))
        case HintCode.CLOCK_JUMPED:
            words = t("手机时钟和上一条记录相比差了 {time}", time=t_duration(abs(hint.seconds)))
            return _from(words, t("超过 {time} 时提示", time=t_duration(policy.hint_clock_minutes * _MINUTE)))
        case HintCode.OTHER_CARD:
            return t("读到的卡登记在另一位客户名下")


def hint_words(hint: Hint, policy: Policy, *, is_visit: bool) -> str:
    """The whole sentence."""
    return t("{word}：{figures}", word=hint_word(hint.code), figures=hint_figures(hint, policy, is_visit=is_visit))


def _burst(hint: Hint, policy: Policy, *, is_visit: bool) -> str:
    window = t_duration(policy.hint_burst_minutes * _MINUTE)
    within = t_duration(hint.within_seconds)
    if is_visit:
        words = t_n("{within} 内登记了 {n} 次面访", hint.count, within=within)
        return _from(words, t_n("{window} 内 {n} 次起提示", policy.hint_burst_visits, window=window))
    words = t_n("{within} 内登记了 {n} 通有效电话", hint.count, within=within)
    if hint.seconds > hint.within_seconds:
        talked = t_n("后 {n} 通的通话时长合计 {time}", hint.count - 1, time=t_duration(hint.seconds))
        return t("{one}，{other}", one=words, other=talked)
    return _from(words, t_n("{window} 内 {n} 通起提示", policy.hint_burst_calls, window=window))


def _from(words: str, limit: str) -> str:
    return t("{words}（{limit}）", words=words, limit=limit)


def standing_words(count: int, unanswered: int) -> str:
    """`3 处提示，2 处已说明`."""
    hints = t_n("{n} 处提示", count)
    if not unanswered:
        return t("{hints}，都已说明", hints=hints)
    said = count - unanswered
    return t("{hints}，{said}", hints=hints, said=t_n("{n} 处已说明", said)) if said else hints
