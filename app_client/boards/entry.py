"""The way into the boards from a refusal: what they answer to it."""

import flet as ft

from app_client.boards.queries import answers_to
from app_client.calls.words import decline_word
from app_client.i18n import Language, t
from app_client.session import AppSession
from app_client.session_context import go
from app_client.widgets import lead_row


def objection_line(session: AppSession, reason: str | None, language: Language) -> list[ft.Control]:
    """The first answer of the boards to this refusal, and the way to all; nothing where none meets it."""
    answers = answers_to(session, reason, language) if reason else []
    if not answers or reason is None:
        return []
    return [
        lead_row(
            t("“{reason}”，怎么答", reason=decline_word(reason)),
            answers[0].objection.answer,
            icon=ft.Icons.QUESTION_ANSWER_OUTLINED,
            on_click=lambda: go(f"/today/objections/{reason}"),
            identifier="answers-to-refusal",
        )
    ]
