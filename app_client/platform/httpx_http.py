"""HTTP by httpx, for every place but a browser."""

from collections.abc import Mapping

import httpx

from app_client.platform.http import HttpReply, Offline, packed


class HttpxHttp:
    """One server, its connections kept between requests."""

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
        sent, body = packed(headers, body)
        try:
            reply = await self._client.request(method, path, headers=sent, params=params, content=body)
        except httpx.HTTPError as error:
            # Not its message: that may name hosts and paths, and the person needs neither.
            raise Offline(f"The server cannot be reached ({type(error).__name__}).") from error
        return HttpReply(reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, reply.content)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
