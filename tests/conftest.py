"""What every test may ask for: databases that are migrated, empty and its own. Fixtures of one capability live beside it.

`database_url` runs a test twice, on SQLite and on PostgreSQL; `sqlite_url` and `postgresql_url` name one of them.
`fresh_database` makes as many as wanted, for fixtures of a wider scope: `with fresh_database("postgresql") as url: …`.
"""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import hypothesis
import psycopg
import pytest
from filelock import FileLock

from tests import postgresql

type_of_database = Literal["sqlite", "postgresql"]
FreshDatabase = Callable[[type_of_database], AbstractContextManager[str]]

TEMPLATE = "migrated"
# A test makes thousands of objects that go by themselves; only cycles need the collector.
COLLECT_AFTER = 20_000
# pytest's stash key for the folder that all workers of one run share.
_shared_folder = pytest.StashKey[Path]()

# A slow machine is no bug, so no deadline; CI repeats itself, a person's runs keep searching.
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.register_profile("repeat", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("repeat" if os.environ.get("CI") else "search")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run one folder for its PostgreSQL, the same in every worker, and its temporary files a place in memory."""
    # What a test writes need not outlive a power cut, and waiting for a disk is half of what the tests on SQLite do.
    if postgresql.memory_has_room():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(postgresql.IN_MEMORY))
    given: dict[str, str] | None = getattr(config, "workerinput", None)
    # Not pytest's own temporary folder: its path is too long for a socket, closed to other accounts, and may run no program.
    folder = Path(given["shared_folder"] if given else tempfile.mkdtemp(prefix="day2053-"))
    folder.chmod(0o755)
    config.stash[_shared_folder] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell an xdist worker the folder (a hook of pytest-xdist)."""
    node.workerinput["shared_folder"] = str(node.config.stash[_shared_folder])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL, if a test started it, once all workers are done."""
    if not hasattr(config, "workerinput") and _shared_folder in config.stash:
        postgresql.stop(config.stash[_shared_folder])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser's walks and the benches by the folder they are in."""
    here = Path(__file__).parent
    for item in items:
        stage = item.path.relative_to(here).parts[0]
        if stage in ("e2e", "bench"):
            item.add_marker(stage)


def pytest_collection_finish() -> None:
    """Let the collector leave alone what is loaded and collected by now, as the served app does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


@pytest.fixture(scope="session")
def shared_folder(pytestconfig: pytest.Config) -> Path:
    """The folder that all workers of the run share; take a FileLock in it."""
    return pytestconfig.stash[_shared_folder]


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> str:
    """The URL of the run's PostgreSQL with `{database}` in it; the first who asks starts it, and migrates the template."""
    folder = pytestconfig.stash[_shared_folder]
    with FileLock(folder / "lock"):
        server = postgresql.start(folder, durable=False)
        if not (folder / TEMPLATE).exists():
            _execute(server, f"CREATE DATABASE {TEMPLATE}")
            _migrate(server.format(database=TEMPLATE))
            # Nobody connects any more, autovacuum neither: CREATE DATABASE wants its template alone.
            _execute(server, f"ALTER DATABASE {TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
            (folder / TEMPLATE).touch()
    return server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FreshDatabase:
    """Makes a migrated, empty database of the kind asked for, and removes it afterwards."""

    @contextmanager
    def sqlite() -> Iterator[str]:
        template: Path = request.getfixturevalue("sqlite_template")
        folder = tmp_path_factory.mktemp("database")
        yield f"sqlite:///{shutil.copy(template, folder / 'test.sqlite3')}"
        shutil.rmtree(folder)

    @contextmanager
    def postgres() -> Iterator[str]:
        server: str = request.getfixturevalue("postgresql_server")
        # In memory, copying files is half the work of logging every page; on a disk it waits for the disk.
        strategy = "FILE_COPY" if postgresql.is_in_memory(request.config.stash[_shared_folder]) else "WAL_LOG"
        name = f"test_{uuid.uuid4().hex}"
        _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY {strategy}")
        yield server.format(database=name)
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")

    return lambda kind: sqlite() if kind == "sqlite" else postgres()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[str]:
    """A migrated, empty database of the test's own; the test runs once on SQLite and once on PostgreSQL."""
    with fresh_database(request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """A migrated, empty SQLite database of the test's own."""
    with fresh_database("sqlite") as url:
        yield url


@pytest.fixture
def postgresql_url(fresh_database: FreshDatabase) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of the test's own."""
    with fresh_database("postgresql") as url:
        yield url


@pytest.fixture
def empty_postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A PostgreSQL database that was never migrated."""
    name = f"empty_{uuid.uuid4().hex}"
    _execute(postgresql_server, f"CREATE DATABASE {name}")
    yield postgresql_server.format(database=name)
    _execute(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _migrate(url: str) -> None:
    # Late: the tests of the shared models and the client start without SQLAlchemy.
    from app_server.database import Database
    from app_server.migrations import migrate

    database = Database(url)
    try:
        migrate(database)
    finally:
        database.dispose()
