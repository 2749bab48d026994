"""The abilities that Flet's services give, native and in a browser alike. A service that is missing or refuses never fails the flow."""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from mimetypes import guess_type
from uuid import UUID

import flet as ft
from flet_geolocator import (  # pyright: ignore[reportMissingTypeStubs]  # flet_geolocator has no py.typed
    Geolocator,
    GeolocatorConfiguration,
    GeolocatorPermissionStatus,
    GeolocatorPosition,
)

from app_client.platform.abilities import KeptSession
from app_client.platform.clock import Clock
from app_client.platform.listeners import Listeners
from shared_models.visits import Fix

FIX_SECONDS = 5.0
# Asking a page that has gone waits for ever otherwise.
SERVICE_SECONDS = 5.0
KEPT_UNDER = "day2053.session"

# What a control says when somebody touches it or types; a network that changes says "change", too, and does no harm.
_DOINGS = frozenset({"click", "change", "submit", "focus", "long_press", "keyboard_event", "view_pop"})
_REFUSALS = frozenset(
    {
        GeolocatorPermissionStatus.DENIED,
        GeolocatorPermissionStatus.DENIED_FOREVER,
    }
)
_log = logging.getLogger("day2053.platform")


class FletDialler:
    """Dials through a `tel:` link."""

    def __init__(self) -> None:
        self._launcher = ft.UrlLauncher()

    async def dial(self, phone: str) -> bool:
        """Open the dialler; False when nothing answers to `tel:`."""
        number = re.sub(r"[^0-9+]", "", phone)
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                await self._launcher.launch_url(f"tel:{number}")
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            _log.info("no dialler: %s", type(error).__name__)
            return False
        return True


class FletLinks:
    """Opens addresses of the server, whose `origin` this is as the device reaches it; "": the page's own."""

    def __init__(self, origin: str) -> None:
        self._origin = origin.rstrip("/")
        self._launcher = ft.UrlLauncher()

    async def open(self, path: str) -> bool:
        """Open it beside the app; False when the device does not."""
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                await self._launcher.launch_url(f"{self._origin}{path}", mode=ft.LaunchMode.EXTERNAL_APPLICATION)
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            # Its kind and not its message, which has the link in it.
            _log.info("no link opened: %s", type(error).__name__)
            return False
        return True


class FletLocation:
    """One fix through flet-geolocator, which asks the person for leave where the device wants it."""

    def __init__(self, clock: Clock) -> None:
        self._geolocator = Geolocator()
        self._clock = clock

    async def fix(self) -> Fix | None:
        """One fix within FIX_SECONDS, or None."""
        try:
            async with asyncio.timeout(FIX_SECONDS):
                if await self._geolocator.request_permission() in _REFUSALS:
                    return None
                position = await self._geolocator.get_current_position(GeolocatorConfiguration())
            return self._as_fix(position)
        except (RuntimeError, TimeoutError, ValueError, TypeError, ft.FletException) as error:
            # ValueError covers what is no position, too (pydantic's ValidationError), and a status Flet does not know.
            _log.info("no location: %s", type(error).__name__)
            return None

    def _as_fix(self, position: GeolocatorPosition) -> Fix:
        # taken_at by our own clock: the evidence rule compares it with occurred_at, and a browser's clock may differ.
        return Fix.model_validate(
            {
                "lat": position.latitude,
                "lon": position.longitude,
                "accuracy_m": position.accuracy,
                "taken_at": self._clock.now(),
                "mocked": bool(position.mocked),
            }
        )


class FletConnectivity:
    """Tells when the device reports any network."""

    def __init__(self) -> None:
        self._listeners = Listeners()
        # Kept: Flet drops a service that nobody holds.
        self._connectivity = ft.Connectivity(on_change=self._changed)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a network appears; returns what ends it."""
        return self._listeners.add(listener)

    def _changed(self, event: ft.ConnectivityChangeEvent) -> None:
        if any(kind is not ft.ConnectivityType.NONE for kind in event.connectivity):
            self._listeners.tell()


class FletAttention:
    """Takes an event of a control for somebody's doing. Of scrolling and of a touch on nothing Flet tells nothing."""

    def __init__(self, page: ft.Page) -> None:
        self._listeners = Listeners()
        dispatch = page.session.dispatch_event

        async def notice(control_id: int, event_name: str, event_data: object) -> None:
            if event_name in _DOINGS:
                self._listeners.tell()
            await dispatch(control_id, event_name, event_data)

        # Flet has no hook for all events; this is the one way in for them.
        page.session.dispatch_event = notice

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at an event; returns what ends it."""
        return self._listeners.add(listener)


class FletFiles:
    """Saves through Flet's file picker: a dialog where the app was built for the device, a download in a browser.

    A browser never says what became of a download: `tells=False` takes it as saved once the browser has it.
    """

    def __init__(self, *, tells: bool) -> None:
        self._picker = ft.FilePicker()
        self._share = ft.Share()
        self._tells = tells

    async def save(self, name: str, content: bytes) -> bool:
        """Let the person save it; False when they did not, or the device cannot."""
        try:
            place = await self._picker.save_file(file_name=name, src_bytes=content)
        except (RuntimeError, TimeoutError, ValueError, ft.FletException) as error:
            _log.info("no file saved: %s", type(error).__name__)
            return False
        return place is not None or not self._tells

    async def share(self, name: str, content: bytes) -> bool:
        """Let the person pass it on; saved where the device has no share sheet, or a browser refuses its own."""
        file = ft.ShareFile.from_bytes(content, mime_type=guess_type(name)[0], name=name)
        try:
            result = await self._share.share_files([file])
        except (RuntimeError, TimeoutError, ValueError, TypeError, ft.FletException) as error:
            _log.info("no file shared: %s", type(error).__name__)
            return await self.save(name, content)
        return result.status is not ft.ShareResultStatus.DISMISSED


class FletSessionKeeper:
    """Keeps the session in the device's preferences: a browser's localStorage, or the app's own on a phone."""

    def __init__(self) -> None:
        self._preferences = ft.SharedPreferences()

    async def load(self) -> KeptSession | None:
        """What was kept last; None when there is nothing, or nothing that can be read."""
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                kept = json.loads(str(await self._preferences.get(KEPT_UNDER) or "null"))
            return None if kept is None else KeptSession(UUID(kept["staff_id"]), str(kept["secret"]))
        except (RuntimeError, TimeoutError, ValueError, TypeError, KeyError, ft.FletException) as error:
            _log.info("no kept session: %s", type(error).__name__)
            return None

    async def keep(self, kept: KeptSession) -> None:
        """Keep this in place of what was kept before."""
        text = json.dumps({"staff_id": str(kept.staff_id), "secret": kept.secret})
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                await self._preferences.set(KEPT_UNDER, text)
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            # The person is signed in all the same, until the page is reloaded.
            _log.info("session not kept: %s", type(error).__name__)

    async def forget(self) -> None:
        """Keep nothing any more."""
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                await self._preferences.remove(KEPT_UNDER)
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            _log.info("session not forgotten: %s", type(error).__name__)
