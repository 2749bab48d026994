"""One month back, the month itself, one month on; whose month it is, the page says."""

from collections.abc import Callable
from datetime import date

import flet as ft

from app_client.i18n import t, t_month
from app_client.month.queries import month_after, month_before
from app_client.theme import Role
from app_client.widgets import Tap, body, icon_button


def month_steps(
    day: date, set_day: Callable[[date], object], *, today: date, earliest: date | None = None
) -> ft.Control:
    """Steps from the month of `day`, not beyond today's nor the one in which `earliest` lies."""
    later, before = month_after(day, today=today), month_before(day)
    is_first = earliest is not None and before < earliest

    def go_to(other: date) -> Tap:
        return lambda: set_day(other)

    return ft.Row(
        [
            icon_button(
                ft.Icons.CHEVRON_LEFT,
                label=t("上个月"),
                on_click=None if is_first else go_to(before),
                identifier="month-before",
                color=Role.LINE if is_first else Role.BRAND,
            ),
            ft.Container(
                body(t("{year} 年 {month}", year=day.year, month=t_month(day)), bold=True, align=ft.TextAlign.CENTER),
                expand=True,
                alignment=ft.Alignment.CENTER,
            ),
            icon_button(
                ft.Icons.CHEVRON_RIGHT,
                label=t("下个月"),
                on_click=go_to(later) if later is not None else None,
                identifier="month-after",
                color=Role.BRAND if later is not None else Role.LINE,
            ),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
