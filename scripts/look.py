"""Pictures of the widget gallery at phone and wide size, light and dark, for a person to look at; not part of the app.

Usage: python scripts/look.py FOLDER [PORT]
"""

import sys
import threading
import time
from pathlib import Path

import uvicorn
from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).parent.parent))

from app_server.web_client import client_lifespan, mount_app
from tests.e2e.browser import PHONE, WIDE, Screen, chromium, open_app, phone_context
from tests.ui import gallery

PAGES = ("today", "visits", "team", "customers", "states")


def serve(port: int) -> uvicorn.Server:
    """The gallery on a loopback port, in a thread; set `should_exit` to end it."""
    app = FastAPI(lifespan=lambda _: client_lifespan())
    mount_app(app, client_main=gallery.main)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def settle(screen: Screen) -> None:
    """Fonts and transitions have no event to wait for; a picture can afford a moment."""
    screen.page.wait_for_timeout(900)


def main() -> None:
    """Take them all."""
    folder = Path(sys.argv[1])
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 8100
    folder.mkdir(parents=True, exist_ok=True)
    server = serve(port)
    with chromium() as browser:
        for size, size_name in ((PHONE, "phone"), (WIDE, "wide")):
            for dark in (False, True):
                suffix = f"{size_name}-{'dark' if dark else 'light'}"
                context = phone_context(browser, size, dark=dark, scale=2)
                for name in PAGES:
                    start = time.monotonic()
                    screen = open_app(context, f"http://127.0.0.1:{port}/{name}{'?dark=1' if dark else ''}")
                    print(f"{name} {suffix}: {time.monotonic() - start:.1f} s")
                    settle(screen)
                    screen.shoot(folder / f"{name}-{suffix}.png")
                    if name == "today":
                        screen.tap("call-customer-0")
                        settle(screen)
                        screen.shoot(folder / f"sheet-{suffix}.png")
                        screen.tap("outcome-interested")
                        settle(screen)
                        screen.shoot(folder / f"snackbar-{suffix}.png")
                    if name == "states":
                        screen.page.mouse.move(size[0] / 2, size[1] / 2)
                        screen.page.mouse.wheel(0, 900)
                        settle(screen)
                        screen.shoot(folder / f"states2-{suffix}.png")
                    screen.check()
                    screen.page.close()
                context.close()
    server.should_exit = True


if __name__ == "__main__":
    main()
