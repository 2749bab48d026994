"""The calendar of a month: a cell for each day in five steps of one hue, its figure written in it, a tap on it opens the day."""

from collections.abc import Callable, Sequence
from datetime import date

import flet as ft

from app_client.i18n import t
from app_client.month.queries import Cell, Figure, Kind
from app_client.month.words import cell_words, count_words
from app_client.theme import Role
from app_client.widgets import Tap, body, note, tappable, tiny, type_scale

# How much of the hue lies over the card at each step but the last, which is all of it; words on each hold WCAG AA.
STEP_OPACITIES = (0.0, 0.14, 0.28, 0.45)
_HEIGHT, _GAP, _RADIUS = 52, 2, 10
_WEEK = 7
_TICK = 2
_STRIPES = 0.3


def heat_map(cells: Sequence[Cell], figure: Figure, *, today: date, tap_of: Callable[[date], Tap]) -> ft.Control:
    """The weeks of the month beneath the names of their days, and what the colours mean."""
    names = [t("一"), t("二"), t("三"), t("四"), t("五"), t("六"), t("日")]
    head = ft.Row([ft.Container(tiny(name, align=ft.TextAlign.CENTER), expand=1) for name in names], spacing=_GAP)
    places: list[ft.Control] = [ft.Container(expand=1) for _ in range(cells[0].day.weekday())]
    places += [_cell(cell, figure, today, tap_of) for cell in cells]
    places += [ft.Container(expand=1) for _ in range(-len(places) % _WEEK)]
    weeks: list[ft.Control] = [
        ft.Row(places[start : start + _WEEK], spacing=_GAP) for start in range(0, len(places), _WEEK)
    ]
    # Cells of a phone are 48 wide only as the card's own margin is small.
    return ft.Container(
        ft.Column(
            [head, *weeks, ft.Container(_legend(), padding=ft.Padding(left=8, right=8, top=6, bottom=0))],
            spacing=_GAP,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=Role.CARD,
        border_radius=18,
        padding=ft.Padding(left=4, right=4, top=12, bottom=12),
    )


def hatching() -> ft.LinearGradient:
    """Thin stripes for what asks for nothing."""
    return ft.LinearGradient(
        begin=ft.Alignment(-1, -1),
        end=ft.Alignment(-1 + _STRIPES, -1 + _STRIPES),
        colors=[Role.TRACK, Role.TRACK, Role.CARD, Role.CARD],
        stops=[0.0, 0.5, 0.5, 1.0],
        tile_mode=ft.GradientTileMode.REPEATED,
    )


def _cell(cell: Cell, figure: Figure, today: date, tap_of: Callable[[date], Tap]) -> ft.Control:
    full = cell.step == len(STEP_OPACITIES) and cell.kind in {Kind.WORKED, Kind.OFF, Kind.ON_LEAVE}
    rests = cell.kind in {Kind.OFF, Kind.ON_LEAVE}
    quiet = Role.ON_BRAND if full else Role.INK if cell.step else Role.MUTE
    lines: list[ft.Control] = [tiny(str(cell.day.day), color=quiet, align=ft.TextAlign.CENTER)]
    word = _word(cell)
    if word:
        lines.append(body(word, bold=cell.step > 0, color=quiet, lines=1, align=ft.TextAlign.CENTER))
    is_today = cell.day == today
    is_open = cell.kind not in {Kind.AHEAD, Kind.ABSENT}
    return ft.Container(
        tappable(
            ft.Column(
                lines,
                spacing=0,
                tight=True,
                alignment=ft.MainAxisAlignment.CENTER,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            label=cell_words(cell, figure),
            on_click=tap_of(cell.day) if is_open else None,
            identifier=f"cell-{cell.day}",
            radius=_RADIUS,
            alignment=ft.Alignment.CENTER,
        ),
        height=_HEIGHT * type_scale(),
        expand=1,
        border_radius=_RADIUS,
        bgcolor=None if rests and not cell.step else step_color(cell) if is_open else None,
        gradient=hatching() if rests and not cell.step else None,
        border=ft.Border.all(_TICK, Role.INK) if is_today else None,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def step_color(cell: Cell) -> ft.ColorValue:
    """The colour of a day, by how much of what was wanted there is."""
    return _color(cell.step)


def _color(step: int) -> ft.ColorValue:
    if step == len(STEP_OPACITIES):
        return Role.BRAND
    return Role.FILL if step == 0 else ft.Colors.with_opacity(STEP_OPACITIES[step], Role.BRAND)


def _word(cell: Cell) -> str:
    match cell.kind:
        case Kind.AHEAD:
            return ""
        case Kind.ABSENT:
            return "–"
        case Kind.OFF if not cell.value:
            return t("休")
        case Kind.ON_LEAVE if not cell.value:
            return t("假")
        case _:
            return count_words(cell.value)


def _legend() -> ft.Control:
    swatches: list[ft.Control] = [
        ft.Container(width=18, height=12, border_radius=3, bgcolor=_color(step))
        for step in range(len(STEP_OPACITIES) + 1)
    ]
    return ft.Semantics(
        content=ft.Row(
            [
                ft.Row([note("0"), *swatches, note(t("够数"))], spacing=4, tight=True),
                note(t("斜线不上班，框是今天")),
            ],
            spacing=16,
            run_spacing=4,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        exclude_semantics=True,
    )
