"""Bodies within bounds: so many bytes, so many seconds, gzip unpacked no further than that. What they say is not looked at."""

import asyncio
import zlib
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_server.problems import problem

API_PREFIX = "/api/"
_GZIP = 16 + zlib.MAX_WBITS


class _BodyRefused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class BoundedBody:
    """Reads the whole body of an API request before the app sees it; 413, 408, 415 or 400 when it is not to be had.

    `is_streamed` says of which method and path the app reads the body itself, in pieces and within bounds of its own.
    """

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, timeout_seconds: float, is_streamed: Callable[[str, str], bool]
    ) -> None:
        self._app = app
        self._is_streamed = is_streamed
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        is_api = scope["type"] == "http" and scope["path"].startswith(API_PREFIX)
        if not is_api or self._is_streamed(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                body = await self._read(headers, receive)
        except (TimeoutError, _BodyRefused) as error:
            refused = (
                error if isinstance(error, _BodyRefused) else _BodyRefused(408, "timeout", "The body took too long.")
            )
            answer = problem(refused.status, code=refused.code, detail=refused.detail, headers={"Connection": "close"})
            await answer(scope, receive, send)
            return
        if body is None:
            return  # the caller has gone
        if "content-encoding" in headers:
            as_unpacked = MutableHeaders(scope=scope)
            del as_unpacked["content-encoding"]
            as_unpacked["content-length"] = str(len(body))
        sent = False

        async def receive_once() -> Message:
            nonlocal sent
            if sent:
                return await receive()  # from now on only a disconnect
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, receive_once, send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise _BodyRefused(415, "unsupported_encoding", "Content-Encoding may be gzip or none.")
        if (length := headers.get("content-length", "")).isdecimal() and int(length[:20]) > self._max_bytes:
            raise self._too_large()
        unpack = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
        chunks: list[bytes] = []
        total = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk: bytes = message.get("body", b"")
            if unpack is not None:
                try:
                    chunk = unpack.decompress(chunk, self._max_bytes - total + 1)
                except zlib.error:
                    raise _BodyRefused(400, "bad_input", "The body is no gzip.") from None
            total += len(chunk)
            if total > self._max_bytes:
                raise self._too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                break
        if unpack is not None and not unpack.eof:
            raise _BodyRefused(400, "bad_input", "The gzip body is cut short.")
        return b"".join(chunks)

    def _too_large(self) -> _BodyRefused:
        return _BodyRefused(413, "too_large", f"A request may carry {self._max_bytes} bytes; nothing was stored.")
