"""The system's secure store through flet-secure-storage: Android's Keystore, an iPhone's Keychain."""

import asyncio

import flet as ft
from flet_secure_storage import (  # pyright: ignore[reportMissingTypeStubs]  # flet_secure_storage has no py.typed
    AndroidOptions,
    IOSOptions,
    KeychainAccessibility,
    SecureStorage,
)

from app_client.platform.wards import VaultFailed

SERVICE_SECONDS = 5.0
KEPT_UNDER = "day2053.vault"


class FletSecrets:
    """One text under one key. A store that fails on Android empties itself: then everybody signs in with the password again."""

    def __init__(self) -> None:
        self._storage = SecureStorage(
            android_options=AndroidOptions(reset_on_error=True),
            # In no backup that another phone could be made from.
            ios_options=IOSOptions(accessibility=KeychainAccessibility.UNLOCKED_THIS_DEVICE),
        )

    async def read(self) -> str | None:
        """What was written last."""
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                return await self._storage.get(KEPT_UNDER)
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            raise VaultFailed("The secure store of this phone does not answer.") from error

    async def write(self, text: str) -> None:
        """Keep this in its place."""
        try:
            async with asyncio.timeout(SERVICE_SECONDS):
                await self._storage.set(KEPT_UNDER, text)
        except (RuntimeError, TimeoutError, ft.FletException) as error:
            raise VaultFailed("The secure store of this phone does not answer.") from error
