"""The platform of the static web build: Python and store are in the person's browser, the dialler and location are Flet's."""

import asyncio
import errno
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from app_client.platform import browser_js
from app_client.platform.abilities import KeptSession, Platform, SealingFailed
from app_client.platform.browser_js import Fetch, JsSeal, JsVault
from app_client.platform.clock import SystemClock
from app_client.platform.flet_services import FletDialler, FletFiles, FletLinks, FletLocation
from app_client.platform.http import HttpReply, Offline, packed
from app_client.platform.listeners import Listeners
from app_client.platform.wards import Standing, VaultFailed, Ward
from shared_models.sealing import CardKey, protected_header

TIMEOUT_SECONDS = 30.0
# What a person reads in a list of their devices.
MOST_NAME = 200

T = TypeVar("T")

_log = logging.getLogger("day2053.platform")


def browser_platform() -> Platform:
    """This browser's platform; the server is the one the page came from."""
    clock = SystemClock()
    bridge = browser_js.bridge()
    sealed = SealedStores(bridge.vault, browser_js.js_error())
    return Platform(
        clock=clock,
        storage=BrowserStorage(Path(bridge.folder), sealed.persist),
        dialler=FletDialler(),
        links=FletLinks(browser_js.origin()),
        location=FletLocation(clock),
        connectivity=BrowserConnectivity(browser_js.on_online),
        files=FletFiles(tells=False),
        keeper=SealedSessionKeeper(sealed),
        vault=sealed,
        attention=BrowserAttention(browser_js.on_touch),
        sealer=WebCryptoSealer(bridge.seal, browser_js.js_error()),
        open_http=lambda: FetchHttp(browser_js.origin(), browser_js.fetch(), browser_js.deadline),
        device_name=f"App: {browser_js.user_agent()}"[:MOST_NAME],
    )


class FetchHttp:
    """HTTP by the browser's fetch. `deadline` makes what ends a request after so many seconds."""

    def __init__(self, origin: str, fetch: Fetch, deadline: Callable[[float], object]) -> None:
        self._origin = origin
        self._fetch = fetch
        self._deadline = deadline

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        """Send one request, a large body compressed; raises Offline."""
        sent, body = packed(headers, body)
        # Tokens travel in headers alone: no cookie, no cache, no way to another host.
        options: dict[str, object] = {
            "method": method,
            "headers": sent,
            "credentials": "omit",
            "cache": "no-store",
            "redirect": "error",
            "signal": self._deadline(TIMEOUT_SECONDS),
        }
        if body is not None:
            options["body"] = body
        query = f"?{urlencode(dict(params))}" if params else ""
        try:
            reply = await self._fetch(f"{self._origin}{path}{query}", **options)
            content = await reply.bytes()
        except (OSError, AttributeError) as error:
            # A body that breaks off is an AttributeError in Pyodide 314: it asks for the reason of an abort, and there was none.
            raise Offline(f"The server cannot be reached ({type(error).__name__}).") from error
        return HttpReply(reply.status, {k.lower(): v for k, v in reply.headers.items()}, content)

    async def close(self) -> None:
        """The browser keeps its connections itself."""


class BrowserStorage:
    """A folder in memory, which `persist` brings into the browser's database; raises OSError when it cannot."""

    def __init__(self, root: Path, persist: Callable[[], Awaitable[None]]) -> None:
        self.root = root
        self._persist = persist
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    @property
    def durable(self) -> Callable[[], Awaitable[None]] | None:
        """Awaited after a commit."""
        return self.flush

    async def flush(self) -> None:
        """Return when all that was written before this call is kept; raises OSError.

        One run at a time. Whoever asks while one is under way shares the next: the running one may have read before.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._after(self._running))
        # Shielded: a caller who is cancelled must not take the others' run with them.
        await asyncio.shield(self._next)

    async def _after(self, running: "asyncio.Task[None] | None") -> None:
        if running is not None:
            await asyncio.wait([running])
        self._running, self._next = self._next, None
        await self._persist()


class WebCryptoSealer:
    """Seals by the browser's own cryptography: Pyodide comes without any."""

    def __init__(self, seal: JsSeal, js_error: type[Exception]) -> None:
        self._seal = seal
        self._js_error = js_error

    async def seal(self, clear: bytes, key: CardKey) -> str:
        """A compact JWE of `clear` to the key; raises SealingFailed."""
        try:
            return await self._seal(key.model_dump_json(), protected_header(key.kid), clear.decode())
        except self._js_error:
            # Without its cause: what JavaScript says of it is nobody's business.
            raise SealingFailed("This browser could not seal the card.") from None


class BrowserConnectivity:
    """Tells when the browser finds a network; `on_online` registers for good, so it is called once."""

    def __init__(self, on_online: Callable[[Callable[[], None]], None]) -> None:
        self._listeners = Listeners()
        on_online(self._listeners.tell)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a network appears; returns what ends it."""
        return self._listeners.add(listener)


class BrowserAttention:
    """Tells of each touch that the page notices; `on_touch` registers for good, so it is called once."""

    def __init__(self, on_touch: Callable[[Callable[[], None]], None]) -> None:
        self._listeners = Listeners()
        on_touch(self._listeners.tell)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at a touch or a key; returns what ends it."""
        return self._listeners.add(listener)


