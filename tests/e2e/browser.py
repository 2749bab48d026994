"""Drives the app in headless Chromium as a person with a phone does: by names and identifiers.

It notes console errors and requests that leave the origin; `Screen.check` fails on either.
"""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

PHONE = (390, 844)
TYPING_ATTEMPTS = 5
SCROLL_ATTEMPTS = 8
# A phone's dialler takes the number and gives the page back. Chromium without one opens a tab over the page instead, and draws
# what lies beneath it once a second.
_DIALLER = (
    "{ const open = window.open; window.open = (url, ...how) => (/^tel:/.test(url) ? null : open(url, ...how)); }"
)
WIDE = (1280, 800)
_ARGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@dataclass
class Screen:
    """One open page of the app, and what went wrong in it so far."""

    page: Page
    origin: str
    errors: list[str] = field(default_factory=list[str])
    strangers: list[str] = field(default_factory=list[str])

    def button(self, name: str, *, exact: bool = False) -> Locator:
        """A button by its spoken name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def at(self, identifier: str) -> Locator:
        """Whatever has this semantics identifier."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]')

    def field(self, label: str) -> Locator:
        """A text field by its label."""
        return self.page.get_by_role("textbox", name=label, exact=True)

    def tab(self, name: str) -> Locator:
        """A destination of the navigation."""
        return self.page.get_by_role("tab", name=name)

    def tap(self, target: str | Locator) -> None:
        """Tap an identifier or a locator, once it is there."""
        locator = self.at(target) if isinstance(target, str) else target
        locator.wait_for()
        locator.click()

    def scroll_to(self, target: str | Locator) -> None:
        """Scroll down until an identifier or a locator is drawn: what lies further down is not there at all."""
        locator = self.at(target) if isinstance(target, str) else target
        height = (self.page.viewport_size or {"height": PHONE[1]})["height"]
        self.page.mouse.move(PHONE[0] / 2, height / 2)
        for _ in range(SCROLL_ATTEMPTS):
            if locator.first.is_visible():
                return
            self.page.mouse.wheel(0, height / 2)
            self.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        raise AssertionError(f"{target} is not on this screen")

    def type(self, label: str, text: str) -> None:
        """Type into a field. Flutter attaches its editor some frames after the click and sets the field to what it knew: type until it stays."""
        box = self.field(label)
        for _ in range(TYPING_ATTEMPTS):
            box.click()
            box.fill(text)
            kept = box.evaluate(
                """async (field, text) => {
                    for (let frame = 0; frame < 8; frame++) await new Promise(requestAnimationFrame);
                    return field.value === text;
                }""",
                text,
            )
            if kept:
                return
        raise AssertionError(f"{label} does not keep what is typed")

    def see(self, text: str) -> Locator:
        """Wait until this text is on the screen, as text or inside a spoken name, and return it."""
        found = self.words(text)
        found.wait_for()
        return found

    def words(self, text: str) -> Locator:
        """This text, or what is called so."""
        return self.page.get_by_text(text).or_(self.page.get_by_label(text)).first

    def said(self) -> list[str]:
        """Everything the screen says, in order: texts and labels."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll('flt-semantics-host *')]
                .map(e => e.getAttribute('aria-label') || (e.children.length ? '' : e.textContent)).filter(Boolean)"""
        )

    def awake(self, *, timeout_ms: int = 60_000) -> None:
        """Wait for the app after a load and turn its semantics on."""
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=timeout_ms)
        self.page.evaluate("document.querySelector('flt-semantics-placeholder').click()")
        self.page.wait_for_selector("#splash", state="detached", timeout=timeout_ms)
        self.page.wait_for_selector("[flt-semantics-identifier]", state="attached", timeout=timeout_ms)

    def shoot(self, path: Path) -> None:
        """A picture of the screen."""
        self.page.screenshot(path=str(path))

    def check(self) -> None:
        """Fail when the console had an error or a request went elsewhere."""
        assert not self.errors, self.errors
        assert not self.strangers, self.strangers


def _watch(screen: Screen) -> None:
    def on_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(screen.origin).netloc:
            screen.strangers.append(url)

    screen.page.on("request", lambda request: on_request(request.url))
    screen.page.on("websocket", lambda socket: on_request(socket.url))
    screen.page.on(
        "console",
        lambda message: (
            screen.errors.append(f"{message.text} ({message.location.get('url')})") if message.type == "error" else None
        ),
    )
    screen.page.on("pageerror", lambda error: screen.errors.append(str(error)))


def _executable() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Generator[Browser]:
    """A headless Chromium: `CHROMIUM` names the binary, else the system's, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(), args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()


def phone_context(
    browser: Browser, size: tuple[int, int] = PHONE, *, dark: bool = False, scale: int = 1
) -> BrowserContext:
    """A Chinese phone with touch, or any other size; nothing leaves the machine. `scale`: pixels of a phone, which a processor draws."""
    width, height = size
    phone = width < 900
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=phone,
        is_mobile=phone,
        device_scale_factor=scale if phone else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
    )
    context.add_init_script(_DIALLER)
    return context


@contextmanager
def kept_phone(browser: Browser, profile: Path, *, moves: bool = False) -> Generator[BrowserContext]:
    """A phone whose browser keeps everything in `profile` when it is closed, as it ends here. `moves`: sheets slide in and out."""
    width, height = PHONE
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=_executable(),
        args=_ARGS,
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="no-preference" if moves else "reduce",
    )
    context.add_init_script(_DIALLER)
    try:
        yield context
    finally:
        context.close()


def open_page(context: BrowserContext, url: str) -> Screen:
    """Open an address, whatever comes of it."""
    screen = Screen(context.new_page(), origin=url)
    _watch(screen)
    screen.page.goto(url)
    return screen


def open_app(context: BrowserContext, url: str, *, timeout_ms: int = 60_000) -> Screen:
    """Open the app and turn its semantics on; returns once the first page is there."""
    screen = open_page(context, url)
    screen.awake(timeout_ms=timeout_ms)
    return screen
