"""A load that costs little itself: prepared requests over kept connections, one after another on each."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import uvloop


@dataclass
class Measured:
    """What was done in how many seconds, and how long each request took."""

    requests: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def milliseconds(self, quantile: float) -> float:
        """A quantile of the latencies."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(quantile * len(ordered)))]


@dataclass(frozen=True)
class Job:
    """A request, made when it is sent, and what looks at the answer's body."""

    request: Callable[[], bytes]
    check: Callable[[bytes], None]


def request_bytes(
    method: str, path: str, token: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """An HTTP/1.1 request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    further = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return f"{head}{further}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(port: int, jobs: Iterator[Job], *, concurrency: int, seconds: float) -> Measured:
    """Send jobs on so many connections until the time is over."""
    # The load has the server's two cores to share: what it takes itself is missing there.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(port, jobs, concurrency, seconds))


async def _run(port: int, jobs: Iterator[Job], concurrency: int, seconds: float) -> Measured:
    measured = Measured()
    started = time.perf_counter()

    async def one(earlier: asyncio.Event, answered: asyncio.Event) -> None:
        # Phones do not come in the same instant, and of connections that wait together one process takes all: each is
        # opened when the one before it has had its first answer.
        await earlier.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        while time.perf_counter() - started < seconds and (job := next(jobs, None)) is not None:
            data = job.request()
            begun = time.perf_counter()
            writer.write(data)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            measured.latencies.append(time.perf_counter() - begun)
            assert head.startswith(b"HTTP/1.1 200"), head + body[:500]
            job.check(body)
            measured.requests += 1
            answered.set()
        answered.set()
        writer.close()

    turns = [asyncio.Event() for _ in range(concurrency + 1)]
    turns[0].set()
    await asyncio.gather(*(one(*pair) for pair in pairwise(turns)))
    measured.seconds = time.perf_counter() - started
    return measured
