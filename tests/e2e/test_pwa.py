"""The app at `/m/`, whose Python runs in the browser: a day with the server gone and the browser closed, and a new version."""

import asyncio
import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from app_client.platform.httpx_http import HttpxHttp
from app_client.session import OpenStores
from app_client.sign_in import actions as sign_in_actions
from app_client.store import ledger, reads
from app_server.demo.book import cards
from app_server.demo.names import phone_number
from shared_models.sealing import CardNumber
from tests.e2e.browser import Screen, kept_phone, open_app, open_page
from tests.e2e.conftest import PATIENCE_MS, sign_in
from tests.e2e.stage import SetClock, Stage
from tests.e2e.steps import choose_pin, enter_pin, go_to, type_pin
from tests.store.scenes import HandClock, a_call
from tests.sync.bank import Bank, Pocket, a_platform

# Building the app, where that is still to be done, counts as the first test's.
pytestmark = pytest.mark.timeout(240)
# Neither on leave nor at any other walk.
NUMBER = 10
LOGIN = f"advisor{NUMBER}"
VERSION = "document.documentElement.dataset.version"

Walk = Callable[[Screen], None]


@pytest.fixture
def start(browser: Browser, stage: Stage, published: Path, tmp_path: Path) -> Callable[[Walk], None]:
    """Opens the browser of one and the same phone, walks through the app, and closes the browser again."""

    def run(walk: Walk) -> None:
        with kept_phone(browser, tmp_path / "profile") as context:
            context.set_default_timeout(PATIENCE_MS)
            screen = open_app(context, f"{stage.api_url}/m/")
            walk(screen)
            # What a browser without network writes by itself.
            screen.errors[:] = [error for error in screen.errors if "ERR_CONNECTION_REFUSED" not in error]
            screen.check()

    return run


def log_a_call(screen: Screen) -> None:
    """Call the first on the list, who does not answer."""
    screen.tap(screen.page.locator('[flt-semantics-identifier^="call-next-"]').first)
    screen.tap("outcome-no_answer")
    screen.at("outcome-no_answer").wait_for(state="detached")


def pill(screen: Screen, words: str) -> None:
    """Wait until the sync pill says so."""
    expect(screen.at("sync-pill").last).to_contain_text(words, timeout=PATIENCE_MS)


def calls_in_ledger(stage: Stage, login: str = LOGIN) -> int:
    """How many calls of this advisor the server has."""
    with closing(sqlite3.connect(stage.folder / "bank" / "day2053.sqlite3")) as bank:
        return bank.execute(
            "SELECT count(*) FROM ledger JOIN staff ON staff.id = ledger.advisor_id WHERE kind = 'call' AND login = ?",
            (login,),
        ).fetchone()[0]


def cards_matched(stage: Stage) -> int:
    """At how many of their visits the server found the customer's own card."""
    with closing(sqlite3.connect(stage.folder / "bank" / "day2053.sqlite3")) as bank:
        return bank.execute(
            "SELECT count(*) FROM ledger JOIN staff ON staff.id = ledger.advisor_id "
            "WHERE kind = 'visit_check' AND data ->> 'card' = 'matched' AND login = ?",
            (LOGIN,),
        ).fetchone()[0]


def swipe_a_card(screen: Screen, phone: str, customer_id: UUID, card: CardNumber) -> None:
    """Check in at a customer's, whose card a reader types."""
    go_to(screen, "面访")
    screen.tap("new-visit")
    screen.type("姓名、拼音、尾号", phone)
    screen.tap(f"pick-{customer_id}")
    screen.tap("card-way-whole")
    expect(screen.field("刷卡，或输入整个卡号")).to_be_focused()
    screen.page.keyboard.type(card.digits)
    screen.page.keyboard.press("Enter")
    screen.at("card-sealed").wait_for()
    screen.tap("place-customer")
    expect(screen.at("page-title").last).to_contain_text("三款产品")


def publish(folder: Path, name: str, content: bytes) -> None:
    """Make another version of the build, in which one file differs."""

    def replace(path: Path, new: bytes) -> None:
        path.write_bytes(new)
        path.with_name(f"{path.name}.gz").unlink(missing_ok=True)

    index = json.loads((folder / "index.json").read_text())
    before, after = index["files"][name], hashlib.sha256(content).hexdigest()[:20]
    replace(folder / name, content)
    replace(folder / "sw.js", (folder / "sw.js").read_bytes().replace(before.encode(), after.encode()))
    index["files"] |= {name: after, "sw.js": hashlib.sha256((folder / "sw.js").read_bytes()).hexdigest()[:20]}
    replace(folder / "index.json", json.dumps(index).encode())


def customers_of(stage: Stage, login: str) -> list[tuple[str, str]]:
    """The names and phones of some customers of an advisor."""
    with closing(sqlite3.connect(stage.folder / "bank" / "day2053.sqlite3")) as bank:
        return bank.execute(
            "SELECT customer.name, customer.phone FROM customer JOIN staff ON staff.id = customer.advisor_id "
            "WHERE staff.login = ? LIMIT 20",
            (login,),
        ).fetchall()


def staff_name(stage: Stage, login: str) -> tuple[str]:
    """What somebody is called."""
    with closing(sqlite3.connect(stage.folder / "bank" / "day2053.sqlite3")) as bank:
        return bank.execute("SELECT name FROM staff WHERE login = ?", (login,)).fetchone()


def found_in(profile: Path, words: list[str]) -> set[str]:
    """Which of these words stand in any file of a browser's profile, in either of the encodings that browsers write.

    Four bytes, a name of two characters in UTF-16, are in some sealed megabyte by chance: not looked for.
    """
    contents = [path.read_bytes() for path in profile.rglob("*") if path.is_file()]
    return {
        word
        for word in words
        for coded in (word.encode("utf-8"), word.encode("utf-16-le"))
        if len(coded) > 4 and any(coded in content for content in contents)
    }


