"""A bulletin as one table: names stay at the left while the figures move beneath the thumb; each heading and figure is a tap."""

from collections.abc import Callable

import flet as ft

from app_client.bulletins.place import Look
from app_client.bulletins.queries import cell_of, columns_of, rows_of
from app_client.bulletins.words import change_color, change_words, spoken_change, value_words
from app_client.i18n import t
from app_client.theme import RADIUS, Role
from app_client.widgets import Tap, body, note, tappable, tiny, type_scale
from shared_models.bulletins import Bulletin, BulletinRow, Column

_HEAD_HEIGHT, _ROW_HEIGHT = 56, 60
_NAME_WIDTH, _WIDE_NAME_WIDTH, _CELL_WIDTH, _MONEY_WIDTH = 100, 168, 78, 104
# A name stands in two lines at most, with the place before it.
_NAME_LINES = 2


def bulletin_table(
    bulletin: Bulletin,
    rank: Column | None,
    *,
    wide: bool,
    look: Callable[[Look], object],
    enter: Callable[[BulletinRow], object],
) -> ft.Control:
    """The whole unit first, then its rows. A name leads down, or to all of an advisor's figures; a figure to what is behind it."""
    scale = type_scale()
    columns = columns_of(rank)
    names = {each.column: each.name for each in bulletin.definitions}
    rows = rows_of(bulletin, rank)
    shown = [*([bulletin.total] if bulletin.total is not None else []), *rows]
    left: list[ft.Control] = [_corner(rank, scale, wide=wide)]
    right: list[ft.Control] = [
        ft.Row([_heading(column, names[column], rank, scale, look) for column in columns], spacing=0, tight=True)
    ]
    for row in shown:
        is_total = row is bulletin.total
        left.append(_name(row, scale, wide=wide, is_total=is_total, look=look, enter=enter))
        cells = [_cell(row, column, names[column], scale, look, bold=column is rank) for column in columns]
        right.append(
            ft.Container(
                ft.Row(cells, spacing=0, tight=True),
                border=_above(),
                bgcolor=Role.BRAND_TINT if is_total else None,
            )
        )
    return ft.Container(
        ft.Row(
            [
                ft.Container(
                    ft.Column(left, spacing=0, tight=True), border=ft.Border(right=ft.BorderSide(1, Role.LINE))
                ),
                ft.Row(
                    [ft.Column(right, spacing=0, tight=True)],
                    scroll=ft.ScrollMode.AUTO,
                    expand=True,
                    spacing=0,
                ),
            ],
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=Role.CARD,
        border_radius=RADIUS,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _above() -> ft.Border:
    return ft.Border(top=ft.BorderSide(1, Role.LINE))


def _name_width(scale: float, *, wide: bool) -> float:
    return (_WIDE_NAME_WIDTH if wide else _NAME_WIDTH) * min(scale, 1.4)


def _width(column: Column, scale: float) -> float:
    return (_MONEY_WIDTH if column is Column.AMOUNT_BOUGHT else _CELL_WIDTH) * scale


def _corner(rank: Column | None, scale: float, *, wide: bool) -> ft.Control:
    words = t("名次") if rank is not None else t("名称")
    return ft.Container(
        note(words),
        width=_name_width(scale, wide=wide),
        height=_HEAD_HEIGHT * scale,
        alignment=ft.Alignment.CENTER_LEFT,
        padding=ft.Padding(left=12),
    )


def _heading(
    column: Column, name: str, rank: Column | None, scale: float, look: Callable[[Look], object]
) -> ft.Control:
    is_rank = column is rank
    parts: list[ft.Control] = [
        note(
            name, bold=is_rank, color=Role.BRAND if is_rank else Role.MUTE, lines=_NAME_LINES, align=ft.TextAlign.RIGHT
        )
    ]
    return tappable(
        ft.Column(parts, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END),
        label=t("{name}，什么意思", name=name),
        on_click=lambda: look(Look(column=column)),
        identifier=f"heading-{column}",
        selected=is_rank,
        width=_width(column, scale),
        height=_HEAD_HEIGHT * scale,
        alignment=ft.Alignment.CENTER_RIGHT,
        padding=ft.Padding.symmetric(horizontal=6),
        radius=0,
    )


def _name(
    row: BulletinRow,
    scale: float,
    *,
    wide: bool,
    is_total: bool,
    look: Callable[[Look], object],
    enter: Callable[[BulletinRow], object],
) -> ft.Control:
    place = "" if row.rank is None else f"{row.rank}"
    words = t("合计") if is_total else row.name
    leads_down = row.kind is not None and not is_total
    on_click: Tap = (lambda: enter(row)) if leads_down else (lambda: look(Look(row=row.id)))
    named: list[ft.Control] = [ft.Container(note(words, bold=True, color=Role.INK, lines=_NAME_LINES), expand=True)]
    if place:
        named.insert(0, ft.Container(note(place, bold=True, color=Role.BRAND), width=20 * scale))
    spoken = t("第 {n} 名 {name}", n=place, name=words) if place else words
    return ft.Container(
        tappable(
            ft.Row(named, spacing=2, vertical_alignment=ft.CrossAxisAlignment.CENTER),
            label=spoken,
            on_click=on_click,
            identifier=f"row-{'total' if is_total else row.id}",
            width=_name_width(scale, wide=wide),
            height=_ROW_HEIGHT * scale,
            alignment=ft.Alignment.CENTER_LEFT,
            padding=ft.Padding(left=12, right=4),
            radius=0,
        ),
        border=_above(),
        bgcolor=Role.BRAND_TINT if is_total else None,
    )


def _cell(
    row: BulletinRow, column: Column, heading: str, scale: float, look: Callable[[Look], object], *, bold: bool
) -> ft.Control:
    cell = cell_of(row, column)
    value, change = value_words(row, column), change_words(cell, column)
    lines: list[ft.Control] = [body(value, bold=bold, lines=1, align=ft.TextAlign.RIGHT)]
    if change:
        lines.append(tiny(change, color=change_color(cell, column), align=ft.TextAlign.RIGHT))
    return tappable(
        ft.Column(lines, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END),
        label=f"{row.name} {heading} {value} {spoken_change(cell, column)}",
        on_click=lambda: look(Look(row=row.id, column=column)),
        identifier=f"cell-{row.id}-{column}",
        width=_width(column, scale),
        height=_ROW_HEIGHT * scale,
        alignment=ft.Alignment.CENTER_RIGHT,
        padding=ft.Padding.symmetric(horizontal=6),
        radius=0,
    )
