"""Processes the walks are played on: the API, and the app as its own server, both with a clock that is set.

`python -m tests.e2e.stage build|api|app` with the environment that `Stage` gives it. The app stands apart from the API here so
that a walk can kill the API and go on, as a phone does without network.
"""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app_server.demo.bank import Size

if TYPE_CHECKING:
    import flet as ft
    from fastapi import FastAPI

    from app_client.platform.abilities import Platform

# A Monday, ten in the morning in Shanghai: the same bank, the same list and the same pictures on every run.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
READY = b"ready"
SIZE = Size(advisors=12, customers=120, prospects=16, days=12)


@dataclass(frozen=True)
class SetClock:
    """The machine's clock, moved."""

    shift: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class Stage:
    """A demo bank in `folder` and its two processes; `url` is where the app is.

    The API's port hosts the offline app at `/m/`, once there is a build in the folder `pwa`.
    """

    folder: Path
    size: Size = SIZE
    shift: timedelta = field(default_factory=lambda: MORNING - datetime.now(UTC))

    def __post_init__(self) -> None:
        self.pwa = self.folder / "pwa"
        self.api_port, self.app_port = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.app_port}/"
        self.api_url = f"http://127.0.0.1:{self.api_port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def build(self) -> None:
        """Make the demo bank."""
        subprocess.run(self._command("build"), env=self._environment("api"), check=True, timeout=300)

    def start(self, part: str) -> None:
        """Start the api or the app and wait until it answers."""
        port = self.api_port if part == "api" else self.app_port
        command, environment = self._command(part, str(port)), self._environment(part)
        log_file = self.folder / f"{part}.log"
        with log_file.open("ab") as log:
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
        self._processes[part] = process
        assert process.stdout is not None
        # It says so once it listens; if it dies first, the pipe ends.
        assert process.stdout.readline().strip() == READY, log_file.read_text()[-2000:]

    def stop(self, part: str) -> None:
        """Kill it, as a cut cable does: it says no goodbye."""
        process = self._processes.pop(part, None)
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.communicate()

    def suitable_customer(self, login: str) -> str:
        """The id of a customer of theirs who has a fresh rating, money and a tier: one worth a visit."""
        with closing(sqlite3.connect(self.folder / "bank" / "day2053.sqlite3")) as bank:
            row = bank.execute(
                "SELECT customer.id FROM customer JOIN staff ON staff.id = customer.advisor_id "
                "WHERE staff.login = ? AND rating >= 'C3' AND rated_on > '2026-03-01' AND tier IS NOT NULL "
                "ORDER BY aum DESC LIMIT 1",
                (login,),
            ).fetchone()
        return str(UUID(row[0]))

    def login_of(self, staff_id: str) -> str:
        """With what name somebody signs in."""
        with closing(sqlite3.connect(self.folder / "bank" / "day2053.sqlite3")) as bank:
            row = bank.execute("SELECT login FROM staff WHERE id = ?", (UUID(staff_id).hex,)).fetchone()
        return str(row[0])

    def close(self) -> None:
        """Stop both."""
        for part in list(self._processes):
            self.stop(part)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.e2e.stage", *words]

    def _environment(self, part: str) -> dict[str, str]:
        given = {
            "DAY2053_DATA_DIR": str(self.folder / ("bank" if part == "api" else "phones")),
            "DAY2053_API_URL": self.api_url,
            "STAGE_PWA": str(self.pwa),
            "STAGE_SHIFT": str(self.shift.total_seconds()),
            "STAGE_SIZE": " ".join(
                str(n) for n in (self.size.advisors, self.size.customers, self.size.prospects, self.size.days)
            ),
        }
        return {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | given


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Each process imports what it is alone: both sides together take four seconds to import, and a run starts a dozen of them.
def _build(clock: SetClock) -> None:
    from app_server.cards.service import CardReader
    from app_server.database import Database
    from app_server.demo.service import prepare_demo
    from app_server.migrations import migrate
    from app_server.settings import Settings

    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url, settings)
    try:
        migrate(db)
        size = Size(*(int(number) for number in os.environ["STAGE_SIZE"].split()))
        prepare_demo(db, CardReader(settings), size=size, now=clock.now(), progress=lambda _what, _done, _of: None)
    finally:
        db.dispose()


def _api(clock: SetClock) -> "FastAPI":
    from app_server.main import create_app
    from app_server.pwa import mount_pwa
    from app_server.settings import Settings

    app = create_app(Settings(), clock=clock)
    mount_pwa(app, Path(os.environ["STAGE_PWA"]))
    return app


def _app(clock: SetClock) -> "FastAPI":
    from fastapi import FastAPI

    from app_client.main import app_main
    from app_client.platform.flet_services import FletLocation
    from app_client.platform.server import server_platform
    from app_server.web_client import client_lifespan, mount_app

    data_dir, api_url = Path(os.environ["DAY2053_DATA_DIR"]), os.environ["DAY2053_API_URL"]

    def platform_of(page: "ft.Page") -> "Platform":
        platform = server_platform(page, data_dir=data_dir, api_url=api_url)
        return replace(platform, clock=clock, location=FletLocation(clock))

    app = FastAPI(lifespan=lambda _: client_lifespan())
    mount_app(app, client_main=app_main(platform_of))
    return app


def _serve(app: "FastAPI", port: int) -> None:
    """Answer until killed, and say on standard output from when on."""
    import uvicorn

    class ReadyServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            sys.stdout.buffer.write(READY + b"\n")
            sys.stdout.buffer.flush()

    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    asyncio.run(ReadyServer(config).serve())


def main() -> None:
    """Be one of the processes."""
    part = sys.argv[1]
    clock = SetClock(timedelta(seconds=float(os.environ["STAGE_SHIFT"])))
    if part == "build":
        _build(clock)
        return
    from app_server import logs

    logs.configure()
    _serve(_api(clock) if part == "api" else _app(clock), int(sys.argv[2]))


if __name__ == "__main__":
    main()
