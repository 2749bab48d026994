"""The ways into the playbook from other screens: a case that waits for a word, and what others said to the refusal just heard."""

import flet as ft

from app_client.calls.words import decline_word
from app_client.i18n import t, t_n
from app_client.playbook.queries import case_about, open_cases, shelf
from app_client.session import AppSession
from app_client.session_context import go
from app_client.widgets import Tap, lead_row, line_row


def consent_line(session: AppSession, *, leave: Tap) -> list[ft.Control]:
    """That a case of the advisor's own waits for their word; nothing where none does. `leave`: called before it leads away."""
    waiting = open_cases(session)
    if not waiting:
        return []
    words = t_n("{n} 个案例等你同意", len(waiting))
    to = f"/playbook/{waiting[0].draft.id}" if len(waiting) == 1 else "/playbook"

    def open_it() -> None:
        leave()
        go(to)

    detail = t("取自你的工作，看过再决定")
    return [
        line_row(words, detail=detail, icon=ft.Icons.HOW_TO_REG_OUTLINED, on_click=open_it, identifier="cases-asked")
    ]


def refusal_line(session: AppSession, reason: str | None) -> list[ft.Control]:
    """What others said to this refusal; nothing where no case is about it."""
    case = case_about(session, reason) if reason else None
    if case is None or reason is None:
        return []
    return [
        lead_row(
            t("“{reason}”，别人怎么说", reason=decline_word(reason)),
            case.title,
            icon=ft.Icons.AUTO_STORIES_OUTLINED,
            on_click=lambda: go(f"/playbook/{case.id}"),
            identifier="case-of-refusal",
        )
    ]


def playbook_row(session: AppSession) -> ft.Control:
    """The way to all of it."""
    count = len(shelf(session).cases)
    return line_row(
        t("话术案例"),
        icon=ft.Icons.AUTO_STORIES_OUTLINED,
        trailing=t_n("{n} 个案例", count) if count else "",
        on_click=lambda: go("/playbook"),
        identifier="playbook",
    )
