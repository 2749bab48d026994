"""The platform of the static web build: Python and store are in the person's browser, the dialler and location are Flet's."""

import asyncio
import errno
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from app_client.platform import browser_js
from app_client.platform.abilities import KeptSession, Platform
from app_client.platform.browser_js import Fetch
from app_client.platform.clock import SystemClock
from app_client.platform.flet_services import FletDialler, FletFiles, FletLocation
from app_client.platform.http import HttpReply, Offline, packed

TIMEOUT_SECONDS = 30.0
# What a person reads in a list of their devices.
MOST_NAME = 200

_log = logging.getLogger("day2053.platform")


def browser_platform() -> Platform:
    """This browser's platform; the server is the one the page came from."""
    clock = SystemClock()
    storage = BrowserStorage(Path(browser_js.bridge().folder) / "client", _persist)
    return Platform(
        clock=clock,
        storage=storage,
        dialler=FletDialler(),
        location=FletLocation(clock),
        connectivity=BrowserConnectivity(browser_js.on_online),
        files=FletFiles(tells=False),
        keeper=FileSessionKeeper(storage),
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
        except OSError as error:
            raise Offline(f"The server cannot be reached ({type(error).__name__}).") from error
        return HttpReply(reply.status, {k.lower(): v for k, v in reply.headers.items()}, content)

    async def close(self) -> None:
        """The browser keeps its connections itself."""


class BrowserStorage:
    """A folder in memory, which `persist` brings whole into the browser's database; raises OSError when it cannot."""

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


class BrowserConnectivity:
    """Tells when the browser finds a network; `on_online` registers for good, so it is called once."""

    def __init__(self, on_online: Callable[[Callable[[], None]], None]) -> None:
        self._listeners: list[Callable[[], None]] = []
        on_online(self._found)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a network appears; returns what ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def _found(self) -> None:
        for listener in list(self._listeners):
            listener()


class FileSessionKeeper:
    """Keeps the session beside the stores, and with them: the preferences of this origin are dynamic web's."""

    def __init__(self, storage: BrowserStorage) -> None:
        self._storage = storage
        self._file = storage.root / "session.json"

    async def load(self) -> KeptSession | None:
        """What was kept last; None when there is nothing, or nothing that can be read."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return KeptSession(UUID(kept["staff_id"]), str(kept["secret"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.info("no kept session: %s", type(error).__name__)
            return None

    async def keep(self, kept: KeptSession) -> None:
        """Keep this in place of what was kept before."""
        text = json.dumps({"staff_id": str(kept.staff_id), "secret": kept.secret})
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(text, "utf-8")
            await self._storage.flush()
        except OSError as error:
            # The person is signed in all the same, until the page is reloaded.
            _log.info("session not kept: %s", type(error).__name__)

    async def forget(self) -> None:
        """Keep nothing any more; a store deleted before is gone from the database, too."""
        try:
            self._file.unlink(missing_ok=True)
            await self._storage.flush()
        except OSError as error:
            _log.info("session not forgotten: %s", type(error).__name__)


async def _persist() -> None:
    try:
        await browser_js.bridge().persist()
    except browser_js.js_error() as error:
        # A DOMException's name; a browser that is out of room says so by this one.
        is_full = "QuotaExceeded" in str(error)
        raise OSError(errno.ENOSPC if is_full else errno.EIO, "IndexedDB") from error
