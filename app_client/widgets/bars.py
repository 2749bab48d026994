"""Bars and figures of the evening and the team: segments, evidence mixes, stat tiles and a person's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from app_client.i18n import t
from app_client.theme import BODY, RADIUS, RADIUS_CARD, Role
from app_client.widgets.badges import Tone
from app_client.widgets.page import has_large_type
from app_client.widgets.tap import Tap, tappable
from app_client.widgets.text import body, note, runs, title
from shared_models.evidence import Grade

_EVIDENCE = {
    "A": Role.OK,
    "B": ft.Colors.with_opacity(0.62, Role.OK),
    "C": ft.Colors.with_opacity(0.36, Role.OK),
    "D": Role.TRACK,
}


def segment_bar(
    segments: Sequence[tuple[float, ft.ColorValue]], *, height: int = 8, track: ft.ColorValue = Role.TRACK
) -> ft.Container:
    """A rounded bar of (share, colour) segments; shares sum to at most 1 and the rest is the empty track."""
    # Flex factors are whole numbers: thousandths are finer than a pixel of any screen.
    parts: list[ft.Control] = [
        ft.Container(bgcolor=color, height=height, expand=max(round(share * 1000), 1))
        for share, color in segments
        if share > 0
    ]
    rest = 1000 - sum(round(share * 1000) for share, _ in segments)
    if rest > 0:
        parts.append(ft.Container(height=height, expand=rest))
    return ft.Container(
        content=ft.Row(parts, spacing=0),
        bgcolor=track,
        border_radius=height,
        height=height,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def progress_bar(value: int, target: int, tone: Tone = Tone.BRAND) -> ft.Container:
    """A bar of `value` out of `target`."""
    return segment_bar([(1.0 if value >= target else value / target, tone.mark)])


def _grade_word(grade: str) -> str:
    """What a grade rests on."""
    return {"A": t("已核实"), "B": t("客户确认"), "C": t("设备佐证"), "D": t("自述")}[grade]


def mix_words(graded: Mapping[Grade, int]) -> str:
    """`A 12 · C 3 · D 1`, the best first, without what there is none of."""
    return " · ".join(f"{grade} {graded[grade]}" for grade in sorted(graded) if graded[grade])


def mix_spoken(graded: Mapping[Grade, int] | None) -> str:
    """`证据 A 12 · C 3`, as it is read out beside its figure; empty where nothing is counted."""
    words = mix_words(graded) if graded is not None else ""
    return t("证据 {mix}", mix=words) if words else ""


def evidence_mix(graded: Mapping[Grade, int] | None, *, track: ft.ColorValue = Role.TRACK) -> list[ft.Control]:
    """What stands under a figure: a thin bar of its evidence A to D, the darker the better, and the counts; nothing under nothing.

    Who puts it under a figure says `mix_spoken` with it.
    """
    if graded is None or not any(graded.values()):
        return []
    # Where a tile is too narrow for all of them in a line, none is torn, and no line begins with a dot.
    counts: list[ft.Control] = [note(f"{grade} {graded[grade]}") for grade in sorted(graded) if graded[grade]]
    return [mix_bar(graded, track), ft.Row(counts, spacing=10, run_spacing=0, wrap=True)]


def evidence_line(graded: Mapping[Grade, int] | None) -> list[ft.Control]:
    """As `evidence_mix`, beside each other, where there is the width for it; in large type beneath each other all the same."""
    if graded is None or not any(graded.values()) or has_large_type():
        return evidence_mix(graded)
    return [ft.Row([ft.Container(mix_bar(graded, Role.TRACK), expand=True), note(mix_words(graded))], spacing=12)]


def mix_bar(graded: Mapping[Grade, int], track: ft.ColorValue, *, height: int = 4) -> ft.Control:
    """A bar of the grades A to D of at least one; the darker the better."""
    total = sum(graded.values())
    # What was only said is left empty: of it there is no evidence.
    shares = [(graded[grade] / total, _EVIDENCE[grade]) for grade in sorted(graded) if grade != Grade.D]
    return segment_bar(shares, height=height, track=track)


def evidence_legend() -> ft.Control:
    """What the letters rest on, once for a page of mixes."""
    grades = " · ".join(f"{grade} {_grade_word(grade)}" for grade in _EVIDENCE)
    return note(t("证据：{grades}", grades=grades))


def evidence_bar(graded: Mapping[str, int]) -> ft.Control:
    """How well a figure is evidenced: a bar of the grades A to D, and the shares of those there are in words."""
    total = sum(graded.values())
    shares = {grade: graded.get(grade, 0) / total for grade in _EVIDENCE} if total else {}
    words: list[tuple[str, ft.ColorValue, bool]] = [(t("证据"), Role.MUTE, False)]
    for grade, share in shares.items():
        if share:
            said = f"  {grade} {_grade_word(grade)} {share:.0%}"
            words.append((said, Role.OK if grade == "A" else Role.MUTE, grade == "A"))
    spoken = " ".join(text.strip() for text, _, _ in words)
    return ft.Semantics(
        content=ft.Column(
            [segment_bar([(share, _EVIDENCE[grade]) for grade, share in shares.items()]), runs(words)],
            spacing=6,
            tight=True,
        ),
        label=spoken,
        container=True,
        exclude_semantics=True,
    )


def stat_tile(
    value: str,
    label: str,
    *,
    tone: Tone | None = None,
    mix: Mapping[Grade, int] | None = None,
    on_click: Tap | None = None,
    identifier: str | None = None,
) -> ft.Control:
    """A large figure over its unit, and its evidence mix; put several in a Row, each takes an equal share. Tappable when it leads somewhere."""
    figure = title(value, color=tone.text if tone else Role.INK)
    content = ft.Column([figure, note(label), *evidence_mix(mix)], spacing=4, tight=True)
    padding = ft.Padding.symmetric(horizontal=14, vertical=12)
    spoken = " ".join(part for part in (value, label, mix_spoken(mix)) if part)
    if on_click is not None:
        return tappable(
            ft.Row([ft.Container(content, expand=True), ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=Role.MUTE)]),
            label=spoken,
            on_click=on_click,
            identifier=identifier,
            bgcolor=Role.CARD,
            radius=RADIUS,
            padding=padding,
            expand=1,
        )
    return ft.Semantics(
        content=ft.Container(content, bgcolor=Role.CARD, border_radius=RADIUS, padding=padding),
        label=spoken,
        identifier=identifier,
        container=True,
        exclude_semantics=True,
        expand=1,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A count against its target, as a head reads it; no target shows the count alone."""

    value: int
    target: int | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the target is not reached."""
        return self.target is not None and self.value < self.target


@dataclass(frozen=True, slots=True)
class Gauge:
    """A named count of a target with a bar of its own and its evidence mix; `tone` colours it while it is behind."""

    label: str
    value: int
    target: int
    tone: Tone = Tone.BAD
    mix: Mapping[Grade, int] | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the target is not reached."""
        return self.value < self.target

    @property
    def words(self) -> str:
        """`有效电话 9/20 证据 A 6 · C 3`, as it is read out."""
        return " ".join(part for part in (f"{self.label} {self.value}/{self.target}", mix_spoken(self.mix)) if part)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure's evidence mix under a short name, where the figure itself stands elsewhere."""

    label: str
    mix: Mapping[Grade, int] | None

    @property
    def words(self) -> str:
        """`电话 证据 A 6 · C 3`, as it is read out; empty where nothing is counted."""
        spoken = mix_spoken(self.mix)
        return f"{self.label} {spoken}" if spoken else ""


