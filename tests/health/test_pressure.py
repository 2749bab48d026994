"""A real server on a real socket: callers who dawdle or crowd in are borne, and the rest are still served."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app_server.auth.service import FREE_FAILURES_OF_LOGIN
from app_server.main import create_app
from app_server.settings import Settings
from tests.factories import TOKEN, FixedClock
from tests.listening import listening

SLOW, CROWD, LOGINS = 50, 200, 4


@pytest.fixture
def port(database_url: str, tmp_path: Path) -> Iterator[int]:
    """The port of a server that waits half a second for a body."""
    settings = Settings(database_url=database_url, data_dir=tmp_path, body_timeout_seconds=0.5)
    with listening(create_app(settings, clock=FixedClock())) as found:
        yield found


async def answer_to(port: int, *parts: bytes) -> bytes:
    """Send the bytes and read all that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.writelines(parts)
    answer = await reader.read()
    writer.close()
    return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def request(method: str, path: str, body: bytes = b"", *, length: int | None = None) -> bytes:
    lines = (
        f"{method} {path} HTTP/1.1",
        "Host: bank",
        "Connection: close",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body) if length is None else length}",
    )
    return "\r\n".join([*lines, "", ""]).encode() + body


async def test_bodies_that_never_end_are_given_up_and_hold_nobody_up(port: int) -> None:
    dawdling = [
        asyncio.create_task(answer_to(port, request("POST", TOKEN, b"grant_type=", length=1000))) for _ in range(SLOW)
    ]

    assert status_of(await answer_to(port, request("GET", "/healthz"))) == 200
    answers = await asyncio.gather(*dawdling)

    assert [status_of(answer) for answer in answers] == [408] * SLOW
    assert all(b"application/problem+json" in answer for answer in answers)


async def test_two_hundred_who_sign_in_at_once_leave_room_for_others(port: int) -> None:
    def sign_in(number: int) -> bytes:
        form = {
            "grant_type": "password",
            "username": f"nobody{number % LOGINS}",
            "password": "x",
            "device_id": f"phone-{number}",
        }
        return request("POST", TOKEN, urlencode(form).encode())

    crowd = [asyncio.create_task(answer_to(port, sign_in(number))) for number in range(CROWD)]
    # One of them has been through, so the others are in the queue by now.
    await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)

    served = [status_of(await answer_to(port, request("GET", path))) for path in ("/healthz", "/readyz")]
    waiting = sum(not each.done() for each in crowd)
    statuses = [status_of(answer) for answer in await asyncio.gather(*crowd)]

    assert served == [200, 200]
    assert waiting > 0
    # Of each login's guesses the free ones are looked at, and none is an error.
    assert statuses.count(400) == LOGINS * FREE_FAILURES_OF_LOGIN
    assert statuses.count(429) == CROWD - statuses.count(400)
