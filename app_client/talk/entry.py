"""What Today says after some refusals in a row: the advisor's own rate of yes, and a case of this week."""

import flet as ft

from app_client.i18n import t
from app_client.session import AppSession
from app_client.session_context import go
from app_client.talk.queries import Odds, case_of_week, odds_after_refusals
from app_client.theme import Role
from app_client.widgets import body, card, note, quiet_button


def odds_words(odds: Odds) -> str:
    """`平均 6 个里有 1 个答应，下一个是第 5 个`; once it is later than that, only how many there are."""
    if odds.next_number <= odds.one_in:
        return t("平均 {n} 个里有 1 个答应，下一个是第 {next} 个", n=odds.one_in, next=odds.next_number)
    return t("平均 {n} 个里有 1 个答应，有时要多等几个", n=odds.one_in)


def after_refusals(session: AppSession) -> list[ft.Control]:
    """The advisor's own rate after refusals in a row, where there is enough to tell; nothing else."""
    odds = odds_after_refusals(session)
    if odds is None:
        return []
    words = odds_words(odds)
    basis = t("你自己近 90 天的 {n} 次通话；只有你看得到", n=odds.talks)
    case = case_of_week(session)
    said = ft.Semantics(
        content=ft.Column([body(words, bold=True), note(basis, color=Role.MUTE)], spacing=4, tight=True),
        label=f"{words}，{basis}",  # not shown: a pause
        identifier="own-odds",
        container=True,
        exclude_semantics=True,
    )
    way = (
        [
            quiet_button(
                t("本周案例：{title}", title=case.title),
                icon=ft.Icons.AUTO_STORIES_OUTLINED,
                on_click=lambda: go(f"/playbook/{case.id}"),
                identifier="case-of-week",
            )
        ]
        if case is not None
        else []
    )
    return [ft.Container(card([said, *way]), padding=ft.Padding(bottom=12))]
