"""The line between a phone and the server: whatever is sent may get lost, come twice, come late or come mutilated."""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app_client.platform.http import HttpReply, Offline
from tests.simulation.server import SYNC, TOKEN, Request, ServerDied, SimulatedServer
from tests.simulation.virtual import pass_time

TIMEOUT = 30.0


class Fate(StrEnum):
    """What becomes of one request."""

    FINE = "fine"
    REFUSED = "refused"
    LOST_THERE = "lost there"
    LOST_BACK = "lost back"
    TWICE = "twice"
    LATE = "late"
    CUT_THERE = "cut there"
    CUT_BACK = "cut back"
    PORTAL = "portal"
    GATEWAY = "gateway"
    BUSY = "busy"


_UNHEARD = (Fate.LOST_THERE, Fate.LATE, Fate.TWICE)
_ANSWERED_ON_THE_WAY = {
    Fate.PORTAL: HttpReply(200, {}, b"<html>the hotel's own page</html>"),
    Fate.GATEWAY: HttpReply(502, {}, b"<html>bad gateway</html>"),
    Fate.BUSY: HttpReply(503, {"retry-after": "20"}, b"{}"),
}


@dataclass(frozen=True)
class Weather:
    """How a line is: the weights of what may happen to a request, and the longest way there or back in seconds."""

    name: str
    slowest: float
    weights: Mapping[Fate, int]


FINE = Weather("fine", 0.3, {Fate.FINE: 1})
FLAKY = Weather(
    "flaky",
    4.0,
    {
        Fate.FINE: 8,
        Fate.REFUSED: 1,
        Fate.LOST_THERE: 2,
        Fate.LOST_BACK: 4,
        Fate.TWICE: 2,
        Fate.LATE: 1,
        Fate.CUT_THERE: 1,
        Fate.CUT_BACK: 2,
        Fate.GATEWAY: 1,
        Fate.BUSY: 1,
    },
)
SLOW = Weather("slow", 14.0, {Fate.FINE: 4, Fate.LOST_BACK: 2, Fate.LATE: 2})
DEAD = Weather("dead", 0.1, {Fate.REFUSED: 3, Fate.LOST_THERE: 1})
HOTEL = Weather("hotel", 0.2, {Fate.PORTAL: 1})
WEATHERS = (FINE, FINE, FLAKY, FLAKY, FLAKY, FLAKY, SLOW, DEAD, HOTEL)


@dataclass
class Gate:
    """What stands between all phones and the server: the most activities it lets through at once, and smaller pages."""

    most_activities: int | None = None
    page: int | None = None


