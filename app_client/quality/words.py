"""Words of the quality check: where a finding stands, what kind it is and why it was made; decides nothing."""

from app_client.i18n import t, t_duration
from shared_models.activity import ActivityKind
from shared_models.quality import Finding, FindingKind, FindingState
from shared_models.wordings import Exemption, Severity, Side


def state_word(state: FindingState) -> str:
    """Where a finding stands."""
    return {
        FindingState.OPEN: t("待看"),
        FindingState.CONFIRMED: t("属实"),
        FindingState.DISMISSED: t("误报"),
    }[state]


def severity_word(severity: Severity) -> str:
    """How much it matters."""
    return {Severity.SERIOUS: t("严重"), Severity.MILD: t("提醒")}[severity]


def finding_word(finding: Finding) -> str:
    """What was found, in a few words; a rule's own name is the bank's, in its language."""
    match finding.kind:
        case FindingKind.TALK_RATIO:
            return t("客户经理说得太多")
        case FindingKind.SILENCE:
            return t("长时间没人说话")
        case _:
            return finding.name


def why_words(finding: Finding) -> str:
    """Why that is one: the law where the rule names it, else what was expected."""
    match finding.kind:
        case FindingKind.TALK_RATIO:
            return t(
                "通话里客户经理说了 {share}，要求不超过 {allowed}：多听客户说。",
                share=f"{finding.measured or 0:.0%}",
                allowed=f"{finding.allowed or 0:.0%}",
            )
        case FindingKind.SILENCE:
            return t(
                "有 {seconds}没人说话，要求不超过 {allowed}。",
                seconds=t_duration(round(finding.measured or 0)),
                allowed=t_duration(round(finding.allowed or 0)),
            )
        case FindingKind.DUTY:
            return finding.law or t("通话里没有找到应当说的话。引用的是当时说的那一句。")
        case FindingKind.WORDING:
            return finding.law or t("这是本行词表里的禁语。")


def activity_word(kind: str) -> str:
    """Where it was found."""
    words = {
        ActivityKind.CALL: t("电话备注"),
        ActivityKind.VISIT: t("面访备注"),
        ActivityKind.FOLLOW_UP: t("约定备注"),
        ActivityKind.PBX_RECORD: t("通话录音转写"),
    }
    return words.get(ActivityKind(kind), kind) if kind in set(ActivityKind) else kind


def moment_word(finding: Finding) -> str:
    """`通话 01:24 处`, empty where it is not known."""
    if finding.at_seconds is None:
        return ""
    minutes, seconds = divmod(round(finding.at_seconds), 60)
    return t("通话 {at} 处", at=f"{minutes:02d}:{seconds:02d}")


def exemption_words(exemption: Exemption) -> str:
    """An exception as a sentence."""
    values = {"phrase": exemption.phrase, "n": exemption.within}
    if exemption.side is Side.BEFORE:
        if exemption.within is None:
            return t("同一句里前面有“{phrase}”", **values)
        return t("前面 {n} 个字内有“{phrase}”", **values)
    if exemption.within is None:
        return t("同一句里后面有“{phrase}”", **values)
    return t("后面 {n} 个字内有“{phrase}”", **values)
