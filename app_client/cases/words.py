"""What is said of a case while it is made: how it stands, what comes next, what tells who somebody is."""

from app_client.i18n import t, t_date
from app_client.widgets import Tone
from shared_models.cases import CaseState, CaseStep, TeamCase
from shared_models.identifiers import FindingKind


def state_word(state: CaseState) -> str:
    """How a case stands, in a badge."""
    return {
        CaseState.DRAFT: t("草稿"),
        CaseState.CONSENT_ASKED: t("等本人同意"),
        CaseState.CONSENTED: t("等总行批准"),
        CaseState.REFUSED: t("本人不同意"),
        CaseState.APPROVED: t("已发布"),
        CaseState.SENT_BACK: t("总行退回"),
        CaseState.WITHDRAWN: t("已收回"),
    }[state]


def state_tone(state: CaseState) -> Tone:
    """Amber for what waits, green for what is out, red for what was refused."""
    return {
        CaseState.CONSENT_ASKED: Tone.WARN,
        CaseState.CONSENTED: Tone.BRAND,
        CaseState.REFUSED: Tone.BAD,
        CaseState.APPROVED: Tone.OK,
        CaseState.SENT_BACK: Tone.BAD,
    }.get(state, Tone.PLAIN)


def step_word(step: CaseStep, state: CaseState) -> str:
    """What a button does."""
    if step is CaseStep.WITHDRAW:
        return t("从所有手机收回") if state is CaseState.APPROVED else t("不做这个案例了")
    return {
        CaseStep.EDIT: t("修改"),
        CaseStep.ASK: t("请本人看过再定"),
        CaseStep.APPROVE: t("批准，发到所有手机"),
        CaseStep.SEND_BACK: t("退回修改"),
    }[step]


def done_words(case: TeamCase) -> str:
    """What has just happened to it."""
    return {
        CaseState.DRAFT: t("已存为草稿"),
        CaseState.CONSENT_ASKED: t("已发给{name}，等本人同意", name=case.advisor.name),
        CaseState.APPROVED: t("已批准，手机一同步就能看到"),
        CaseState.SENT_BACK: t("已退回"),
        CaseState.WITHDRAWN: t("已收回"),
    }.get(case.state, t("已记下"))


def finding_word(kind: FindingKind) -> str:
    """What kind of thing tells who somebody is, and what to write instead."""
    return {
        FindingKind.CUSTOMER_NAME: t("客户的姓名或称呼，写“客户”"),
        FindingKind.ADVISOR_NAME: t("客户经理的姓名，写“我”"),
        FindingKind.PHONE: t("客户的电话"),
        FindingKind.NUMBER: t("一长串数字"),
        FindingKind.CARD: t("卡号或尾号"),
        FindingKind.CONTACT: t("邮箱或微信这类联系方式"),
        FindingKind.ADDRESS: t("地址"),
        FindingKind.AMOUNT: t("很具体的金额，写个大概"),
        FindingKind.PERSON: t("像是某个人，确认不是真人"),
    }[kind]


def place_word(where: str) -> str:
    """Where in a case something stands."""
    name, _, number = where.partition(".")
    if name == "words":
        return t("第 {n} 句", n=int(number) + 1)
    return {
        "title": t("标题"),
        "topic": t("场景"),
        "situation": t("当时的情况"),
        "lesson": t("学什么"),
    }.get(name, name)


def answer_words(case: TeamCase) -> str:
    """What the advisor said, if they have said anything."""
    answer = case.answer
    if answer is None:
        return ""
    if not answer.granted:
        said = t("{name}不同意分享", name=case.advisor.name)
    elif answer.version != case.version:
        said = t("{name}同意过第 {n} 版，改过以后要再问", name=case.advisor.name, n=answer.version)
    elif answer.with_name:
        said = t("{name}同意分享，并愿意署名", name=case.advisor.name)
    else:
        said = t("{name}同意分享，不署名", name=case.advisor.name)
    return f"{said} · “{answer.note}”" if answer.note else said


def row_words(case: TeamCase) -> str:
    """`刘洋 · 11月23日 周一 · 第 2 版`."""
    parts = [case.advisor.name, t_date(case.day)]
    if case.version > 1:
        parts.append(t("第 {n} 版", n=case.version))
    return " · ".join(parts)
