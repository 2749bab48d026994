"""The advisor's side of a card: what to say, and what to answer; it never faces the customer."""

import flet as ft

from app_client.boards.words import objection_words
from app_client.i18n import t
from app_client.widgets import body, card, note, section_header
from shared_models.boards import BoardCard

_WIDEST = 720


def aside(shown: BoardCard) -> ft.Control:
    """The words for this card, its objections with answers, and what must be said."""
    parts: list[ft.Control] = [section_header(t("怎么说")), card([body(shown.say)])]
    if shown.objections:
        parts.append(section_header(t("客户可能会说")))
        parts += [
            ft.Container(
                card([note(objection_words(each)), body(each.answer)], spacing=6), padding=ft.Padding(bottom=10)
            )
            for each in shown.objections
        ]
    if shown.notices:
        parts += [section_header(t("必须告知")), card([body(each) for each in shown.notices])]
    return ft.Column(
        [
            ft.Container(
                ft.Column(
                    parts, spacing=0, tight=True, width=_WIDEST, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
                ),
                padding=ft.Padding(left=16, right=16, top=8, bottom=24),
                alignment=ft.Alignment.TOP_CENTER,
            )
        ],
        key="aside",
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
