"""The third step: why customers declined today, and one drill on what was heard most: its script, who plays whom, and that it was done."""

from collections.abc import Sequence
from uuid import UUID

import flet as ft

from app_client.calls.words import decline_word
from app_client.i18n import t, t_n
from app_client.meetings.queries import proposed_drill, script_of
from app_client.meetings.result import Look
from app_client.meetings.sitting import Player, Sitting
from app_client.playbook.reading import spoken_turns
from app_client.team.behind import Focus
from app_client.team.queries import TeamView
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    big_aside,
    big_heading,
    big_line,
    card,
    empty_state,
    line_row,
    primary_button,
    quiet_button,
    segment_bar,
    sheet,
    side_by_side,
    tappable,
)
from shared_models.cases import SharedCase
from shared_models.meetings import MeetingDrill
from shared_models.org import StaffName


def refusals_parts(
    view: TeamView, sitting: Sitting, cases: Sequence[SharedCase], people: Sequence[StaffName], look: Look
) -> list[ft.Control]:
    """The step as a whole; `cases` are those of the playbook, `people` who may play."""
    if not view.declines:
        return [card([empty_state(t("这一天没有拒绝。"), icon=ft.Icons.CHECK, tone=Tone.OK)])]
    drill = sitting.draft.drill or proposed_drill(view, cases)
    return [
        side_by_side(
            [big_heading(t("为什么拒绝")), card(_reasons(view, sitting, cases, drill), padding=8, spacing=0)],
            _drill(view, sitting, drill, cases, people, look),
        )
    ]


def _reasons(view: TeamView, sitting: Sitting, cases: Sequence[SharedCase], drill: MeetingDrill) -> list[ft.Control]:
    most = view.declines[0][1]

    def choose(reason: str) -> Tap:
        return lambda: sitting.choose_drill(proposed_drill(view, cases, reason))

    return [
        tappable(
            ft.Column(
                [
                    ft.Row(
                        [
                            ft.Container(big_line(decline_word(reason), bold=reason == drill.reason), expand=True),
                            big_line(t_n("{n} 次", count), bold=True),
                        ]
                    ),
                    segment_bar([(count / most, Role.BAD)], height=10),
                ],
                spacing=6,
                tight=True,
            ),
            label=f"{decline_word(reason)} · {t_n('{n} 次', count)}",
            on_click=choose(reason),
            identifier=f"refusal-{reason}",
            selected=reason == drill.reason,
            bgcolor=Role.BRAND_TINT if reason == drill.reason else None,
            padding=ft.Padding.symmetric(horizontal=12, vertical=12),
        )
        for reason, count in view.declines
    ]


def _drill(
    view: TeamView,
    sitting: Sitting,
    drill: MeetingDrill,
    cases: Sequence[SharedCase],
    people: Sequence[StaffName],
    look: Look,
) -> list[ft.Control]:
    names = {each.id: each.name for each in people}
    count = dict(view.declines).get(drill.reason, 0)

    def tick() -> None:
        sitting.choose_drill(drill.model_copy(update={"done": not drill.done}))

    return [
        big_heading(t("练一遍：{reason}", reason=decline_word(drill.reason))),
        card(
            [
                _player(
                    t("演客户经理"),
                    drill.advisor_played_by,
                    names,
                    lambda: sitting.pick(Player.ADVISOR),
                    "plays-advisor",
                ),
                _player(
                    t("演客户"),
                    drill.customer_played_by,
                    names,
                    lambda: sitting.pick(Player.CUSTOMER),
                    "plays-customer",
                ),
            ],
            padding=8,
            spacing=0,
        ),
        # Above the script, which may be longer than the screen.
        primary_button(
            t("练过了") if drill.done else t("练完打勾"),
            on_click=tick,
            identifier="drill-done",
            quiet=drill.done,
            icon=ft.Icons.CHECK_CIRCLE if drill.done else ft.Icons.RADIO_BUTTON_UNCHECKED,
        ),
        *_script(script_of(cases, drill)),
        ft.Row(
            [
                quiet_button(
                    t_n("看今天这 {n} 次", count),
                    on_click=lambda: look(Focus(metric=f"declines.{drill.reason}")),
                    identifier="behind-refusal",
                )
            ]
            if count
            else []
        ),
    ]


def _player(role: str, who: UUID | None, names: dict[UUID, str], pick: Tap, identifier: str) -> ft.Control:
    name = names.get(who) if who is not None else None
    return tappable(
        ft.Row(
            [
                ft.Container(big_aside(role), expand=True),
                big_line(name or t("选一位"), bold=True, color=Role.BRAND),
                ft.Icon(ft.Icons.EXPAND_MORE, size=22, color=Role.MUTE),
            ],
            spacing=8,
        ),
        label=f"{role} · {name or t('选一位')}",
        on_click=pick,
        identifier=identifier,
        padding=ft.Padding.symmetric(horizontal=12, vertical=12),
    )


def _script(case: SharedCase | None) -> list[ft.Control]:
    if case is None:
        return [card([big_aside(t("还没有这方面的话术案例，请会的人先示范一遍。"))])]
    return [
        big_line(case.title, bold=True),
        spoken_turns(case.words, said=big_line, aside=big_aside),
        ft.Container(big_line(case.lesson, color=Tone.GOLD.text), bgcolor=Tone.GOLD.tint, border_radius=16, padding=16),
    ]


def player_sheet(
    view: TeamView, sitting: Sitting, cases: Sequence[SharedCase], people: Sequence[StaffName], on_dismiss: Tap
) -> ft.BottomSheet:
    """Who plays the part that is being given away."""
    drill = sitting.draft.drill or proposed_drill(view, cases)

    def give(person: StaffName) -> Tap:
        return lambda: sitting.give_part(drill, person.id)

    return sheet(
        [
            ft.Column(
                [
                    line_row(
                        person.name,
                        on_click=give(person),
                        place=Place.of(index, len(people)),
                        identifier=f"player-{person.id}",
                    )
                    for index, person in enumerate(people)
                ],
                spacing=0,
                tight=True,
            )
        ],
        heading=t("演客户经理") if sitting.picks is Player.ADVISOR else t("演客户"),
        on_dismiss=on_dismiss,
        tall=True,
    )
