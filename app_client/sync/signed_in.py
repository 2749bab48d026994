"""What signing in brings, and who keeps the token that renews it; the calls are the transport's."""

from typing import Protocol

from pydantic import BaseModel, Field

from shared_models.org import Staff


class SignedIn(BaseModel):
    """What the token endpoint answers; unknown fields are passed over."""

    access_token: str
    refresh_token: str
    staff: Staff
    # Opens this device's own store when the PIN is forgotten; only the password brings it.
    device_key: str | None = Field(default=None, repr=False)
    password_change_required: bool = False


class TokenKeeper(Protocol):
    """Where the refresh token and the device id are kept; the access token never leaves memory."""

    def refresh_token(self) -> str | None:
        """The last refresh token that was kept."""
        ...

    def device_id(self) -> str:
        """The id under which this device signed in."""
        ...

    async def keep_refresh_token(self, token: str) -> None:
        """Keep a new token durably in place of the old one."""
        ...
