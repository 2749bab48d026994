"""What the team view says: gaps, sync, figures and the activities behind them; no controls and no reading."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from app_client.calls.words import decline_word, outcome_word, record_words
from app_client.i18n import t, t_capital, t_date, t_duration, t_money, t_n, t_time
from app_client.proposals.words import fewer_word, response_word
from app_client.team.candidates import Group
from app_client.team.queries import Advisor, TeamView
from app_client.visits.words import confirmed_by_word, findings_words, place_word, reason_words
from shared_models.activity import DATA_OF_KIND, ActivityKind
from shared_models.boards import BoardShown
from shared_models.calls import Call, CallOutcome
from shared_models.customers import Prospect
from shared_models.evidence import Grade, VisitReason
from shared_models.follow_ups import FollowUp
from shared_models.proposals import PickResponse, Proposal
from shared_models.reviews import DrillDone, ReviewReply
from shared_models.team import TeamActivity
from shared_models.telephony import PbxRecord
from shared_models.visits import CardResult, ConfirmationResult, Visit


def standing_words(view: TeamView) -> str:
    """`截至 17:42 · 6 人中 5 人已同步 · 1 人休假`."""
    totals = view.team.totals
    parts = [
        t_capital(as_of_words(view.as_of, view)),
        t("{all} 人中 {n} 人已同步", all=totals.advisors, n=totals.advisors_reported),
    ]
    if totals.advisors_on_leave:
        parts.append(t_n("{n} 人休假", totals.advisors_on_leave))
    return " · ".join(parts)


def as_of_words(as_of: datetime, view: TeamView) -> str:
    """`截至 17:42`, with its date when the answer is not of the day shown."""
    clock = t_time(as_of)
    if as_of.date() != view.team.day:
        clock = f"{t_date(as_of.date())} {clock}"
    return t("截至 {at}", at=clock)


def gap_words(advisor: Advisor) -> str:
    """`落后 11 通电话、3 位面访`; empty when nothing is missing.

    A day's figures do not tell which visits with fewer products gave a reason; only of a day that failed by products alone
    is it certain that one did not.
    """
    parts: list[str] = []
    if advisor.calls_short:
        parts.append(t_n("{n} 通电话", advisor.calls_short))
    if advisor.visits_short:
        parts.append(t_n("{n} 位面访", advisor.visits_short))
    if not parts:
        return t("有面访未满三款，也没有说明原因") if advisor.products_short else ""
    behind = t("落后 {what}", what=t("、").join(parts))
    if not advisor.products_short:
        return behind
    return f"{behind} · {t_n('{n} 位未满三款（含已说明）', advisor.products_short)}"


def bought_words(advisor: Advisor) -> str:
    """`成交 2 笔 · 62 万`; empty when nothing was bought."""
    figures = advisor.figures
    if not figures.products_bought:
        return ""
    return f"{t_n('成交 {n} 笔', figures.products_bought)} · {t_money(figures.amount_bought)}"


def day_off_words(advisor: Advisor) -> str:
    """What somebody did all the same: `2 通有效电话 · 1 位面访 · 成交 1 笔 · 5 万`."""
    figures = advisor.figures
    parts = [t_n("{n} 通有效电话", figures.calls_effective)] if figures.calls_effective else []
    parts += [t_n("{n} 位面访", figures.visits)] if figures.visits else []
    bought = bought_words(advisor)
    return " · ".join([*parts, *([bought] if bought else [])]) or t("没有记录")


def unsynced_words(advisor: Advisor, view: TeamView) -> str:
    """`上次 11:20，手机上还有 3 条`."""
    last = t("上次 {at}", at=moment_words(advisor.last_sync, view)) if advisor.last_sync else t("从未同步")
    held = advisor.row.pending_hint
    return t("{last}，手机上还有 {n} 条", last=last, n=held) if held else last


def moment_words(moment: datetime, view: TeamView) -> str:
    """`17:40`, with its date when it is not of the day shown."""
    if moment.date() == view.team.day:
        return t_time(moment)
    return f"{t_date(moment.date())} {t_time(moment)}"


def group_word(group: Group) -> str:
    """How the day ended with a customer."""
    return {
        Group.NO_ANSWER: t("未接通"),
        Group.INTERESTED: t("有意向"),
        Group.MET: t("面访过"),
        Group.DECLINED: t("已拒绝"),
        Group.PROMISED: t("已约好"),
    }[group]


def metric_word(metric: str) -> str:
    """The name of a figure; `declines.busy` by its reason."""
    name, _, part = metric.partition(".")
    if name == "declines" and part:
        return t("拒绝：{reason}", reason=decline_word(part))
    return {
        "calls": t("拨打"),
        "calls_connected": t("接通"),
        "calls_effective": t("有效电话"),
        "calls_effective_managed": t("其中管户"),
        "calls_effective_prospect": t("其中潜力"),
        "appointments": t("约见"),
        "visits": t("面访客户"),
        "visits_verified": t("有佐证的面访"),
        "visits_with_three": t("满三款的面访"),
        "products_presented": t("介绍产品"),
        "products_bought": t("成交产品"),
        "amount_bought": t("成交金额"),
        "declines": t("拒绝"),
        "met": t("达标"),
    }.get(name, name)


def figure_words(metric: str, value: Decimal) -> str:
    """A figure as it is read: money as money, counts as counts."""
    return t_money(value) if metric == "amount_bought" else str(int(value))


def activity_words(activity: TeamActivity) -> tuple[str, str]:
    """What was done in a few words, and the rest of it; an unknown kind is named as it came."""
    data = _parsed(activity)
    match data:
        case Call() as call:
            seconds = call.talk_seconds if activity.recorded_talk_seconds is None else activity.recorded_talk_seconds
            talked = "" if call.outcome is CallOutcome.NO_ANSWER else t_duration(seconds)
            reason = decline_word(call.decline_reason) if call.decline_reason else ""
            return outcome_word(call.outcome), _joined(talked, reason, call.note)
        case PbxRecord() as record:
            return record_words(record)
        case Visit() as visit:
            return t("面访 · {place}", place=place_word(visit.place)), _joined(visit.note)
        case Proposal() as proposal:
            return t_n("介绍了 {n} 款产品", len(proposal.picks)), _answers(proposal)
        case FollowUp() as promise:
            return t("约定 {day}", day=t_date(promise.due_on)), _joined(promise.note)
        case Prospect():
            return t("录入潜力客户"), ""
        case BoardShown() as shown:
            return t("看了营销垫板"), t_duration(shown.seconds)
        case ReviewReply() as reply:
            return t("回复了点评"), reply.text
        case DrillDone() as done:
            return t("完成了演练"), _joined(done.note)
        case _:
            return t("更正") if activity.kind == ActivityKind.VOID else activity.kind, ""


def grade_words(activity: TeamActivity) -> str:
    """`证据 A · 刷卡核实`: the grade, and of the best ones what proves it; a record of the exchange says so by its kind."""
    words = t("证据 {grade}", grade=activity.grade)
    data = _parsed(activity)
    if activity.reason == VisitReason.CONFIRMED and isinstance(data, Visit) and data.confirmation is not None:
        return f"{words} · {confirmed_by_word(data.confirmation.by)}"
    if activity.grade != Grade.A:
        return words
    proofs = {ActivityKind.CALL: t("外呼记录核实"), ActivityKind.VISIT: t("刷卡核实")}
    proof = proofs.get(ActivityKind(activity.kind)) if activity.kind in set(ActivityKind) else None
    return f"{words} · {proof}" if proof else words


def evidence_notes(activity: TeamActivity) -> tuple[str, str]:
    """Why a visit's location proves nothing, and what was wrong with its card and its code; empty where nothing is, or is new to this version."""
    why = reason_words(VisitReason(activity.reason)) if activity.reason in set(VisitReason) else ""
    if activity.outlet_m is not None and activity.reason == VisitReason.AWAY:
        why = t("登记时离网点 {n} 米", n=activity.outlet_m)
    elif activity.customer_m is not None and activity.reason == VisitReason.AWAY_FROM_CUSTOMER:
        why = t("登记时离客户的地址约 {n} 米", n=activity.customer_m)
    card = CardResult(activity.finding) if activity.finding in set(CardResult) else None
    known = activity.code_finding in set(ConfirmationResult)
    return why, findings_words(card, ConfirmationResult(activity.code_finding) if known else None)


def _answers(proposal: Proposal) -> str:
    counted = [(response, [pick for pick in proposal.picks if pick.response is response]) for response in PickResponse]
    words = [f"{response_word(response)} {len(picks)}" for response, picks in counted if picks]
    bought = sum((pick.amount or Decimal(0) for pick in proposal.picks), Decimal(0))
    fewer = fewer_word(proposal.fewer_because) if proposal.fewer_because else ""
    return _joined(*words, t_money(bought) if bought else "", fewer)


def _parsed(activity: TeamActivity) -> Any:  # noqa: ANN401 - one of the kinds' models, which `match` tells apart
    try:
        return DATA_OF_KIND[ActivityKind(activity.kind)].model_validate(activity.data)
    except (ValueError, ValidationError):
        # A kind, or a field, of a later version.
        return None


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