class Line:
    """One phone's way to the server; an Http."""

    def __init__(
        self,
        server: SimulatedServer,
        gate: Gate,
        chance: random.Random,
        *,
        told: Callable[[str], None],
        watch: Callable[[Request, HttpReply], None],
    ) -> None:
        self._server = server
        self._gate = gate
        self._chance = chance
        self._told = told
        self._watch = watch
        self.weather = FINE
        self.loses_cursor = False
        # What befalls the next sync whatever the weather, and how many requests are still on their way.
        self.next_fate: Fate | None = None
        self.on_the_way = 0
        self.sent_at: list[float] = []
        # What the server handed out: access tokens must lie on no disk, refresh tokens on the phone's alone.
        self.access_tokens: list[str] = []
        self.refresh_tokens: list[str] = []
        # When a sync was last answered. A renewed token is not a call that arrived, nor is a batch to be made smaller.
        self.moved_at = 0.0
        # Of the last sync that was answered: when it began, and when its answer came.
        self.last_exchange: tuple[float, float] | None = None

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        began = asyncio.get_running_loop().time()
        self.sent_at.append(began)
        request = self._at_the_gate(Request(path, headers, body or b""))
        fate = self._chance.choices(list(self.weather.weights), list(self.weather.weights.values()))[0]
        if self.next_fate is not None and _activities(request):
            fate, self.next_fate = self.next_fate, None
        self._told(f"sends {path.rpartition('/')[2]}{_size(request)}: {fate}")
        reply = await self._carry(request, fate)
        self._told(f"hears {reply.status}{_summary(request, reply)}")
        if reply.status == 200 and path == SYNC:
            self.moved_at = asyncio.get_running_loop().time()
            self.last_exchange = began, self.moved_at
        if path == TOKEN and "access_token" in (granted := _parsed(reply.body)):
            self.access_tokens.append(granted["access_token"])
            self.refresh_tokens.append(granted["refresh_token"])
        return reply

    async def close(self) -> None:
        pass

    async def _carry(self, request: Request, fate: Fate) -> HttpReply:
        if fate in _ANSWERED_ON_THE_WAY:
            await self._way()
            return _ANSWERED_ON_THE_WAY[fate]
        if fate is Fate.REFUSED:
            await self._way()
            raise Offline("The server cannot be reached.")
        if fate in _UNHEARD or (fate is Fate.CUT_THERE and request.path != SYNC):
            # Half a form would be a form; the server waits for the rest that its Content-Length announced, as it does
            # for that of a head.
            for seconds in self._arrivals(fate):
                self._later(request, seconds)
            return await self._nothing()
        if fate is Fate.CUT_THERE:
            cut = self._chance.randrange(len(request.body))
            request = Request(request.path, request.headers, request.body[:cut])
        await self._way()
        if (most := self._gate.most_activities) is not None and _activities(request) > most:
            return HttpReply(413, {}, b"{}")
        try:
            reply = self._deliver(request)
        except ServerDied:
            self._told("the server is down")
            raise Offline("The connection was broken.") from None
        if fate is Fate.LOST_BACK:
            return await self._nothing()
        await self._way()
        if fate is Fate.CUT_BACK:
            return HttpReply(reply.status, reply.headers, reply.body[: self._chance.randrange(len(reply.body))])
        return reply

    def _arrivals(self, fate: Fate) -> list[float]:
        """When a request arrives whose answer nobody hears: never, after the phone has given up, or twice."""
        match fate:
            case Fate.LATE:
                return [TIMEOUT + self._chance.uniform(0, 900)]
            case Fate.TWICE:
                return [self._chance.uniform(0, 5), self._chance.uniform(0, 120)]
            case _:
                return []

    def _deliver(self, request: Request) -> HttpReply:
        reply = self._server.handle(request)
        self._watch(request, reply)
        return reply

    def _later(self, request: Request, seconds: float) -> None:
        def arrive() -> None:
            self.on_the_way -= 1
            try:
                reply = self._deliver(request)
            except ServerDied:
                return
            self._told(f"(late, unheard: {reply.status}{_summary(request, reply)})")

        self.on_the_way += 1
        asyncio.get_running_loop().call_later(seconds, arrive)

    async def _way(self) -> None:
        await pass_time(self._chance.uniform(0.01, self.weather.slowest))

    async def _nothing(self) -> HttpReply:
        await pass_time(TIMEOUT)
        raise Offline("The server did not answer in time.")

    def _at_the_gate(self, request: Request) -> Request:
        if request.path != SYNC or not (self._gate.page or self.loses_cursor):
            return request
        body = json.loads(request.body)
        if self._gate.page:
            body["limit"] = self._gate.page
        if self.loses_cursor and body["cursor"] is not None:
            # As after a feed that was compacted, or a database set back: the server knows no such place.
            body["cursor"] = "outlived"
            self.loses_cursor = False
        return Request(request.path, request.headers, json.dumps(body).encode())


def _activities(request: Request) -> int:
    return len(_parsed(request.body).get("activities", []))


def _parsed(body: bytes) -> dict[str, Any]:
    """JSON as far as it is any."""
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _size(request: Request) -> str:
    return f", {_activities(request)} activities" if request.path == SYNC else ""


def _summary(request: Request, reply: HttpReply) -> str:
    answer = _parsed(reply.body)
    if request.path != SYNC or "results" not in answer:
        return ""
    results = [each["code"] or each["status"] for each in answer["results"]]
    return f", results {results}, {len(answer['changes'])} changes"
