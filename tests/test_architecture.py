"""The house rules hold, and each rule can fail: every one is shown a small tree that breaks it."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests import architecture

ROOT = Path(__file__).parent.parent

# One line that breaks each contract of pyproject.toml, and the file to put it in.
VIOLATIONS = {
    "shared-is-pure": ("shared_models/calls.py", "import sqlite3"),
    "client-without-server": ("app_client/today/queries.py", "import app_server.settings"),
    "server-without-client": ("app_server/main.py", "import app_client.main"),
    "capability-layers": ("app_client/visits/queries.py", "import app_client.visits.actions"),
    "screens-see-no-store": ("app_client/visits/screen.py", "import app_client.store.ledger"),
    "core-without-flet": ("app_client/store/ledger.py", "import flet"),
    "endpoints-without-tables": ("app_server/team/endpoints.py", "import app_server.tables"),
    "one-place-for-jose": ("app_server/team/service.py", "from jose import jwt"),
    "no-sibling-cycles": ("app_server/settings.py", "import app_server.team.service"),
}
# A tree that keeps every contract and uses every permission that they give.
LAWFUL = {
    "shared_models/calls.py": "import pydantic",
    "app_client/main.py": "import flet\nimport app_client.today.screen\nimport app_client.visits.screen",
    "app_client/store/ledger.py": "import sqlite3\nimport shared_models.calls",
    "app_client/sync/runner.py": "import app_client.store.ledger",
    "app_client/platform/native.py": "import flet",
    "app_client/widgets/ring.py": "import flet",
    "app_client/today/queries.py": "import app_client.store.ledger",
    "app_client/today/actions.py": "import app_client.today.queries\nimport app_client.sync.runner",
    "app_client/today/screen.py": "import flet\nimport app_client.today.actions\nimport app_client.widgets.ring",
    "app_client/visits/queries.py": "import app_client.store.ledger",
    "app_client/visits/actions.py": "import app_client.visits.queries",
    "app_client/visits/screen.py": "import flet\nimport app_client.visits.actions",
    "app_server/settings.py": "import pydantic_settings",
    "app_server/tables/org.py": "import sqlmodel\nimport shared_models.calls",
    "app_server/auth/tokens.py": "from jose import jwt\nimport app_server.settings",
    "app_server/team/endpoints.py": "import fastapi\nimport app_server.team.service",
    "app_server/team/service.py": "import app_server.tables\nimport app_server.settings",
    "app_server/web_client.py": "import app_client.main\nimport flet_web.fastapi",
    "app_server/main.py": "import app_server.web_client\nimport app_server.team.endpoints",
}


def write_tree(root: Path, files: dict[str, str]) -> None:
    """Write the files, and the `__init__.py` of every folder on the way."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
        for folder in path.relative_to(root).parents[:-1]:
            (root / folder / "__init__.py").touch()


def check_contracts(tree: Path) -> str:
    """What import-linter says of the tree under this project's contracts."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "pyproject.toml"]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    ).stdout.replace("\n ", " ")


@pytest.fixture(scope="module")
def contracts() -> dict[str, str]:
    """The contracts' names by their ids."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_a_lawful_tree_keeps_every_contract(tmp_path, contracts):
    write_tree(tmp_path, LAWFUL)
    verdict = check_contracts(tmp_path)
    assert f"Contracts: {len(contracts)} kept, 0 broken" in verdict, verdict


def test_every_contract_has_its_violation(contracts):
    assert VIOLATIONS.keys() == contracts.keys()


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_contract_can_be_broken(tmp_path, contracts, contract):
    file, line = VIOLATIONS[contract]
    write_tree(tmp_path, LAWFUL | {file: LAWFUL.get(file, "") + "\n" + line})
    verdict = check_contracts(tmp_path)
    assert f"{contracts[contract]} BROKEN" in verdict, verdict


@pytest.fixture(scope="module")
def python_sources() -> architecture.Sources:
    return architecture.read_sources(ROOT, ".py")


@pytest.mark.parametrize("rule", architecture.ON_PYTHON, ids=lambda rule: rule.__name__)
def test_the_sources_keep_the_rule(python_sources, rule):
    assert rule(python_sources) == []


def test_no_committed_file_bears_traces_of_a_machine():
    assert architecture.traces_of_a_machine(architecture.read_sources(ROOT)) == []


BREAKING = [
    (architecture.commits_outside_the_door, "app_server/team/service.py", "session.commit()"),
    (architecture.platform_branches, "app_client/calls/actions.py", "if sys.platform == 'x': pass"),
    (architecture.platform_branches, "app_client/calls/actions.py", "if page.web: pass"),
    (architecture.platform_branches, "app_client/calls/actions.py", "import js"),
    (architecture.platform_branches, "app_client/calls/actions.py", "from pyodide.ffi import to_js"),
    (architecture.wall_clocks, "app_server/team/service.py", "datetime.now(UTC)"),
    (architecture.wall_clocks, "app_client/calls/actions.py", "date.today()"),
    (architecture.long_files, "shared_models/fold.py", "\n" * 501),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # no" + "qa"),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # no" + "qa: E501"),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # type" + ": ignore - because"),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # pyright" + ": ignore[reportAny]"),
    (architecture.traces_of_a_machine, "docs/install.md", "Get it from https://pypi." + "org/simple"),
    (architecture.traces_of_a_machine, "Makefile", "cp /" + "tmp/x ."),
    (architecture.homeless_tests, "tests/nowhere/test_it.py", ""),
    (architecture.waits_and_mocks, "tests/calls/test_it.py", "import time\ntime.sleep(1)"),
    (architecture.waits_and_mocks, "tests/calls/test_it.py", "from time import sleep"),
    (architecture.waits_and_mocks, "tests/calls/test_it.py", "from unittest.mock import Mock"),
]
KEEPING = [
    (architecture.commits_outside_the_door, "app_server/database.py", "session.commit()"),
    (architecture.commits_outside_the_door, "app_client/store/ledger.py", "connection.commit()"),
    (architecture.platform_branches, "app_client/platform/browser.py", "import js"),
    (architecture.wall_clocks, "app_client/platform/clock.py", "datetime.now(UTC)"),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # no" + "qa: S311 - seeded on purpose"),
    (architecture.bare_suppressions, "shared_models/fold.py", "x = 1  # pyright" + ": ignore[reportAny] - a DBAPI row"),
    (architecture.traces_of_a_machine, "docs/api.md", "GET /api/v1/wo" + "rk/tmp/ and ./tmp/x and example.org"),
    (architecture.homeless_tests, "tests/e2e/test_it.py", ""),
]


@pytest.mark.parametrize(("rule", "file", "text"), BREAKING)
def test_a_rule_can_be_broken(rule, file, text):
    assert rule({PurePosixPath(file): text}) != []


@pytest.mark.parametrize(("rule", "file", "text"), KEEPING)
def test_a_rule_lets_pass_what_it_allows(rule, file, text):
    assert rule({PurePosixPath(file): text}) == []
