"""What `flet build` would put on a phone: the app and nothing else, able to start, asking for no more than it uses."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.native import ASSETS, PACKAGES, CannotLayOut, checked_url, constraints, lay_out, name_of, phone_versions

ROOT = Path(__file__).parents[2]
FLET = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["flet"]
API_URL = "https://day.example.cn"
# The start of a program that sees the laid-out app alone, as the phone does, and does not begin to draw.
START = """
import runpy, sys
sys.path[:0] = [sys.argv[1]]
import flet
started = []
flet.run = started.append
runpy.run_module("main", run_name="__main__")
import os, app_client.main, app_client.platform.native, shared_models
assert started == [app_client.main.main]
print(os.environ["DAY2053_API_URL"])
print(app_client.__file__)
print(shared_models.__file__)
print(sorted({name.partition(".")[0] for name in sys.modules} & {"app_server", "fastapi", "flet_web", "sqlalchemy"}))
"""


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    lay_out(API_URL, tmp_path)
    return tmp_path


def test_the_app_is_packaged_and_nothing_else(laid_out: Path) -> None:
    app = laid_out / "app"
    assert {path.name for path in app.iterdir()} == {"main.py", "assets", *PACKAGES}
    files = {path.relative_to(app / "assets").as_posix() for path in (app / "assets").rglob("*") if path.is_file()}
    assert files == set(ASSETS)
    assert list(app.rglob("__pycache__")) == []


def test_what_was_laid_out_before_and_is_gone_since_is_not_packaged(laid_out: Path) -> None:
    stale = laid_out / "app" / "app_client" / "gone.py"
    stale.write_text("", encoding="utf-8")
    lay_out(API_URL, laid_out)
    assert not stale.exists()


def test_the_packaged_app_starts_from_its_own_files(laid_out: Path) -> None:
    app = laid_out / "app"
    started = subprocess.run(
        [sys.executable, "-I", "-c", START, str(app)], cwd=laid_out, capture_output=True, text=True, check=False
    )
    assert started.stderr == ""
    url, client, shared, servers = started.stdout.splitlines()
    assert url == API_URL
    assert (Path(client), Path(shared)) == (app / "app_client" / "__init__.py", app / "shared_models" / "__init__.py")
    assert servers == "[]"


def test_it_imports_nothing_that_is_not_packaged(laid_out: Path) -> None:
    names = {
        name.partition(".")[0]
        for path in laid_out.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in imported(node)
    }
    assert names & {"app_server", "tests", "scripts"} == set()


def imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
        case _:
            return []


def test_flet_finds_the_packaged_app() -> None:
    assert FLET["app"]["path"] == "dist/native/app"
    assert "module" not in FLET["app"]  # main.py, as laid out


@pytest.mark.parametrize("url", ["https://day.example.cn/", "https://day.example.cn:8443/bank", "http://10.0.2.2:8000"])
def test_an_address_that_a_phone_may_use(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["", "day.example.cn", "http://day.example.cn", "https://", "https://day.example.cn/?a=1"]
)
def test_an_address_that_is_none_or_unprotected_is_refused(url: str) -> None:
    with pytest.raises(CannotLayOut):
        checked_url(url)


def test_versions_come_from_the_lock_but_for_what_a_phone_has_of_its_own() -> None:
    locked = {name_of(line) for line in constraints()}
    own = {name_of(line) for line in phone_versions()}
    assert {"flet", "httpx", "polib", "pypinyin"} <= locked
    assert locked & own == set()


def test_it_asks_for_the_location_in_use_and_for_nothing_else() -> None:
    assert "permissions" not in FLET  # Flet's "location" would ask for the background
    assert {name for name, asked in FLET["android"]["permission"].items() if asked} == {
        "android.permission.ACCESS_COARSE_LOCATION",
        "android.permission.ACCESS_FINE_LOCATION",
    }
    assert [key for key in FLET["ios"]["info"] if key.startswith("NS")] == ["NSLocationWhenInUseUsageDescription"]


def test_customers_data_goes_into_no_cloud_backup_of_android() -> None:
    assert FLET["android"]["manifest_application"]["allowBackup"] == "false"
