"""A bulletin to take along: each kind of file is asked for and saved on a tap; what is in it is the server's."""

import flet as ft

from app_client.bulletins.actions import save_file
from app_client.bulletins.queries import Asked, FileKind
from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import t
from app_client.session import AppSession
from app_client.widgets import Place, Tap, Tone, banner, line_row, section_header
from shared_models.bulletins import Column
from shared_models.errors import DomainError


@component
def FileParts(*, session: AppSession, asked: Asked, rank: Column | None) -> ft.Control:
    """A line for each kind of file, and what became of the last one."""
    busy, set_busy = use_state(_nothing)
    trouble, set_trouble = use_state("")
    saved, set_saved = use_state("")

    def save(kind: FileKind) -> Tap:
        async def tapped() -> None:
            if busy is not None:
                return
            set_busy(kind)
            set_trouble("")
            set_saved("")
            try:
                name = await save_file(session, asked, kind, rank=rank)
            except DomainError as error:
                set_trouble(error_words(error))
            else:
                set_saved(t("已保存 {name}", name=name) if name else t("没有保存"))
            set_busy(None)

        return tapped

    kinds = list(FileKind)
    lines: list[ft.Control] = [
        line_row(
            _words(kind)[0],
            detail=_words(kind)[1],
            trailing=t("正在取回…") if busy is kind else "",
            icon=_ICONS[kind],
            on_click=save(kind),
            place=Place.of(index, len(kinds)),
            identifier=f"save-{kind.value}",
        )
        for index, kind in enumerate(kinds)
    ]
    said: list[ft.Control] = []
    if trouble or saved:
        said = [
            ft.Container(banner(trouble or saved, tone=Tone.WARN if trouble else Tone.OK), padding=ft.Padding(bottom=8))
        ]
    return ft.Column(
        [section_header(t("带走这份通报")), *said, *lines],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


_ICONS = {
    FileKind.PNG: ft.Icons.IMAGE_OUTLINED,
    FileKind.PDF: ft.Icons.PRINT_OUTLINED,
    FileKind.XLSX: ft.Icons.TABLE_CHART_OUTLINED,
}


def _words(kind: FileKind) -> tuple[str, str]:
    return {
        FileKind.PNG: (t("图片"), t("发到群里，手机上看得清")),
        FileKind.PDF: (t("打印版"), t("A4 横向 PDF，全部列和口径")),
        FileKind.XLSX: (t("表格"), t("Excel 表格，数字可以接着算，附口径说明")),
    }[kind]


def _nothing() -> FileKind | None:
    return None
