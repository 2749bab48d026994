"""The frame of every screen: title, content, bottom action, navigation beneath or, on a wide screen, beside; no screen's content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from app_client.i18n import t
from app_client.theme import GUTTER, Role
from app_client.widgets.page import has_large_type, use_wide
from app_client.widgets.tap import Tap, icon_button
from app_client.widgets.text import note, title

_READING_WIDTH = 720
_LIST_WIDTH = 420


@dataclass(frozen=True, slots=True)
class NavItem:
    """A destination: its route, word and two icons (outline, and filled when it is the current one).

    `also`: routes of what belongs to it under an address of its own.
    """

    route: str
    label: str
    icon: ft.IconData
    selected_icon: ft.IconData
    also: tuple[str, ...] = ()


def page_header(
    heading: str, subtitle: str = "", *, pill: ft.Control | None = None, on_back: Tap | None = None
) -> ft.Container:
    """Where you are and how you stand: 22 bold over one grey sentence, the sync pill at the right.

    In large type the pill and the way back stand above the title, which needs the line for itself.
    """
    top: list[ft.Control] = []
    if on_back is not None:
        top.append(
            icon_button(ft.Icons.ARROW_BACK, label=t("返回"), on_click=on_back, identifier="back", color=Role.INK)
        )
    name = ft.Semantics(content=title(heading, lines=2), header=True, heading_level=1, identifier="page-title")
    is_stacked = pill is not None and has_large_type()
    top.append(ft.Container(None if is_stacked else name, expand=True))
    if pill is not None:
        top.append(pill)
    parts: list[ft.Control] = [ft.Row(top, spacing=4, vertical_alignment=ft.CrossAxisAlignment.CENTER)]
    # Under the title, not under the arrow.
    indent = ft.Padding(left=0 if on_back is None else 12 if is_stacked else 52)
    if is_stacked:
        parts.append(ft.Container(name, padding=indent))
    if subtitle:
        line = ft.Semantics(content=note(subtitle), identifier="page-subtitle", container=True)
        parts.append(ft.Container(line, padding=indent))
    return ft.Container(
        content=ft.Column(parts, spacing=2, tight=True),
        padding=ft.Padding(left=4 if on_back is not None else 20, right=GUTTER, top=12, bottom=8),
    )


def app_view(
    *,
    route: str,
    heading: str,
    content: Sequence[ft.Control] | ft.Control,
    subtitle: str = "",
    pill: ft.Control | None = None,
    nav: Sequence[NavItem] = (),
    on_navigate: Callable[[str], object] | None = None,
    bottom: ft.Control | None = None,
    detail: ft.Control | None = None,
    on_back: Tap | None = None,
) -> ft.View:
    """A screen as a `ft.View`; a hook, so call it in the body of a component, always.

    `content`: a list is laid out in a scrolling ListView with the page's gutters; a single control gets the room to itself (`expand` it, scroll it).
    `nav` marks the item whose route is `route` or its beginning. `bottom` stays above the navigation. `detail` stands beside the content
    on a wide screen (≥ 900) and is left out on a phone, where the same thing is a page of its own; ask `use_wide()` which.
    """
    wide = use_wide()
    if isinstance(content, ft.Control):
        middle: ft.Control = ft.Container(content, expand=True, padding=ft.Padding(left=GUTTER, right=GUTTER, top=8))
    else:
        middle = ft.ListView(
            list(content), expand=True, spacing=0, padding=ft.Padding(left=GUTTER, right=GUTTER, top=4, bottom=24)
        )
    column: list[ft.Control] = [page_header(heading, subtitle, pill=pill, on_back=on_back), middle]
    if bottom is not None:
        column.append(ft.Container(bottom, padding=ft.Padding(left=GUTTER, right=GUTTER, top=8, bottom=16)))
    pane = ft.Column(column, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    current = _selected(nav, route)
    if not wide:
        return ft.View(
            route=route,
            padding=0,
            bgcolor=Role.BG,
            controls=[ft.SafeArea(pane, expand=True, avoid_intrusions_bottom=not nav)],
            navigation_bar=_bar(nav, current, on_navigate) if nav else None,
        )
    # A width inside a loose box is a greatest width: the box lets the pane be narrower, never wider.
    if detail is None:
        body: ft.Control = ft.Container(
            ft.Container(pane, width=_READING_WIDTH), expand=True, alignment=ft.Alignment.TOP_CENTER
        )
    else:
        body = ft.Row(
            [
                ft.Container(pane, width=_LIST_WIDTH),
                ft.VerticalDivider(width=1, color=Role.LINE),
                ft.Container(detail, expand=True, alignment=ft.Alignment.TOP_CENTER),
            ],
            expand=True,
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    row: list[ft.Control] = [_rail(nav, current, on_navigate), body] if nav else [body]
    return ft.View(
        route=route,
        padding=0,
        bgcolor=Role.BG,
        controls=[ft.SafeArea(ft.Row(row, spacing=0, vertical_alignment=ft.CrossAxisAlignment.STRETCH), expand=True)],
    )


def detail_pane(controls: Sequence[ft.Control]) -> ft.Control:
    """What stands at the right on a wide screen: scrolls by itself, at most 720 wide."""
    return ft.Container(
        ft.ListView(list(controls), expand=True, spacing=0, padding=ft.Padding.all(24)),
        width=_READING_WIDTH,
        alignment=ft.Alignment.TOP_CENTER,
    )


def _selected(nav: Sequence[NavItem], route: str) -> int:
    """The item whose route is the longest beginning of `route`; the first when none is."""
    matches = [
        (len(known), -index)
        for index, item in enumerate(nav)
        for known in (item.route, *item.also)
        if route == known or route.startswith(known.rstrip("/") + "/")
    ]
    return -max(matches)[1] if matches else 0


def _go(nav: Sequence[NavItem], on_navigate: Callable[[str], object] | None, index: object) -> None:
    if on_navigate is not None:
        on_navigate(nav[int(str(index))].route)


def _bar(nav: Sequence[NavItem], current: int, on_navigate: Callable[[str], object] | None) -> ft.NavigationBar:
    return ft.NavigationBar(
        destinations=[
            ft.NavigationBarDestination(
                icon=ft.Icon(item.icon, color=Role.MUTE),
                selected_icon=ft.Icon(item.selected_icon, color=Role.BRAND),
                label=item.label,
                # The label is in sight; Material would say it again over the list.
                tooltip="",
            )
            for item in nav
        ],
        selected_index=current,
        bgcolor=Role.CARD,
        border=ft.Border(top=ft.BorderSide(1, Role.LINE)),
        animation_duration=150,
        on_change=lambda event: _go(nav, on_navigate, event.data),
    )


def _rail(nav: Sequence[NavItem], current: int, on_navigate: Callable[[str], object] | None) -> ft.NavigationRail:
    return ft.NavigationRail(
        destinations=[
            ft.NavigationRailDestination(
                icon=ft.Icon(item.icon, color=Role.MUTE),
                selected_icon=ft.Icon(item.selected_icon, color=Role.BRAND),
                label=item.label,
            )
            for item in nav
        ],
        selected_index=current,
        label_type=ft.NavigationRailLabelType.ALL,
        group_alignment=-1,
        min_width=88,
        bgcolor=Role.CARD,
        on_change=lambda event: _go(nav, on_navigate, event.data),
    )
