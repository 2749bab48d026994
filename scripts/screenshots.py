"""Takes the README's pictures from the real screens over a demo bank on a set morning; `make screenshots`.

Usage: python scripts/screenshots.py [FOLDER]     with a folder, every screen in both sizes and themes; without, those of docs/
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.e2e.browser import PHONE, WIDE, Screen, chromium, open_app, phone_context
from tests.e2e.conftest import sign_in
from tests.e2e.stage import Stage

Shoot = Callable[[str], None]
FOLDER = Path(__file__).parent.parent / "docs" / "images"
IN_THE_README = {
    *(f"{name}-phone" for name in ("today", "call", "three-products", "team", "customers", "evening")),
    "today-phone-dark",
    "team-advisor-wide",
}


def first(screen: Screen, prefix: str) -> str:
    """The identifier of the first thing whose identifier begins so."""
    found = screen.page.locator(f'[flt-semantics-identifier^="{prefix}"]').first
    found.wait_for(state="attached")
    return found.get_attribute("flt-semantics-identifier") or ""


def advisor(screen: Screen, customer: str, shoot: Shoot) -> None:
    """The advisor's screens, in the order of the day."""
    sign_in(screen, "advisor2")
    screen.at("ring-calls").first.wait_for()
    shoot("today")
    screen.tap(first(screen, "call-next-"))
    screen.at("outcome-interested").wait_for()
    screen.tap("length-more")
    screen.tap("length-more")
    shoot("call")
    screen.tap("outcome-declined")
    screen.tap("reason-low_return")
    screen.at("outcome-interested").wait_for(state="detached")
    screen.page.goto(screen.origin + "customers")
    screen.awake()
    screen.at("found-count").wait_for()
    shoot("customers")
    screen.page.goto(f"{screen.origin}customers/{customer}")
    screen.awake()
    screen.at("check-in").wait_for()
    shoot("customer")
    screen.tap("check-in")
    screen.tap("place-outlet")
    screen.page.locator('[flt-semantics-identifier$="-interested"]').first.wait_for()
    for number, answer in enumerate(("interested", "bought", "declined")):
        screen.page.locator(f'[flt-semantics-identifier$="-{answer}"]').nth(number).click()
    shoot("three-products")
    for name in ("visits", "evening", "me"):
        screen.page.goto(screen.origin + name)
        screen.awake()
        screen.at("sync-pill").wait_for()
        shoot(name)


def head(screen: Screen, _customer: str, shoot: Shoot) -> None:
    """The head's evening."""
    sign_in(screen, "head")
    screen.at("figure-calls_effective").wait_for()
    shoot("team")
    screen.tap(first(screen, "advisor-"))
    shoot("team-advisor")


def main() -> None:
    """Take them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        stage = Stage(Path(scratch))
        stage.build()
        try:
            stage.start("api")
            stage.start("app")
            customer = stage.suitable_customer("advisor2")
            for size, size_name in ((PHONE, "phone"), (WIDE, "wide")):
                for dark in (False, True):
                    for part in (advisor, head):
                        context = phone_context(browser, size, dark=dark, scale=2)
                        screen = open_app(context, stage.url)
                        suffix = f"{size_name}{'-dark' if dark else ''}"

                        def shoot(name: str, screen: Screen = screen, suffix: str = suffix) -> None:
                            # Fonts and transitions have no event to wait for; a picture can afford a moment.
                            if folder == FOLDER and f"{name}-{suffix}" not in IN_THE_README:
                                return
                            screen.page.wait_for_timeout(900)
                            screen.shoot(folder / f"{name}-{suffix}.png")

                        part(screen, customer, shoot)
                        context.close()
        finally:
            stage.close()


if __name__ == "__main__":
    main()
