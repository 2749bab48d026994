"""The last step: who is here, what was agreed, and the button that freezes the evening for good."""

from uuid import UUID

import flet as ft

from app_client.i18n import t, t_n
from app_client.meetings.sitting import Sitting
from app_client.session import AppSession
from app_client.team.queries import TeamView
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    big_aside,
    big_heading,
    big_line,
    card,
    is_room,
    note,
    primary_button,
    side_by_side,
    tappable,
)
from shared_models.meetings import MeetingDrill
from shared_models.org import StaffName


def people_of(session: AppSession, view: TeamView) -> list[StaffName]:
    """Who may be there: whoever holds it, and the unit's advisors who are not on leave."""
    held_by = StaffName(id=session.staff.id, name=session.staff.name)
    return [held_by, *(each.row.staff for each in view.advisors if not each.figures.on_leave)]


def closing_parts(session: AppSession, view: TeamView, sitting: Sitting, close: Tap) -> list[ft.Control]:
    """The step as a whole; `close` freezes, where the button for it is not within the thumb's reach."""
    people = people_of(session, view)
    here = [each for each in people if each.id not in sitting.draft.absent]
    return [
        side_by_side(
            [
                big_heading(t("到会 {n} / {all} 人", n=len(here), all=len(people))),
                big_aside(t("没来的点一下")),
                card([_person(each, sitting) for each in people], padding=8, spacing=0),
            ],
            [
                big_heading(t("这次夕会")),
                card(_agreed(view, sitting), spacing=10),
                *_unsynced(view),
                *([freeze_button(sitting, close)] if is_room() else []),
                ft.Container(
                    note(t("定格以后不能再改，数字、到会的人和记下的话都留着。"), align=ft.TextAlign.CENTER),
                    alignment=ft.Alignment.CENTER,
                ),
            ],
        )
    ]


def freeze_button(sitting: Sitting, close: Tap) -> ft.Control:
    """What freezes the evening."""
    return primary_button(t("定格并散会"), on_click=close, identifier="close-meeting", busy=sitting.is_busy)


def _person(person: StaffName, sitting: Sitting) -> ft.Control:
    is_here = person.id not in sitting.draft.absent
    return tappable(
        ft.Row(
            [
                ft.Icon(
                    ft.Icons.CHECK_CIRCLE if is_here else ft.Icons.RADIO_BUTTON_UNCHECKED,
                    size=26,
                    color=Role.OK if is_here else Role.MUTE,
                ),
                ft.Container(
                    big_line(person.name, bold=is_here, color=Role.INK if is_here else Role.MUTE), expand=True
                ),
                *([] if is_here else [big_aside(t("没来"))]),
            ],
            spacing=12,
        ),
        label=f"{person.name} · {t('到会') if is_here else t('没来')}",
        on_click=_toggle(sitting, person.id),
        identifier=f"here-{person.id}",
        selected=is_here,
        padding=ft.Padding.symmetric(horizontal=8, vertical=12),
    )


def _toggle(sitting: Sitting, staff_id: UUID) -> Tap:
    return lambda: sitting.toggle_absent(staff_id)


def _agreed(view: TeamView, sitting: Sitting) -> list[ft.Control]:
    totals, draft = view.team.totals, sitting.draft
    lines = [
        (t("有效电话"), str(totals.calls_effective)),
        (t("面访客户"), str(totals.visits)),
        (t("达标"), t_n("{n} 人", totals.advisors_met)),
        (t("话术演练"), _drill_words(draft.drill)),
        (t("接进名单的"), t_n("{n} 位", len(draft.accepted))),
        (t("记下的话"), t_n("{n} 句", len(draft.notes))),
    ]
    return [ft.Row([ft.Container(big_line(label), expand=True), big_line(value, bold=True)]) for label, value in lines]


def _drill_words(drill: MeetingDrill | None) -> str:
    return t("练过了") if drill is not None and drill.done else t("没有练")


def _unsynced(view: TeamView) -> list[ft.Control]:
    waits = len(view.not_synced)
    return [big_aside(t_n("还有 {n} 人没同步，之后到的会另外列出", waits), color=Role.WARN)] if waits else []
