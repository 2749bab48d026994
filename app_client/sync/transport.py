"""The server's API as the app calls it: typed answers and typed errors. When to call is the runner's."""

from dataclasses import dataclass
from datetime import datetime

from app_client.platform.clock import Clock
from app_client.platform.http import HttpReply, Offline
from app_client.sync.calls import API
from app_client.sync.org_calls import OrgCalls
from app_client.sync.replies import (
    BadReply,
    ServerSaid,
    SignInAgain,
    SignInRefused,
    parsed,
    raise_for_status,
)
from app_client.sync.review_calls import ReviewCalls
from app_client.sync.signed_in import SignedIn, TokenKeeper
from app_client.sync.team_calls import TeamCalls
from shared_models.confirmations import CodeRequest, CodeSent, CodeTried, CodeTry
from shared_models.org import Staff
from shared_models.sealing import CardKeys
from shared_models.sync import SyncRequest, SyncResponse

__all__ = [
    "ApiTransport",
    "BadReply",
    "Offline",
    "ServerSaid",
    "SignInAgain",
    "SignInRefused",
    "SignedIn",
    "TimedResponse",
    "TokenKeeper",
]


@dataclass(frozen=True, slots=True)
class TimedResponse:
    """An answer, and when by the device's clock the request that it answers went out and came back."""

    response: SyncResponse
    sent_at: datetime
    received_at: datetime


class ApiTransport(TeamCalls, OrgCalls, ReviewCalls):
    """Everything that a signed-in device asks: its own round trip here, what heads ask in the classes above."""

    async def sync(self, request: SyncRequest, *, clock: Clock) -> TimedResponse:
        """One round trip. Raises SignInAgain, TooLarge, CursorExpired, Throttled, ServerSaid, Offline, BadReply."""
        body = request.model_dump(mode="json")
        sent_at = received_at = clock.now()

        async def exchange(access_token: str) -> HttpReply:
            # Of the exchange that is answered alone: one refused before it, and a renewal, say nothing about the clock.
            nonlocal sent_at, received_at
            sent_at = clock.now()
            reply = await self._send("POST", "/sync", access_token, None, body)
            received_at = clock.now()
            return reply

        response = parsed(await self._authorized(exchange), SyncResponse)
        if [result.id for result in response.results] != [activity["id"] for activity in request.activities]:
            raise BadReply("The server's answer does not fit what was sent.")
        return TimedResponse(response, sent_at=sent_at, received_at=received_at)

    async def get_card_keys(self) -> CardKeys:
        """The bank's public card keys, which anybody may have. Raises Throttled, ServerSaid, Offline, BadReply."""
        # Without a token, so that asking can end nobody's sign-in.
        reply = await self._http.send("GET", f"{API}/keys", headers={"Accept": "application/json"})
        raise_for_status(reply)
        return parsed(reply, CardKeys)

    async def get_me(self) -> Staff:
        """Who is signed in, as the server has them now."""
        return parsed(await self._call("GET", "/me"), Staff)

    async def send_code(self, request: CodeRequest) -> CodeSent:
        """Have a code sent to a customer."""
        return await self._sent("POST", "/confirmations", request, CodeSent)

    async def try_code(self, tried: CodeTry) -> CodeTried:
        """Whether a code is the one that was sent; a wrong one costs a try."""
        return await self._sent("POST", "/confirmations/check", tried, CodeTried)
