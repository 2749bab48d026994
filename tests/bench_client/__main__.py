"""`python -m tests.bench_client [--check] [--print-only] [--banks FOLDER]`: the offline app's bars, in one run on one machine."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from app_server.demo.bank import Size
from app_server.pwa import BUILD
from tests.bench_client import figures, searches
from tests.bench_client.figures import Figures
from tests.bench_client.phone import HOME, Phone, Wanted, Watched, noted, opened
from tests.e2e.browser import PHONE, chromium
from tests.e2e.conftest import PWA_SCRIPT
from tests.e2e.stage import Stage

LOGIN, PASSWORD = "advisor1", "demo2053"
START, FIRST_SYNC, SEARCH = 300, 500, 2000
# The two that a tap ends by itself; in turn, so that each says something else than the one before.
OUTCOMES = {"no_answer": "未接通", "wrong_number": "号码错误"}
# Until the sync that follows a tap has failed, and what moved stands still: a person does not tap faster either.
BETWEEN_TAPS_MS = 1500
BETWEEN_SEARCHES_MS = 700
# Between two keys of somebody who types fast.
BETWEEN_KEYS_MS = 120


def main() -> int:
    """Measure, print, and write the table into docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=3, help="new phones whose first sync is measured")
    parser.add_argument("--starts", type=int, default=4, help="warm starts of each of the two screens")
    parser.add_argument("--taps", type=int, default=20)
    parser.add_argument("--searches", type=int, default=20)
    parser.add_argument("--banks", type=Path, help="a folder that keeps the banks for the next run")
    parser.add_argument("--check", action="store_true", help="exit with 1 above a bar")
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args()
    subprocess.run([sys.executable, str(PWA_SCRIPT)], check=True)
    folder = options.banks or Path(tempfile.mkdtemp(prefix="day2053-bench-"))
    found = Figures()
    load = os.getloadavg()[0]
    try:
        with chromium() as browser:
            version = browser.version
            first_syncs(browser, folder, found, times=options.phones)
            starts_and_taps(browser, folder, found, starts=options.starts, taps=options.taps)
            search(browser, folder, found, times=options.searches)
    finally:
        if not options.banks:
            shutil.rmtree(folder)
    about = (
        f"Chromium {version}, headless, {PHONE[0]}×{PHONE[1]}; {os.cpu_count()} cores shared by browser and server; "
        f"load {load:.1f} before the run, {os.getloadavg()[0]:.1f} at its end."
    )
    table = found.table(about)
    sys.stdout.write(table)
    if not options.print_only:
        figures.write(table)
    return int(options.check and bool(found.missed))


