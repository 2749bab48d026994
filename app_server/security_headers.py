"""What every answer tells the browser not to do: framing, sniffing, loading from elsewhere."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_server.docs_page import DOCS_PATH

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # The app asks for the location at a check-in and for nothing else.
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}
_NO_CONTENT = "default-src 'none'; frame-ancestors 'none'"
_DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# Flutter compiles WebAssembly, starts workers from blobs and writes its start script and styles into the page.
_APP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
_SERVERS_OWN = ("/api/", "/healthz", "/readyz", "/metrics")


class SecurityHeaders:
    """Adds the headers to every HTTP answer, and keeps answers of the API out of caches unless they say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", content_security_policy(path))
                if path.startswith(_SERVERS_OWN):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def content_security_policy(path: str) -> str:
    """The policy of a path: nothing at all for the API, just enough for its page and for the app."""
    if path == DOCS_PATH or path.startswith(f"{DOCS_PATH}/"):
        return _DOCS
    return _NO_CONTENT if path.startswith(_SERVERS_OWN) else _APP
