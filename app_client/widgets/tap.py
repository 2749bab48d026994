"""The one way to make something tappable: ink, a name for assistive technology, an identifier for tests; no looks of its own."""

from collections.abc import Callable

import flet as ft

from app_client.theme import RADIUS

Tap = Callable[[], object]
"""What a tap does: no argument; a plain or an `async def` function, but not a lambda around a coroutine."""


def tappable(
    content: ft.Control,
    *,
    label: str,
    on_click: Tap | None,
    identifier: str | None = None,
    selected: bool | None = None,
    bgcolor: ft.ColorValue | None = None,
    radius: ft.BorderRadiusValue = RADIUS,
    padding: ft.PaddingValue | None = None,
    width: float | None = None,
    height: float | None = None,
    alignment: ft.Alignment | None = None,
    expand: bool | int | None = None,
    merged: bool = True,
) -> ft.Control:
    """Content that answers to a tap and is read out as one button named `label`.

    `merged=False` keeps the content's own semantics, for a card that holds another button.
    `on_click=None` is a disabled button. Let padding make the 48 pixels of a target, so that larger text has room;
    `width` and `height` are for icons alone.
    """
    surface = ft.Container(
        # The words are hidden one level further in: hidden here, the tap would go with them.
        content=ft.Semantics(content=content, exclude_semantics=True) if merged else content,
        on_click=on_click,
        ink=on_click is not None,
        bgcolor=bgcolor,
        border_radius=radius,
        padding=padding,
        width=width,
        height=height,
        alignment=alignment,
    )
    named = ft.Semantics(
        content=surface,
        label=label,
        button=True,
        selected=selected,
        identifier=identifier,
        container=True,
        disabled=on_click is None,
    )
    # Merged, the name and the tap are one node: a screen reader lands on it once, and a keyboard can press it.
    return ft.MergeSemantics(named, expand=expand) if merged else ft.Container(named, expand=expand)


def icon_button(
    icon: ft.IconData,
    *,
    label: str,
    on_click: Tap | None,
    identifier: str | None = None,
    color: ft.ColorValue | None = None,
    bgcolor: ft.ColorValue | None = None,
) -> ft.Control:
    """A round 48-pixel button of one icon, named by its label."""
    return tappable(
        ft.Icon(icon, size=22, color=color),
        label=label,
        on_click=on_click,
        identifier=identifier,
        bgcolor=bgcolor,
        radius=24,
        width=48,
        height=48,
        alignment=ft.Alignment.CENTER,
    )
