"""The fifth step: whom each advisor could call tomorrow, from how today ended; a tap takes somebody into tomorrow's list, or out of it."""

from collections.abc import Callable, Sequence
from datetime import date

import flet as ft

from app_client.i18n import t, t_date, t_n
from app_client.meetings.sitting import Sitting
from app_client.meetings.words import shown_name
from app_client.team.candidates import Candidate, Group, candidates_of
from app_client.team.queries import Advisor, TeamView
from app_client.team.words import group_word
from app_client.theme import Role
from app_client.widgets import (
    big_aside,
    big_heading,
    big_line,
    card,
    empty_state,
    ends,
    is_room,
    quiet_button,
    side_by_side,
    tappable,
)
from shared_models.team import TeamActivity

Take = Callable[[Sequence[Candidate], bool], Callable[[], object]]
"""What takes these of one advisor into tomorrow's list, or out of it."""
_MOST_OFFERED = 12
# Who was promised something comes back by themselves, and who declined is left in peace.
_OFFERED = frozenset({Group.NO_ANSWER, Group.INTERESTED, Group.MET})


def tomorrow_parts(
    view: TeamView, sitting: Sitting, activities: Sequence[TeamActivity], day: date, take: Take
) -> list[ft.Control]:
    """The step as a whole; `day` is the next working day."""
    offered = [each for each in candidates_of(activities) if each.group in _OFFERED]
    of_advisor = [
        (advisor, theirs)
        for advisor in view.advisors
        if (theirs := [each for each in offered if each.advisor_id == advisor.row.staff.id])
    ]
    if not of_advisor:
        return [card([empty_state(t("今天的记录里没有可挑的客户"), icon=ft.Icons.PLAYLIST_ADD)])]
    cards = [_advisor(advisor, theirs, sitting, take) for advisor, theirs in of_advisor]
    return [
        big_heading(t("{day} 打给谁", day=t_date(day))),
        # In the order of the other steps, read from left to right.
        side_by_side(cards[::2], cards[1::2]),
    ]


def _advisor(advisor: Advisor, theirs: Sequence[Candidate], sitting: Sitting, take: Take) -> ft.Control:
    listed = sitting.listed(advisor.row.staff.id)
    shown = theirs[:_MOST_OFFERED]
    left = [each for each in shown if each.customer_id not in listed]
    name = advisor.row.staff.name
    all_of_them = quiet_button(
        t("全部接下"),
        spoken=t("{name} 全部接下", name=name),
        on_click=take(left, True) if left else None,
        identifier=f"take-all-{advisor.row.staff.id}",
    )
    return card(
        [
            ends(big_line(name, bold=True), [big_aside(t_n("名单上 {n} 位", len(listed))), all_of_them]),
            ft.Row(
                [_candidate(each, take, is_in=each.customer_id in listed) for each in shown],
                spacing=8,
                run_spacing=8,
                wrap=True,
            ),
            *([big_aside(t_n("还有 {n} 位", len(theirs) - len(shown)))] if len(theirs) > len(shown) else []),
        ]
    )


def _candidate(candidate: Candidate, take: Take, *, is_in: bool) -> ft.Control:
    name, word = shown_name(candidate.name, on_wall=is_room()), group_word(candidate.group)
    return tappable(
        ft.Row(
            [
                ft.Icon(
                    ft.Icons.CHECK if is_in else ft.Icons.ADD, size=20, color=Role.ON_BRAND if is_in else Role.BRAND
                ),
                big_line(name, bold=is_in, color=Role.ON_BRAND if is_in else Role.INK),
                big_aside(word, color=Role.ON_BRAND if is_in else Role.MUTE),
            ],
            spacing=8,
            tight=True,
        ),
        label=f"{name} · {word} · {t('已在名单') if is_in else t('不在名单')}",
        on_click=take([candidate], not is_in),
        identifier=f"take-{candidate.customer_id}",
        selected=is_in,
        bgcolor=Role.BRAND if is_in else Role.FILL,
        radius=24,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
    )
