"""What a screen shows when it has nothing to list: empty, all done, loading, offline, failed."""

import flet as ft

from app_client.theme import Role
from app_client.widgets.badges import Tone
from app_client.widgets.buttons import quiet_button
from app_client.widgets.page import has_large_type
from app_client.widgets.tap import Tap
from app_client.widgets.text import body, note


def _state(
    mark: ft.Control, heading: str, detail: str, action: ft.Control | None, identifier: str, *, live: bool
) -> ft.Control:
    parts: list[ft.Control] = [mark, body(heading, bold=True, align=ft.TextAlign.CENTER)]
    if detail:
        parts.append(note(detail, align=ft.TextAlign.CENTER))
    if action is not None:
        parts.append(ft.Container(action, padding=ft.Padding(top=8)))
    return ft.Semantics(
        content=ft.Container(
            ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
            padding=ft.Padding.symmetric(horizontal=32, vertical=40),
            alignment=ft.Alignment.CENTER,
        ),
        identifier=identifier,
        live_region=live,
    )


def _disc(icon: ft.IconData, tone: Tone) -> ft.Container:
    return ft.Container(
        ft.Icon(icon, size=28, color=tone.text),
        width=64,
        height=64,
        border_radius=32,
        bgcolor=tone.tint,
        alignment=ft.Alignment.CENTER,
    )


def empty_state(
    heading: str,
    detail: str = "",
    *,
    icon: ft.IconData = ft.Icons.INBOX_OUTLINED,
    tone: Tone = Tone.PLAIN,
    action: str = "",
    on_action: Tap | None = None,
) -> ft.Control:
    """Nothing to list, said kindly; `tone=Tone.OK` with a tick icon for "all done"."""
    button = quiet_button(action, on_click=on_action, identifier="empty-action", filled=True) if action else None
    return _state(_disc(icon, tone), heading, detail, button, "empty-state", live=False)


def error_state(what: str, what_to_do: str, *, action: str = "", on_action: Tap | None = None) -> ft.Control:
    """What happened, what to do, and a button for it; nothing the person typed is lost by showing it."""
    button = quiet_button(action, on_click=on_action, identifier="error-action", filled=True) if action else None
    return _state(_disc(ft.Icons.ERROR_OUTLINE, Tone.BAD), what, what_to_do, button, "error-state", live=True)


def loading_state(text: str) -> ft.Control:
    """Work under way, with its name."""
    mark = ft.ProgressRing(width=32, height=32, stroke_width=3, color=Role.BRAND, bgcolor=Role.TRACK)
    return _state(mark, text, "", None, "loading-state", live=True)


def banner(
    text: str,
    *,
    tone: Tone = Tone.WARN,
    icon: ft.IconData | None = None,
    action: str = "",
    on_action: Tap | None = None,
) -> ft.Container:
    """A tinted line above the content: offline, signed out, refused; it takes nothing away from the screen.

    `icon` where the tone's own (a cloud struck out for amber) says something else.
    """
    usual = {Tone.WARN: ft.Icons.CLOUD_OFF_OUTLINED, Tone.BAD: ft.Icons.ERROR_OUTLINE, Tone.OK: ft.Icons.CHECK_CIRCLE}
    parts: list[ft.Control] = [
        ft.Icon(icon or usual.get(tone, ft.Icons.INFO_OUTLINE), size=20, color=tone.text),
        ft.Container(note(text, color=tone.text), expand=True),
    ]
    # Beneath the words in large type, which need the width.
    beneath = bool(action) and has_large_type()
    beside = bool(action) and not beneath
    button = quiet_button(action, on_click=on_action, identifier="banner-action", tone=tone)
    if beside:
        parts.append(button)
    line = ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Container(
        ft.Column([line, ft.Row([button], alignment=ft.MainAxisAlignment.END)], spacing=0, tight=True)
        if beneath
        else line,
        bgcolor=tone.tint,
        border_radius=16,
        padding=ft.Padding(
            left=16, right=4 if beside else 16, top=0 if beside else 12, bottom=0 if beside or beneath else 12
        ),
    )
