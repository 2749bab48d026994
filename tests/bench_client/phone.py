"""One phone of the bench: opens and closes the app, types the PIN as fast as a machine can, and reads the watchers' clocks."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Worker

from tests.e2e.browser import Screen, kept_phone, open_page

FOLDER = Path(__file__).parent
PIN = "280419"
PATIENCE_MS = 60_000
HOME = "call-next-"


@dataclass(frozen=True)
class Wanted:
    """What has to be on the screen, all of it at once; see page.js."""

    gone: str | None = None
    says: tuple[str, str] | None = None
    first: tuple[str, str | None] | None = None
    all: tuple[str, list[str]] | None = None


@dataclass(frozen=True)
class Watched:
    """When something began, and when the person saw the end of it: milliseconds since the page was asked for."""

    began: float
    shown: float

    @property
    def took(self) -> float:
        return self.shown - self.began


@dataclass
class Phone:
    """An open app under watch."""

    screen: Screen

    def look(self, wanted: Wanted) -> None:
        """Begin to look for something; `when_shown` waits for it."""
        self.screen.page.evaluate("wanted => { bench.look(wanted); }", vars(wanted))

    def when_shown(self) -> float:
        """Wait for what was looked for; when it was there."""
        return float(self.screen.page.evaluate("() => bench.shown"))

    def ask(self, what: str) -> Any:  # Any: a value of page.js, which each caller knows
        """A value of the page's watcher."""
        return self.screen.page.evaluate(f"() => bench.{what}")

    def touch(self, target: str | Locator) -> None:
        """Touch the middle of something that is there, without the looks that a driver takes first."""
        locator = self.screen.at(target) if isinstance(target, str) else target
        box = locator.bounding_box()
        assert box is not None, target
        self.screen.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def type_pin(self) -> None:
        """Touch all six digits, one right after the other."""
        self.screen.at("pin-1").wait_for()
        places = {digit: self.screen.at(f"pin-{digit}").bounding_box() for digit in set(PIN)}
        for digit in PIN:
            box = places[digit]
            assert box is not None
            self.screen.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def choose_pin(self) -> None:
        """Set the PIN after signing in."""
        self.type_pin()
        self.screen.see("再输一次")
        self.type_pin()
        self.screen.at("pin-dots").wait_for(state="detached")

    def python(self) -> Worker:
        """The worker in which the app's Python runs, under watch from now on."""
        (worker,) = self.screen.page.workers
        worker.evaluate((FOLDER / "worker.js").read_text("utf-8"))
        return worker


@contextmanager
def opened(browser: Browser, profile: Path, address: str) -> Generator[Phone]:
    """Open the app in the browser of one and the same phone, as far as its first page; the browser is closed at the end."""
    with kept_phone(browser, profile, moves=True) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(path=FOLDER / "page.js")
        screen = open_page(context, address)
        screen.page.set_default_timeout(PATIENCE_MS)
        screen.awake()
        yield Phone(screen)
        # What a browser without its server writes by itself.
        screen.errors[:] = [error for error in screen.errors if "ERR_CONNECTION_REFUSED" not in error]
        screen.check()


def noted(worker: Worker, since: float) -> list[tuple[str, float]]:
    """What the worker's watcher noted after an instant of the day's clock, as (what, milliseconds since then)."""
    notes = worker.evaluate("() => self.bench.splice(0)")
    return [(what, when - since) for what, when in notes if when >= since]
