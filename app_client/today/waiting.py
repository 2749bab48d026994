"""What waits for the advisor's word above the day: one quiet line, however much it is, so that the first customer to call stays in sight."""

import flet as ft

from app_client.flet_typed import observable, use_observed
from app_client.i18n import t, t_n
from app_client.playbook.entry import consent_line
from app_client.reviews.own import review_line
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.widgets import line_row, sheet


@observable
class _Opened:
    """Whether the sheet with all of it is open."""

    def __init__(self) -> None:
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False


def use_waiting(session: AppSession) -> list[ft.Control]:
    """A hook: the line of the one thing that waits, or one that opens a sheet with all of them; nothing where none does."""
    opened = use_observed(use_unfinished("waiting", _Opened))
    lines = [
        *review_line(session, beneath="/today", quiet=False, leave=opened.close),
        *consent_line(session, leave=opened.close),
    ]
    several = len(lines) > 1
    ft.use_dialog(_sheet(opened, lines) if several and opened.is_open else None)
    if several:
        words = t_n("{n} 件事等你看一眼", len(lines))
        shown = [line_row(words, icon=ft.Icons.INBOX_OUTLINED, on_click=opened.open, identifier="waiting")]
    else:
        shown = lines
    return [ft.Container(row, padding=ft.Padding(bottom=12)) for row in shown]


def _sheet(opened: _Opened, lines: list[ft.Control]) -> ft.BottomSheet:
    return sheet(lines, heading=t("等你看一眼"), on_dismiss=dismissal(opened.close))
