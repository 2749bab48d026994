"""The door of one page: who is let in at the start, when it locks, and how one comes back; the screens are screen.py's."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from app_client.errors import error_words
from app_client.lock import actions
from app_client.lock.idle import Moment, seconds_left
from app_client.lock.pin import MOST_MISSES, seconds_to_wait
from app_client.lock.queries import calling_since, lock_after_minutes
from app_client.platform.abilities import Platform
from app_client.platform.wards import Standing, Ward
from app_client.session import AppSession
from app_client.session_context import AppState, Phase, put_away
from app_client.sign_in.actions import resume
from shared_models.errors import DomainError

# A call may be logged at any moment, and the idle time counts from then on.
LOOK_AGAIN_SECONDS = 30.0

Show = Callable[[AppSession], Awaitable[None]]


class Door:
    """Changes the phase of a page's state.

    `show` shows somebody's app, `hide` puts away what lies over its screens, `greet` speaks and looks as somebody is used to.
    """

    def __init__(
        self,
        state: AppState,
        platform: Platform,
        *,
        show: Show,
        hide: Callable[[], None],
        greet: Callable[[Ward], None],
    ) -> None:
        self._state = state
        self._platform = platform
        self._show = show
        self._hide = hide
        self._greet = greet
        self._ward: Ward | None = None
        self._touched = self._now()
        self._wake = asyncio.Event()
        self._screens_gone = asyncio.Event()
        self._screens_gone.set()
        self._watching: asyncio.Task[None] | None = None
        self._leaving: actions.Leaving | None = None
        state.lock_now = self.lock
        self._end_attention = platform.attention.subscribe(self.touch)

    async def arrive(self) -> None:
        """Go on where the device's kept sign-in left off, without the network; else ask for the PIN or the password."""
        state = self._state
        try:
            kept = await self._platform.keeper.load()
            ward = await actions.ward_of(self._platform, kept.staff_id) if kept is not None else None
            if self._platform.vault.locks and (ward is None or ward.standing in (Standing.SHUT, Standing.SEALED)):
                self._ask(ward)
                return
            if ward is not None and ward.standing is Standing.UNGUARDED:
                await self._platform.vault.admit(ward, None)
            session = await resume(self._platform)
        except DomainError as error:
            state.trouble = error_words(error)
            state.phase = Phase.BROKEN
            return
        if session is None:
            state.phase = Phase.SIGNED_OUT
        else:
            await self._show(session)

    async def unlock(self, pin: str) -> None:
        """Open the store by the PIN and show the app where it was. Raises DomainError, and then the door is as it was."""
        ward = self._state.ward
        assert ward is not None  # the PIN screen asks for somebody's
        async with self.opening():
            await actions.try_pin(self._platform, ward.staff_id, pin)
            session = await resume(self._platform)
        if session is None:
            self._state.phase = Phase.SIGNED_OUT
        else:
            await self._show(session)

    @asynccontextmanager
    async def opening(self) -> AsyncGenerator[None]:
        """While somebody opens a store, none is being shut; what was to be shut is, if they fail."""
        before = None
        if self._leaving is not None:
            await self._leaving.hurry()
            before, self._leaving = self._leaving.session, None
        try:
            yield
        except BaseException:
            if before is not None and before.store.is_open:
                self._leaving = actions.Leaving(before, after=self._screens_gone)
            if self._state.ward is not None:
                with suppress(DomainError):
                    self._state.ward = await actions.ward_of(self._platform, self._state.ward.staff_id)
            raise
        if before is not None:
            await before.close()

    def seconds_to_wait(self) -> int:
        """How long until a PIN may be tried."""
        ward = self._state.ward
        return 0 if ward is None else seconds_to_wait(ward.misses, ward.missed_at, self._platform.clock.now())

    def takes_pin(self) -> bool:
        """Whether the PIN may be tried instead of the password."""
        ward = self._state.ward
        return ward is not None and ward.standing is not Standing.SEALED and ward.misses < MOST_MISSES

    def ask_for_password(self) -> None:
        """Ask for the password instead of the PIN."""
        self._state.phase = Phase.SIGNED_OUT

    def ask_for_pin(self) -> None:
        """Ask for the PIN again."""
        self._state.phase = Phase.LOCKED

    async def choose(self, pin: str) -> None:
        """Set the PIN and go on to the screens; raises VaultFailed."""
        session = self._state.session
        assert session is not None  # one signs in before
        await actions.choose_pin(session, pin)
        self._state.chooses_pin = False
        self._ward = await actions.ward_of(self._platform, session.staff.id)

    async def opened(self, session: AppSession) -> None:
        """Somebody has come in: see whether they have to choose a PIN, and watch over them."""
        self._touched = self._now()
        self._ward = await actions.ward_of(self._platform, session.staff.id)
        self._state.chooses_pin = self._ward is not None and self._ward.standing is Standing.WANTS_PIN
        self._state.ward = None
        if self._platform.vault.locks and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._watch())

    def touch(self) -> None:
        """Somebody is there. Where they come too late, they stand before the lock."""
        if self._seconds_left() > 0:
            self._touched = self._now()
        else:
            self._wake.set()

    def screens_come(self) -> None:
        """The screens are on the page."""
        self._screens_gone.clear()

    def screens_go(self) -> None:
        """No screen is on the page any more, so nothing reads the store."""
        self._screens_gone.set()
        if self._state.phase is not Phase.SIGNED_IN:
            self._state.session = None

    async def look(self) -> bool:
        """Lock when it is time; whether that is so."""
        if not self._platform.vault.locks or self._seconds_left() > 0:
            return False
        await self.lock()
        return True

    async def lock(self) -> None:
        """Take the screens away at once; the store follows once they are gone."""
        state, session = self._state, self._state.session
        if state.phase is not Phase.SIGNED_IN or session is None:
            return
        had_pin = not state.chooses_pin
        put_away(state, Phase.LOCKED if had_pin else Phase.STARTING)
        self._hide()
        state.ward = self._ward
        self._leaving = actions.Leaving(session, after=self._screens_gone)
        if self._screens_gone.is_set():
            self.screens_go()
        if not had_pin:
            # Only the password opens it; or, carried over from an earlier version, it opens itself. That shows once it is shut.
            async with self.opening():
                pass
            await self.arrive()

    def end(self) -> None:
        """The page goes."""
        self._end_attention()
        if self._watching is not None:
            self._watching.cancel()

    def _ask(self, ward: Ward | None) -> None:
        state = self._state
        state.ward = ward
        if ward is not None:
            self._greet(ward)
        state.phase = Phase.LOCKED if ward is not None and actions.may_try_pin(ward) else Phase.SIGNED_OUT

    def _now(self) -> Moment:
        return Moment(self._platform.clock.now(), self._platform.clock.monotonic())

    def _seconds_left(self) -> float:
        session = self._state.session
        if self._state.phase is not Phase.SIGNED_IN or session is None or not session.store.is_open:
            return LOOK_AGAIN_SECONDS
        return seconds_left(
            self._touched,
            self._now(),
            minutes=lock_after_minutes(session),
            calling_since=calling_since(session),
        )

    async def _watch(self) -> None:
        while self._state.phase is not Phase.SIGNED_OUT:
            self._wake.clear()
            pause = min(self._seconds_left(), LOOK_AGAIN_SECONDS)
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass
            await self.look()
