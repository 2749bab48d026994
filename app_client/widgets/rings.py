"""Progress rings towards a day's targets; what is counted is the fold's business."""

from collections.abc import Mapping
from dataclasses import dataclass

import flet as ft

from app_client.i18n import t
from app_client.theme import RADIUS_CARD, Role
from app_client.widgets.badges import Tone
from app_client.widgets.bars import evidence_mix, mix_spoken
from app_client.widgets.page import has_large_type
from app_client.widgets.text import note, tiny, title
from shared_models.evidence import Grade

# Flutter leaves four pixels around the ring itself.
_SIZE = 96
_STROKE = 8
# Between the figure and its target.
_GAP = 2


@dataclass(frozen=True, slots=True)
class RingValue:
    """One ring: `value` of `target` (both counts), its label, its tone, an identifier for tests, and the evidence of what it counts."""

    value: int
    target: int
    label: str
    tone: Tone = Tone.BRAND
    identifier: str | None = None
    mix: Mapping[Grade, int] | None = None

    @property
    def is_done(self) -> bool:
        """Whether the target is reached; a target of zero is."""
        return self.value >= self.target

    @property
    def fraction(self) -> float:
        """How much of the ring is drawn, 0 to 1."""
        return 1.0 if self.is_done else self.value / self.target


def ring(values: RingValue) -> ft.Control:
    """A ring with the figure inside and the label beneath; a tick stands beside the label, in large type at the ring, once the target is met."""
    figure = ft.Column(
        [_close(title(str(values.value), lines=1)), _close(tiny(f"/ {values.target}"))],
        spacing=_GAP,
        tight=True,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    dial = ft.Stack(
        [
            ft.ProgressRing(
                value=values.fraction,
                width=_SIZE,
                height=_SIZE,
                stroke_width=_STROKE,
                stroke_align=-1,
                stroke_cap=ft.StrokeCap.ROUND,
                track_gap=0,
                color=values.tone.mark,
                bgcolor=Role.TRACK,
            ),
            ft.Container(figure, width=_SIZE, height=_SIZE, alignment=ft.Alignment.CENTER),
        ],
        width=_SIZE,
        height=_SIZE,
    )
    label: list[ft.Control] = [note(values.label)]
    if values.is_done and has_large_type():
        # Beside the label there is no room for it then.
        dial.controls.append(ft.Container(ft.Icon(ft.Icons.CHECK_CIRCLE, size=24, color=Role.OK), right=0, top=0))
    elif values.is_done:
        label.insert(0, ft.Icon(ft.Icons.CHECK_CIRCLE, size=14, color=Role.OK))
    spoken = t("{label} {value}，目标 {target}", label=values.label, value=values.value, target=values.target)
    if values.is_done:
        spoken += t("，已完成")
    return ft.Semantics(
        content=ft.Column(
            [dial, ft.Row(label, spacing=4, tight=True), *_evidence(values.mix)],
            spacing=8,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=" ".join(part for part in (spoken, mix_spoken(values.mix)) if part),
        identifier=values.identifier,
        container=True,
        exclude_semantics=True,
    )


def _evidence(mix: Mapping[Grade, int] | None) -> list[ft.Control]:
    """As wide as the ring; the counts beneath it in the middle, as the label above."""
    parts = evidence_mix(mix)
    column = ft.Column(parts, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return [ft.Container(column, width=_SIZE)] if parts else []


def _close(text: ft.Text) -> ft.Text:
    """Without room between lines: at twice the size both still stand inside the ring."""
    text.style = ft.TextStyle(height=1.0)
    return text


def ring_row(rings: list[RingValue]) -> ft.Container:
    """The card of rings at the top of a day."""
    return ft.Container(
        content=ft.Row(
            [ft.Container(ring(one), expand=1, alignment=ft.Alignment.CENTER) for one in rings],
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=Role.CARD,
        border_radius=RADIUS_CARD,
        padding=ft.Padding.symmetric(horizontal=8, vertical=16),
    )
