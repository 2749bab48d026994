"""Recordings fetched from where an exchange says they lie: from allowed hosts at addresses that were looked at, and nowhere else."""

import asyncio
import contextlib
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.recordings.arriving import Arrival
from app_server.recordings.awaited import MOST_ATTEMPTS, Fetcher, wait_after
from app_server.recordings.fetching import FetchFailed, Source, allowed, fetch, read_sources
from app_server.tables import RecordingState
from shared_models.errors import BadInput, DomainError, TooLarge
from tests.recordings.recorded import PHONE, Recorder, wav
from tests.telephony.exchange import Json, beside, ended

TLS = ssl.create_default_context()
AUDIO = wav()


def answer(body: bytes = AUDIO, *, status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Host:
    """A web server on loopback that gives one answer; `asked` are the requests it had."""

    port: int = 0
    asked: list[str] = field(default_factory=list[str])
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    def source(self, name: str = "127.0.0.1", *networks: str) -> Source:
        return read_sources([f"http://{name}:{self.port} {' '.join(networks)}"])[0]


@asynccontextmanager
async def host(reply: bytes = b"", *, tls: ssl.SSLContext | None = None, stall: bool = False) -> AsyncIterator[Host]:
    made, writers = Host(), list[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        made.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        made.was_asked.set()
        writer.write(reply or answer())
        if not stall:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@dataclass
class Resolver:
    """Names to addresses, another answer each time; `asked` counts."""

    answers: list[Sequence[str]]
    asked: int = 0

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


async def nobody(name: str, port: int) -> Sequence[str]:
    raise AssertionError("no name was to be resolved")


async def taken(url: str, *sources: Source, most: int = 100_000, seconds: float = 5, resolve=nobody, tls=TLS) -> bytes:
    with Arrival(uuid4(), most=most) as arrival:
        await fetch(url, sources, arrival, seconds=seconds, resolve=resolve, tls=tls)
        return arrival.read(0, arrival.size)


async def refusal(url: str, *sources: Source, **how) -> str:
    with pytest.raises(DomainError) as refused:
        await taken(url, *sources, **how)
    return refused.value.code


async def test_an_allowed_host(tmp_path: Path):
    async with host() as there:
        assert await taken(f"http://127.0.0.1:{there.port}/a?b=c", there.source()) == AUDIO
    (asked,) = there.asked
    assert asked.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert "accept-encoding: identity\r\n" in asked.lower()
    assert not any(word in asked.lower() for word in ("authorization", "cookie"))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "https://pbx.example.evil.example/a",
        "https://pbx.example:8443/a",
        "http://pbx.example/a",
        "ftp://pbx.example/a",
        "file:///etc/passwd",
        "gopher://pbx.example/",
        "//pbx.example/a",
        "pbx.example/a",
        "",
        "http://127.0.0.1/a",
        "http://[::1]/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::ffff:127.0.0.1]/",
        "https://pbx.example.@evil.example/",
        "https://evil.example#pbx.example",
        "https://evil.example?pbx.example",
    ],
)
async def test_another_host(url: str):
    assert await refusal(url, *read_sources(["pbx.example"])) in ("host_not_allowed", "bad_url")
    assert await refusal(url) in ("host_not_allowed", "bad_url")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@pbx.example/a",
        "https://user@pbx.example/a",
        "https://pbx.example\\@evil.example/",
        "https://pbx.example/a b",
        "https://pbx.example/\r\nHost: x",
        "https://pbx.example:99999/",
        "https://[pbx.example/",
        "https://pbx.exämple/",
    ],
)
def test_an_address_that_cannot_be_trusted_to_mean_one_thing(url: str):
    with pytest.raises(FetchFailed) as refused:
        allowed(url, read_sources(["pbx.example"]))
    assert (refused.value.code, refused.value.is_final) in (("bad_url", True), ("host_not_allowed", False))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "localhost",
        "2130706433",
    ],
)
async def test_a_name_that_leads_into_a_private_network(address: str):
    """However the address is written, and even where another one of the name is public."""
    for found in ([address], ["93.184.215.14", address]):
        code = await refusal("https://pbx.example/a", *read_sources(["pbx.example"]), resolve=Resolver([found]))
        assert code in ("address_not_allowed", "unreachable")


