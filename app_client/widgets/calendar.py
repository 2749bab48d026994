"""Four weeks of days, one tap each, for a promise on any day from today on; what the day is for is the screen's business."""

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from app_client.i18n import t, t_capital, t_date, t_month
from app_client.theme import Role
from app_client.widgets.tap import Tap, icon_button, tappable
from app_client.widgets.text import body, tiny

_WEEKS_SHOWN = 4
_WEEK = 7
_SPAN = timedelta(days=_WEEK * _WEEKS_SHOWN)


def week_calendar(
    *, first: date | None, today: date, on_turn: Callable[[date], object], tap_of: Callable[[date], Tap]
) -> ft.Control:
    """Four weeks from the Monday `first`, by default this week's; `on_turn` gets another first, `tap_of` says what a tap on a day does."""
    monday = first or today - timedelta(days=today.weekday())
    weeks = [[monday + timedelta(days=_WEEK * week + day) for day in range(_WEEK)] for week in range(_WEEKS_SHOWN)]
    names = [t("一"), t("二"), t("三"), t("四"), t("五"), t("六"), t("日")]
    head = ft.Row(
        [
            ft.Container(tiny(name, align=ft.TextAlign.CENTER), expand=1, alignment=ft.Alignment.CENTER)
            for name in names
        ],
        spacing=4,
    )
    rows: list[ft.Control] = [
        ft.Row(
            [_cell(day, today, tap_of) for day in week],
            spacing=4,
            # A day with a word beneath it is no higher than its neighbours.
            intrinsic_height=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        for week in weeks
    ]
    return ft.Column(
        [_turner(monday, today, on_turn), head, ft.Column(rows, spacing=4, tight=True)],
        spacing=12,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _turner(monday: date, today: date, on_turn: Callable[[date], object]) -> ft.Control:
    is_first = monday <= today
    return ft.Row(
        [
            icon_button(
                ft.Icons.CHEVRON_LEFT,
                label=t("往前四周"),
                on_click=None if is_first else lambda: on_turn(monday - _SPAN),
                identifier="weeks-earlier",
                color=Role.LINE if is_first else Role.BRAND,
            ),
            ft.Container(
                body(t_month(monday), bold=True, align=ft.TextAlign.CENTER),
                expand=True,
                alignment=ft.Alignment.CENTER,
            ),
            icon_button(
                ft.Icons.CHEVRON_RIGHT,
                label=t("往后四周"),
                on_click=lambda: on_turn(monday + _SPAN),
                identifier="weeks-later",
                color=Role.BRAND,
            ),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _cell(day: date, today: date, tap_of: Callable[[date], Tap]) -> ft.Control:
    past = day < today
    caption = t_capital(t("今天")) if day == today else t_month(day) if day.day == 1 else ""
    number = body(str(day.day), color=Role.MUTE if past else Role.INK, align=ft.TextAlign.CENTER)
    return tappable(
        ft.Column(
            [number, tiny(caption, align=ft.TextAlign.CENTER)] if caption else [number],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=t_date(day),
        on_click=None if past else tap_of(day),
        identifier=f"date-{day.isoformat()}",
        bgcolor=None if past else Role.FILL,
        radius=12,
        padding=ft.Padding.symmetric(vertical=4 if caption else 12),
        alignment=ft.Alignment.CENTER,
        expand=1,
    )
