"""The whole unit over the last periods, as bars with their figures; a tap leads to the bulletin of that period."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import flet as ft

from app_client.bulletins.words import NOTHING, days_words, plain_words, short_words
from app_client.i18n import t
from app_client.theme import Role
from app_client.widgets import card, note, section_header, tappable, tiny
from shared_models.bulletins import Bulletin, Column, TrendPoint, value_of

_BAR_HEIGHT = 72


def trend_parts(bulletin: Bulletin, column: Column, go_to: Callable[[date], object]) -> list[ft.Control]:
    """The heading and the bars of one column; where a period has nothing, its bar says so."""
    name = next(each.name for each in bulletin.definitions if each.column is column)
    values = [value_of(each.figures, column) if each.figures is not None else None for each in bulletin.trend]
    highest = max((value for value in values if value is not None), default=Fraction(0)) or Fraction(1)
    bars = [
        _bar(bulletin, point, value, highest, column, go_to)
        for point, value in zip(bulletin.trend, values, strict=True)
    ]
    return [
        section_header(t("走势"), name),
        card(
            [
                ft.Row(bars, spacing=4, vertical_alignment=ft.CrossAxisAlignment.END),
                *([] if bulletin.is_over else [note(t("最后一根还没过完。"))]),
            ],
            padding=12,
        ),
    ]


def _bar(
    bulletin: Bulletin,
    point: TrendPoint,
    value: Fraction | None,
    highest: Fraction,
    column: Column,
    go_to: Callable[[date], object],
) -> ft.Control:
    is_this = point.span.period == bulletin.span.period
    told = plain_words(value, column)
    height = max(3, round(_BAR_HEIGHT * float(value / highest))) if value is not None else 3
    spoken = t("没有记录") if value is None and told == NOTHING and point.figures is None else told
    return tappable(
        ft.Column(
            [
                tiny(told, bold=is_this, color=Role.INK if is_this else Role.MUTE, align=ft.TextAlign.CENTER),
                ft.Container(
                    height=height,
                    border_radius=4,
                    bgcolor=Role.TRACK if value is None else Role.BRAND if is_this else Role.OUTLINE,
                    margin=ft.Margin.symmetric(horizontal=6),
                ),
                tiny(short_words(point.span, bulletin.by), bold=is_this, align=ft.TextAlign.CENTER),
            ],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        label=f"{days_words(point.span)} {spoken}",
        on_click=None if is_this else lambda: go_to(point.span.last),
        identifier=f"trend-{point.span.period}",
        radius=8,
        padding=ft.Padding.symmetric(vertical=4),
        expand=1,
    )
