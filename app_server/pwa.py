"""Hosts the offline app, built by `make pwa`, at `/m/`: one version at a time, each file under the name of its content."""

import json
from functools import cache
from pathlib import Path
from typing import Final, cast

from fastapi import FastAPI
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

BUILD: Final = Path(__file__).parent.parent / "build" / "pwa"
PREFIX: Final = "/m"
_INDEX: Final = "index.json"
_PAGE: Final = "index.html"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
# Python and Flutter are WebAssembly; Flutter writes its styles into the page. Nothing inline runs, nothing comes from elsewhere.
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'none'"
)


def is_built(build: Path = BUILD) -> bool:
    """Whether there is something to host."""
    return (build / _INDEX).exists()


def mount_pwa(app: FastAPI, build: Path = BUILD) -> None:
    """Answer under `/m/` from `build`, also when that is made or replaced later; before the app at `/` is mounted."""

    @app.get(PREFIX, include_in_schema=False)
    def with_slash() -> RedirectResponse:  # pyright: ignore[reportUnusedFunction]  # FastAPI holds it
        return RedirectResponse(f"{PREFIX}/", status_code=308)

    app.mount(PREFIX, BuiltFiles(build), name="pwa")


class BuiltFiles:
    """The files of the newest build, by path; a path with `?v=` is that content or nothing."""

    def __init__(self, build: Path) -> None:
        self._build = build

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        response = self._answer(scope["path"].removeprefix(f"{PREFIX}/"), scope)
        await response(scope, receive, send)

    def _answer(self, name: str, scope: Scope) -> Response:
        files = self._files()
        if name not in files:
            # A route of the app is a page; a file that is missing is missing.
            if "." in name.rsplit("/", 1)[-1]:
                raise HTTPException(404)
            name = _PAGE
        content = files[name]
        asked = QueryParams(scope["query_string"]).get("v")
        if asked is not None and asked != content:
            # A service worker of another version: what it would mix into its own must not come.
            raise HTTPException(404)
        headers = Headers(scope=scope)
        fixed = {
            "Cache-Control": _FOR_EVER if asked else _ASK_FIRST,
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "ETag": f'"{content}"',
            "Vary": "Accept-Encoding",
        }
        if headers.get("if-none-match") == fixed["ETag"]:
            return Response(status_code=304, headers=fixed)
        path = self._build / name
        packed = path.with_name(f"{path.name}.gz")
        if "gzip" in headers.get("accept-encoding", "") and packed.exists():
            path, fixed["Content-Encoding"] = packed, "gzip"
        return FileResponse(path, headers=fixed, media_type=_MEDIA_TYPES.get(Path(name).suffix, "text/plain"))

    def _files(self) -> dict[str, str]:
        index = self._build / _INDEX
        try:
            return _read_index(index, index.stat().st_mtime_ns)
        except OSError:
            raise HTTPException(404, "The offline app is not built on this server; `make pwa` builds it.") from None


@cache
def _read_index(index: Path, _changed: int) -> dict[str, str]:
    """Content name by path; read anew when the index has changed."""
    return cast("dict[str, str]", json.loads(index.read_text("utf-8"))["files"])
