"""A demo bank and a browser for all walks of a worker; each walk signs in on a phone of its own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from app_server.pwa import BUILD
from tests.e2e.browser import PHONE, Screen, chromium, open_app, phone_context
from tests.e2e.stage import Stage

PATIENCE_MS = 30_000
PWA_SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "pwa.py"
OpenPhone = Callable[..., Screen]


@pytest.fixture(scope="session")
def stage(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The API and the app over a demo bank, which the first worker builds and each has a copy of."""
    first, shift = shared_folder / "stage", shared_folder / "stage-shift"
    with FileLock(shared_folder / "stage-lock"):
        if not shift.exists():
            first.mkdir()
            built = Stage(first)
            built.build()
            shift.write_text(str(built.shift.total_seconds()))
    # By the clock it was built by: nothing in it may lie in the future.
    made = Stage(tmp_path_factory.mktemp("stage"), shift=timedelta(seconds=float(shift.read_text())))
    shutil.copytree(first, made.folder, dirs_exist_ok=True)
    made.start("api")
    made.start("app")
    yield made
    made.close()


@pytest.fixture(scope="session")
def published(stage: Stage) -> Path:
    """The offline app as the stage's API hosts it: a copy, which a test may change."""
    subprocess.run([sys.executable, str(PWA_SCRIPT)], check=True, timeout=300)
    shutil.copytree(BUILD, stage.pwa)
    return stage.pwa


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as made:
        yield made


@pytest.fixture
def open_phone(stage: Stage, browser: Browser, tmp_path: Path) -> Iterator[OpenPhone]:
    """Opens the app on a new phone, signed in as `login` if one is given; every screen is checked at the end."""
    with ExitStack() as stack:
        screens: list[Screen] = []

        def open_one(login: str = "", *, size: tuple[int, int] = PHONE, dark: bool = False) -> Screen:
            context = phone_context(browser, size, dark=dark)
            stack.callback(context.close)
            screen = open_app(context, stage.url)
            screen.page.set_default_timeout(PATIENCE_MS)
            screens.append(screen)
            if login:
                sign_in(screen, login)
            return screen

        yield open_one
        for number, screen in enumerate(screens):
            screen.shoot(tmp_path / f"last-{number}.png")
            screen.check()


def sign_in(screen: Screen, login: str, password: str = "demo2053") -> None:
    """Fill in the form and wait for the first screen."""
    screen.type("用户名", login)
    screen.type("密码", password)
    screen.tap("sign-in")
    screen.at("sign-in").wait_for(state="detached")
