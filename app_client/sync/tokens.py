"""Refresh token and device id as the store keeps them; the access token stays in the transport's memory."""

import secrets

from app_client.store.database import LocalStore
from app_client.store.meta import Meta, get_meta, set_meta


class StoreTokens:
    """The tokens of one store."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def refresh_token(self) -> str | None:
        """The last one kept."""
        return self._store.read(lambda tx: get_meta(tx, Meta.REFRESH_TOKEN))

    def device_id(self) -> str:
        """The id under which this store signed in; raises LookupError before that."""
        kept = self._store.read(lambda tx: get_meta(tx, Meta.DEVICE_ID))
        if kept is None:
            raise LookupError("this store never signed in")
        return kept

    async def keep_refresh_token(self, token: str) -> None:
        """Keep it durably in place of the old one."""
        await self._store.write(lambda tx: set_meta(tx, Meta.REFRESH_TOKEN, token))


def new_device_id() -> str:
    """A device id that no other store has: `seq` counts per device, so a store made anew is a new device."""
    return f"d2053-{secrets.token_hex(16)}"
