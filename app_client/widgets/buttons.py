"""Buttons and one-tap choices: the bottom action, quiet actions, outcome tiles, chips and segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TypeVar

import flet as ft

from app_client.theme import BODY, BOLD, GUTTER, NOTE, RADIUS, WIDE, Role, text_style
from app_client.widgets.badges import Tone
from app_client.widgets.page import has_large_type, page_width, type_scale
from app_client.widgets.tap import Tap, tappable
from app_client.widgets.text import body, note

T = TypeVar("T")
_COUNTED = 100


def primary_button(
    text: str,
    *,
    on_click: Tap | None,
    identifier: str,
    busy: bool = False,
    quiet: bool = False,
    icon: ft.IconData | None = None,
) -> ft.Control:
    """The one filled button of a screen, 54 high and as wide as it may be; `busy` turns it off and shows a ring.

    `quiet`: on a tint, while what it does is not what the screen is for.
    """
    usable = on_click is not None and not busy
    color = (Role.ON_BRAND_TINT if quiet else Role.ON_BRAND) if usable else Role.MUTE
    parts: list[ft.Control] = []
    if busy:
        parts.append(ft.ProgressRing(width=18, height=18, stroke_width=2, color=Role.MUTE))
    elif icon is not None:
        parts.append(ft.Icon(icon, size=20, color=color))
    parts.append(_button_text(text, BODY, color))
    return tappable(
        ft.Row(
            parts,
            spacing=8,
            alignment=ft.MainAxisAlignment.CENTER,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=text,
        on_click=on_click if usable else None,
        identifier=identifier,
        bgcolor=(Role.BRAND_TINT if quiet else Role.BRAND) if usable else Role.TRACK,
        padding=ft.Padding.symmetric(horizontal=16, vertical=15),
    )


def quiet_button(
    text: str,
    *,
    on_click: Tap | None,
    identifier: str,
    icon: ft.IconData | None = None,
    tone: Tone = Tone.BRAND,
    filled: bool = False,
    selected: bool | None = None,
    spoken: str = "",
) -> ft.Control:
    """A second action in its tone's words: text alone, or on its tint with `filled`.

    `spoken`: its name where the words alone, read out, do not say of what.
    `selected`: it is a choice that is on or off; on its tint it is no wider, so that nothing beside it moves.
    """
    color = tone.text if on_click is not None else Role.MUTE
    parts: list[ft.Control] = [ft.Icon(icon, size=18, color=color)] if icon is not None else []
    parts.append(_button_text(text, NOTE, color))
    return tappable(
        ft.Row(
            parts,
            spacing=6,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=spoken or text,
        on_click=on_click,
        identifier=identifier,
        selected=selected,
        bgcolor=tone.tint if filled or selected else None,
        padding=ft.Padding.symmetric(horizontal=8 if has_large_type() else 20 if filled else 14, vertical=15),
    )


def _button_text(text: str, size: int, color: ft.ColorValue) -> ft.Text:
    """The words of a button, as wide as they are and no wider than it: large type breaks the line rather than losing its end."""
    return ft.Text(
        text, size=size, weight=BOLD, color=color, text_align=ft.TextAlign.CENTER, expand=True, expand_loose=True
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A tile of a choice grid: what it is, what will happen, its tone, what a tap does, and an identifier."""

    text: str
    hint: str
    tone: Tone
    on_click: Tap
    identifier: str


def choice_tile(choice: Choice) -> ft.Control:
    """One large tile: a bold word and a grey line under it."""
    return tappable(
        ft.Column(
            [body(choice.text, bold=True, color=choice.tone.text), *([note(choice.hint)] if choice.hint else [])],
            spacing=2,
            tight=True,
        ),
        label=f"{choice.text}, {choice.hint}" if choice.hint else choice.text,
        on_click=choice.on_click,
        identifier=choice.identifier,
        bgcolor=choice.tone.tint,
        padding=ft.Padding.symmetric(horizontal=16, vertical=14),
        expand=1,
    )


def choice_grid(choices: Sequence[Choice]) -> ft.Column:
    """Tiles two by two, each row as high as its taller tile: the six outcomes of a call.

    One to a row where large type would break a word.
    """
    # A sheet's gutters, what is between two tiles and what is around their words.
    room = (page_width() - 2 * 20 - 10) / 2 - 2 * 16
    a_row = 2 if _fit([choice.text for choice in choices], size=BODY, room=room) else 1
    rows: list[ft.Control] = []
    for start in range(0, len(choices), a_row):
        tiles: list[ft.Control] = [choice_tile(choice) for choice in choices[start : start + a_row]]
        if len(tiles) < a_row:
            tiles.append(ft.Container(expand=1))
        rows.append(ft.Row(tiles, spacing=10, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH))
    return ft.Column(rows, spacing=10, tight=True)


