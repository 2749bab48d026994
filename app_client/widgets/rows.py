"""Rows of people and things in a list: a customer to call, a line that opens something, the heading above them."""

from collections.abc import Mapping, Sequence
from enum import Enum

import flet as ft

from app_client.i18n import t
from app_client.theme import RADIUS, Role
from app_client.widgets.badges import Tone
from app_client.widgets.bars import evidence_line, mix_spoken
from app_client.widgets.tap import Tap, icon_button, tappable
from app_client.widgets.text import body, note, runs
from shared_models.evidence import Grade


class Place(Enum):
    """Where a row stands in its card, for its corners and its divider."""

    ONLY = (True, True)
    FIRST = (True, False)
    MIDDLE = (False, False)
    LAST = (False, True)

    @staticmethod
    def of(index: int, count: int) -> "Place":
        """The place of row `index` among `count`."""
        if count == 1:
            return Place.ONLY
        return Place.FIRST if index == 0 else Place.LAST if index == count - 1 else Place.MIDDLE

    def corners(self) -> ft.BorderRadius:
        """Rounded above the first row and beneath the last."""
        top, bottom = (RADIUS if end else 0 for end in self.value)
        return ft.BorderRadius(top_left=top, top_right=top, bottom_left=bottom, bottom_right=bottom)


