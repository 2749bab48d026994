"""A server on a real socket: in a thread of the test, with the test's clock, or as a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

_PROCESS = """
import sys, uvicorn
from app_server.main import create_app
from app_server.settings import Settings
uvicorn.run(create_app(Settings()), fd=int(sys.argv[1]), log_config=None, access_log=False)
"""


class ReadyServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def listening(app: FastAPI) -> Iterator[int]:
    """The port of a server of that app in a thread."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = ReadyServer(config)
    with _bound() as listens:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listens]})
        thread.start()
        assert server.listens.wait(30)
        yield listens.getsockname()[1]
        server.should_exit = True
        thread.join()


@contextmanager
def process_of(database_url: str, data_dir: Path) -> Iterator[int]:
    """The port of a server's process; it need not be waited for, as the socket listens already."""
    environment = os.environ | {"DATABASE_URL": database_url, "DAY2053_DATA_DIR": str(data_dir)}
    with _bound() as listens:
        listens.listen()
        command = [sys.executable, "-c", _PROCESS, str(listens.fileno())]
        process = subprocess.Popen(command, env=environment, pass_fds=[listens.fileno()])
        try:
            yield listens.getsockname()[1]
        finally:
            process.kill()
            process.wait()


@contextmanager
def _bound() -> Iterator[socket.socket]:
    with socket.socket() as listens:
        listens.bind(("127.0.0.1", 0))
        yield listens
