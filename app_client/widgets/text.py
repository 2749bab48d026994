"""Text of the scale: one function per size, so that no screen sets a font size; it knows nothing of layout."""

import flet as ft

from app_client.theme import BODY, BOLD, NOTE, RARE_FAMILY, REGULAR, TINY, TITLE, Role, text_style


def _text(
    value: str, size: int, *, color: ft.ColorValue, bold: bool, lines: int | None, align: ft.TextAlign
) -> ft.Text:
    return ft.Text(
        value,
        size=size,
        weight=BOLD if bold else REGULAR,
        font_family_fallback=[RARE_FAMILY],
        color=color,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        text_align=align,
    )


def title(value: str, *, color: ft.ColorValue = Role.INK, lines: int | None = None) -> ft.Text:
    """22 bold: the name of a page, a figure that is read first."""
    return _text(value, TITLE, color=color, bold=True, lines=lines, align=ft.TextAlign.START)


def body(
    value: str,
    *,
    bold: bool = False,
    color: ft.ColorValue = Role.INK,
    lines: int | None = None,
    align: ft.TextAlign = ft.TextAlign.START,
) -> ft.Text:
    """16: what one reads."""
    return _text(value, BODY, color=color, bold=bold, lines=lines, align=align)


def note(
    value: str,
    *,
    bold: bool = False,
    color: ft.ColorValue = Role.MUTE,
    lines: int | None = None,
    align: ft.TextAlign = ft.TextAlign.START,
) -> ft.Text:
    """13 and grey: what one may skip."""
    return _text(value, NOTE, color=color, bold=bold, lines=lines, align=align)


def tiny(
    value: str,
    *,
    bold: bool = False,
    color: ft.ColorValue = Role.MUTE,
    lines: int = 1,
    align: ft.TextAlign = ft.TextAlign.START,
) -> ft.Text:
    """11: badges and units beside a figure."""
    return _text(value, TINY, color=color, bold=bold, lines=lines, align=align)


def runs(parts: list[tuple[str, ft.ColorValue, bool]], *, size: int = NOTE, lines: int | None = None) -> ft.Text:
    """One line of differently coloured runs: (text, colour, bold) in order."""
    return ft.Text(
        spans=[
            ft.TextSpan(text, style=text_style(size, weight=BOLD if bold else REGULAR, color=color))
            for text, color, bold in parts
            if text
        ],
        size=size,
        font_family_fallback=[RARE_FAMILY],
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
    )
