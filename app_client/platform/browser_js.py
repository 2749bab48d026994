"""The browser's own objects as Python has them in Pyodide, typed: the one door to `js`, `pyodide` and `flet_js`; no rule here."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast


class Reply(Protocol):
    """An answer of `fetch`, as Pyodide wraps it."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        ...

    async def bytes(self) -> bytes:
        """The whole body; raises OSError when it does not come."""
        ...


class Fetch(Protocol):
    """Pyodide's `pyfetch`; raises OSError when no answer comes."""

    def __call__(self, url: str, **options: object) -> Awaitable[Reply]:
        """Send a request with the options of the browser's `fetch`."""
        ...


class JsVault(Protocol):
    """The `Vault` of assets/pwa/vault.js, where each of these is described; `about` is text that it keeps and does not read."""

    def people(self) -> Awaitable[str]:
        """All of them, as JSON."""
        ...

    def note(self, staff_id: str, about: str, /) -> Awaitable[None]:
        """Keep `about`."""
        ...

    def admit(self, staff_id: str, about: str, device_key: str | None, /) -> Awaitable[bool]:
        """Open or begin by the password's key."""
        ...

    def entrust(self, staff_id: str, about: str, device_key: str | None, /) -> Awaitable[None]:
        """Keep `about` and, where it is wanted, the key."""
        ...

    def enter(self, staff_id: str, pin: str, /) -> Awaitable[bool]:
        """Open by the PIN."""
        ...

    def choose(self, staff_id: str, pin: str, /) -> Awaitable[None]:
        """Set the PIN."""
        ...

    def shut(self, staff_id: str, /) -> Awaitable[None]:
        """Keep, wipe and forget the key."""
        ...

    def forget(self, staff_id: str, /) -> Awaitable[None]:
        """Delete store and keys."""
        ...

    def persist(self) -> Awaitable[None]:
        """Bring open stores into IndexedDB, sealed; done when the browser says that it is."""
        ...

    def recall(self) -> Awaitable[str | None]:
        """The text that was kept."""
        ...

    def remember(self, text: str | None, /) -> Awaitable[None]:
        """Keep a text, or none."""
        ...


class JsSeal(Protocol):
    """What assets/pwa/sealer.js does: a public key as JSON, an encoded header and a text become a compact JWE."""

    def __call__(self, jwk: str, header: str, clear: str, /) -> Awaitable[str]:
        """Seal the text; fails with JavaScript's error."""
        ...


class Bridge(Protocol):
    """What assets/pwa/worker.js gives Python beside Flet's own; `touched` is called at a touch, and is Python's to set."""

    folder: str
    vault: JsVault
    seal: JsSeal
    touched: object


def bridge() -> Bridge:
    """The worker that this Python runs in."""
    return cast("Bridge", import_module("flet_js"))


def fetch() -> Fetch:
    """The browser's fetch."""
    return cast("Fetch", import_module("pyodide.http").pyfetch)


def deadline(seconds: float) -> object:
    """What ends a fetch after so many seconds (AbortSignal)."""
    return _js().AbortSignal.timeout(round(seconds * 1000))


def origin() -> str:
    """Scheme, host and port of the page, without a slash."""
    return str(_js().location.origin)


def user_agent() -> str:
    """How the browser names itself."""
    return str(_js().navigator.userAgent)


def on_online(listener: Callable[[], None]) -> None:
    """Call `listener` whenever the browser finds a network, for as long as the page lives."""

    def heard(_event: object) -> None:
        listener()

    _js().addEventListener("online", import_module("pyodide.ffi").create_proxy(heard))


def on_touch(listener: Callable[[], None]) -> None:
    """Call `listener` at each touch or key, for as long as the page lives."""
    bridge().touched = import_module("pyodide.ffi").create_proxy(listener)


def js_error() -> type[Exception]:
    """What an error of JavaScript is in Python."""
    return cast("type[Exception]", import_module("pyodide.ffi").JsException)


def _js() -> ModuleType:
    """JavaScript's global object; each function here says what it takes from it."""
    return import_module("js")
