"""The morning in a person's words: how the lists stand, who froze one and when, and what was promised."""

from datetime import date, tzinfo

from app_client.i18n import t, t_day_from, t_n, t_time
from app_client.morning.queries import Lists
from shared_models.follow_ups import FollowUpReason
from shared_models.morning import DuePromise, ListState, PlanProposal


def frozen_words(proposal: PlanProposal, at: tzinfo) -> str:
    """`周敏 08:45 冻结，手机一同步就按它打`."""
    frozen_at = proposal.plan.frozen_at
    who = proposal.frozen_by.name if proposal.frozen_by is not None else t("有人")
    when = t_time(frozen_at.astimezone(at)) if frozen_at is not None else ""
    return t("{name} {at} 冻结，手机一同步就按它打", name=who, at=when)


def standing_words(lists: Lists) -> str:
    """`6 份名单冻结了 4 份 · 1 人休假`."""
    parts = [t("{all} 份名单冻结了 {n} 份", all=lists.working, n=lists.frozen)]
    if lists.on_leave:
        parts.append(t_n("{n} 人休假", lists.on_leave))
    return " · ".join(parts)


def list_words(state: ListState, at: tzinfo) -> str:
    """`12 位 · 周敏 08:45 冻结`, `还没冻结 · 12 位`, `休假`."""
    if state.on_leave:
        return t("休假")
    count = t_n("{n} 位", state.listed) if state.listed else t("系统排的顺序")
    if state.frozen_at is None:
        return t("还没冻结 · {list}", list=count)
    who = state.frozen_by.name if state.frozen_by is not None else t("有人")
    return t("{list} · {name} {at} 冻结", list=count, name=who, at=t_time(state.frozen_at.astimezone(at)))


def promise_words(promise: DuePromise, day: date) -> str:
    """`面访`, `回电（11月20日 周五约的）`."""
    what = t("面访") if promise.reason == FollowUpReason.APPOINTMENT else t("回电")
    if promise.due_on >= day:
        return what
    return t("{what}（{day}约的）", what=what, day=t_day_from(promise.due_on, today=day))