class SealedStores:
    """The vault of a browser: assets/pwa/vault.js, which has WebCrypto and the database, in Python's words.

    `failure` is what an error of JavaScript is here.
    """

    def __init__(self, vault: JsVault, failure: type[Exception]) -> None:
        self._vault = vault
        self._failure = failure

    @property
    def locks(self) -> bool:
        """Always: a page that may be installed has WebCrypto."""
        return True

    async def wards(self) -> Sequence[Ward]:
        """Everybody whose store lies in this browser."""
        found = json.loads(await self._done(self._vault.people()))
        return [Ward.from_text(UUID(person["id"]), person["about"], _standing(person)) for person in found]

    async def note(self, ward: Ward) -> None:
        """Keep what is said of somebody."""
        await self._done(self._vault.note(str(ward.staff_id), ward.to_text()))

    async def admit(self, ward: Ward, device_key: str | None) -> bool:
        """Open, or begin, the store by the key that came for the password."""
        return await self._done(self._vault.admit(str(ward.staff_id), ward.to_text(), device_key))

    async def entrust(self, ward: Ward, device_key: str | None) -> None:
        """Keep what is said, and let the key stand in for a forgotten PIN."""
        await self._done(self._vault.entrust(str(ward.staff_id), ward.to_text(), device_key))

    async def enter(self, staff_id: UUID, pin: str) -> bool:
        """Open the store by its PIN."""
        return await self._done(self._vault.enter(str(staff_id), pin))

    async def choose_pin(self, staff_id: UUID, pin: str) -> None:
        """Let this PIN open the store."""
        await self._done(self._vault.choose(str(staff_id), pin))

    async def shut(self, staff_id: UUID) -> None:
        """Keep, wipe and forget the key."""
        await self._done(self._vault.shut(str(staff_id)))

    async def forget(self, staff_id: UUID) -> None:
        """Delete the store and its keys."""
        await self._done(self._vault.forget(str(staff_id)))

    async def persist(self) -> None:
        """Bring what changed into the database, sealed; raises OSError, ENOSPC for a full device."""
        try:
            await self._done(self._vault.persist())
        except VaultFailed as error:
            raise OSError(errno.ENOSPC if error.code == "disk_full" else errno.EIO, "IndexedDB") from error

    async def kept_session(self) -> str | None:
        """The text that was kept last."""
        return await self._done(self._vault.recall())

    async def keep_session(self, text: str | None) -> None:
        """Keep this text, or none."""
        await self._done(self._vault.remember(text))

    async def _done(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except self._failure as error:
            # The error's name, and ours where we threw it; neither has anything of a store in it.
            said = str(error)
            _log.warning("the vault failed: %s", said.partition("\n")[0])
            # A browser that is out of room says so by this name.
            if "QuotaExceeded" in said:
                raise VaultFailed("There is no space left on this device.", code="disk_full") from error
            if "damaged" in said:
                raise VaultFailed("What is kept on this device is damaged.", code="vault_damaged") from error
            raise VaultFailed("This browser's database cannot be used at the moment.") from error


class SealedSessionKeeper:
    """Keeps the session beside the sealed stores, of which it opens none: the preferences of this origin are dynamic web's."""

    def __init__(self, sealed: SealedStores) -> None:
        self._sealed = sealed

    async def load(self) -> KeptSession | None:
        """What was kept last; None when there is nothing, or nothing that can be read."""
        try:
            kept = json.loads(await self._sealed.kept_session() or "null")
            return None if kept is None else KeptSession(UUID(kept["staff_id"]), str(kept["secret"]))
        except (VaultFailed, ValueError, TypeError, KeyError) as error:
            _log.info("no kept session: %s", type(error).__name__)
            return None

    async def keep(self, kept: KeptSession) -> None:
        """Keep this in place of what was kept before."""
        try:
            await self._sealed.keep_session(json.dumps({"staff_id": str(kept.staff_id), "secret": kept.secret}))
        except VaultFailed as error:
            # The person is signed in all the same, until the page is reloaded.
            _log.info("session not kept: %s", type(error).__name__)

    async def forget(self) -> None:
        """Keep nothing any more."""
        try:
            await self._sealed.keep_session(None)
        except VaultFailed as error:
            _log.info("session not forgotten: %s", type(error).__name__)


# Any: one person of vault.js's `people`.
def _standing(person: Mapping[str, Any]) -> Standing:
    if person["isOpen"]:
        return Standing.WANTS_PIN if person["wantsPin"] else Standing.OPEN
    if person["hasPin"]:
        return Standing.SHUT
    return Standing.UNGUARDED if person["isUnguarded"] else Standing.SEALED
