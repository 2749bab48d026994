"""Type for a room: on a wide screen it reads from four metres, on a phone it is the usual scale; and figures made of it."""

from collections.abc import Mapping, Sequence

import flet as ft

from app_client.theme import BODY, BOLD, NOTE, RADIUS_CARD, REGULAR, TITLE, WIDE, Role, text_style
from app_client.widgets.bars import mix_bar, mix_spoken, mix_words
from app_client.widgets.page import has_large_type, page_width
from app_client.widgets.tap import Tap, tappable
from shared_models.evidence import Grade

# (on a phone, on a wide screen): a figure, a heading, what one reads, and what is said beside it.
_FIGURE, _HEADING, _LINE, _ASIDE = (34, 64), (TITLE, 30), (BODY, 22), (NOTE, 17)


def big_figure(value: str, *, color: ft.ColorValue = Role.INK) -> ft.Text:
    """A figure that everybody in the room looks at."""
    return _text(value, _FIGURE, color=color, bold=True)


def big_heading(words: str, *, color: ft.ColorValue = Role.INK) -> ft.Text:
    """What the figures beneath are of."""
    return _text(words, _HEADING, color=color, bold=True)


def big_line(words: str, *, bold: bool = False, color: ft.ColorValue = Role.INK) -> ft.Text:
    """What is read out."""
    return _text(words, _LINE, color=color, bold=bold)


def big_aside(words: str, *, bold: bool = False, color: ft.ColorValue = Role.MUTE) -> ft.Text:
    """What one may skip."""
    return _text(words, _ASIDE, color=color, bold=bold)


def big_runs(parts: Sequence[tuple[str, ft.ColorValue, bool]]) -> ft.Text:
    """A line of differently coloured runs: (text, colour, bold) in order."""
    size = _size(_LINE)
    return ft.Text(
        spans=[
            ft.TextSpan(text, style=text_style(size, weight=BOLD if bold else REGULAR, color=color))
            for text, color, bold in parts
            if text
        ],
        style=text_style(size),
    )


def big_mix(graded: Mapping[Grade, int] | None) -> list[ft.Control]:
    """What stands under a figure: a bar of its evidence A to D, and the counts; nothing under nothing. Say `mix_spoken` with it."""
    if graded is None or not any(graded.values()):
        return []
    return [mix_bar(graded, Role.TRACK, height=8), big_aside(mix_words(graded))]


def big_tile(
    value: str,
    beside: str,
    label: str,
    *,
    mix: Mapping[Grade, int] | None = None,
    on_click: Tap | None,
    identifier: str,
) -> ft.Control:
    """A figure with what stands beside it ("/ 80"), its name and its evidence; a tap leads to what is behind it."""
    figure = ft.Row(
        [
            big_figure(value, color=Role.BRAND if on_click else Role.INK),
            *([_beside(beside)] if beside else []),
        ],
        spacing=8,
        run_spacing=0,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )
    return tappable(
        ft.Column([figure, big_line(label), *big_mix(mix)], spacing=6, tight=True),
        label=" ".join(part for part in (value, beside, label, mix_spoken(mix)) if part),
        on_click=on_click,
        identifier=identifier,
        bgcolor=Role.CARD,
        radius=RADIUS_CARD,
        padding=ft.Padding.symmetric(horizontal=20 if is_room() else 14, vertical=14),
        # Beneath each other each is as high as it must be.
        expand=None if has_large_type() else 1,
    )


def tile_pair(left: ft.Control, right: ft.Control) -> ft.Control:
    """Two tiles beside each other; beneath each other where large type would tear a figure in two."""
    if has_large_type():
        return ft.Column([left, right], spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row([left, right], spacing=12, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def ends(left: ft.Control, right: Sequence[ft.Control]) -> ft.Control:
    """A name and what belongs to it at the other end of the line, or beneath it where both are too long."""
    return ft.Row(
        [left, ft.Row(list(right), spacing=12, tight=True, vertical_alignment=ft.CrossAxisAlignment.CENTER)],
        spacing=12,
        run_spacing=0,
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _beside(words: str) -> ft.Control:
    # On the figure's base line: large digits have more room beneath them.
    return ft.Container(big_line(words, color=Role.MUTE), padding=ft.Padding(bottom=_FIGURE[is_room()] // 8))


def side_by_side(*columns: Sequence[ft.Control], shares: Sequence[int] = ()) -> ft.Control:
    """Columns on a wide screen, one beneath the other on a phone and in large type; `shares` of the width, equal if left out."""
    filled = [(list(each), share) for each, share in zip(columns, shares or [1] * len(columns), strict=True) if each]
    room = is_room()
    stacks: list[ft.Control] = [
        ft.Column(
            each,
            spacing=12,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            expand=share if room else None,
        )
        for each, share in filled
    ]
    if not room:
        return ft.Column(stacks, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row(stacks, spacing=24, vertical_alignment=ft.CrossAxisAlignment.START)


def is_room() -> bool:
    """Whether the page is as wide as a projector's, and its type not so large that columns would break words; by `use_wide`."""
    return page_width() >= WIDE and not has_large_type()


def _text(words: str, sizes: tuple[int, int], *, color: ft.ColorValue, bold: bool) -> ft.Text:
    return ft.Text(words, style=text_style(_size(sizes), weight=BOLD if bold else REGULAR, color=color))


def _size(sizes: tuple[int, int]) -> int:
    return sizes[is_room()]