def _in_card(content: ft.Control, place: Place, *, marked: bool = False) -> ft.Container:
    return ft.Container(
        content=content,
        bgcolor=Role.BRAND_TINT if marked else Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def section_header(text: str, trailing: str = "", *, quiet: bool = False) -> ft.Control:
    """A heading above a card, with a grey figure at the right, or beneath where both are too long; `quiet` for what comes after the point."""
    heading = ft.Semantics(content=note(text) if quiet else body(text, bold=True), header=True)
    return ft.Container(
        content=ft.Row(
            [heading, note(trailing)] if trailing else [heading],
            spacing=12,
            run_spacing=0,
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=ft.Padding(left=8, right=8, top=16, bottom=8),
    )


def customer_row(
    *,
    name: str,
    emphasis: str = "",
    reason: str = "",
    badges: Sequence[ft.Control] = (),
    on_open: Tap,
    on_call: Tap | None = None,
    done: bool = False,
    place: Place = Place.ONLY,
    selected: bool | None = None,
    identifier: str,
) -> ft.Control:
    """A customer with why now: name and badges, amber `emphasis`, grey `reason`, and a 48-pixel call button.

    `done` mutes the row and shows a tick in the button's place; `on_call=None` shows a chevron. The row's identifier is `identifier`, the call
    button's `call-` + `identifier`. `selected`: shown beside the list on a wide screen; None where nothing can be.
    """
    dot = " · " if emphasis and reason else ""
    lines: list[ft.Control] = [
        ft.Row(
            [body(name, bold=True, color=Role.MUTE if done else Role.INK, lines=1), *badges],
            spacing=8,
            run_spacing=4,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    ]
    if emphasis or reason:
        lines.append(
            runs([(emphasis, Role.MUTE if done else Role.WARN, False), (dot + reason, Role.MUTE, False)], lines=2)
        )
    if done:
        end: ft.Control = ft.Container(
            ft.Icon(ft.Icons.CHECK, size=22, color=Role.ON_OK_TINT),
            width=48,
            height=48,
            border_radius=24,
            bgcolor=Role.OK_TINT,
            alignment=ft.Alignment.CENTER,
        )
    elif on_call is not None:
        end = icon_button(
            ft.Icons.PHONE,
            label=t("拨打 {name}", name=name),
            on_click=on_call,
            identifier=f"call-{identifier}",
            color=Role.ON_BRAND,
            bgcolor=Role.BRAND,
        )
    else:
        end = ft.Icon(ft.Icons.CHEVRON_RIGHT, size=22, color=Role.MUTE)
    spoken = ", ".join(part for part in (name, emphasis, reason, t("已拨") if done else "") if part)
    opens = tappable(
        ft.Column(lines, spacing=4, tight=True),
        label=spoken,
        on_click=on_open,
        identifier=identifier,
        selected=selected,
        radius=12,
        padding=ft.Padding(left=16, right=8, top=12, bottom=12),
        expand=True,
    )
    return _in_card(
        ft.Row(
            [opens, ft.Container(end, padding=ft.Padding(right=12))],
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        place,
        marked=bool(selected),
    )


def step_row(
    text: str, *, before: Tap | None, after: Tap | None, spoken: tuple[str, str], identifier: str
) -> ft.Control:
    """What is shown, a period mostly, between a step back and a step on; None: there is none. `spoken` names the two."""

    def step(icon: ft.IconData, label: str, on_click: Tap | None, way: str) -> ft.Control:
        color = Role.BRAND if on_click is not None else Role.LINE
        return icon_button(icon, label=label, on_click=on_click, identifier=f"{identifier}-{way}", color=color)

    shown = body(text, bold=True, align=ft.TextAlign.CENTER)
    return ft.Row(
        [
            step(ft.Icons.CHEVRON_LEFT, spoken[0], before, "before"),
            ft.Container(shown, expand=True, alignment=ft.Alignment.CENTER),
            step(ft.Icons.CHEVRON_RIGHT, spoken[1], after, "after"),
        ],
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def line_row(
    title: str,
    *,
    detail: str = "",
    trailing: str = "",
    icon: ft.IconData | None = None,
    on_click: Tap | None = None,
    place: Place = Place.ONLY,
    identifier: str | None = None,
    behind: bool = False,
    mix: Mapping[Grade, int] | None = None,
    selected: bool | None = None,
) -> ft.Control:
    """A plain line of a list: settings, history, what needs attention; with `on_click` a chevron and a tap.

    `behind`: what trails is short of its target, and red; `mix`: the evidence of the figure that trails.
    `selected`: shown beside the list on a wide screen; None where nothing can be.
    """
    words: list[ft.Control] = [body(title)]
    if detail:
        words.append(note(detail))
    words += evidence_line(mix)
    parts: list[ft.Control] = [ft.Icon(icon, size=22, color=Role.MUTE)] if icon is not None else []
    parts.append(ft.Column(words, spacing=2 if mix is None else 4, tight=True, expand=True))
    if trailing:
        color = Role.BAD if behind else Role.MUTE
        parts.append(note(trailing, bold=behind, color=color, align=ft.TextAlign.END))
    if on_click is not None:
        parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=Role.MUTE))
    row = ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    padding = ft.Padding.symmetric(horizontal=16, vertical=14)
    if on_click is None:
        return _in_card(ft.Container(row, padding=padding), place)
    return _in_card(
        tappable(
            row,
            label=", ".join(part for part in (title, detail, trailing, mix_spoken(mix)) if part),
            on_click=on_click,
            identifier=identifier,
            selected=selected,
            radius=place.corners(),
            padding=padding,
        ),
        place,
        marked=bool(selected),
    )


def lead_row(text: str, detail: str, *, icon: ft.IconData, on_click: Tap, identifier: str) -> ft.Control:
    """A line that helps with what has just happened, on the brand's tint above a list: what it leads to, and a sentence of it."""
    row = tappable(
        ft.Row(
            [
                ft.Icon(icon, size=22, color=Tone.BRAND.text),
                ft.Column(
                    [body(text, bold=True, color=Tone.BRAND.text), note(detail, color=Tone.BRAND.text, lines=2)],
                    spacing=2,
                    tight=True,
                    expand=True,
                ),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=Role.MUTE),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=f"{text}，{detail}",  # not shown: a pause
        on_click=on_click,
        identifier=identifier,
        bgcolor=Tone.BRAND.tint,
        padding=ft.Padding.symmetric(horizontal=16, vertical=14),
    )
    return ft.Container(row, padding=ft.Padding(bottom=12))
