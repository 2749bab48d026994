"""A phone that locks: today's scene with a vault of paper and a hand that touches it."""

import errno
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app_client.platform.abilities import Platform
from app_client.session import AppSession
from app_client.session_context import state_of
from tests.lock.vaults import Hand, PaperVault
from tests.sync.bank import PASSWORD, a_platform
from tests.today.scenes import Scene
from tests.ui.harness import App

PIN, OTHER_PIN = "428190", "719302"


class LockedPhone(Scene):
    """The scene on a device that can hold a key."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.vault = PaperVault(folder)
        self.hand = Hand()
        self.platform = a_platform(folder, self.bank, self.phone, vault=self.vault, attention=self.hand)

    async def signed_in(self, login: str = "advisor1") -> AppSession:
        """Sign in, fetch the book and choose the PIN, as the app leads one through."""
        session = await super().signed_in(login)
        await self.vault.choose_pin(session.staff.id, PIN)
        return session

    async def closed(self, session: AppSession) -> None:
        """The browser is closed: nothing in memory is left."""
        await session.close()
        self.vault.end_process(session.staff.id)


@dataclass
class FullStorage:
    """The phone's storage with no room left, until there is."""

    phone: LockedPhone
    is_full: bool = True

    @property
    def root(self) -> Path:
        return self.phone.platform.storage.root

    @property
    def durable(self) -> Callable[[], Awaitable[None]]:
        return self._carry

    @property
    def platform(self) -> Platform:
        return replace(self.phone.platform, storage=self)

    async def _carry(self) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "full")


async def press(app: App, digits: str) -> None:
    """Type on the pad."""
    for digit in digits:
        await app.tap(f"pin-{digit}")


async def fill_in(app: App, *, login: str = "advisor1", password: str = PASSWORD) -> None:
    """Sign in on the form."""
    await app.type("login", login)
    await app.type("password", password)
    await app.tap("sign-in")
    await app.settle(200)


def session_of(app: App) -> AppSession:
    """Who is signed in on the page."""
    session = state_of(app.page).session
    assert session is not None
    return session
