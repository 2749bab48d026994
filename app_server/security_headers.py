"""What every answer tells the browser not to do: framing, sniffing, loading from elsewhere."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_server.docs_page import DOCS_PATH

RawHeaders = tuple[tuple[bytes, bytes], ...]

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    # The app asks for the location at a check-in and for nothing else.
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
)
_CONTENT_SECURITY = b"content-security-policy"
_API: RawHeaders = (
    *_ALWAYS,
    (_CONTENT_SECURITY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
_DOCS: RawHeaders = (
    *_ALWAYS,
    (
        _CONTENT_SECURITY,
        (
            b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        ),
    ),
    (b"cache-control", b"no-store"),
)
# Flutter compiles WebAssembly, starts workers from blobs and writes its start script and styles into the page.
_APP: RawHeaders = (
    *_ALWAYS,
    (
        _CONTENT_SECURITY,
        (
            b"default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
            b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            b"connect-src 'self' data: blob:; worker-src 'self' blob:; "
            b"object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
        ),
    ),
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
        headers = headers_of(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = [*message.get("headers", ())]
                names = {name.lower() for name, _ in said}
                message["headers"] = said + [header for header in headers if header[0] not in names]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def headers_of(path: str) -> RawHeaders:
    """What an answer of that path says unless the app says otherwise: the API loads nothing, pages just enough."""
    if path == DOCS_PATH or path.startswith(f"{DOCS_PATH}/"):
        return _DOCS
    return _API if path.startswith(_SERVERS_OWN) else _APP
