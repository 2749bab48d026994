"""The app at `/m/`, whose Python runs in the browser: a day with the server gone and the browser closed, and a new version."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app_server.pwa import BUILD
from tests.e2e.browser import Screen, kept_phone, open_app, open_page
from tests.e2e.conftest import PATIENCE_MS, sign_in
from tests.e2e.stage import Stage

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "pwa.py"
# Building the app, where that is still to be done, counts as the first test's.
pytestmark = pytest.mark.timeout(240)
LOGIN = "advisor8"
VERSION = "document.documentElement.dataset.version"

Walk = Callable[[Screen], None]


@pytest.fixture(scope="module")
def published(stage: Stage) -> Path:
    """The offline app as the stage's API hosts it: a copy, which a test may change."""
    subprocess.run([sys.executable, str(SCRIPT)], check=True, timeout=300)
    shutil.copytree(BUILD, stage.pwa, copy_function=os.link)
    return stage.pwa


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


def calls_in_ledger(stage: Stage) -> int:
    """How many calls of this advisor the server has."""
    with closing(sqlite3.connect(stage.folder / "bank" / "day2053.sqlite3")) as bank:
        return bank.execute(
            "SELECT count(*) FROM ledger JOIN staff ON staff.id = ledger.advisor_id WHERE kind = 'call' AND login = ?",
            (LOGIN,),
        ).fetchone()[0]


def publish(folder: Path, name: str, content: bytes) -> None:
    """Make another version of the build, in which one file differs."""

    def replace(path: Path, new: bytes) -> None:
        # The files are links to the build's own.
        path.unlink()
        path.write_bytes(new)
        path.with_name(f"{path.name}.gz").unlink(missing_ok=True)

    index = json.loads((folder / "index.json").read_text())
    before, after = index["files"][name], hashlib.sha256(content).hexdigest()[:20]
    replace(folder / name, content)
    replace(folder / "sw.js", (folder / "sw.js").read_bytes().replace(before.encode(), after.encode()))
    index["files"] |= {name: after, "sw.js": hashlib.sha256((folder / "sw.js").read_bytes()).hexdigest()[:20]}
    replace(folder / "index.json", json.dumps(index).encode())


def test_a_day_without_server_with_the_browser_closed_and_a_new_version_in_between(
    start: Callable[[Walk], None], stage: Stage, published: Path
) -> None:
    before = calls_in_ledger(stage)

    def morning(screen: Screen) -> None:
        sign_in(screen, LOGIN)
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
        log_a_call(screen)
        screen.see("今天已拨")
        pill(screen, "1 条已存本机")

    def back(screen: Screen) -> None:
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
