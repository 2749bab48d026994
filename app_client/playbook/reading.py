"""A case to be read: the situation, what was said turn by turn, what one takes from it. Whose page it is on is the screens' business."""

from collections.abc import Callable, Sequence

import flet as ft

from app_client.i18n import t
from app_client.playbook.words import scene_words, speaker_word
from app_client.theme import Role
from app_client.widgets import Tone, body, card, note, section_header
from shared_models.cases import CaseText, CaseTurn, Speaker

_ASIDE = 40


def case_parts(text: CaseText, *, credit: str = "") -> list[ft.Control]:
    """The whole of a case; `credit`: whose it was, where they want to be named."""
    parts: list[ft.Control] = [
        card([note(scene_words(text)), body(text.situation)]),
        section_header(t("怎么说的")),
        spoken_turns(text.words),
        section_header(t("学什么")),
        ft.Container(
            ft.Row(
                [
                    ft.Icon(ft.Icons.LIGHTBULB_OUTLINE, size=22, color=Tone.GOLD.text),
                    ft.Container(body(text.lesson, color=Tone.GOLD.text), expand=True),
                ],
                spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            bgcolor=Tone.GOLD.tint,
            border_radius=16,
            padding=16,
        ),
    ]
    if credit:
        parts.append(
            ft.Container(note(t("来自 {name}，本人同意署名", name=credit)), padding=ft.Padding(left=8, top=12))
        )
    return parts


def spoken_turns(
    turns: Sequence[CaseTurn],
    *,
    said: Callable[..., ft.Control] = body,
    aside: Callable[..., ft.Control] = note,
) -> ft.Control:
    """What the two said, one beneath the other; `said` and `aside`: in which type their words and who says them are set."""
    return ft.Column(
        [_turn(turn, said, aside) for turn in turns],
        spacing=10,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _turn(turn: CaseTurn, said: Callable[..., ft.Control], aside: Callable[..., ft.Control]) -> ft.Control:
    """What one of the two said: the customer at the left on grey, the advisor at the right on the brand's tint."""
    is_ours = turn.speaker is Speaker.ADVISOR
    who, color = speaker_word(turn.speaker), Tone.BRAND.text if is_ours else Role.INK
    bubble = ft.Container(
        ft.Column(
            [aside(who, color=Tone.BRAND.text if is_ours else Role.MUTE), said(turn.text, color=color)],
            spacing=2,
            tight=True,
        ),
        bgcolor=Tone.BRAND.tint if is_ours else Role.CARD,
        border_radius=16,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
    )
    return ft.Semantics(
        content=ft.Container(bubble, padding=ft.Padding(left=_ASIDE) if is_ours else ft.Padding(right=_ASIDE)),
        label=t("{who}：{words}", who=who, words=turn.text),
        container=True,
        exclude_semantics=True,
    )
