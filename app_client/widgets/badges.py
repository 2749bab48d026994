"""Small marks beside a name or a title: badges and the sync pill; each carries its word, never its colour alone."""

from enum import Enum

import flet as ft

from app_client.theme import Role
from app_client.widgets.tap import Tap, tappable
from app_client.widgets.text import note, tiny


class Tone(Enum):
    """What a colour says: (text, tint behind it, graphic)."""

    BRAND = (Role.ON_BRAND_TINT, Role.BRAND_TINT, Role.BRAND)
    OK = (Role.ON_OK_TINT, Role.OK_TINT, Role.OK)
    GOLD = (Role.GOLD_TEXT, Role.GOLD_TINT, Role.GOLD)
    WARN = (Role.WARN, Role.WARN_TINT, Role.WARN)
    BAD = (Role.ON_BAD_TINT, Role.BAD_TINT, Role.BAD)
    VIOLET = (Role.VIOLET, Role.VIOLET_TINT, Role.VIOLET)
    PLAIN = (Role.INK, Role.FILL, Role.MUTE)

    @property
    def text(self) -> ft.Colors:
        """For words on the tint or on a card."""
        return self.value[0]

    @property
    def tint(self) -> ft.Colors:
        """For the surface behind."""
        return self.value[1]

    @property
    def mark(self) -> ft.Colors:
        """For rings, bars and icons."""
        return self.value[2]


def badge(text: str, tone: Tone = Tone.BRAND) -> ft.Container:
    """A word on a tint: tier (GOLD), prospect (VIOLET), risk level (BRAND)."""
    return ft.Container(
        # One line, unless large type would take the end of it.
        content=tiny(text, color=tone.text, lines=2),
        bgcolor=tone.tint,
        border_radius=6,
        padding=ft.Padding.symmetric(horizontal=6, vertical=2),
    )


def sync_pill(text: str, tone: Tone = Tone.BRAND, *, on_click: Tap | None = None) -> ft.Control:
    """The sync state in plain words ("已同步 09:14", "3 条待同步"): BRAND synced, WARN waiting or offline, BAD needs a person."""
    icon = {
        Tone.BRAND: ft.Icons.CLOUD_DONE_OUTLINED,
        Tone.OK: ft.Icons.CLOUD_DONE_OUTLINED,
        Tone.BAD: ft.Icons.ERROR_OUTLINE,
    }.get(tone, ft.Icons.CLOUD_UPLOAD_OUTLINED)
    content = ft.Row(
        [ft.Icon(icon, size=16, color=tone.text), note(text, color=tone.text)],
        spacing=6,
        tight=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    pill = ft.Container(
        content=content,
        bgcolor=tone.tint,
        border_radius=99,
        padding=ft.Padding.symmetric(horizontal=12, vertical=6),
    )
    if on_click is None:
        return ft.Semantics(content=pill, identifier="sync-pill", live_region=True)
    # The pill looks small; the target around it is at least 48 high.
    return tappable(
        pill,
        label=text,
        on_click=on_click,
        identifier="sync-pill",
        radius=24,
        padding=ft.Padding.symmetric(horizontal=4, vertical=9),
    )