async def test_a_private_network_has_to_be_named():
    async with host() as there:
        url = f"http://pbx.example:{there.port}/a"
        within = there.source("pbx.example", "10.0.0.0/8", "127.0.0.0/8")
        assert await taken(url, within, resolve=Resolver([["127.0.0.1"]])) == AUDIO
        assert f"host: pbx.example:{there.port}\r\n" in there.asked[0].lower()
        elsewhere = there.source("pbx.example", "10.0.0.0/8")
        assert await refusal(url, elsewhere, resolve=Resolver([["127.0.0.1"]])) == "address_not_allowed"


async def test_a_name_that_changes_its_address_meanwhile():
    """It is resolved once, and the connection goes to what was looked at (DNS rebinding)."""
    async with host() as there:
        resolver = Resolver([["127.0.0.1"], ["169.254.169.254"]])
        source = there.source("pbx.example", "127.0.0.1/32")
        assert await taken(f"http://pbx.example:{there.port}/a", source, resolve=resolver) == AUDIO
        assert resolver.asked == 1
        assert await refusal(f"http://pbx.example:{there.port}/a", source, resolve=resolver) == "address_not_allowed"
        assert len(there.asked) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_not_followed(status: str):
    async with host() as inner, host(answer(b"", status=status, Location=f"http://127.0.0.1:{inner.port}/x")) as there:
        code = await refusal(f"http://127.0.0.1:{there.port}/a", there.source(), inner.source())
        assert (code, inner.asked) == (f"http_{status[:3]}", [])


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(gzip.compress(AUDIO), Content_Encoding="gzip"), "encoded"),
        (answer(bytes(100_001)), "too_large"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(100_001), "too_large"),
        (answer(status="404 Not Found"), "http_404"),
        (answer(status="206 Partial Content"), "http_206"),
        (answer()[:-1], "unreachable"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "unreachable"),
    ],
)
async def test_what_a_host_may_answer(reply: bytes, code: str):
    async with host(reply) as there:
        assert await refusal(f"http://127.0.0.1:{there.port}/a", there.source()) == code


async def test_a_host_that_never_ends():
    async with host(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(10), stall=True) as there:
        assert await refusal(f"http://127.0.0.1:{there.port}/a", there.source(), seconds=0.2) == "timeout"


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What serves as that name, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + pem
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    return served, ssl.create_default_context(cadata=pem.decode())


async def test_the_certificate_has_to_be_the_names(tmp_path: Path):
    served, trusting = certificate(tmp_path, "pbx.example")
    async with host(tls=served) as there:
        resolver = Resolver([["127.0.0.1"]])
        sources = read_sources([f"{name}:{there.port} 127.0.0.1/32" for name in ("pbx.example", "other.example")])
        url = f"https://pbx.example:{there.port}/a"
        assert await taken(url, *sources, resolve=resolver, tls=trusting) == AUDIO
        assert await refusal(url, *sources, resolve=resolver) == "unreachable"
        other = f"https://other.example:{there.port}/a"
        assert await refusal(other, *sources, resolve=resolver, tls=trusting) == "unreachable"


@pytest.mark.parametrize(
    "entry", ["", "https://", "pbx.example/path", "user@pbx.example", "ftp://pbx.example", "pbx.example 10.0.0", "a:b"]
)
def test_a_setting_that_is_no_host(entry: str):
    with pytest.raises(BadInput):
        read_sources([entry])


def test_a_setting_that_is_one():
    found = read_sources(["pbx.example", "pbx.example:8443 10.0.0.0/8", "http://10.1.2.3:8080", "http://[::1]:80"])
    assert [(each.scheme, each.host, each.port) for each in found] == [
        ("https", "pbx.example", 443),
        ("https", "pbx.example", 8443),
        ("http", "10.1.2.3", 8080),
        ("http", "::1", 80),
    ]
    assert found[2].admits(ipaddress.ip_address("10.1.2.3"))
    assert not found[2].admits(ipaddress.ip_address("10.1.2.4"))


# -- what is awaited, on both databases


def ready(event: Json, url: object) -> Json:
    return beside("recording_ready", event, url=url)


