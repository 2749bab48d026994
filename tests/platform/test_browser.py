"""The browser's abilities, with the browser's side played by small stand-ins for the protocols of browser_js."""

import asyncio
import errno
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest

from app_client.platform.abilities import KeptSession
from app_client.platform.browser import (
    BrowserAttention,
    BrowserConnectivity,
    BrowserStorage,
    FetchHttp,
    SealedSessionKeeper,
    SealedStores,
)
from app_client.platform.http import Offline
from app_client.platform.wards import Standing, VaultFailed, Ward
from tests.store.scenes import NINE

KEPT = KeptSession(UUID("0193a5b2-0000-7000-8000-000000000001"), "a secret")


@dataclass
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Exception = b""

    async def bytes(self) -> bytes:
        if isinstance(self.body, Exception):
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


@pytest.mark.parametrize(
    "answer",
    [OSError("no route"), Answer(body=OSError("cut off")), Answer(body=AttributeError("'NoneType' has no 'message'"))],
    ids=["before", "midway", "midway, as Pyodide says it"],
)
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


class JsError(Exception):
    """What JavaScript throws, as Pyodide wraps it."""


@dataclass
class Js:
    """assets/pwa/vault.js as far as Python sees it; `error` is thrown by whatever is asked next."""

    error: str = ""
    found: list[dict[str, object]] = field(default_factory=list)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    session: str | None = None
    answer: bool = True

    async def _do(self, *asked: object) -> bool:
        self.asked.append(asked)
        if self.error:
            raise JsError(self.error)
        return self.answer

    async def people(self) -> str:
        await self._do("people")
        return json.dumps(self.found)

    async def note(self, staff_id: str, about: str) -> None:
        await self._do("note", staff_id, about)

    async def admit(self, staff_id: str, about: str, device_key: str | None) -> bool:
        return await self._do("admit", staff_id, device_key)

    async def entrust(self, staff_id: str, about: str, device_key: str | None) -> None:
        await self._do("entrust", staff_id, device_key)

    async def enter(self, staff_id: str, pin: str) -> bool:
        return await self._do("enter", staff_id, pin)

    async def choose(self, staff_id: str, pin: str) -> None:
        await self._do("choose", staff_id, pin)

    async def shut(self, staff_id: str) -> None:
        await self._do("shut", staff_id)

    async def forget(self, staff_id: str) -> None:
        await self._do("forget", staff_id)

    async def persist(self) -> None:
        await self._do("persist")

    async def recall(self) -> str | None:
        await self._do("recall")
        return self.session

    async def remember(self, text: str | None) -> None:
        await self._do("remember")
        self.session = text

    def sealed(self) -> SealedStores:
        return SealedStores(self, JsError)


async def test_the_session_is_kept_and_forgotten_in_the_vault() -> None:
    js = Js()
    keeper = SealedSessionKeeper(js.sealed())
    assert await keeper.load() is None
    await keeper.keep(KEPT)
    assert await keeper.load() == KEPT
    await keeper.forget()
    assert js.session is None


@pytest.mark.parametrize("text", ["", "[]", "null", json.dumps({"staff_id": "x", "secret": "y"})])
async def test_a_session_that_cannot_be_read_is_none(text: str) -> None:
    assert await SealedSessionKeeper(Js(session=text).sealed()).load() is None


async def test_a_session_that_cannot_be_kept_does_not_stop_the_sign_in() -> None:
    keeper = SealedSessionKeeper(Js(error="QuotaExceededError: full").sealed())
    await keeper.keep(KEPT)
    await keeper.forget()
    assert await keeper.load() is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("QuotaExceededError: full", "disk_full"),
        ("Error: damaged: x.sqlite3 3 does not open", "vault_damaged"),
        ("InvalidStateError: closing", "vault_failed"),
    ],
)
async def test_what_a_browser_throws_is_told_by_what_it_means(error: str, code: str) -> None:
    with pytest.raises(VaultFailed) as failure:
        await Js(error=error).sealed().enter(KEPT.staff_id, "428190")
    assert failure.value.code == code


async def test_only_a_full_browser_is_no_space_to_the_store() -> None:
    for error, number in (("QuotaExceededError", errno.ENOSPC), ("UnknownError", errno.EIO)):
        with pytest.raises(OSError) as failure:  # noqa: PT011 - by its number
            await Js(error=error).sealed().persist()
        assert failure.value.errno == number


@pytest.mark.parametrize(
    ("is_open", "wants_pin", "has_pin", "is_unguarded", "standing"),
    [
        (True, False, True, False, Standing.OPEN),
        (True, True, False, False, Standing.WANTS_PIN),
        (False, False, True, False, Standing.SHUT),
        (False, False, False, False, Standing.SEALED),
        (False, False, False, True, Standing.UNGUARDED),
    ],
)
async def test_how_a_store_stands(
    is_open: bool, wants_pin: bool, has_pin: bool, is_unguarded: bool, standing: Standing
) -> None:
    about = Ward(staff_id=KEPT.staff_id, login="li", device_id="d", misses=2, missed_at=NINE)
    found = {
        "id": str(KEPT.staff_id),
        "about": about.to_text(),
        "isOpen": is_open,
        "wantsPin": wants_pin,
        "hasPin": has_pin,
        "isUnguarded": is_unguarded,
    }
    assert await Js(found=[found]).sealed().wards() == [replace(about, standing=standing)]


@pytest.mark.parametrize("text", ["", "null", "[1]", "{", '{"misses": "x"}', '{"missed_at": 3}'])
def test_a_ward_of_whom_nothing_can_be_read_is_still_one(text: str) -> None:
    assert Ward.from_text(KEPT.staff_id, text, Standing.SHUT) == Ward(staff_id=KEPT.staff_id, standing=Standing.SHUT)


def test_a_touch_is_told_to_who_still_listens() -> None:
    registered = []
    attention = BrowserAttention(registered.append)
    heard: list[str] = []
    leave = attention.subscribe(lambda: heard.append("touch"))
    [touched] = registered
    touched()
    leave()
    touched()
    assert heard == ["touch"]


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
