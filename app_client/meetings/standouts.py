"""The second step: who got stuck, who is behind, who is ahead, and what they said; said by themselves beforehand, or noted now."""

from collections.abc import Callable, Sequence
from uuid import UUID

import flet as ft

from app_client.i18n import t, t_n
from app_client.meetings.queries import exceptions
from app_client.meetings.result import MOST_ROWS, Look
from app_client.meetings.sitting import Sitting
from app_client.meetings.words import ahead_words, stuck_words
from app_client.team.behind import Focus
from app_client.team.queries import Advisor, TeamView
from app_client.team.words import gap_words
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    Tone,
    big_aside,
    big_heading,
    big_line,
    card,
    empty_state,
    quiet_button,
    side_by_side,
    tappable,
)
from shared_models.meetings import MeetingStep

Said = Callable[[UUID], Sequence[str]]


def standouts_parts(view: TeamView, sitting: Sitting, said: Said, look: Look) -> list[ft.Control]:
    """The step as a whole; `said`: what an advisor said of their day beforehand."""
    found = exceptions(view)
    if not found:
        words = t("休息日，没有指标") if view.is_day_off else t("没有人落后，也没有人卡住")
        return [card([empty_state(words, icon=ft.Icons.CHECK, tone=Tone.OK)])]

    def column(
        heading: str, tone: Tone, advisors: Sequence[Advisor], why: Callable[[Advisor], str]
    ) -> list[ft.Control]:
        if not advisors:
            return []
        more = len(advisors) - MOST_ROWS
        return [
            big_heading(f"{heading} {len(advisors)}", color=tone.text),
            *(_person(each, why(each), sitting, said(each.row.staff.id), look) for each in advisors[:MOST_ROWS]),
            *([big_aside(t_n("还有 {n} 人，请到下级机构查看", more))] if more > 0 else []),
        ]

    return [
        side_by_side(
            column(t("卡住"), Tone.WARN, found.stuck, stuck_words),
            column(t("落后"), Tone.BAD, found.behind, gap_words),
            column(t("超前"), Tone.OK, found.ahead, ahead_words),
        )
    ]


def _person(advisor: Advisor, why: str, sitting: Sitting, said: Sequence[str], look: Look) -> ft.Control:
    staff = advisor.row.staff
    noted = sitting.draft.note_of(MeetingStep.EXCEPTIONS, staff.id)
    quoted = [*said, *([noted] if noted else [])]
    return card(
        [
            tappable(
                ft.Column([big_line(staff.name, bold=True), big_aside(why)], spacing=2, tight=True),
                label=f"{staff.name} · {why}",
                on_click=lambda: look(Focus(advisor_id=staff.id)),
                identifier=f"meeting-advisor-{staff.id}",
                padding=ft.Padding.symmetric(horizontal=8, vertical=8),
            ),
            *(_quote(each) for each in quoted),
            ft.Row(
                [
                    quiet_button(
                        t("改一句") if noted else t("记一句"),
                        spoken=t("{name} 说了什么", name=staff.name),
                        icon=ft.Icons.EDIT_OUTLINED,
                        on_click=_write(sitting, staff.id),
                        identifier=f"note-{staff.id}",
                    )
                ]
            ),
        ],
        padding=ft.Padding.symmetric(horizontal=8, vertical=6),
        spacing=4,
    )


def _quote(words: str) -> ft.Control:
    return ft.Container(
        ft.Row(
            [ft.Icon(ft.Icons.FORMAT_QUOTE, size=20, color=Role.MUTE), ft.Container(big_line(words), expand=True)],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        padding=ft.Padding.symmetric(horizontal=8),
    )


def _write(sitting: Sitting, advisor_id: UUID) -> Tap:
    return lambda: sitting.write_note(MeetingStep.EXCEPTIONS, advisor_id)
