"""Lays out what `flet build` puts on a phone, under dist/native; see docs/mobile.md.

`flet build` packages a folder with a main.py at its root, and everything in it. The project's own folder would bring the
server, the tests and whatever lies in the data folder along, so the app gets a folder of its own, with only what is named here.
"""

import argparse
import shutil
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "dist" / "native"
PACKAGES = ("app_client", "shared_models")
# The phone has Chinese faces of its own (and would not read woff2), and no use for the web's pages.
ASSETS = {
    "icon.png": "icon.png",
    # Android cuts the outer third off: the marks of the maskable one stay inside.
    "icon_android.png": "icons/icon-maskable-512.png",
    "splash.png": "icons/icon-512.png",
    "locale/en.po": "locale/en.po",
}
PHONES = ("android", "ios")
# A phone's emulator reaches the machine it runs on by the last of these.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "10.0.2.2"})

MAIN = '''\
"""Starts the app on a phone; made by scripts/native.py."""

import os

os.environ.setdefault("DAY2053_API_URL", {api_url!r})

import flet as ft

from app_client.main import main

ft.run(main)
'''


class CannotLayOut(Exception):
    """The app cannot be laid out as asked; the message says why."""


def lay_out(api_url: str, output: Path = OUTPUT) -> None:
    """Put the app under `output`/app and the versions it may use into `output`/constraints.txt. Raises CannotLayOut."""
    checked = checked_url(api_url)
    app = output / "app"
    shutil.rmtree(app, ignore_errors=True)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, app / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, asset in ASSETS.items():
        target = app / "assets" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "assets" / asset, target)
    (app / "main.py").write_text(MAIN.format(api_url=checked), encoding="utf-8")
    (output / "constraints.txt").write_text("".join(f"{line}\n" for line in constraints()), encoding="utf-8")


def checked_url(url: str) -> str:
    """The server's address without a closing slash; anything but https leaves the machine only by mistake."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise CannotLayOut(f"The server's address must be https://…, not {url!r}.")
    return url.rstrip("/")


def constraints() -> list[str]:
    """The lock file's versions, but for the packages that a phone has in versions of its own, by pyproject.toml."""
    own = {name_of(line) for line in phone_versions()}
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lock if line and not line.startswith((" ", "#"))]
    return [pin for pin in pins if name_of(pin) not in own]


def phone_versions() -> list[str]:
    """The requirements that `[tool.flet.android]` and `[tool.flet.ios]` add; both must say the same."""
    flet = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["flet"]
    android, ios = (flet[phone]["dependencies"] for phone in PHONES)
    if android != ios:
        raise CannotLayOut("[tool.flet.android] and [tool.flet.ios] name different dependencies.")
    return android


def name_of(requirement: str) -> str:
    """The package that a pinned requirement names, as lock files spell it."""
    return requirement.partition("==")[0].strip().lower().replace("_", "-")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Lay out what flet build puts on a phone.")
    parser.add_argument("api_url", help="the server's address, as the phones reach it: https://…")
    try:
        lay_out(parser.parse_args().api_url)
    except CannotLayOut as error:
        sys.exit(str(error))
    print(
        f"Laid out in {OUTPUT.relative_to(ROOT)}; now: PIP_CONSTRAINT=$PWD/dist/native/constraints.txt flet build apk"
    )
