"""What the boards answer to a call's refusal, to be read before the next try; the board itself is one tap further."""

from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.boards.queries import Answered, answers_to, text_in
from app_client.boards.words import objection_words
from app_client.calls.words import decline_word
from app_client.flet_typed import component
from app_client.i18n import Language, t, t_n
from app_client.session_context import go, use_app, use_session, use_store_version
from app_client.shell.screen import shell_view
from app_client.widgets import Tap, body, card, empty_state, note, quiet_button, section_header


@component
def ObjectionsScreen() -> ft.View:
    """Every answer to one refusal, above the day."""
    session = use_session()
    use_store_version(session)
    language = use_app().language
    path = use_address("reason").path or "/today/objections/none"
    reason = path.rpartition("/")[2]
    answers = answers_to(session, reason, language)
    return shell_view(
        route=path,
        heading=t("“{reason}”，怎么答", reason=decline_word(reason)),
        subtitle=t_n("{n} 个答法，来自垫板", len(answers)),
        content=[part for each in answers for part in _answer(each, language)]
        or [empty_state(t("垫板里没有对应的答法"), t("看看话术案例里别人怎么说。"), icon=ft.Icons.SEARCH_OFF)],
        on_back=lambda: go("/today"),
    )


def _answer(each: Answered, language: Language) -> list[ft.Control]:
    board = each.board
    return [
        section_header(text_in(board, language).title, each.card.title, quiet=True),
        card(
            [
                note(objection_words(each.objection)),
                body(each.objection.answer),
                *(note(notice) for notice in each.card.notices),
                ft.Row(
                    [
                        quiet_button(
                            t("看整块垫板"),
                            icon=ft.Icons.DASHBOARD_CUSTOMIZE_OUTLINED,
                            on_click=_open(board.id),
                            identifier=f"whole-{board.id}-{each.card.key}",
                        )
                    ]
                ),
            ]
        ),
    ]


def _open(board_id: UUID) -> Tap:
    return lambda: go(f"/boards/{board_id}")
