"""A recording fetched from where an exchange says it lies: an allowed host, at an address that was looked at, and nowhere else.

No redirect, no proxy, no credentials, no compression, so many bytes, so many seconds.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx

from app_server.recordings.arriving import Arrival
from shared_models.errors import BadInput, DomainError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text."""

CONNECT_SECONDS = 10.0
_PORTS = {"https": 443, "http": 80}
_TRANSLATED = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


class FetchFailed(DomainError):
    """The recording could not be had this time; `code` says why, `is_final` that trying again is of no use."""

    code = "unreachable"

    def __init__(self, detail: str, *, code: str, is_final: bool = False) -> None:
        super().__init__(detail, code=code)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Source:
    """An allowed host, by scheme and port; `networks`: where it may be besides the public internet."""

    scheme: str
    host: str
    port: int
    networks: tuple[Network, ...] = ()

    def admits(self, address: Address) -> bool:
        """Whether a connection to this address may be made in the host's name."""
        return any(address in each for each in self.networks) or all(
            each.is_global and not each.is_multicast for each in (address, *_within(address))
        )


def read_sources(entries: Iterable[str]) -> list[Source]:
    """The allowed hosts of the setting, each as `host[:port]`, with `http://` before it where there is no TLS.

    Private networks in which it may be follow it, as in `pbx.bank.example 10.20.0.0/16`; an address allows itself.
    Raises BadInput for what is none of this.
    """
    return [_source(entry) for entry in entries]


def _source(entry: str) -> Source:
    name, *networks = entry.split() or [""]
    try:
        parts = urlsplit(name if "://" in name else f"https://{name}")
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        own = [ip_network(host)] if _as_address(host) is not None else []
        found = Source(parts.scheme, host, port, (*own, *(ip_network(each) for each in networks)))
    except (ValueError, KeyError):
        raise BadInput(f"DAY2053_RECORDING_HOSTS: {entry!r} is no host.") from None
    if not host or parts.username is not None or parts.path or parts.query or parts.fragment:
        raise BadInput(f"DAY2053_RECORDING_HOSTS: {entry!r} is no host.")
    return found


async def fetch(
    url: str,
    sources: Sequence[Source],
    arrival: Arrival,
    *,
    seconds: float,
    resolve: Resolve,
    tls: ssl.SSLContext,
) -> None:
    """Let the recording at that address arrive; raises FetchFailed, TooLarge."""
    parts, source = allowed(url, sources)
    try:
        async with asyncio.timeout(seconds):
            address = _admitted(source, await _resolved(resolve, source))
            await _take(parts, source, address, arrival, tls)
    except TimeoutError:
        raise FetchFailed("It took too long.", code="timeout") from None
    except (httpx.HTTPError, OSError) as error:
        # Its kind and not its message, which may name the address.
        raise FetchFailed(f"The host could not be reached ({type(error).__name__}).", code="unreachable") from None


def allowed(url: str, sources: Sequence[Source]) -> tuple[SplitResult, Source]:
    """The parts of an address and the allowed host that it is of; raises FetchFailed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise FetchFailed("The address cannot be read.", code="bad_url", is_final=True) from None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise FetchFailed("The address cannot be read.", code="bad_url", is_final=True)
    if parts.username is not None or parts.password is not None:
        raise FetchFailed("The address has credentials in it.", code="bad_url", is_final=True)
    for source in sources:
        if (source.scheme, source.host, source.port) == (parts.scheme, host, port):
            return parts, source
    raise FetchFailed("The host is not in DAY2053_RECORDING_HOSTS.", code="host_not_allowed")


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """The addresses of a host by the system's resolver; raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


async def _resolved(resolve: Resolve, source: Source) -> Sequence[str]:
    return [source.host] if _as_address(source.host) is not None else await resolve(source.host, source.port)


def _admitted(source: Source, found: Sequence[str]) -> Address:
    """One address to connect to; the host is refused as a whole when any of its addresses is."""
    addresses = [address for each in found if (address := _as_address(each)) is not None]
    if not addresses or len(addresses) < len(found):
        raise FetchFailed("The host has no address.", code="unreachable")
    if not all(source.admits(address) for address in addresses):
        raise FetchFailed("The host's address is in a private network.", code="address_not_allowed")
    return addresses[0]


async def _take(parts: SplitResult, source: Source, address: Address, arrival: Arrival, tls: ssl.SSLContext) -> None:
    at = f"[{address}]" if address.version == 6 else str(address)
    name = f"[{source.host}]" if ":" in source.host else source.host
    target = httpx.URL(
        f"{source.scheme}://{at}:{source.port}{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    )
    headers = {"Host": f"{name}:{source.port}" if parts.port else name, "Accept-Encoding": "identity"}
    # The certificate has to be the name's, while the connection goes to the address that was looked at.
    extensions = {"sni_hostname": source.host}
    async with (
        httpx.AsyncClient(verify=tls, trust_env=False, follow_redirects=False, timeout=CONNECT_SECONDS) as client,
        client.stream("GET", target, headers=headers, extensions=extensions) as reply,
    ):
        if reply.status_code != 200:
            raise FetchFailed(f"The host answered {reply.status_code}.", code=f"http_{reply.status_code}")
        if reply.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise FetchFailed("The host sent it compressed.", code="encoded")
        async for piece in reply.aiter_raw():
            arrival.add(piece)
    arrival.finish()


def _as_address(text: str) -> Address | None:
    try:
        # A link's own scope ("fe80::1%eth0") is of this machine and no part of an address.
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _within(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that an IPv6 address stands for, and that a connection to it may end at."""
    if isinstance(address, IPv4Address):
        return
    for inner in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if inner is not None:
            yield inner
    if address in _TRANSLATED:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
