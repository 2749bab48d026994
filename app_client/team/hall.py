"""The screen of an outlet's hall: one code in type that reads from four metres, the time it has left, and by itself the next one."""

import asyncio
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_state
from app_client.i18n import Language, t, t_n
from app_client.session import AppSession
from app_client.session_context import Hall, Phase, go, use_app, use_session
from app_client.team.actions import fetch_outlet_codes
from app_client.theme import BODY, BOLD, GUTTER, REGULAR, TITLE, Role, text_style
from app_client.widgets import Tap, body, error_state, loading_state, note, quiet_button, type_scale, use_wide
from shared_models.errors import DomainError

# The codes of half a day come at once; asked for again this often, they last from the last answer on.
REFRESH_SECONDS = 600.0
TICK_SECONDS = 1.0
_SOON_SECONDS = 10
_LARGEST, _SMALLEST = 320, 64
# Six digits and a gap are so many times as wide as they are high, at most.
_WIDTH_OF_CODE = 4.6
_BAR_HEIGHT = 16


@component
def HallScreen() -> ft.View:
    """The code of the unit that the address names; over the lock it goes on without the store."""
    session, state = use_session(), use_app()
    unit_id = UUID(ft.use_route_params()["unit_id"])
    trouble, set_trouble = use_state("")
    times, set_times = use_state(_never)
    use_wide()

    async def stay_fresh() -> None:
        while True:
            try:
                hall = await _asked(session, unit_id)
            except DomainError as error:
                set_trouble(error_words(error))
            else:
                state.hall = hall
                set_trouble("")
            await asyncio.sleep(REFRESH_SECONDS)

    def put_away() -> None:
        # The lock takes the screen as well, and leaves the code.
        if state.phase is Phase.SIGNED_IN:
            state.hall = None

    def again() -> None:
        set_trouble("")
        set_times(lambda last: last + 1)

    ft.use_effect(stay_fresh, [unit_id, times], cleanup=put_away)
    hall = state.hall if state.hall is not None and state.hall.codes.unit.id == unit_id else None
    back = quiet_button(t("返回团队"), icon=ft.Icons.ARROW_BACK, on_click=lambda: go("/team"), identifier="leave-hall")
    if hall is None:
        waiting = (
            error_state(t("看不到确认码"), trouble, action=t("再试一次"), on_action=again)
            if trouble
            else loading_state(t("正在取回确认码…"))
        )
        return _view([ft.Row([back]), ft.Container(waiting, expand=True, alignment=ft.Alignment.CENTER)])
    return _view([ft.Row([back]), Board(hall=hall, trouble=trouble)])


async def _asked(session: AppSession, unit_id: UUID) -> Hall:
    codes, behind = await fetch_outlet_codes(session, unit_id)
    # Not the session's own: it goes with the lock.
    clock = session.platform.clock
    return Hall(codes, now=lambda: clock.now() + behind)


@component
def LockedHall(*, hall: Hall, on_unlock: Tap, language: Language) -> ft.View:  # noqa: ARG001 - a change of language is an argument, so that it renders this anew
    """The same code over the lock; a touch leads to the PIN."""
    use_wide()
    unlock = quiet_button(t("解锁"), icon=ft.Icons.LOCK_OUTLINE, on_click=on_unlock, identifier="unlock-hall")
    return _view([ft.Row([unlock]), Board(hall=hall, trouble="")])


@component
def Board(*, hall: Hall, trouble: str) -> ft.Control:
    """The code and the time it has left, drawn anew each second."""
    _, beat = use_state(_never)

    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            beat(lambda last: last + 1)

    # With a cleanup Flet ends the running one when the screen goes.
    ft.use_effect(tick, [], cleanup=_nothing)
    shown = hall.shown()
    if shown is None:
        return ft.Container(
            body(t("确认码用完了：联网后请负责人重新打开这个页面。"), color=Role.BAD),
            expand=True,
            alignment=ft.Alignment.CENTER,
        )
    code, left = shown
    seconds, high = int(left), _height_of_code()
    return ft.Column(
        [
            ft.Semantics(
                content=_said(hall.codes.unit.name, max(TITLE, high // 5), bold=True),
                header=True,
                identifier="page-title",
            ),
            _said(t("客户确认码：请把这六位数字念给您的客户经理"), max(BODY, high // 8)),
            ft.Semantics(
                content=_said(f"{code[:3]} {code[3:]}", high, bold=True, wraps=False),
                label=t("确认码 {digits}", digits=" ".join(code)),
                identifier="hall-code",
                container=True,
                exclude_semantics=True,
            ),
            _time_left(left / hall.codes.period_seconds, Role.WARN if seconds < _SOON_SECONDS else Role.BRAND),
            ft.Semantics(
                content=_said(t_n("{n} 秒后换下一个", seconds), max(BODY, high // 8), color=Role.MUTE),
                identifier="hall-left",
            ),
            *([note(t("连不上银行，码照常更换。"), color=Role.WARN)] if trouble else []),
        ],
        spacing=16,
        expand=True,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _never() -> int:
    return 0


def _nothing() -> None:
    return None


def _height_of_code() -> int:
    """As large as the page allows."""
    page = ft.context.page
    width, height = (page.width or 390) - 2 * GUTTER, page.height or 800
    return int(max(_SMALLEST, min(width / _WIDTH_OF_CODE, height * 0.4, _LARGEST)))


def _said(
    words: str, size: int, *, bold: bool = False, color: ft.ColorValue = Role.INK, wraps: bool = True
) -> ft.Control:
    """In a size for the hall, which a person's own type size makes no larger."""
    style = text_style(int(size / type_scale()), weight=BOLD if bold else REGULAR, color=color)
    return ft.Text(words, style=style, no_wrap=not wraps, text_align=ft.TextAlign.CENTER)


def _time_left(share: float, color: ft.ColorValue) -> ft.Control:
    parts = 1000
    done = max(1, int(share * parts))
    bar = ft.Container(bgcolor=color, border_radius=_BAR_HEIGHT / 2, expand=done)
    row = ft.Row([bar, ft.Container(expand=max(1, parts - done))], spacing=0)
    return ft.Container(row, height=_BAR_HEIGHT, bgcolor=Role.TRACK, border_radius=_BAR_HEIGHT / 2)


def _view(parts: list[ft.Control]) -> ft.View:
    return ft.View(
        route="/team/hall",
        padding=0,
        bgcolor=Role.BG,
        controls=[
            ft.SafeArea(
                ft.Container(
                    ft.Column(parts, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                    padding=GUTTER,
                    expand=True,
                ),
                expand=True,
            )
        ],
    )
