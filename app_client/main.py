"""Where the app starts, once per page: dress it, come back to the kept sign-in or ask for one, and show that person's screens."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from app_client.boards.actions import record_left_over
from app_client.calls.actions import note_return
from app_client.calls.desk import call_desk
from app_client.calls.screen import came_back, take_up_call, use_call_sheet
from app_client.flet_typed import component, memo
from app_client.i18n import Language
from app_client.lock.door import Door
from app_client.lock.screen import ChoosePinScreen, UnlockScreen
from app_client.me.actions import choose_language, kept_language, kept_theme
from app_client.me.screen import THEME_MODES
from app_client.platform.abilities import Platform
from app_client.platform.of_page import platform_of_page
from app_client.platform.wards import Ward
from app_client.routes import routes_of
from app_client.session import AppSession
from app_client.session_context import AppState, Phase, enter, state_of, use_app
from app_client.sign_in import actions as sign_in_actions
from app_client.sign_in.screen import SignIn, SignInScreen, StartingScreen
from app_client.team.hall import LockedHall
from app_client.widgets import prepare_page, set_theme_mode, speak

PlatformOf = Callable[[ft.Page], Platform]
PageMain = Callable[[ft.Page], Awaitable[None]]

# How long the PIN may be asked for in place of the code of an outlet's hall.
ASIDE_SECONDS = 60.0

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

        async def show(session: AppSession) -> None:
            await _show(page, state, session, door)

        door = Door(
            state,
            platform,
            show=show,
            hide=lambda: call_desk(page).put_aside(),
            greet=partial(_greet, page, state),
        )
        _follow_the_page(page, state, door)
        page.render_views(Root, sign_in=partial(_sign_in, page, platform, door), door=door)
        await door.arrive()

    return run


@component
def Root(*, sign_in: SignIn, door: Door) -> ft.Control:
    """What this page shows now; the call sheet lies over every screen."""
    state = use_app()
    ft.use_effect(partial(_bring_back_the_code, state), [state.hall_is_aside], cleanup=_nothing)
    has_screens = state.phase is Phase.SIGNED_IN and not state.chooses_pin
    use_call_sheet(call_desk(ft.context.page), state.session if has_screens else None)
    if state.phase in (Phase.STARTING, Phase.BROKEN):
        return StartingScreen(trouble=state.trouble, language=state.language)
    ward = state.ward
    if state.phase is Phase.LOCKED and ward is not None and state.hall is not None and not state.hall_is_aside:
        return LockedHall(
            hall=state.hall, on_unlock=partial(setattr, state, "hall_is_aside", True), language=state.language
        )
    if state.phase is Phase.LOCKED and ward is not None:
        return UnlockScreen(
            name=ward.name,
            unlock=door.unlock,
            seconds_to_wait=door.seconds_to_wait,
            by_password=door.ask_for_password,
            language=state.language,
        )
    if state.phase is Phase.SIGNED_OUT or state.session is None or state.asks_again:
        return SignInScreen(
            sign_in=sign_in,
            again=state.asks_again or (ward.login if ward is not None else ""),
            by_pin=door.ask_for_pin if door.takes_pin() else None,
            language=state.language,
        )
    if state.chooses_pin:
        return ChoosePinScreen(choose=door.choose, language=state.language)
    return memo(Screens)(session=state.session, door=door, language=state.language)


async def _bring_back_the_code(state: AppState) -> None:
    """Whoever touched the hall's screen and did not unlock it has gone."""
    if state.hall_is_aside:
        await asyncio.sleep(ASIDE_SECONDS)
        state.hall_is_aside = False


def _nothing() -> None:
    return None


@component
def Screens(*, session: AppSession, door: Door, language: Language) -> ft.Control:  # noqa: ARG001 - see below
    """The screens of the signed-in person; a change of language is an argument, so that it reaches them all."""
    ft.use_effect(door.screens_come, [], cleanup=door.screens_go)
    routes = routes_of(session.staff.role)
    return ft.Router(routes, manage_views=True)  # pyright: ignore[reportUnknownMemberType]  # not_found is untyped in Flet


async def _sign_in(
    page: ft.Page, platform: Platform, door: Door, login: str, password: str, new_password: str | None
) -> None:
    """Sign in and show the app; raises DomainError, and then nothing has changed."""
    state = state_of(page)
    before, was = state.session, state.session.staff.id if state.session else state.ward and state.ward.staff_id
    async with door.opening():
        session = await sign_in_actions.sign_in(platform, login, password, new_password=new_password)
    await _show(page, state, session, door)
    if before is not None:
        await before.close()
        if before.staff.id != session.staff.id:
            await platform.vault.shut(before.staff.id)
    if was != session.staff.id:
        page.navigate("/")


def _greet(page: ft.Page, state: AppState, ward: Ward) -> None:
    """Speak and look as somebody is used to, before their store can be read."""
    if ward.language in set(Language) and not state.language_was_chosen:
        state.language = Language(ward.language)
        speak(page, state.language)
    set_theme_mode(page, THEME_MODES.get(ward.theme, ft.ThemeMode.SYSTEM))


async def _show(page: ft.Page, state: AppState, session: AppSession, door: Door) -> None:
    kept = kept_language(session)
    if state.language_was_chosen:
        await choose_language(session, state.language)
    elif kept is not None:
        state.language = kept
        speak(page, kept)
    set_theme_mode(page, THEME_MODES[kept_theme(session)])
    session.start()
    await record_left_over(session)
    await door.opened(session)
    enter(state, session)
    take_up_call(page, session)


def _follow_the_page(page: ft.Page, state: AppState, door: Door) -> None:
    """Notice when the page goes and comes back: a dialled call ends, the sync wakes, it may be time to lock; the store is let go."""
    was_gone = False

    async def changed(event: ft.AppLifecycleStateChangeEvent) -> None:
        nonlocal was_gone
        if event.state in _GONE:
            was_gone = True
            state.presence.is_seen = False
        elif event.state in _SEEN and was_gone:
            was_gone = False
            state.presence.come_back()
            session = state.session if state.phase is Phase.SIGNED_IN else None
            if session is not None:
                # Before it may lock: the dialled call ends here, not when the PIN is typed.
                await note_return(session)
            if await door.look():
                return
            door.touch()
            if session is not None:
                session.sync.poke(urgent=True)
                await came_back(page, session)

    def cut_off() -> None:
        state.presence.is_seen = False

    async def closed() -> None:
        state.presence.is_seen = False
        door.end()
        if state.session is not None:
            await state.session.close()

    page.on_app_lifecycle_state_change = changed
    page.on_disconnect = cut_off
    page.on_connect = state.presence.come_back
    page.on_close = closed
