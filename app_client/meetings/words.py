"""What a meeting says: its steps, who stands out and why, and how frozen figures moved; no controls and no reading."""

from datetime import date, tzinfo
from decimal import Decimal

from app_client.i18n import t, t_capital, t_date, t_money, t_n, t_time
from app_client.team.queries import Advisor, TeamView
from app_client.team.words import metric_word, standing_words
from shared_models.meetings import Change, Changes, Meeting, MeetingStep, MeetingSummary, amounts
from shared_models.policy import zone

_MINUTE = 60
# What stands for hidden letters, and up to how many letters a name has no middle.
_HIDDEN, _SHORT = "*", 2
# As wide as the plus.
_MINUS = "\u2212"
# In the order in which they are told; what else moved follows by its name.
_TOLD = (
    "calls_effective",
    "calls_effective_managed",
    "calls_effective_prospect",
    "calls",
    "calls_connected",
    "visits",
    "visits_verified",
    "visits_with_three",
    "products_presented",
    "products_bought",
    "amount_bought",
    "advisors_met",
    "met",
)

# Of a past meeting told whether they moved or not.
MAIN_FIGURES = (
    "calls_effective",
    "visits",
    "visits_with_three",
    "products_bought",
    "amount_bought",
    "advisors_met",
)


def step_word(step: MeetingStep) -> str:
    """What a step is called."""
    return {
        MeetingStep.RESULT: t("结果"),
        MeetingStep.EXCEPTIONS: t("例外"),
        MeetingStep.REFUSALS: t("拒绝"),
        MeetingStep.WORKED: t("做成的"),
        MeetingStep.TOMORROW: t_capital(t("明天")),
        MeetingStep.CLOSE: t("收尾"),
    }[step]


def shown_name(name: str, *, on_wall: bool) -> str:
    """A customer's name; where everybody in the room reads it only so much of it that their own advisor knows whom is meant: `沈*泽`."""
    if not on_wall or not name:
        return name
    last = name[-1] if len(name) > _SHORT else ""
    return f"{name[0]}{_HIDDEN * min(max(len(name) - 1 - len(last), 1), _SHORT)}{last}"


def clock_words(seconds: float) -> str:
    """`3:41`; what is before the beginning, by a clock that was set, is the beginning."""
    minutes, rest = divmod(max(int(seconds), 0), _MINUTE)
    return f"{minutes}:{rest:02d}"


def stuck_words(advisor: Advisor) -> str:
    """`打了 31 通，有效 6 通`: what they tried, and what came of it."""
    figures = advisor.figures
    return t("打了 {calls} 通，有效 {effective} 通", calls=figures.calls, effective=figures.calls_effective)


def ahead_words(advisor: Advisor) -> str:
    """`多打 4 通有效电话、多见 1 位`: what is beyond the target."""
    figures, targets = advisor.figures, advisor.figures.targets
    calls, visits = figures.calls_effective - targets.calls, figures.visits - targets.visits
    parts = [t_n("多打 {n} 通有效电话", calls)] if calls > 0 else []
    parts += [t_n("多见 {n} 位", visits)] if visits > 0 else []
    return t("、").join(parts)


def following_words(view: TeamView, *, seconds: float) -> str:
    """`截至 17:42 · 6 人中 5 人已同步 · 实时`: as of when, and whether the screen is told of changes, or asks every so many seconds."""
    how = t_n("每 {n} 秒取一次", int(seconds)) if seconds else t("实时")
    return f"{standing_words(view)} · {how}"


def over_words(closed: MeetingSummary, at: tzinfo) -> str:
    """`18:05 已经定格：17 通有效电话`."""
    moment = t_time(closed.frozen_at.astimezone(at))
    return t("{at} 已经定格：{n} 通有效电话", at=moment, n=closed.frozen.calls_effective)


def frozen_words(meeting: Meeting) -> str:
    """`18:05 定格：17 通有效电话；现在 19 通（2 通后来同步）`."""
    at = t_time(meeting.frozen_at.astimezone(_zone(meeting)))
    was, now = meeting.frozen.totals.calls_effective, meeting.now.totals.calls_effective
    change = meeting.changes.get("calls_effective")
    if change is None:
        return t("{at} 定格：{was} 通有效电话；现在还是 {was} 通", at=at, was=was)
    why = t("，").join(_calls_parts(change))
    return t("{at} 定格：{was} 通有效电话；现在 {now} 通（{why}）", at=at, was=was, now=now, why=why)


def summary_words(each: MeetingSummary, at: tzinfo) -> str:
    """`18:05 定格 · 有效电话 17，现在 19` of a row in a list."""
    frozen = t("{at} 定格", at=t_time(each.frozen_at.astimezone(at)))
    was, now = each.frozen.calls_effective, each.now.calls_effective
    if was == now:
        return f"{frozen} · {t('有效电话 {n}', n=was)}"
    return f"{frozen} · {t('有效电话 {was}，现在 {now}', was=was, now=now)}"


def moved_metrics(changes: Changes) -> list[str]:
    """The figures that moved and have a name, in the order in which they are told; their parts by grade are not."""
    named = [name for name in _TOLD if name in changes]
    return [*named, *(name for name in changes if name.startswith("declines."))]


def moved_words(meeting: Meeting, metric: str) -> tuple[str, str]:
    """A figure's name, and `5 → 6`, or `5` where it did not move."""
    was, now = (amounts(each.totals).get(metric, Decimal(0)) for each in (meeting.frozen, meeting.now))
    stays = metric not in meeting.changes
    return figure_word(metric), _figure(metric, was) if stays else f"{_figure(metric, was)} → {_figure(metric, now)}"


def figure_word(metric: str) -> str:
    """What a figure is called where it stands by itself."""
    alone = {
        "advisors_met": t("达标"),
        "calls_effective_managed": t("管户有效"),
        "calls_effective_prospect": t("潜力有效"),
    }
    return alone.get(metric) or metric_word(metric)


def change_words(change: Change, metric: str) -> str:
    """`后来同步 +2 · 后来撤回 −1 · 其他变化 +1`."""
    parts = [
        (t("后来同步 {n}"), change.came),
        (t("后来撤回 {n}"), change.taken_back),
        (t("其他变化 {n}"), change.otherwise),
    ]
    return " · ".join(words.format(n=_signed(metric, amount)) for words, amount in parts if amount)


def held_words(day: date, meeting: Meeting) -> str:
    """`11月23日 周一 · 王主任主持 · 5 人到会`."""
    return " · ".join(
        (t_date(day), t("{name} 主持", name=meeting.held_by.name), t_n("{n} 人到会", len(meeting.attended)))
    )


def _calls_parts(change: Change) -> list[str]:
    parts = [
        (t_n("{n} 通后来同步", int(change.came)), change.came),
        (t_n("{n} 通后来撤回", -int(change.taken_back)), change.taken_back),
        (t("其他变化 {n}", n=_signed("calls", change.otherwise)), change.otherwise),
    ]
    return [words for words, amount in parts if amount]


def _figure(metric: str, value: Decimal) -> str:
    return t_money(value) if metric == "amount_bought" else str(int(value))


def _signed(metric: str, amount: Decimal) -> str:
    sign = "+" if amount > 0 else _MINUS
    return f"{sign}{_figure(metric, abs(amount))}"


def _zone(meeting: Meeting) -> tzinfo:
    return zone(meeting.frozen.policy.timezone)
