"""The way from the call to the product as widths in the middle of each other, and the share that went on at each step."""

import flet as ft

from app_client.i18n import t
from app_client.month.words import passed_words, step_word
from app_client.theme import Role
from app_client.widgets import body, card, note
from shared_models.month import FUNNEL, MonthFigures

_BAR = 28


def funnel(figures: MonthFigures) -> ft.Control:
    """The four steps; that one may be wider than the one before is said beneath."""
    most = max(1, *figures.steps.values())
    steps: list[ft.Control] = [
        _step(step_word(step), figures.steps[step], figures.steps[step] / most, passed_words(figures, number))
        for number, step in enumerate(FUNNEL)
    ]
    caution = t("各步都按天和客户计数；面访不都来自当月的约见，所以后一步可以比前一步多。")
    return ft.Semantics(content=card([*steps, note(caution)], spacing=10), exclude_semantics=True)


def _step(name: str, count: int, share: float, passed: str) -> ft.Control:
    # Thousandths are finer than a pixel of any screen; what there is any of is seen.
    width = max(round(1000 * share), 8 if count else 1)
    side = (1000 - width) // 2
    bar = ft.Container(height=_BAR, border_radius=6, bgcolor=Role.BRAND if count else Role.TRACK, expand=width)
    sides: list[ft.Control] = [ft.Container(expand=side)] if side else []
    return ft.Column(
        [
            ft.Row([ft.Container(body(name), expand=True), note(passed), body(f"{count:,}", bold=True)], spacing=12),
            ft.Row([*sides, bar, *([ft.Container(expand=side)] if side else [])], spacing=0),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
