"""The word to all (给全队的话) on the morning's page: what is said, and the sheet in which it is written."""

from collections.abc import Awaitable, Callable
from datetime import date, tzinfo
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import t, t_time
from app_client.notices.actions import say
from app_client.session import AppSession
from app_client.session_context import dismissal
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.widgets import (
    Tone,
    banner,
    big_aside,
    big_line,
    primary_button,
    quiet_button,
    sheet,
    tappable,
    text_field,
)
from shared_models.errors import DomainError, NoticeChanged
from shared_models.notices import MOST_LETTERS, UnitNotice


@component
def UnitWord(
    *,
    session: AppSession,
    unit_id: UUID,
    day: date,
    notice: UnitNotice,
    at: tzinfo,
    ask: Callable[[], Awaitable[object]],
) -> ft.Control:
    """What is said to the unit for the day, with a tap to write it; `ask` fetches the morning anew."""
    is_open, set_open = use_state(_closed)
    words, set_words = use_state(_nothing)
    trouble, set_trouble = use_state(_nothing)
    is_busy, set_busy = use_state(_closed)

    def open_sheet() -> None:
        set_words(notice.words)
        set_trouble("")
        set_open(True)

    async def send(said: str) -> None:
        if is_busy:
            return
        page = ft.context.page
        set_busy(True)
        try:
            await say(session, unit_id, day, said, instead_of=notice)
            set_open(False)
            announce(page, t("手机一同步就看到") if said.strip() else t("已收回"))
            await ask()
        except DomainError as error:
            set_trouble(error_words(error))
            if error.code == NoticeChanged.code:
                await ask()
        finally:
            set_busy(False)

    async def store() -> None:
        await send(words)

    async def take_back() -> None:
        await send("")

    is_new = bool(words.strip()) and words.strip() != notice.words
    parts: list[ft.Control] = [banner(trouble, tone=Tone.BAD)] if trouble else []
    if trouble and notice.words:
        parts.append(banner(t("现在是：{words}", words=notice.words), icon=ft.Icons.CAMPAIGN_OUTLINED))
    parts += [
        text_field(
            t("给全队的一句话"),
            value=words,
            on_change=set_words,
            identifier="unit-word",
            hint=t("今天先打到期的，下午两点碰头"),
            max_length=MOST_LETTERS,
        ),
        primary_button(t("告诉大家"), on_click=store if is_new else None, identifier="say-it", busy=is_busy),
    ]
    if notice.words:
        parts.append(quiet_button(t("收回这句话"), on_click=take_back, identifier="take-word-back"))
    ft.use_dialog(
        sheet(
            parts,
            heading=t("给全队的话"),
            subtitle=t("机构下面每位客户经理今天都看得到，明天自动消失。"),
            on_dismiss=dismissal(lambda: set_open(False)),
            typed=True,
        )
        if is_open
        else None
    )
    return _said(notice, at, open_sheet)


def _said(notice: UnitNotice, at: tzinfo, on_open: Callable[[], None]) -> ft.Control:
    if not notice.words or notice.said_by is None or notice.said_at is None:
        said: list[ft.Control] = [big_aside(t("写一句给全队的话"))]
        label = t("写一句给全队的话")
    else:
        by = t("{name} {at} 说", name=notice.said_by.name, at=t_time(notice.said_at.astimezone(at)))
        said = [big_line(notice.words, bold=True), big_aside(by)]
        label = f"{notice.words}, {by}"
    return tappable(
        ft.Row(
            [
                ft.Icon(ft.Icons.CAMPAIGN_OUTLINED, size=24, color=Role.BRAND),
                ft.Column(said, spacing=2, tight=True, expand=True),
                ft.Icon(ft.Icons.EDIT_OUTLINED, size=22, color=Role.MUTE),
            ],
            spacing=14,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        label=label,
        on_click=on_open,
        identifier="word-to-all",
        bgcolor=Role.CARD,
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
    )


def _closed() -> bool:
    return False


def _nothing() -> str:
    return ""