def fetcher(recorder: Recorder, *sources: Source) -> Fetcher:
    server = recorder.bank.server
    return Fetcher(server.db, recorder.shelf, server.settings, sources, TLS, nobody)


async def test_what_was_told_of_is_fetched_once(recorder: Recorder):
    event = ended(PHONE)
    async with host() as there:
        url = f"http://127.0.0.1:{there.port}/call.wav"
        assert recorder.exchange.tell(ready(event, url), event, ready(event, url)) == ["taken", "taken", "duplicate"]
        waiting = recorder.row(event["record_id"])
        assert waiting is not None
        assert waiting.state is RecordingState.AWAITED
        assert recorder.ticket(recorder.bank.li, waiting).status_code == 404
        fetching, clock = fetcher(recorder, there.source()), recorder.bank.server.clock
        done = [await fetching.fetch_next(clock) for _ in range(2)]
    assert [each and (each.recording_id, each.reason) for each in done] == [(waiting.id, ""), None]
    here = recorder.row(event["record_id"])
    assert here is not None
    assert (here.state, here.url, here.seconds) == (RecordingState.KEPT, None, 2)
    assert recorder.get(recorder.link(recorder.bank.li, here)).content == AUDIO


async def test_a_failure_is_noted_tried_later_and_given_up(recorder: Recorder):
    event, clock = ended(PHONE), recorder.bank.server.clock
    assert recorder.exchange.tell(ready(event, "https://pbx.example/a")) == ["taken"]
    fetching = fetcher(recorder)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        done = await fetching.fetch_next(clock)
        assert done is not None
        assert (done.reason, done.gave_up) == ("host_not_allowed", attempt == MOST_ATTEMPTS)
        assert await fetching.fetch_next(clock) is None
        clock.pass_(seconds=wait_after(attempt).total_seconds())
    row = recorder.row(event["record_id"])
    assert row is not None
    assert (row.state, row.reason, row.url) == (RecordingState.GIVEN_UP, "host_not_allowed", None)
    assert await fetching.fetch_next(clock) is None
    # The exchange may still upload it.
    assert recorder.upload(event["record_id"], AUDIO).json()["status"] == "taken"


async def test_one_that_is_being_fetched_is_nobody_elses(recorder: Recorder):
    """Claimed by row: a second process finds nothing, and takes over when the first has died."""
    event, clock = ended(PHONE), recorder.bank.server.clock
    async with host(b"HTTP/1.1 200 OK\r\n\r\n", stall=True) as stalling:
        url = f"http://127.0.0.1:{stalling.port}/a"
        assert recorder.exchange.tell(ready(event, url)) == ["taken"]
        first = asyncio.create_task(fetcher(recorder, stalling.source()).fetch_next(clock))
        await stalling.was_asked.wait()
        second = fetcher(recorder)
        assert await second.fetch_next(clock) is None
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    clock.pass_(minutes=13)
    assert await second.fetch_next(clock) is not None


async def test_what_is_fetched_is_looked_at_as_what_is_uploaded(sqlite_recorder: Recorder):
    recorder = sqlite_recorder
    events = [ended(PHONE) for _ in range(4)]
    clock = recorder.bank.server.clock
    for event, url in zip(events, ("a", 1, None, "x" * 3000), strict=True):
        assert recorder.exchange.tell(ready(event, url)) == ["taken"]
    assert [recorder.row(event["record_id"]) is None for event in events] == [False, True, True, True]
    async with host(answer(b"<html>")) as page, host(answer(wav(60))) as large:
        found: set[tuple[str, bool]] = set()
        for there in (page, large):
            event = ended(PHONE)
            recorder.exchange.tell(ready(event, f"http://127.0.0.1:{there.port}/a"))
            fetching = replace(fetcher(recorder), sources=[there.source()])
            while (done := await fetching.fetch_next(clock)) is not None:
                found.add((done.reason, done.gave_up))
    assert found == {("host_not_allowed", False), ("not_audio", True), ("too_large", True)}


async def test_too_large_is_too_large_for_an_arrival(tmp_path: Path):
    async with host() as there:
        with pytest.raises(TooLarge):
            await taken(f"http://127.0.0.1:{there.port}/a", there.source(), most=100)
