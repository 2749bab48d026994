"""Who is signed in on this page, and how screens learn of changes: one `AppState` per Flet session, never per process; it reads and writes nothing."""

import contextvars
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar, cast
from uuid import UUID

import flet as ft

from app_client.flet_typed import observable, use_observed, use_state
from app_client.i18n import Language
from app_client.platform.wards import Ward
from app_client.session import AppSession
from shared_models.confirmations import OutletCodes

T = TypeVar("T")

_STATE = "app_state"


class Phase(Enum):
    """How far the app has come."""

    STARTING = "starting"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"
    SIGNED_IN = "signed_in"
    BROKEN = "broken"


@observable
class Pulse:
    """Beats after every write of the store and every change of the sync's status."""

    def __init__(self) -> None:
        self.beats = 0


@observable
class Presence:
    """Whether the page is in somebody's sight, and how often they have come back to it."""

    def __init__(self) -> None:
        self.is_seen = True
        self.returns = 0

    def come_back(self) -> None:
        """The page is seen again; nothing when it never was away."""
        if not self.is_seen:
            self.is_seen = True
            self.returns += 1


@dataclass(frozen=True, slots=True)
class Hall:
    """What the screen of an outlet's hall shows by itself; `now` is the server's time, by this device's clock.

    It has nothing of the store and no customer in it: it may stay in sight over the lock.
    """

    codes: OutletCodes
    now: Callable[[], datetime]

    def shown(self) -> tuple[str, float] | None:
        """The code of this moment, and for how many seconds it stays; None when they have run out."""
        return self.codes.code_at(self.now())


@observable
class AppState:
    """What the root renders by. `session` is set while `phase` is SIGNED_IN; `trouble` says why the app could not start.

    `ward` is whose PIN is asked for while `phase` is LOCKED, or their password instead. A session that is put away stays until
    its last screen has gone.
    """

    def __init__(self) -> None:
        self.phase = Phase.STARTING
        self.session: AppSession | None = None
        self.language = Language.ZH
        self.theme_mode = ft.ThemeMode.SYSTEM
        self.language_was_chosen = False
        # Their login, while somebody whose sign-in has expired is asked for the password again.
        self.asks_again = ""
        self.ward: Ward | None = None
        # They have signed in, and no PIN guards their store yet.
        self.chooses_pin = False
        self.trouble = ""
        self.hall: Hall | None = None
        # Somebody wants to unlock, and the PIN is asked for in place of the code.
        self.hall_is_aside = False
        self.pulse = Pulse()
        self.presence = Presence()
        # What is being filled in, by whatever names it, and whose that is: it outlives the lock, nobody else's sign-in.
        self.unfinished: dict[str, object] = {}
        self.unfinished_of: UUID | None = None
        self.stop_listening: Callable[[], None] | None = None
        self.lock_now: Callable[[], Awaitable[None]] = _nowhere


async def _nowhere() -> None:
    """There is no door yet."""


def app_state() -> AppState:
    """The state of the page in whose render or event we are."""
    return state_of(ft.context.page)


def state_of(page: ft.Page) -> AppState:
    """The state of a page; made on first use."""
    found = page.session.store.get(_STATE)
    if isinstance(found, AppState):
        return found
    made = AppState()
    page.session.store.set(_STATE, made)
    return made


def enter(state: AppState, session: AppSession) -> None:
    """Show the app of this session; call it in the page's own context.

    A store is shared by all pages of its person: a write in another page, or the sync's, beats here in this page's context.
    """
    if state.unfinished_of != session.staff.id:
        state.unfinished.clear()
        state.unfinished_of = session.staff.id
        state.hall = None
    put_away(state, Phase.SIGNED_IN)
    state.hall_is_aside = False
    page_context = contextvars.copy_context()

    def beat() -> None:
        state.pulse.beats += 1

    def beat_here() -> None:
        page_context.copy().run(beat)

    stops = [session.store.subscribe(beat_here), session.sync.subscribe(beat_here)]

    def stop() -> None:
        for each in stops:
            each()

    state.stop_listening = stop
    state.session = session


def leave(state: AppState) -> None:
    """Show the sign-in page; whoever owns the session closes it."""
    put_away(state, Phase.SIGNED_OUT)
    state.session = None
    state.hall = None
    state.unfinished.clear()


def put_away(state: AppState, phase: Phase) -> None:
    """Show no screen of the session any more; a screen that is still to be drawn once finds it as it was."""
    if state.stop_listening is not None:
        state.stop_listening()
        state.stop_listening = None
    state.asks_again = ""
    state.phase = phase


def use_app() -> AppState:
    """A hook: the state, re-rendering this component when it changes."""
    return use_observed(app_state())


def use_session() -> AppSession:
    """The signed-in session; only for components beneath the signed-in root."""
    session = app_state().session
    assert session is not None  # the root shows no screen without one
    return session


def use_store_version(session: AppSession) -> int:
    """A hook: re-renders this component after every write of the store and every change of the sync's status."""
    use_observed(app_state().pulse)
    return session.store.version


def use_unfinished(name: str, make: Callable[[], T]) -> T:
    """A hook: a form that outlives the lock, but neither its screen nor its person; `name` is its own among all that are shown."""
    state = app_state()
    form, _ = use_state(lambda: cast("T", state.unfinished.setdefault(name, make())))

    def drop() -> None:
        if state.phase is Phase.SIGNED_IN:
            state.unfinished.pop(name, None)

    ft.use_effect(lambda: None, [], cleanup=drop)
    return form


def dismissal(close: Callable[[], object]) -> Callable[[], None]:
    """What a swipe or a tap beside a sheet does: it closes. The lock takes it away as well, and whoever unlocks finds it again."""
    state = app_state()

    def dismissed() -> None:
        if state.phase is Phase.SIGNED_IN:
            close()

    return dismissed


def go(route: str) -> None:
    """Go to a route of the current page."""
    ft.context.page.navigate(route)