def segments(
    options: Sequence[tuple[T, str]], *, selected: T | None, on_pick: Callable[[T], object], identifier: str
) -> ft.Control:
    """Equal shares of one line, one tap each, as high as the highest: (value, word). Each has the identifier `identifier-value`.

    Two to a line where large type would break a word.
    """
    words = [word for _, word in options]
    share = (page_width() - 4 * GUTTER) / max(len(words), 1) - 8
    a_line = 2 if len(words) > 2 and not _fit(words, size=NOTE, room=share - 8) else max(len(words), 1)
    shares = [_segment(value, word, selected, on_pick, identifier) for value, word in options]
    lines: list[ft.Control] = [
        ft.Row(
            [*shares[start : start + a_line], *[ft.Container(expand=1)] * (start + a_line - len(shares))],
            spacing=8,
            intrinsic_height=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        for start in range(0, len(shares), a_line)
    ]
    return lines[0] if len(lines) == 1 else ft.Column(lines, spacing=8, tight=True)


def _segment(value: T, word: str, selected: T | None, on_pick: Callable[[T], object], identifier: str) -> ft.Control:
    return tappable(
        ft.Text(
            word,
            size=NOTE,
            weight=BOLD if value == selected else None,
            color=Role.ON_BRAND if value == selected else Role.INK,
            text_align=ft.TextAlign.CENTER,
            max_lines=2,
        ),
        label=word,
        on_click=_pick(on_pick, value),
        identifier=f"{identifier}-{value}",
        selected=value == selected,
        bgcolor=Role.BRAND if value == selected else Role.FILL,
        radius=12,
        padding=ft.Padding.symmetric(horizontal=4, vertical=15),
        alignment=ft.Alignment.CENTER,
        expand=1,
    )


def _fit(words: Sequence[str], *, size: int, room: float) -> bool:
    """Whether the longest unbreakable part of each has room on a phone; a Latin letter is half as wide as a Chinese one."""
    if page_width() >= WIDE:
        return True
    parts = [part for word in words for part in word.split()]
    widest = max((sum(0.5 if letter.isascii() else 1.0 for letter in part) for part in parts), default=0)
    return widest * size * type_scale() <= room


def chips(
    options: Sequence[tuple[T, str]], *, selected: T | None, on_pick: Callable[[T], object], identifier: str
) -> ft.Row:
    """Choices of unequal length that wrap: filters, reasons, days. Each has the identifier `identifier-value`."""
    return ft.Row(
        [
            tappable(
                ft.Row(
                    [
                        *([ft.Icon(ft.Icons.CHECK, size=16, color=Role.ON_BRAND)] if value == selected else []),
                        note(word, bold=value == selected, color=Role.ON_BRAND if value == selected else Role.INK),
                    ],
                    spacing=4,
                    tight=True,
                ),
                label=word,
                on_click=_pick(on_pick, value),
                identifier=f"{identifier}-{value}",
                selected=value == selected,
                bgcolor=Role.BRAND if value == selected else Role.TRACK,
                radius=24,
                padding=ft.Padding.symmetric(horizontal=16, vertical=15),
            )
            for value, word in options
        ],
        spacing=8,
        run_spacing=8,
        wrap=True,
    )


def _pick(on_pick: Callable[[T], object], value: T) -> Tap:
    """A tap bound to its value: a lambda in a loop would see the last one; async callbacks stay awaitable."""
    if iscoroutinefunction(on_pick):

        async def pick_later() -> None:
            await on_pick(value)

        return pick_later

    def pick() -> object:
        return on_pick(value)

    return pick


def text_field(
    label: str,
    *,
    value: str = "",
    on_change: Callable[[str], object] | None = None,
    on_submit: Tap | None = None,
    identifier: str,
    hint: str = "",
    error: str = "",
    password: bool = False,
    concealed: bool = False,
    multiline: bool = False,
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
    icon: ft.IconData | None = None,
    autofocus: bool = False,
    max_length: int | None = None,
    autofill: ft.AutofillHint | None = None,
) -> ft.TextField:
    """A filled field with its label; `error` is a sentence in red beneath. `on_change` gets the text.

    `concealed`: dots only, with nothing to reveal, copy, suggest or learn, for what is no password and must not stay.
    """

    def changed(event: ft.Event[ft.TextField]) -> None:
        if on_change is not None:
            on_change(event.control.value)

    return ft.TextField(
        label=label,
        key=identifier,
        value=value,
        hint_text=hint or None,
        error=error or None,
        error_max_lines=3,
        password=password or concealed,
        can_reveal_password=password,
        autocorrect=not concealed,
        enable_suggestions=not concealed,
        enable_ime_personalized_learning=not concealed,
        enable_interactive_selection=not concealed,
        multiline=multiline,
        min_lines=3 if multiline else None,
        max_lines=6 if multiline else 1,
        max_length=max_length,
        # A counter helps with four digits, not with hundreds of characters; it must leave the line to the error.
        counter=ft.Container(width=0, height=0) if multiline or (max_length or 0) > _COUNTED else None,
        keyboard_type=keyboard,
        prefix_icon=icon,
        autofocus=autofocus,
        autofill_hints=autofill,
        filled=True,
        fill_color=Role.CARD,
        border={
            ft.ControlState.DEFAULT: ft.OutlineInputBorder(
                # Where a field is must be seen (WCAG 2.2, 1.4.11): LINE is for dividers.
                side=ft.BorderSide(1, Role.OUTLINE),
                border_radius=ft.BorderRadius.all(RADIUS),
            ),
            ft.ControlState.FOCUSED: ft.OutlineInputBorder(
                side=ft.BorderSide(2, Role.BRAND), border_radius=ft.BorderRadius.all(RADIUS)
            ),
            ft.ControlState.ERROR: ft.OutlineInputBorder(
                side=ft.BorderSide(2, Role.BAD), border_radius=ft.BorderRadius.all(RADIUS)
            ),
        },
        text_style=text_style(BODY, color=Role.INK),
        label_style=text_style(BODY, color=Role.MUTE),
        error_style=text_style(NOTE, color=Role.BAD),
        on_change=changed,
        on_submit=on_submit,
    )
