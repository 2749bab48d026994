"""The customer's allocation as it lies and after the picks, as two bars with words; its figures are `shared_models.picks`'."""

from collections.abc import Mapping

import flet as ft

from app_client.i18n import t
from app_client.proposals.reasons import (
    distance_words,
    mix_words,
    model_words,
    shares,
    short_need_word,
    unmoved_words,
)
from app_client.theme import TINY, Role
from app_client.widgets import body, card, has_large_type, note, tiny, type_scale
from shared_models.customers import Customer
from shared_models.needs import Need
from shared_models.picks import Outlook, Placement
from shared_models.portfolios import WHOLE

_COLORS: Mapping[Need, tuple[ft.ColorValue, ft.ColorValue]] = {
    Need.CASH: (Role.BRAND_TINT, Role.ON_BRAND_TINT),
    Need.STEADY: (Role.BRAND, Role.ON_BRAND),
    Need.GROWTH: (Role.GOLD, Role.ON_GOLD),
    Need.PROTECTION: (Role.OK, Role.ON_OK),
}
# Of a bar beside its word on a phone; a wider screen has room to spare.
_BAR_WIDTH = 260
_HEIGHT, _LARGE_HEIGHT = 24, 44


def allocation_card(customer: Customer, outlook: Outlook, placement: Placement) -> ft.Control:
    """Today's allocation and the one after, how far each is from the model, and why it moves no further where it does not."""
    words = unmoved_words(placement.unmoved) if placement.unmoved is not None else ""
    if outlook.model is None or customer.rating is None:
        return note(words)
    model = model_words(customer.rating, outlook.model)
    bars, lies = allocation_bars(outlook, placement)
    if not bars:
        spoken = f"{words}，{model}"  # not shown: a pause of a screen reader
        return _said(ft.Column([note(words, color=Role.INK), note(model)], spacing=4, tight=True), spoken)
    apart = ""
    if placement.distance_before is not None and placement.distance_after is not None:
        apart = distance_words(placement.distance_before, placement.distance_after)
    parts: list[ft.Control] = [
        ft.Row(
            # In a row that wraps nothing may expand: Flutter draws such a row as a grey box.
            [ft.Container(body(t("资产配置"), bold=True), expand=None if has_large_type() else True), note(apart)],
            spacing=8,
            wrap=has_large_type(),
        ),
        *bars,
        note(model),
        *([note(words, color=Role.INK)] if words else []),
    ]
    spoken = t(
        "资产配置，{lies}；{model}；{apart}",
        lies=lies,
        model=model,
        apart=apart,
    )
    spoken = f"{spoken}，{words}" if words else spoken  # not shown: a pause of a screen reader
    return _said(ft.Column(parts, spacing=8, tight=True), spoken)


def allocation_bars(outlook: Outlook, placement: Placement, *, large: bool = False) -> tuple[list[ft.Control], str]:
    """Today's bar, the one after and what their colours mean, and the same in words; nothing where the allocation is not known.

    `large`: to be read from across a desk.
    """
    if outlook.lying is None or placement.after is None:
        return [], ""
    today, after = shares(outlook.lying), shares(placement.after)
    spoken = t("现在：{today}；按建议金额之后：{after}", today=mix_words(today), after=mix_words(after))
    bars = [_bar(t("现在"), today, large=large), _bar(t("之后"), after, large=large)]
    return [*bars, _legend(today, after, large=large)], spoken


def _said(content: ft.Control, spoken: str) -> ft.Control:
    return ft.Container(
        ft.Semantics(
            content=card([content]), label=spoken, identifier="allocation", container=True, exclude_semantics=True
        ),
        padding=ft.Padding(bottom=10),
    )


def _bar(word: str, mix: Mapping[Need, int], *, large: bool) -> ft.Control:
    height = (_LARGE_HEIGHT if large else _HEIGHT) * type_scale()
    parts: list[ft.Control] = [
        ft.Container(
            tiny(_fitting(need, mix[need]), color=_COLORS[need][1], align=ft.TextAlign.CENTER),
            bgcolor=_COLORS[need][0],
            height=height,
            alignment=ft.Alignment.CENTER,
            expand=mix[need],
        )
        for need in Need
        if mix[need] > 0
    ]
    return ft.Row(
        [
            (body if large else note)(word),
            ft.Container(
                ft.Row(parts, spacing=2),
                bgcolor=Role.TRACK if not parts else None,
                border_radius=8,
                height=height,
                clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
                expand=True,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _fitting(need: Need, share: int) -> str:
    """The need and its share, the need alone, or nothing, as there is room; the legend says all of it."""
    word = short_need_word(need)
    room = _BAR_WIDTH * share / WHOLE - 6
    for words in (f"{word} {share}%", word):
        if sum(0.6 if letter.isascii() else 1 for letter in words) * TINY * type_scale() <= room:
            return words
    return ""


def _legend(today: Mapping[Need, int], after: Mapping[Need, int], *, large: bool) -> ft.Control:
    return ft.Row(
        [
            ft.Row(
                [
                    ft.Container(width=10, height=10, border_radius=3, bgcolor=_COLORS[need][0]),
                    (body if large else note)(_change(need, today[need], after[need])),
                ],
                spacing=4,
                tight=True,
            )
            for need in Need
        ],
        spacing=12,
        run_spacing=4,
        wrap=True,
    )


def _change(need: Need, today: int, after: int) -> str:
    word = short_need_word(need)
    return f"{word} {today}%" if today == after else f"{word} {today}→{after}%"
