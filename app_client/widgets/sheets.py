"""Sheets and snackbars, for what takes a second; open a sheet with `ft.use_dialog(sheet(...) if is_open else None)`."""

from collections.abc import Sequence

import flet as ft

from app_client.i18n import t
from app_client.theme import GUTTER, RADIUS_SHEET, WIDE, Role
from app_client.widgets.badges import Tone
from app_client.widgets.buttons import primary_button, quiet_button
from app_client.widgets.page import has_large_type, type_scale
from app_client.widgets.tap import Tap, icon_button
from app_client.widgets.text import note, title

_SHEET_WIDTH = 480
# What the six outcomes of a call need, with the questions above them.
_ROOMY = 680
# What a snackbar leaves free above the edge over no row of actions, over a screen's primary button, and over a second row as
# well: the room around them, and their lines, which grow with the type, and are two where it is large.
_ABOVE = ((8, 0), (62, 24), (100, 42))


def sheet(
    controls: Sequence[ft.Control],
    *,
    heading: str,
    subtitle: str = "",
    on_dismiss: Tap,
    on_back: Tap | None = None,
    spacing: int = 12,
    tall: bool = False,
    typed: bool = False,
) -> ft.BottomSheet:
    """A bottom sheet: full width on a phone, at most 480 on a wide screen; as high as its content.

    `tall=True` for content that may outgrow the screen: the sheet then takes the whole height and scrolls. So does one in
    which something is `typed` on a phone, since the keyboard takes half the screen, and any sheet of a short screen.

    `on_back` leads to what the sheet showed before, by an arrow left of the heading.

    `on_dismiss` must clear the state that shows it, for a swipe or a tap on the scrim closes it too.
    """
    tall = tall or _is_cramped(typed=typed)
    words: list[ft.Control] = [ft.Semantics(content=_heading(heading), header=True)]
    if subtitle:
        words.append(note(subtitle))
    head: ft.Control = ft.Column(words, spacing=4, tight=True, expand=True if tall or on_back else None)
    beside: list[ft.Control] = [head]
    if on_back is not None:
        back = icon_button(ft.Icons.ARROW_BACK, label=t("返回"), on_click=on_back, identifier="sheet-back")
        beside = [back, head]
    if tall:
        # It leaves no scrim to tap.
        beside.append(icon_button(ft.Icons.CLOSE, label=t("关闭"), on_click=on_dismiss, identifier="sheet-close"))
    if len(beside) > 1:
        head = ft.Row(beside, spacing=4, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.BottomSheet(
        content=ft.Container(
            content=ft.Column(
                [
                    ft.Container(
                        ft.Container(width=40, height=4, border_radius=2, bgcolor=Role.OUTLINE),
                        alignment=ft.Alignment.CENTER,
                        padding=ft.Padding(bottom=4),
                    ),
                    head,
                    *controls,
                ],
                spacing=spacing,
                tight=True,
                # Flet stretches a scrolling column to its greatest height, so only a tall sheet scrolls.
                scroll=ft.ScrollMode.AUTO if tall else None,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding(left=20, right=20, top=12, bottom=24),
        ),
        bgcolor=Role.CARD,
        draggable=False,
        scrollable=True,
        elevation=0,
        shape=ft.RoundedRectangleBorder(
            radius=ft.BorderRadius(top_left=RADIUS_SHEET, top_right=RADIUS_SHEET, bottom_left=0, bottom_right=0)
        ),
        size_constraints=ft.BoxConstraints(max_width=_SHEET_WIDTH),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        animation_style=ft.AnimationStyle(duration=150, reverse_duration=120),
        on_dismiss=on_dismiss,
    )


def _heading(words: str) -> ft.Control:
    """In large type whom it is of and what it is stand on lines of their own, rather than that a word breaks."""
    *before, last = words.split(" · ")
    if not before or not has_large_type():
        return title(words)
    parts = [title(f"{part} ·") for part in before]
    return ft.Row([*parts, title(last)], spacing=8, run_spacing=0, wrap=True)


def confirm_sheet(
    *, heading: str, subtitle: str, action: str, on_confirm: Tap, on_dismiss: Tap, identifier: str
) -> ft.BottomSheet:
    """Asks once before something that cannot be taken back, and says what it does."""
    return sheet(
        [
            primary_button(action, on_click=on_confirm, identifier=identifier),
            quiet_button(t("取消"), on_click=on_dismiss, identifier="cancel", tone=Tone.PLAIN),
        ],
        heading=heading,
        subtitle=subtitle,
        on_dismiss=on_dismiss,
    )


def _is_cramped(*, typed: bool) -> bool:
    """Whether the screen may be too low for a sheet that does not scroll."""
    try:
        page = ft.context.page
    except RuntimeError:
        return False
    width, height = page.width or WIDE, page.height or _ROOMY
    return height < _ROOMY * type_scale() or (typed and width < WIDE)


def snackbar(
    text: str,
    *,
    action: str = "",
    on_action: Tap | None = None,
    seconds: int = 6,
    aside: float = GUTTER,
    lifted: int = 0,
) -> ft.SnackBar:
    """A short word about what just happened, with at most one way back; show it with `page.show_dialog(...)`.

    `aside`: the room left and right of it, see `snackbar_aside`. `lifted`: over how many rows of
    actions at the screen's bottom it is said, which a thumb may be on its way to; two at most.
    """
    room, lines = _ABOVE[lifted]
    height = room + lines * type_scale() * (2 if has_large_type() else 1)
    return ft.SnackBar(
        content=ft.Semantics(content=ft.Text(text, color=Role.ON_INVERSE), live_region=True, identifier="snackbar"),
        action=ft.SnackBarAction(label=action, on_click=on_action) if action else None,
        behavior=ft.SnackBarBehavior.FLOATING,
        duration=ft.Duration(seconds=seconds),
        # With an action Material would keep it for ever.
        persist=False,
        margin=ft.Margin(left=aside, right=aside, bottom=height, top=0),
    )


def snackbar_aside(page_width: float) -> float:
    """What a snackbar leaves free at either side, to be no broader than a sheet (Flutter takes a width or a place above the edge, not both)."""
    return max(GUTTER, (page_width - _SHEET_WIDTH) / 2)
