"""The browser's abilities, with the browser's side played by small stand-ins for the protocols of browser_js."""

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from app_client.platform.abilities import KeptSession
from app_client.platform.browser import BrowserConnectivity, BrowserStorage, FetchHttp, FileSessionKeeper
from app_client.platform.http import Offline

KEPT = KeptSession(UUID("0193a5b2-0000-7000-8000-000000000001"), "a secret")


@dataclass
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | OSError = b""

    async def bytes(self) -> bytes:
        if isinstance(self.body, OSError):
            raise self.body
        return self.body


@dataclass
class Browser:
    """Answers every fetch the same way, and remembers what was asked."""

    answer: Answer | OSError
    asked: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    async def __call__(self, url: str, **options: object) -> Answer:
        self.asked.append((url, options))
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer

    def http(self) -> FetchHttp:
        return FetchHttp("https://bank.example", self, lambda seconds: f"ends after {seconds:g} s")


class Disk:
    """What `persist` writes to: it takes until told, and can fail."""

    def __init__(self) -> None:
        self.runs = 0
        self.go = asyncio.Event()
        self.error: OSError | None = None

    async def persist(self) -> None:
        self.runs += 1
        await self.go.wait()
        if self.error is not None:
            raise self.error


async def test_a_request_goes_to_the_pages_own_origin_and_its_answer_comes_back() -> None:
    browser = Browser(Answer(201, {"Retry-After": "3"}, b"{}"))
    reply = await browser.http().send(
        "POST", "/api/v1/sync", headers={"Accept": "application/json"}, params={"a": "1 2"}, body=b"short"
    )
    assert (reply.status, reply.headers, reply.body) == (201, {"retry-after": "3"}, b"{}")
    [(url, options)] = browser.asked
    assert url == "https://bank.example/api/v1/sync?a=1+2"
    assert options["headers"] == {"Accept": "application/json"}
    assert (options["method"], options["body"], options["signal"]) == ("POST", b"short", "ends after 30 s")


async def test_no_cookie_no_cache_and_no_redirect_to_elsewhere() -> None:
    browser = Browser(Answer())
    await browser.http().send("GET", "/api/v1/me", headers={})
    [(_, options)] = browser.asked
    assert (options["credentials"], options["cache"], options["redirect"]) == ("omit", "no-store", "error")
    assert "body" not in options


async def test_a_large_body_travels_compressed() -> None:
    browser = Browser(Answer())
    await browser.http().send("POST", "/api/v1/sync", headers={}, body=b"x" * 5000)
    [(_, options)] = browser.asked
    assert options["headers"] == {"Content-Encoding": "gzip"}
    assert isinstance(options["body"], bytes)
    assert gzip.decompress(options["body"]) == b"x" * 5000


@pytest.mark.parametrize("answer", [OSError("no route"), Answer(body=OSError("cut off"))], ids=["before", "midway"])
async def test_an_answer_that_does_not_come_is_offline(answer: Answer | OSError) -> None:
    with pytest.raises(Offline):
        await Browser(answer).http().send("GET", "/api/v1/me", headers={})


async def test_flush_ends_only_when_the_browser_has_it(tmp_path: Path) -> None:
    disk = Disk()
    storage = BrowserStorage(tmp_path, disk.persist)
    assert storage.durable is not None
    flush = asyncio.ensure_future(storage.durable())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert disk.runs == 1
    assert not flush.done()
    disk.go.set()
    await flush


async def test_a_write_during_a_run_waits_for_the_next_and_shares_it(tmp_path: Path) -> None:
    disk = Disk()
    storage = BrowserStorage(tmp_path, disk.persist)
    first = asyncio.ensure_future(storage.flush())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.ensure_future(storage.flush()) for _ in range(5)]
    disk.go.set()
    await asyncio.gather(first, *later)
    assert disk.runs == 2


async def test_a_full_phone_is_told_and_the_next_try_is_a_new_one(tmp_path: Path) -> None:
    disk = Disk()
    disk.go.set()
    disk.error = OSError(28, "full")
    storage = BrowserStorage(tmp_path, disk.persist)
    with pytest.raises(OSError, match="full"):
        await storage.flush()
    disk.error = None
    await storage.flush()
    assert disk.runs == 2


async def test_one_caller_who_gives_up_does_not_stop_the_others(tmp_path: Path) -> None:
    disk = Disk()
    storage = BrowserStorage(tmp_path, disk.persist)
    impatient, patient = asyncio.ensure_future(storage.flush()), asyncio.ensure_future(storage.flush())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    disk.go.set()
    await patient
    assert disk.runs == 1


async def test_the_session_is_kept_durably_and_forgotten_durably(tmp_path: Path) -> None:
    disk = Disk()
    disk.go.set()
    keeper = FileSessionKeeper(BrowserStorage(tmp_path / "client", disk.persist))
    assert await keeper.load() is None
    await keeper.keep(KEPT)
    assert await keeper.load() == KEPT
    await keeper.forget()
    assert await keeper.load() is None
    assert disk.runs == 2


@pytest.mark.parametrize("text", ["", "[]", "null", json.dumps({"staff_id": "x", "secret": "y"})])
async def test_a_session_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "session.json").write_text(text)
    assert await FileSessionKeeper(BrowserStorage(tmp_path, Disk().persist)).load() is None


async def test_a_session_that_cannot_be_kept_does_not_stop_the_sign_in(tmp_path: Path) -> None:
    disk = Disk()
    disk.go.set()
    disk.error = OSError(28, "full")
    keeper = FileSessionKeeper(BrowserStorage(tmp_path, disk.persist))
    await keeper.keep(KEPT)
    await keeper.forget()


def test_a_network_that_appears_wakes_those_who_still_listen() -> None:
    registered = []
    connectivity = BrowserConnectivity(registered.append)
    heard: list[str] = []
    connectivity.subscribe(lambda: heard.append("stays"))
    leave = connectivity.subscribe(lambda: heard.append("goes"))
    [found] = registered
    found()
    leave()
    leave()
    found()
    assert heard == ["stays", "goes", "stays"]
