"""Sending one HTTP request: a small protocol, so that a browser's fetch can stand in for httpx."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from shared_models.errors import DomainError

# Below this, compressing costs more than it saves.
GZIP_FROM_BYTES = 1024


class Offline(DomainError):
    """The server could not be reached, or its answer did not come back; what it did is unknown."""

    code = "offline"


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A status, headers by lower-case name, and the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """Sends requests to one server."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        """Send one request and read the whole answer; raises Offline."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class HttpxHttp:
    """HTTP by httpx, for every place but a browser."""

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # trust_env off: a proxy meant for the internet must not see a bank's tokens, nor stand before loopback.
        self._client = httpx.AsyncClient(
            base_url=base_url, transport=transport, timeout=httpx.Timeout(30, connect=5), trust_env=False
        )

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
        sent = dict(headers)
        if body is not None and len(body) > GZIP_FROM_BYTES:
            body = gzip.compress(body, 6)
            sent["Content-Encoding"] = "gzip"
        try:
            reply = await self._client.request(method, path, headers=sent, params=params, content=body)
        except httpx.HTTPError as error:
            # Not its message: that may name hosts and paths, and the person needs neither.
            raise Offline(f"The server cannot be reached ({type(error).__name__}).") from error
        return HttpReply(reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, reply.content)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
