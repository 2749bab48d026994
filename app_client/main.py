"""Where the app starts, once per page: dress it, come back to the kept sign-in or ask for one, and show that person's screens."""

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from app_client.calls.desk import call_desk
from app_client.calls.screen import came_back, reopen_call, use_call_sheet
from app_client.errors import error_words
from app_client.flet_typed import component, memo
from app_client.i18n import Language
from app_client.me.actions import choose_language, kept_language, kept_theme
from app_client.me.screen import THEME_MODES
from app_client.platform.abilities import Platform
from app_client.platform.of_page import platform_of_page
from app_client.routes import routes_of
from app_client.session import AppSession
from app_client.session_context import AppState, Phase, enter, state_of, use_app
from app_client.sign_in import actions as sign_in_actions
from app_client.sign_in.screen import SignIn, SignInScreen, StartingScreen
from app_client.widgets import prepare_page, set_theme_mode, speak
from shared_models.errors import DomainError

PlatformOf = Callable[[ft.Page], Platform]
PageMain = Callable[[ft.Page], Awaitable[None]]

_GONE = frozenset({ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE})
_SEEN = frozenset({ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME})


async def main(page: ft.Page) -> None:
    """Run the app on this page: in a browser its Python is the server's, on a phone the phone's own."""
    await app_main(platform_of_page)(page)


def app_main(platform_of: PlatformOf) -> PageMain:
    """The app on whatever device `platform_of` makes of a page."""

    async def run(page: ft.Page) -> None:
        prepare_page(page)
        state = state_of(page)
        platform = platform_of(page)
        _follow_the_page(page, state)
        page.render_views(Root, sign_in=partial(_sign_in, page, platform))
        await _come_back(page, state, platform)

    return run


@component
def Root(*, sign_in: SignIn) -> ft.Control:
    """What this page shows now; the call sheet lies over every screen."""
    state = use_app()
    use_call_sheet(call_desk(ft.context.page), state.session)
    if state.phase in (Phase.STARTING, Phase.BROKEN):
        return StartingScreen(trouble=state.trouble, language=state.language)
    if state.session is None or state.asks_again:
        return SignInScreen(sign_in=sign_in, again=state.asks_again, language=state.language)
    return memo(Screens)(session=state.session, language=state.language)


@component
def Screens(*, session: AppSession, language: Language) -> ft.Control:  # noqa: ARG001 - see below
    """The screens of the signed-in person; a change of language is an argument, so that it reaches them all."""
    routes = routes_of(session.staff.role)
    return ft.Router(routes, manage_views=True)  # pyright: ignore[reportUnknownMemberType]  # not_found is untyped in Flet


async def _come_back(page: ft.Page, state: AppState, platform: Platform) -> None:
    """Go on where the device's kept sign-in left off, without the network; else ask for one."""
    try:
        session = await sign_in_actions.resume(platform)
    except DomainError as error:
        state.trouble = error_words(error)
        state.phase = Phase.BROKEN
        return
    if session is None:
        state.phase = Phase.SIGNED_OUT
        return
    await _show(page, state, session)


async def _sign_in(page: ft.Page, platform: Platform, login: str, password: str, new_password: str | None) -> None:
    """Sign in and show the app; raises DomainError, and then nothing has changed."""
    state = state_of(page)
    before = state.session
    session = await sign_in_actions.sign_in(platform, login, password, new_password=new_password)
    same = before is not None and before.staff.id == session.staff.id
    await _show(page, state, session)
    if before is not None:
        await before.close()
    if not same:
        page.navigate("/")


async def _show(page: ft.Page, state: AppState, session: AppSession) -> None:
    kept = kept_language(session)
    if state.language_was_chosen:
        await choose_language(session, state.language)
    elif kept is not None:
        state.language = kept
        speak(page, kept)
    set_theme_mode(page, THEME_MODES[kept_theme(session)])
    session.start()
    enter(state, session)
    reopen_call(page, session)


def _follow_the_page(page: ft.Page, state: AppState) -> None:
    """Notice when the page goes and comes back: a dialled call ends, the sync wakes, the store is let go."""
    was_gone = False

    async def changed(event: ft.AppLifecycleStateChangeEvent) -> None:
        nonlocal was_gone
        if event.state in _GONE:
            was_gone = True
            state.presence.is_seen = False
        elif event.state in _SEEN and was_gone:
            was_gone = False
            state.presence.come_back()
            if state.session is not None:
                state.session.sync.poke(urgent=True)
                await came_back(page, state.session)

    def cut_off() -> None:
        state.presence.is_seen = False

    async def closed() -> None:
        state.presence.is_seen = False
        if state.session is not None:
            await state.session.close()

    page.on_app_lifecycle_state_change = changed
    page.on_disconnect = cut_off
    page.on_connect = state.presence.come_back
    page.on_close = closed