@contextmanager
def bank(folder: Path, customers: int) -> Generator[Stage]:
    """A bank of one advisor with so many customers, and its API with the app at `/m/`."""
    home = folder / str(customers)
    size = Size(advisors=1, customers=customers, prospects=customers // 8, days=12)
    stage = Stage(home, size=size)
    if not home.exists():
        home.mkdir(parents=True)
        stage.build()
    shutil.rmtree(stage.pwa, ignore_errors=True)
    shutil.copytree(BUILD, stage.pwa, copy_function=os.link)
    stage.start("api")
    try:
        yield stage
    finally:
        stage.close()


def sign_in(phone: Phone) -> Watched:
    """Sign in on a new phone, choose a PIN and wait for the whole book; what that took from the tap on "sign in"."""
    phone.screen.type("用户名", LOGIN)
    phone.screen.type("密码", PASSWORD)
    phone.touch("sign-in")
    began = phone.ask("touched")
    phone.choose_pin()
    phone.look(Wanted(first=(HOME, None), says=("sync-pill", "已同步")))
    return Watched(began, phone.when_shown())


def first_syncs(browser: Browser, folder: Path, found: Figures, *, times: int) -> None:
    """New phones of an advisor with 500 customers."""
    with bank(folder, FIRST_SYNC) as stage:
        for number in range(times):
            with new_profile() as profile, opened(browser, profile, f"{stage.api_url}/m/") as phone:
                if number == 0:
                    found("what the first start downloads", "MB", downloaded(phone) / 1e6)
                took = sign_in(phone).took
                found(
                    f"first sync of {FIRST_SYNC} customers, from the tap on sign-in, PIN chosen",
                    "s",
                    took / 1000,
                    bar=3,
                )
                assert in_book(phone) == FIRST_SYNC


def in_book(phone: Phone) -> int:
    """How many customers the app says there are."""
    phone.screen.tab("客户").first.click()
    count = phone.screen.at("found-count")
    count.wait_for()
    text = count.get_attribute("aria-label") or count.inner_text()
    return int("".join(letter for letter in text if letter.isdigit()))


def starts_and_taps(browser: Browser, folder: Path, found: Figures, *, starts: int, taps: int) -> None:
    """A phone with 300 customers whose server is gone: closed and opened again, then used."""
    with bank(folder, START) as stage, new_profile() as profile:
        address = f"{stage.api_url}/m/"
        with opened(browser, profile, address) as phone:
            sign_in(phone)
        stage.stop("api")
        for _ in range(starts):
            with opened(browser, profile, f"{address}customers") as phone:
                warm_start(
                    phone, "call-customer-", found, f"warm start, server down, to the list of {START} customers", bar=8
                )
                assert in_book(phone) == START
        for number in range(starts):
            with opened(browser, profile, address) as phone:
                warm_start(phone, HOME, found, "warm start, server down, to today's list", bar=8)
                for step, name in _STEPS.items():
                    found(f"… until {name}", "s", phone.ask(f"steps.{step}") / 1000)
                if number == starts - 1:
                    log_calls(phone, found, times=taps)


_STEPS = {
    "worker": "every file is at hand",
    "python": "Python runs",
    "app": "the app is imported",
    "flutter": "Flutter has drawn",
}


def warm_start(phone: Phone, rows: str, found: Figures, name: str, *, bar: float) -> None:
    """Type the PIN and wait for the list; the clock has run since the page was asked for."""
    phone.type_pin()
    phone.look(Wanted(first=(rows, None)))
    found(name, "s", phone.when_shown() / 1000, bar=bar)


def log_calls(phone: Phone, found: Figures, *, times: int) -> None:
    """Call the next on the list and tap on how it went, again and again."""
    python = phone.python()
    page = phone.screen.page
    for number in range(times):
        outcome = list(OUTCOMES)[number % len(OUTCOMES)]
        page.wait_for_timeout(BETWEEN_TAPS_MS)
        called = phone.ask(f'first("{HOME}")')
        phone.touch(f"{HOME}{called}")
        phone.screen.at(f"outcome-{outcome}").wait_for()
        page.wait_for_timeout(BETWEEN_TAPS_MS)
        python.evaluate("() => { self.bench.length = 0; }")
        phone.look(
            Wanted(
                gone=f"outcome-{outcome}",
                says=("snackbar", f"已记录：{OUTCOMES[outcome]}"),
                first=(HOME, called),
            )
        )
        phone.touch(f"outcome-{outcome}")
        shown = phone.when_shown()
        touched = phone.ask("touched")
        origin = page.evaluate("() => performance.timeOrigin")
        parts_of_tap(found, shown - touched, noted(python, origin + touched))


def parts_of_tap(found: Figures, took: float, notes: list[tuple[str, float]]) -> None:
    """A tap's time by who had it: each part is what it took after the one before."""
    taken = _first(notes, "in", after=0)
    written = _first(notes, "write", after=taken)
    durable = _first(notes, "durable", after=written)
    answered = next((when for what, when in notes if what == "in" and when > durable), took)
    drawn = max(when for what, when in notes if what == "out" and durable <= when <= answered)
    assert durable < took, "it was shown before it was durable"
    found("tap on an outcome → durable and shown", "ms", took, bar=300)
    found("… Flutter passes the tap on", "ms", taken)
    found("… Python records it and the vault seals it", "ms", written - taken)
    found("… IndexedDB makes it durable", "ms", durable - written)
    found("… Python draws what changed", "ms", drawn - durable)
    found("… Flutter shows it: the sheet slides away, the list moves, the word appears", "ms", took - drawn)


def search(browser: Browser, folder: Path, found: Figures, *, times: int) -> None:
    """Look for customers in a book of 2,000, by initials, the end of a phone number and the name."""
    with (
        bank(folder, SEARCH) as stage,
        new_profile() as profile,
        opened(browser, profile, f"{stage.api_url}/m/") as phone,
    ):
        sign_in(phone)
        assert in_book(phone) == SEARCH
        python = phone.python()
        page = phone.screen.page
        page.get_by_role("textbox").click()
        for words, expected in searches.of_bank(stage.folder / "bank" / "day2053.sqlite3", times):
            page.wait_for_timeout(BETWEEN_SEARCHES_MS)
            python.evaluate("() => { self.bench.length = 0; }")
            searches.type_all_but_last(page, words, BETWEEN_KEYS_MS)
            phone.look(Wanted(all=("customer-", expected)))
            searches.type_last(page, words)
            shown, typed = phone.when_shown(), phone.ask("typed")
            origin = page.evaluate("() => performance.timeOrigin")
            notes = noted(python, origin + typed)
            taken = _first(notes, "in", after=0)
            found(f"last key → result in a book of {SEARCH:,}", "ms", shown - typed, bar=150)
            found("… Python finds and draws it", "ms", _first(notes, "out", after=taken) - taken)
            page.keyboard.press("Control+A")
            page.keyboard.press("Delete")


def _first(notes: list[tuple[str, float]], what: str, *, after: float) -> float:
    return next(when for noted_what, when in notes if noted_what == what and when >= after)


@contextmanager
def new_profile() -> Generator[Path]:
    """A browser's folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="day2053-phone-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def downloaded(phone: Phone) -> int:
    """How many bytes travelled for the files that the phone keeps, compressed as the server gives them."""
    kept = phone.screen.page.evaluate(
        """async () => (await (await caches.open("day2053")).keys())
            .map(({ url }) => new URL(url).pathname.slice(new URL(document.baseURI).pathname.length))"""
    )
    packed = [BUILD / f"{name}.gz" for name in kept]
    return sum((path if path.exists() else path.with_suffix("")).stat().st_size for path in packed)


if __name__ == "__main__":
    sys.exit(main())
