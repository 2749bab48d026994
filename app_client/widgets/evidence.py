"""Which evidence is counted: all, or the best alone. Bars of it are bars.py's."""

from collections.abc import Callable

import flet as ft

from app_client.i18n import t
from app_client.widgets.badges import Tone
from app_client.widgets.buttons import chips
from app_client.widgets.states import banner


def evidence_filter(*, only_a: bool, on_change: Callable[[bool], object]) -> ft.Control:
    """All evidence or grade A alone; while it is grade A alone, it says so and what is left. Identifiers `grades-all`, `grades-A`."""
    choice = chips(
        [("all", t("全部证据")), ("A", t("只看 A 级"))],
        selected="A" if only_a else "all",
        on_pick=lambda value: on_change(value == "A"),
        identifier="grades",
    )
    parts: list[ft.Control] = [choice]
    if only_a:
        words = t("只计 A 级证据：外呼记录核实的电话、刷卡核实的面访，以及在这些面访中介绍的产品。")
        parts.append(banner(words, tone=Tone.WARN, icon=ft.Icons.FILTER_ALT_OUTLINED))
    return ft.Container(
        ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding(bottom=8),
    )