def team_row(
    *,
    name: str,
    figures: Sequence[Figure],
    evidence: Sequence[Evidence] = (),
    detail: str = "",
    trailing: str = "",
    alert: str = "",
    state: str = "",
    on_open: Tap | None,
    identifier: str | None = None,
    divided: bool = True,
    selected: bool | None = None,
) -> ft.Control:
    """One person of the team in short: figures (red where behind), their evidence mixes side by side, a grey line beneath.

    `alert` ("未同步") replaces the figures in red, `state` ("休假") quietly. `detail` and `trailing` are the grey line's left and right.
    `selected`: shown beside the list on a wide screen; None where nothing can be.
    """
    numbers: list[tuple[str, ft.ColorValue, bool]] = []
    for figure in figures:
        numbers.append(("   " if numbers else "", Role.INK, False))
        numbers.append((str(figure.value), Role.BAD if figure.is_behind else Role.INK, figure.is_behind))
        numbers.append((f"/{figure.target}" if figure.target is not None else "", Role.MUTE, False))
    if alert or state:
        right = body(alert or state, bold=True, color=Role.BAD if alert else Role.MUTE)
    else:
        right = runs(numbers, size=BODY)
    said = alert or state or " ".join("".join(text for text, _, _ in numbers).split())
    spoken = [name, said, *(each.words for each in evidence), detail, trailing]
    return _of_team(
        [
            ft.Row(
                [ft.Container(body(name, bold=True, lines=1), expand=True), right],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            ),
            *_evidence_strip(evidence, _track(selected=bool(selected))),
            *(
                [
                    ft.Row(
                        [ft.Container(note(detail), expand=True), note(trailing)],
                        vertical_alignment=ft.CrossAxisAlignment.START,
                    )
                ]
                if detail or trailing
                else []
            ),
        ],
        spoken=spoken,
        on_open=on_open,
        identifier=identifier,
        divided=divided,
        selected=selected,
    )


