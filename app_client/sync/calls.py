"""One signed-in device's authorized calls: tokens, their renewal, typed errors. What may be asked is in the modules that extend it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from app_client.platform.http import Http, HttpReply
from app_client.sync.replies import (
    SignInAgain,
    SignInRefused,
    parsed,
    problem_of,
    raise_for_status,
)
from app_client.sync.signed_in import SignedIn, TokenKeeper
from shared_models.errors import DomainError
from shared_models.passwords import PasswordChange

T = TypeVar("T", bound=BaseModel)

API = "/api/v1"


class Calls:
    """How a device asks the server. An expired access token is renewed once, by one caller for all who wait."""

    def __init__(self, http: Http, *, tokens: TokenKeeper | None = None) -> None:
        self._http = http
        self._tokens = tokens
        self._access_token: str | None = None
        self._renewing = asyncio.Lock()
        self._signed_out_listener: Callable[[], None] | None = None

    def use_tokens(self, tokens: TokenKeeper, *, access_token: str | None) -> None:
        """Go on as the person whose tokens these are."""
        self._tokens = tokens
        self._access_token = access_token

    def on_signed_out(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the server ends this sign-in, whichever call found out."""
        self._signed_out_listener = listener

    async def sign_in(self, login: str, password: str, *, device_id: str, device_name: str) -> SignedIn:
        """The password grant. Raises SignInRefused, Throttled, Offline, ServerSaid, BadReply."""
        form = {
            "grant_type": "password",
            "username": login,
            "password": password,
            "device_id": device_id,
            "device_name": device_name,
        }
        granted = await self._grant(form, SignInRefused("Login or password is wrong."))
        self._access_token = granted.access_token
        return granted

    async def change_password(self, current: str, new: str) -> None:
        """Choose a password of one's own. Raises what any call raises; ServerSaid for one the server does not take."""
        change = PasswordChange(current_password=current, new_password=new)
        await self._call("POST", "/auth/password", body=change.model_dump())

    async def refresh(self) -> None:
        """Exchange the refresh token. Raises SignInAgain, Offline, ServerSaid, BadReply, StoreWriteFailed.

        The new one is durable before it is used. When the reply is lost the same old one is presented again, which the
        server allows the same device for a short while.
        """
        token = self._tokens.refresh_token() if self._tokens else None
        if self._tokens is None or token is None:
            raise self._signed_out()
        form = {"grant_type": "refresh_token", "refresh_token": token, "device_id": self._tokens.device_id()}
        try:
            granted = await self._grant(form, SignInAgain("Your sign-in has expired; sign in again."))
        except SignInAgain:
            if self._tokens.refresh_token() != token:
                # Someone signed in meanwhile: the refusal was of the old token.
                return
            raise self._signed_out() from None
        await self._tokens.keep_refresh_token(granted.refresh_token)
        self._access_token = granted.access_token

    async def sign_out(self) -> None:
        """Revoke this device's tokens on the server. Raises what any call raises."""
        await self._call("POST", "/auth/logout")

    async def close(self) -> None:
        """Let go of connections and of the access token."""
        self._access_token = None
        await self._http.close()

    async def _grant(self, form: Mapping[str, str], refusal: DomainError) -> SignedIn:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        reply = await self._http.send("POST", f"{API}/auth/token", headers=headers, body=urlencode(dict(form)).encode())
        if reply.status == 400 and problem_of(reply).get("error") == "invalid_grant":
            raise refusal
        raise_for_status(reply)
        return parsed(reply, SignedIn)

    async def _sent(self, method: str, path: str, document: BaseModel, answer: type[T]) -> T:
        return parsed(await self._call(method, path, body=document.model_dump(mode="json")), answer)

    async def _call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> HttpReply:
        return await self._authorized(lambda access_token: self._send(method, path, access_token, params, body))

    async def _authorized(self, send: Callable[[str], Awaitable[HttpReply]]) -> HttpReply:
        used = self._access_token
        if used is None:
            used = await self._renew(used)
        reply = await send(used)
        if reply.status == 401:
            used = await self._renew(used)
            reply = await send(used)
            if reply.status == 401:
                raise self._signed_out()
        raise_for_status(reply)
        return reply

    async def _renew(self, used: str | None) -> str:
        async with self._renewing:
            if self._access_token is None or self._access_token == used:
                await self.refresh()
            if self._access_token is None:
                raise self._signed_out()
            return self._access_token

    async def _send(
        self, method: str, path: str, access_token: str, params: Mapping[str, str] | None, body: object
    ) -> HttpReply:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._http.send(method, f"{API}{path}", headers=headers, params=params, body=content)

    def _signed_out(self) -> SignInAgain:
        self._access_token = None
        if self._signed_out_listener is not None:
            self._signed_out_listener()
        return SignInAgain("Your sign-in has ended; sign in again. What you recorded is kept.")
