"""Sending one HTTP request: a small protocol, so that a browser's fetch can stand in for httpx."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

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


def packed(headers: Mapping[str, str], body: bytes | None) -> tuple[dict[str, str], bytes | None]:
    """The headers and the body as they travel: a large body compressed, and the headers saying so."""
    if body is None or len(body) <= GZIP_FROM_BYTES:
        return dict(headers), body
    return {**headers, "Content-Encoding": "gzip"}, gzip.compress(body, 6)
