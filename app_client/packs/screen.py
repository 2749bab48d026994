"""A unit's month for a meeting: six pages beneath each other on a phone, on a wide screen one beside the list of them."""

from collections.abc import Callable
from datetime import date

import flet as ft

from app_client.addressed import use_address
from app_client.answers import use_answer
from app_client.bulletins.place import UNDER, BulletinPlace
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, use_observed, use_state
from app_client.i18n import Language, language, t, t_day
from app_client.month.steps import month_steps
from app_client.packs.actions import fetch_pack, save_pack
from app_client.packs.pictures import page_parts
from app_client.packs.queries import Asked
from app_client.session import AppSession
from app_client.session_context import app_state, go, use_session
from app_client.shell.screen import shell_view
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    line_row,
    section_header,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.packs import Pack, PageCode


@component
def PackScreen() -> ft.View:
    """The pack of the unit that the address names, for the month in which the bulletins stood."""
    session = use_session()
    address = use_address("unit_id")
    wide = use_wide()
    day, set_day = use_state(lambda: _month_shown(session))
    chosen, choose = use_state(_first_page)
    unit_id = address.id or session.staff.unit.id
    wanted = Asked(unit_id, day, "en" if language() is Language.EN else "zh")
    presence = use_observed(app_state().presence)
    answer = use_answer(session, wanted.key, Pack, lambda: fetch_pack(session, wanted), anew=presence.returns)
    found = answer.found
    head: list[ft.Control] = [month_steps(day, set_day, today=session.today())]
    if found is None:
        return shell_view(
            route=address.path or "/team/pack",
            heading=t("月度材料"),
            content=[*head, answer.missing()],
            on_back=_back,
        )
    head += answer.warning()
    saving = keyed(wanted.key, SaveParts, session=session, asked=wanted)
    pages = {page.code: page for page in found.pages}
    if wide:
        page = pages.get(chosen, found.pages[0])
        content = [*head, section_header(t("六页")), *_contents(found, page.code, choose), saving]
        detail = ft.ListView(
            [section_header(page.title), *page_parts(page, wide=True)],
            expand=True,
            spacing=0,
            padding=ft.Padding.all(24),
        )
    else:
        content = list(head)
        for number, page in enumerate(found.pages, start=1):
            content += [section_header(page.title, f"{number} / {len(found.pages)}"), *page_parts(page, wide=False)]
        content.append(saving)
        detail = None
    return shell_view(
        route=address.path or "/team/pack",
        heading=t("{name}月度材料", name=found.unit.name),
        subtitle=_standing(found),
        content=content,
        detail=detail,
        on_back=_back,
    )


@component
def SaveParts(*, session: AppSession, asked: Asked) -> ft.Control:
    """The line that saves the pack as a file, and what became of the last one."""
    busy, set_busy = use_state(_no)
    trouble, set_trouble = use_state("")
    saved, set_saved = use_state("")

    async def save() -> None:
        if busy:
            return
        set_busy(True)
        set_trouble("")
        set_saved("")
        try:
            name = await save_pack(session, asked)
        except DomainError as error:
            set_trouble(error_words(error))
        else:
            set_saved(t("已保存 {name}", name=name) if name else t("没有保存"))
        set_busy(False)

    said: list[ft.Control] = []
    if trouble or saved:
        told = banner(trouble or saved, tone=Tone.WARN if trouble else Tone.OK)
        said = [ft.Container(told, padding=ft.Padding(left=0, right=0, top=0, bottom=8))]
    return ft.Column(
        [
            section_header(t("带到会上")),
            *said,
            line_row(
                t("PDF，六页，横版"),
                detail=t("同样的数据，每次打出来都一样"),
                trailing=t("正在取回…") if busy else "",
                icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
                on_click=save,
                identifier="save-pack",
            ),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _month_shown(session: AppSession) -> date:
    place = app_state().unfinished.get(UNDER)
    return place.day if isinstance(place, BulletinPlace) else session.today()


def _contents(pack: Pack, shown: PageCode, choose: Callable[[PageCode], object]) -> list[ft.Control]:
    def pick(code: PageCode) -> Tap:
        return lambda: choose(code)

    return [
        line_row(
            f"{number + 1}  {page.title}",
            on_click=pick(page.code),
            place=Place.of(number, len(pack.pages)),
            selected=page.code is shown,
            identifier=f"page-{page.code.value}",
        )
        for number, page in enumerate(pack.pages)
    ]


def _standing(pack: Pack) -> str:
    days = f"{t_day(pack.span.first)}–{t_day(pack.span.last)}"
    return days if pack.is_over else t("{days}，还没过完", days=days)


def _back() -> None:
    go("/team/bulletin")


def _first_page() -> PageCode:
    return PageCode.MONTH


def _no() -> bool:
    return False
