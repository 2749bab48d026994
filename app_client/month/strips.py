"""A strip of bars for each advisor, or unit, of a month: a bar a working day, the line what was wanted; a tap opens theirs."""

from collections.abc import Callable, Sequence

import flet as ft

from app_client.i18n import t_n
from app_client.month.queries import Cell, Figure, Kind, cells_of
from app_client.month.words import figure_word, met_words
from app_client.theme import RADIUS, Role
from app_client.widgets import Tap, body, note, tappable
from shared_models.month import Month, MonthRow

_HEIGHT = 36
# The line lies here, so that there is room above it for who did more.
_LINE = 24
_NAME = 112
_CARD = 328


def strip_parts(
    month: Month, rows: Sequence[MonthRow], figure: Figure, *, wide: bool, open_row: Callable[[MonthRow], Tap]
) -> ft.Control:
    """The strips beneath each other on a phone, as many beside each other as there is room for on a wide screen."""
    strips = [_strip(month, row, figure, wide=wide, on_click=open_row(row)) for row in rows]
    if wide:
        return ft.Row(strips, spacing=12, run_spacing=12, wrap=True)
    return ft.Column(strips, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _strip(month: Month, row: MonthRow, figure: Figure, *, wide: bool, on_click: Tap) -> ft.Control:
    cells = cells_of(month.days, month.working, row.figures, figure)
    # Of the days so far; those ahead have no bar yet.
    worked = [cell for cell, is_worked in zip(cells, month.working, strict=False) if is_worked]
    met = met_words(row.figures, of_one=row.kind is None)
    total = sum(cell.value for cell in cells)
    away = sum(cell.kind is Kind.ON_LEAVE for cell in cells)
    named = ft.Column([body(row.name, bold=True, lines=1), note(met)], spacing=0, tight=True)
    spoken = [row.name, met, f"{figure_word(figure)} {total:,}", t_n("休假 {n} 天", away) if away else ""]
    return tappable(
        ft.Row(
            [
                ft.Container(named, width=_NAME),
                ft.Container(_bars(worked), expand=True),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=Role.MUTE),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=" · ".join(part for part in spoken if part),
        on_click=on_click,
        identifier=f"strip-{row.id}",
        bgcolor=Role.CARD,
        radius=RADIUS,
        padding=ft.Padding(left=14, right=8, top=10, bottom=10),
        width=_CARD if wide else None,
    )


def _bars(worked: Sequence[Cell]) -> ft.Control:
    most = max((cell.value for cell in worked), default=0)
    bars: list[ft.Control] = [_bar(cell, most) for cell in worked]
    row = ft.Row(
        bars, spacing=2, height=_HEIGHT, vertical_alignment=ft.CrossAxisAlignment.END, left=0, right=0, bottom=0
    )
    layers: list[ft.Control] = [row]
    if any(cell.target for cell in worked):
        layers.append(ft.Container(height=1, bgcolor=Role.INK, left=0, right=0, bottom=_LINE))
    return ft.Stack(layers, height=_HEIGHT)


def _bar(cell: Cell, most: int) -> ft.Control:
    """Of a day: dark where enough; on leave a pale one as high as the strip, before they came nothing."""
    if cell.kind is Kind.ABSENT:
        return ft.Container(expand=1)
    if cell.kind is Kind.ON_LEAVE and not cell.value:
        return ft.Container(height=_HEIGHT, bgcolor=Role.TRACK, border_radius=2, expand=1)
    color = Role.BRAND if cell.is_reached else Role.OUTLINE if cell.value else Role.TRACK
    return ft.Container(height=_height(cell, most), bgcolor=color, border_radius=2, expand=1)


def _height(cell: Cell, most: int) -> float:
    """Up to the line for what was wanted, and no higher than the strip; without a target by the strip's highest."""
    wanted, full = (cell.target, _LINE) if cell.target else (most, _HEIGHT)
    return max(2, min(_HEIGHT, round(full * cell.value / wanted))) if wanted else 2