def gap_row(
    *,
    name: str,
    gauges: Sequence[Gauge],
    gap: str = "",
    detail: str = "",
    trailing: str = "",
    on_open: Tap | None,
    identifier: str | None = None,
    divided: bool = True,
    selected: bool | None = None,
) -> ft.Control:
    """One person or unit that is behind, and in what: a bar for each target, a grey line beneath; `selected` as in `team_row`.

    `gap` says the same in a sentence, for who cannot see the bars.
    """
    track = _track(selected=bool(selected))
    return _of_team(
        [
            ft.Row([ft.Container(body(name, bold=True, lines=1), expand=True), note(trailing)]),
            *([_gauges(gauges, track)] if gauges else []),
            *([note(detail)] if detail else []),
        ],
        spoken=[name, *(each.words for each in gauges), gap, detail, trailing],
        on_open=on_open,
        identifier=identifier,
        divided=divided,
        selected=selected,
    )


def _gauges(gauges: Sequence[Gauge], track: ft.ColorValue) -> ft.Control:
    """Side by side; beneath each other where large type would tear a figure in two."""
    parts = [_gauge(each, track) for each in gauges]
    if has_large_type():
        return ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)


def _gauge(gauge: Gauge, track: ft.ColorValue) -> ft.Control:
    """The figure, its bar and its name beneath each other, so that long ones stay in line; in large type name and figure above the bar."""
    color = gauge.tone.text if gauge.is_behind else Role.INK
    numbers = runs([(str(gauge.value), color, gauge.is_behind), (f"/{gauge.target}", Role.MUTE, False)], size=BODY)
    share = gauge.value / gauge.target if gauge.target else 0.0
    bar = segment_bar([(min(share, 1.0), gauge.tone.mark if gauge.is_behind else Role.OK)], height=6, track=track)
    stacked = has_large_type()
    named = [ft.Row([ft.Container(note(gauge.label), expand=True), numbers]), bar]
    return ft.Column(
        [*(named if stacked else [numbers, bar, note(gauge.label)]), *evidence_mix(gauge.mix, track=track)],
        spacing=4,
        tight=True,
        expand=None if stacked else 1,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _evidence_strip(evidence: Sequence[Evidence], track: ft.ColorValue) -> list[ft.Control]:
    """Mixes side by side, each under its name, or beneath each other where large type would tear a name; nothing where none has anything."""
    stacked = has_large_type()
    shares = [
        ft.Column(
            [note(each.label), *evidence_mix(each.mix, track=track)],
            spacing=4,
            tight=True,
            expand=None if stacked else 1,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        for each in evidence
        if each.words
    ]
    if stacked:
        return list[ft.Control](shares)
    strip = ft.Row(list[ft.Control](shares), spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)
    return [strip] if shares else []


def _track(*, selected: bool) -> ft.ColorValue:
    """The empty part of a bar: on a selected row's tint the usual one would not be seen."""
    return Role.CARD if selected else Role.TRACK


def _of_team(
    lines: list[ft.Control],
    *,
    spoken: Sequence[str],
    on_open: Tap | None,
    identifier: str | None,
    divided: bool,
    selected: bool | None,
) -> ft.Control:
    return ft.Column(
        [
            tappable(
                ft.Column(lines, spacing=6, tight=True),
                label=" · ".join(part for part in spoken if part),
                on_click=on_open,
                identifier=identifier,
                selected=selected,
                bgcolor=Role.BRAND_TINT if selected else None,
                radius=12,
                padding=ft.Padding.symmetric(horizontal=14, vertical=12),
            ),
            *([ft.Container(ft.Divider(), padding=ft.Padding.symmetric(horizontal=14))] if divided else []),
        ],
        spacing=0,
        tight=True,
    )


def card(controls: Sequence[ft.Control], *, padding: ft.PaddingValue | None = None, spacing: int = 8) -> ft.Container:
    """A white rounded surface with things beneath each other; rows that bring their own padding ask for `padding=0, spacing=0`."""
    return ft.Container(
        content=ft.Column(
            list(controls), spacing=spacing, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        ),
        bgcolor=Role.CARD,
        border_radius=RADIUS_CARD,
        padding=ft.Padding.symmetric(horizontal=16, vertical=14) if padding is None else padding,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