def test_a_day_without_server_with_the_browser_closed_and_a_new_version_in_between(
    start: Callable[[Walk], None], stage: Stage, published: Path, tmp_path: Path
) -> None:
    before, matched = calls_in_ledger(stage), cards_matched(stage)
    customer_id, card = cards(LOGIN, NUMBER, stage.size)[0]

    def morning(screen: Screen) -> None:
        sign_in(screen, LOGIN)
        choose_pin(screen)
        screen.see("接下来")
        pill(screen, "已同步")
        second = open_page(screen.page.context, f"{stage.api_url}/m/")
        second.see("Day2053 已在别处打开")
        second.page.close()
        script = published / "start.js"
        publish(published, "start.js", script.read_bytes() + f'\n{VERSION} = "two";\n'.encode())
        screen.page.evaluate(
            """async () => {
                const registration = await navigator.serviceWorker.ready;
                await registration.update();
                while (!registration.waiting) await new Promise((done) => requestAnimationFrame(done));
            }"""
        )
        # It is on the phone and waits.
        assert screen.page.evaluate(VERSION) is None

    def on_the_road(screen: Screen) -> None:
        assert screen.page.evaluate(VERSION) == "two"
        type_pin(screen, "719302")
        screen.see("PIN 不对，还可以试 4 次")
        # A wrong one costs a second.
        expect(screen.at("pin-said")).not_to_contain_text("再试")
        enter_pin(screen)
        log_a_call(screen)
        screen.see("今天已拨")
        pill(screen, "1 条已存本机")
        go_to(screen, "我的")
        screen.scroll_to("lock-now")
        screen.tap("lock-now")
        enter_pin(screen)
        expect(screen.at("page-title").last).to_contain_text("我的")
        swipe_a_card(screen, phone_number(NUMBER * 1000), customer_id, card)

    def back(screen: Screen) -> None:
        enter_pin(screen)
        screen.see("今天已拨")
        pill(screen, "已同步")

    start(morning)
    stage.stop("api")
    try:
        start(on_the_road)
    finally:
        stage.start("api")
    assert calls_in_ledger(stage) == before
    start(back)
    assert calls_in_ledger(stage) == before + 1
    assert cards_matched(stage) == matched + 1
    names, phones = zip(*customers_of(stage, LOGIN), strict=True)
    # Whose store it is may be read, and shows that a name would be found.
    owner = [LOGIN, *staff_name(stage, LOGIN)]
    assert found_in(tmp_path / "profile", [*owner, *names, *phones, card.digits]) == set(owner)


def test_a_store_that_an_earlier_version_kept_unsealed_goes_on_with_its_outbox(
    browser: Browser, stage: Stage, published: Path, tmp_path: Path
) -> None:
    login = "advisor9"
    before = calls_in_ledger(stage, login)
    with ThreadPoolExecutor(1) as elsewhere:
        # Playwright has this thread's loop.
        files = elsewhere.submit(asyncio.run, a_store_with_a_call_that_waits(stage, login, tmp_path / "old")).result()
    with kept_phone(browser, tmp_path / "profile") as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{stage.api_url}/m/start.css")
        page.evaluate(KEEP_UNSEALED, {name: base64.b64encode(content).decode() for name, content in files.items()})
        screen = open_app(context, f"{stage.api_url}/m/")
        choose_pin(screen)
        screen.see("今天已拨")
        pill(screen, "已同步")
        assert [each["name"] for each in screen.page.evaluate("indexedDB.databases()")] == ["day2053"]
        screen.check()
    assert calls_in_ledger(stage, login) == before + 1


async def a_store_with_a_call_that_waits(stage: Stage, login: str, folder: Path) -> dict[str, bytes]:
    """The files of a phone that signed in, synced, and then logged a call without network."""
    pocket = Pocket()
    platform = replace(
        a_platform(folder, Bank(HandClock()), pocket),
        clock=SetClock(stage.shift),
        open_http=lambda: HttpxHttp(stage.api_url),
    )
    session = await sign_in_actions.sign_in(platform, login, "demo2053", open_stores=OpenStores())
    await session.sync.sync_now()
    customer = session.store.read(lambda tx: reads.customers_on(tx, session.today()))[0]
    await session.store.write(lambda tx: ledger.append_activities(tx, [a_call(customer.id)], now=session.now()))
    # With the journal, which SQLite would take back into the file on closing.
    files = contents_of(folder)
    await session.close()
    assert pocket.kept is not None
    kept = {"staff_id": str(pocket.kept.staff_id), "secret": pocket.kept.secret}
    return {**files, "session.json": json.dumps(kept).encode()}


def contents_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# As Emscripten's IDBFS, by which earlier versions kept their folder.
KEEP_UNSEALED = """(files) => new Promise((resolve, reject) => {
    const asked = indexedDB.open("/day2053", 21);
    asked.onupgradeneeded = () => asked.result.createObjectStore("FILE_DATA").createIndex("timestamp", "timestamp");
    asked.onsuccess = () => {
        const transaction = asked.result.transaction("FILE_DATA", "readwrite");
        for (const [name, content] of Object.entries(files)) {
            const contents = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            transaction.objectStore("FILE_DATA").put({ timestamp: new Date(), mode: 0o100600, contents }, `/day2053/client/${name}`);
        }
        transaction.oncomplete = () => { asked.result.close(); resolve(); };
        transaction.onabort = () => reject(transaction.error);
    };
})"""
