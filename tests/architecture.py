"""Rules of the house that no linter knows: each reads sources and returns a sentence for every place that breaks it.

The rules of who may import whom are import-linter's, in pyproject.toml.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

# A source file by its path from the project's folder.
Sources = dict[PurePosixPath, str]
Rule = Callable[[Sources], list[str]]

MOST_LINES = 500
# Folders of tests that mirror no capability: they cross all of them.
CROSSING = frozenset({"app_client", "app_server", "bench", "bench_client", "client", "e2e", "property", "server"}) | {
    "shared_models",
    "simulation",
    "ui",
}
_BROWSER_WORDS = frozenset({"emscripten", "pyodide", "pyodide_js"})
_SUPPRESSION = re.compile(r"#\s*(?:noqa|pyright:\s*ignore|type:\s*ignore)(?P<rest>.*)$")
_REASON = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w,\s-]+\])\s*(?:-|–|—|#|:)\s*\w+")
# Written apart, so that this file does not break its own rule.
_REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("npmmirror", "com"),
        ("deb", "debian", "org"),
    )
)
_MACHINE_PATH = re.compile(r"(?<![\w.~)}\]-])/(?:work|root|tmp|home/\w+|opt/\w+)(?=/[\w.])")


def tracked_files(root: Path) -> list[Path]:
    """The files that are or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def read_sources(root: Path, suffix: str = "") -> Sources:
    """Every tracked text file with the suffix; files that are no UTF-8 text are left out."""
    sources: Sources = {}
    for path in tracked_files(root):
        if path.name.endswith(suffix):
            try:
                sources[PurePosixPath(path.relative_to(root).as_posix())] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return sources


def commits_outside_the_door(sources: Sources) -> list[str]:
    """On the server only `database.py` commits."""
    return [
        f"{path}:{node.lineno}: commits; hand the work to db.write instead"
        for path, tree in _trees(sources, "app_server")
        if path.name != "database.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def platform_branches(sources: Sources) -> list[str]:
    """In the client only `platform` asks where it runs."""
    return [
        f"{path}:{node.lineno}: asks where it runs; give `platform` an ability for it"
        for path, tree in _trees(sources, "app_client")
        if path.parts[1] != "platform"
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and _asks_where_it_runs(node)
    ]


def wall_clocks(sources: Sources) -> list[str]:
    """No part asks the system for the time: a clock is passed in."""
    return [
        f"{path}:{node.lineno}: asks the system for the time; take a clock"
        for side in ("app_client", "app_server", "shared_models")
        for path, tree in _trees(sources, side)
        if path.stem not in ("clock", "demo", "database") and "demo" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("datetime.now", "datetime.datetime.now", "date.today", "time.time")
    ]


def long_files(sources: Sources) -> list[str]:
    """No source file is longer than a person reads at once."""
    return [
        f"{path}: {lines} lines, more than {MOST_LINES}; split it by what changes together"
        for path, text in sources.items()
        if path.suffix == ".py" and (lines := text.count("\n")) > MOST_LINES
    ]


def bare_suppressions(sources: Sources) -> list[str]:
    """Whoever silences a tool says which rule and why."""
    return [
        f"{path}:{number}: silences a tool without rule or reason"
        for path, text in sources.items()
        if path.suffix == ".py"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := _SUPPRESSION.search(line)) and not _REASON.match(found["rest"])
    ]


def traces_of_a_machine(sources: Sources) -> list[str]:
    """No committed file names a package registry's host or a path of somebody's machine."""
    return [
        f"{path}:{number}: names a registry or a machine's path: {found}"
        for path, text in sources.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for found in _traces(line)
    ]


def homeless_tests(sources: Sources) -> list[str]:
    """A test folder bears the name of what it tests: a capability, a module or a stage that crosses all.

    Where both sides have one of a name, the server's carries the side: sync and sync_server.
    """
    tested = {PurePosixPath(part).stem for path in sources if path.parts[0] != "tests" for part in path.parts[1:]}
    names = CROSSING | tested | {f"{name}_server" for name in tested}
    folders = {path.parts[1] for path in sources if path.parts[0] == "tests" and len(path.parts) > 2}
    return [f"tests/{name}: mirrors no capability" for name in sorted(folders - names)]


def waits_and_mocks(sources: Sources) -> list[str]:
    """Tests neither sleep nor replace our own code."""
    return [
        f"{path}:{node.lineno}: {complaint}"
        for path, tree in _trees(sources, "tests")
        if path not in _WAIT_FOR_OTHERS
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and (complaint := _wait_or_mock(node))
    ]


_WAIT_FOR_OTHERS = {
    # Flet drains its update queue on a timer of its own; the harness waits for that in one place.
    PurePosixPath("tests/ui/harness.py"),
    # Somebody else's server, which does not say when it listens; a bench, not a test.
    PurePosixPath("tests/bench/kinto.py"),
    # A bench, not a test: between two taps and two keys it is as slow as a person.
    PurePosixPath("tests/bench_client/__main__.py"),
    PurePosixPath("tests/bench_client/searches.py"),
}

ON_PYTHON: tuple[Rule, ...] = (
    commits_outside_the_door,
    platform_branches,
    wall_clocks,
    long_files,
    bare_suppressions,
    homeless_tests,
    waits_and_mocks,
)


def _trees(sources: Sources, top: str) -> Iterator[tuple[PurePosixPath, ast.Module]]:
    for path, text in sources.items():
        if path.parts[0] == top and path.suffix == ".py":
            yield path, ast.parse(text, filename=str(path))


def _asks_where_it_runs(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="platform") | ast.Attribute(attr="is_browser" | "web"):
            return True
        case ast.Import(names=names):
            return any(name.name.split(".")[0] in _BROWSER_WORDS | {"js"} for name in names)
        case ast.ImportFrom(module=str(module)):
            return module.split(".")[0] in _BROWSER_WORDS | {"js"}
        case ast.Constant(value=str(value)):
            return value in _BROWSER_WORDS
        case _:
            return False


def _traces(line: str) -> list[str]:
    return [host for host in _REGISTRIES if host in line] + _MACHINE_PATH.findall(line)


def _wait_or_mock(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="sleep"), args=[ast.Constant(value=0)]):
            return None  # gives the loop a turn; takes no time
        case ast.Call(func=ast.Attribute(attr="sleep" | "wait_for_timeout")):
            return "sleeps; wait for what is to happen, or step a clock"
        case ast.ImportFrom(module="unittest.mock" | "time", names=names) if node.module == "unittest.mock" or any(
            name.name == "sleep" for name in names
        ):
            return "mocks or sleeps; use the real thing, or a protocol's own test double"
        case ast.Import(names=names) if any(name.name == "unittest.mock" for name in names):
            return "mocks; use the real thing, or a protocol's own test double"
        case _:
            return None
