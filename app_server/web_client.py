"""Serves the Flet app at `/` of the API's own port: its files, fonts and WebSocket; the only server file that may import app_client."""

import gzip
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

import flet as ft
import flet_web.fastapi as flet_fastapi  # pyright: ignore[reportMissingTypeStubs]  # flet_web has no py.typed
from anyio import to_thread
from fastapi import FastAPI
from flet_web import get_package_web_dir  # pyright: ignore[reportMissingTypeStubs]  # flet_web has no py.typed
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_client.theme import RARE_FAMILY

ASSETS: Final = Path(__file__).parent.parent / "assets"
# What Flutter names its default family on every platform but Apple's; both weights under it make all text Chinese-capable.
_FONTS: Final[list[dict[str, object]]] = [
    {
        "family": "Roboto",
        "fonts": [
            {"asset": "../fonts/NotoSansSC-Regular.woff2", "weight": 400},
            {"asset": "../fonts/NotoSansSC-Bold.woff2", "weight": 700},
        ],
    },
    {"family": RARE_FAMILY, "fonts": [{"asset": "../fonts/NotoSansSC-Names.woff2", "weight": 400}]},
]
_COMPRESSED: Final = (".js", ".mjs", ".wasm", ".otf", ".ttf")
# A font's file is renamed when it changes; everything else is asked about again and answered with 304.
_FONT_CACHE: Final = "public, max-age=31536000, immutable"
_OTHER_CACHE: Final = "no-cache"
# Flet isolates the page and opens it to every origin. In an isolated page Flutter rasterizes in a second thread, which corrupts
# its own heap now and then until the page stands still (flutter/flutter#190039); alone in one thread it does not.
_ISOLATION: Final = ("Cross-Origin-Embedder-Policy", "Access-Control-Allow-Origin")
_SERVERS_OWN: Final = ("/api/", "/healthz", "/readyz", "/metrics")

ClientMain = Callable[[ft.Page], None] | Callable[[ft.Page], Awaitable[None]]


def client_main() -> ClientMain:
    """The app itself; imported when it is served, so that tests of the API do not wait for Flet."""
    from app_client.main import main

    return main


def mount_app(
    app: FastAPI, *, client_main: ClientMain, session_timeout_seconds: int = 3600, assets: Path = ASSETS
) -> None:
    """Mount the Flet app at `/`; call it after every other route, and run `client_lifespan` inside the app's own lifespan.

    A session's state is kept for `session_timeout_seconds` after its browser went away. Nothing is asked of another host.
    """
    flet = flet_fastapi.app(
        client_main,
        assets_dir=str(assets),
        no_cdn=True,
        session_timeout_seconds=session_timeout_seconds,
    )
    app.mount("/", WebFront(flet), name="app")


@asynccontextmanager
async def client_lifespan() -> AsyncGenerator[None]:
    """Starts what evicts old sessions, and ends it."""
    await flet_fastapi.app_manager.start()
    try:
        yield
    finally:
        await flet_fastapi.app_manager.shutdown()


class WebFront:
    """Stands before Flet's files: our font manifest, compressed code, our headers, and 404 for the server's own prefixes."""

    def __init__(self, flet: ASGIApp) -> None:
        self.flet = flet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self.flet(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith(_SERVERS_OWN):
            # Flet would answer an unknown API path with its index page, and 200.
            raise HTTPException(404)
        headers = Headers(scope=scope)
        if path == "/assets/FontManifest.json":
            manifest = Response(
                _font_manifest(), media_type="application/json", headers={"Cache-Control": _OTHER_CACHE}
            )
            await manifest(scope, receive, send)
            return
        if path.endswith(_COMPRESSED) and "gzip" in headers.get("accept-encoding", ""):
            packed = await to_thread.run_sync(_compressed, path)
            if packed is not None:
                await self._send_packed(packed, headers, scope, receive, send)
                return
        cache_control = _FONT_CACHE if path.startswith("/fonts/") else _OTHER_CACHE

        async def send_with_cache(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent["Cache-Control"] = cache_control
                for header in _ISOLATION:
                    del sent[header]
            await send(message)

        await self.flet(scope, receive, send_with_cache)

    @staticmethod
    async def _send_packed(
        packed: tuple[bytes, str, str], headers: Headers, scope: Scope, receive: Receive, send: Send
    ) -> None:
        content, etag, media_type = packed
        fixed = {
            "ETag": etag,
            "Cache-Control": _OTHER_CACHE,
            "Vary": "Accept-Encoding",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if headers.get("if-none-match") == etag:
            response = Response(status_code=304, headers=fixed)
        else:
            response = Response(content, media_type=media_type, headers={**fixed, "Content-Encoding": "gzip"})
        await response(scope, receive, send)


def chinese_fonts() -> list[dict[str, object]]:
    """Our families as Flutter's font manifest has them."""
    return list(_FONTS)


@cache
def _font_manifest() -> bytes:
    """Flutter's own manifest with the Chinese families added."""
    theirs = json.loads((Path(get_package_web_dir()) / "assets" / "FontManifest.json").read_text("utf-8"))
    return json.dumps([*(family for family in theirs if family["family"] != "Roboto"), *_FONTS]).encode()


@cache
def _compressed(path: str) -> tuple[bytes, str, str] | None:
    """A file of the web client, compressed once per process: (bytes, ETag, media type); None when there is no such file."""
    root = Path(get_package_web_dir()).resolve()
    file = (root / path.lstrip("/")).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        return None
    media_type = {".wasm": "application/wasm", ".js": "text/javascript", ".mjs": "text/javascript"}.get(
        file.suffix, "font/otf"
    )
    stat = file.stat()
    return gzip.compress(file.read_bytes(), 6), f'"{stat.st_size:x}-{stat.st_mtime_ns:x}"', media_type
