"""The way out when nothing else sends them: the records that were not uploaded, saved as a file for the head."""

import flet as ft

from app_client.errors import error_words
from app_client.i18n import t, t_n
from app_client.me import actions
from app_client.me.queries import waiting_count
from app_client.session import AppSession
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.widgets import Tap, Tone, body, line_row, primary_button, quiet_button, sheet
from shared_models.errors import DomainError


def export_row(open_sheet: Tap) -> ft.Control:
    """The row that leads there; for a page that has something to export."""
    return line_row(t("导出未上传的记录"), icon=ft.Icons.SAVE_ALT, on_click=open_sheet, identifier="export")


def export_sheet(session: AppSession, close: Tap) -> ft.BottomSheet:
    """What is in the file and whose hands it is for, before it is saved."""
    count = waiting_count(session)

    async def save() -> None:
        page = ft.context.page
        try:
            is_saved = await actions.export_outbox(session)
        except DomainError as error:
            announce(page, error_words(error))
            return
        close()
        announce(page, t_n("已导出 {n} 条，请把文件交给负责人", count) if is_saved else t("没有导出，记录都还在本机"))

    return sheet(
        [
            body(t("文件含客户信息，交给负责人，勿转发。"), color=Role.WARN),
            primary_button(t("保存文件"), on_click=save, identifier="export-confirm", icon=ft.Icons.SAVE_ALT),
            quiet_button(t("取消"), on_click=close, identifier="cancel", tone=Tone.PLAIN),
        ],
        heading=t_n("导出 {n} 条未上传的记录", count),
        subtitle=t("导出后记录仍在本机，连上网络照常上传；负责人导入后也只算一次。"),
        on_dismiss=close,
    )
