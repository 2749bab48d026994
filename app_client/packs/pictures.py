"""The pictures of a pack's page: tiles, bars, evidence mixes and cases, each with its words for who does not see it."""

from collections.abc import Sequence

import flet as ft

from app_client.theme import Role
from app_client.widgets import body, card, mix_bar, note, segment_bar, tiny, title
from shared_models.evidence import Grade
from shared_models.packs import Bar, Bars, Excerpt, Mix, Mixes, PackPage, PageCode, Tile, Tone

_TONES = {Tone.UP: Role.OK, Tone.DOWN: Role.BAD, Tone.SAME: Role.MUTE}
_BAR, _TICK = 12, 18
_COLUMN = 96


def page_parts(page: PackPage, *, wide: bool) -> list[ft.Control]:
    """A page: its sentences first, then its pictures, and how far to trust it."""
    said = [body(each, bold=number == 0) for number, each in enumerate(page.sentences)]
    parts: list[ft.Control] = [card(said)]
    parts += _tiles(page.tiles, across=3 if wide else 2)
    if page.mixes is not None:
        parts.append(_mixes(page.mixes))
    in_columns = page.code is PageCode.MONTH
    parts += [_columns(each) if in_columns else _bars(each, page.code) for each in page.bars]
    parts += [_excerpt(each) for each in page.excerpts]
    if page.caution:
        parts.append(ft.Container(note(page.caution), padding=ft.Padding.symmetric(horizontal=8)))
    return [ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _tiles(tiles: Sequence[Tile], *, across: int) -> list[ft.Control]:
    rows = [tiles[start : start + across] for start in range(0, len(tiles), across)]
    return [ft.Row([_tile(each) for each in row], spacing=12, intrinsic_height=True) for row in rows]


def _tile(tile: Tile) -> ft.Control:
    content: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(note(tile.name, lines=1), expand=True),
                note(tile.change, bold=True, color=_TONES[tile.tone]),
            ],
            spacing=4,
        ),
        title(tile.value),
        note(tile.detail),
    ]
    if tile.share is not None:
        content.append(segment_bar([(tile.share, Role.BRAND)], height=6))
    return ft.Semantics(
        content=ft.Container(
            ft.Column(content, spacing=4),
            bgcolor=Role.CARD,
            border_radius=14,
            padding=ft.Padding.symmetric(horizontal=14, vertical=12),
        ),
        label=_spoken(tile.name, tile.value, tile.change, tile.detail),
        container=True,
        exclude_semantics=True,
        expand=1,
    )


def _headed(heading: str, remark: str) -> list[ft.Control]:
    head = ft.Semantics(content=body(heading, bold=True), header=True)
    return [head, note(remark)] if remark else [head]


def _bars(group: Bars, code: PageCode) -> ft.Control:
    bars = [_bar(each, is_pair=code is PageCode.TRAINING) for each in group.bars]
    return card([*_headed(group.heading, group.note), *bars], spacing=12)


def _bar(bar: Bar, *, is_pair: bool) -> ft.Control:
    plain, marked = (Role.OUTLINE, Role.BRAND) if is_pair else (Role.BRAND, Role.WARN)
    color = marked if bar.marked else plain
    words: list[ft.Control] = [ft.Container(body(bar.name, bold=bar.marked), expand=True)]
    if bar.change:
        words.append(note(bar.change, bold=True, color=_TONES[bar.tone]))
    words.append(body(bar.value, bold=True))
    lines: list[ft.Control] = [ft.Row(words, spacing=8), _track(bar, color)]
    if bar.detail:
        lines.append(note(bar.detail))
    return ft.Semantics(
        content=ft.Column(lines, spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        label=_spoken(bar.name, bar.value, bar.change, bar.detail),
        container=True,
        exclude_semantics=True,
    )


def _track(bar: Bar, color: ft.ColorValue) -> ft.Control:
    """The bar, and a thin line where it ended the month before."""
    drawn = ft.Container(segment_bar([(bar.share, color)], height=_BAR), top=3, left=0, right=0)
    if bar.was is None:
        return ft.Stack([drawn], height=_TICK)
    before = round(bar.was * 1000)
    tick = ft.Row(
        [
            ft.Container(expand=max(before, 1)),
            ft.Container(width=2, height=_TICK, bgcolor=Role.INK),
            ft.Container(expand=max(1000 - before, 1)),
        ],
        spacing=0,
        top=0,
        left=0,
        right=0,
    )
    return ft.Stack([drawn, tick], height=_TICK)


def _columns(group: Bars) -> ft.Control:
    """Months side by side."""
    columns: list[ft.Control] = [
        ft.Semantics(
            content=ft.Column(
                [
                    tiny(bar.value, bold=bar.marked, color=Role.INK, align=ft.TextAlign.CENTER),
                    ft.Container(
                        height=max(3, round(bar.share * _COLUMN)),
                        border_radius=4,
                        bgcolor=Role.BRAND if bar.marked else Role.OUTLINE,
                        margin=ft.Margin.symmetric(horizontal=6),
                    ),
                    tiny(bar.name, align=ft.TextAlign.CENTER),
                ],
                spacing=4,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            label=_spoken(bar.name, bar.value),
            container=True,
            exclude_semantics=True,
            expand=1,
        )
        for bar in group.bars
    ]
    row = ft.Row(columns, spacing=4, vertical_alignment=ft.CrossAxisAlignment.END)
    return card([*_headed(group.heading, group.note), row], spacing=8)


def _mixes(mixes: Mixes) -> ft.Control:
    grades = "  ·  ".join(f"{grade} {words}" for grade, words in mixes.grades.items())
    return card([*_headed(mixes.heading, grades), *(_mix(each) for each in mixes.mixes)], spacing=12)


def _mix(mix: Mix) -> ft.Control:
    graded: dict[Grade, int] = {part.grade: part.count for part in mix.parts}
    drawn = mix_bar(graded, Role.TRACK, height=_BAR) if graded else segment_bar([], height=_BAR)
    return ft.Semantics(
        content=ft.Column(
            [
                ft.Row([ft.Container(body(mix.name), expand=True), body(mix.value, bold=True)], spacing=8),
                drawn,
                *([note(mix.detail)] if mix.detail else []),
            ],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        label=_spoken(mix.name, mix.value, mix.detail),
        container=True,
        exclude_semantics=True,
    )


def _excerpt(excerpt: Excerpt) -> ft.Control:
    about = " · ".join(each for each in (excerpt.topic, excerpt.credit) if each)
    return card(
        [
            body(excerpt.title, bold=True),
            note(about),
            body(excerpt.situation),
            body(excerpt.lesson, bold=True, color=Role.BRAND),
        ],
        spacing=6,
    )


def _spoken(*parts: str) -> str:
    return " ".join(each for each in parts if each)
