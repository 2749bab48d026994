"""What was changed of units, staff, lines, passwords and devices below a head, day by day, and by whom."""

from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

import flet as ft

from app_client.asking import use_asking
from app_client.flet_typed import component, observable, use_observed
from app_client.i18n import t, t_date, t_time
from app_client.people.actions import fetch_log
from app_client.people.words import actor_words, change_words, entry_words
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import shell_view
from app_client.widgets import (
    Place,
    banner,
    empty_state,
    error_state,
    line_row,
    loading_state,
    quiet_button,
    section_header,
)
from shared_models.people import AuditEntry
from shared_models.policy import zone


@observable
class Log:
    """What was fetched of the log so far; `before` asks for more, None: there is none."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] | None = None
        self.before: UUID | None = None


@component
def LogScreen() -> ft.View:
    """The audit log below the head's unit."""
    session = use_session()
    log = use_observed(use_unfinished("audit-log", Log))
    timezone = zone(bank_timezone(session))

    async def ask() -> None:
        found = await fetch_log(session)
        log.entries, log.before = found.entries, found.before

    trouble, again = use_asking(ask)

    async def more() -> None:
        found = await fetch_log(session, before=log.before)
        log.entries, log.before = [*(log.entries or []), *found.entries], found.before

    if log.entries is None:
        content: list[ft.Control] = [
            error_state(t("看不到操作记录"), trouble, action=t("再试一次"), on_action=again)
            if trouble
            else loading_state(t("正在取回操作记录…"))
        ]
    else:
        content = [banner(trouble, action=t("再试一次"), on_action=again)] if trouble else []
        content += _days(log.entries, timezone)
        if log.before is not None:
            content.append(quiet_button(t("更早的"), on_click=more, identifier="log-more"))
    return shell_view(
        route="/people/log",
        heading=t("操作记录"),
        subtitle=t("谁在什么时候改了机构、人员、号码和密码"),
        content=content,
        on_back=lambda: go("/people"),
    )


def _days(entries: list[AuditEntry], timezone: ZoneInfo) -> list[ft.Control]:
    if not entries:
        return [empty_state(t("还没有改过什么"), icon=ft.Icons.HISTORY)]
    parts: list[ft.Control] = []
    for day, of_day in groupby(entries, key=lambda entry: entry.at.astimezone(timezone).date()):
        rows = list(of_day)
        parts.append(section_header(t_date(day)))
        parts += [_row(entry, timezone, Place.of(index, len(rows))) for index, entry in enumerate(rows)]
    return parts


def _row(entry: AuditEntry, timezone: ZoneInfo, place: Place) -> ft.Control:
    what = " · ".join(part for part in (change_words(entry), entry.subject) if part)
    words = entry_words(entry)
    by = t("{who} 操作", who=actor_words(entry))
    return line_row(
        what,
        detail=f"{words}\n{by}" if words else by,
        trailing=t_time(entry.at.astimezone(timezone)),
        place=place,
        identifier=f"log-{entry.id}",
    )
