"""Everything the app needs can be had on a phone: pure Python, or compiled by one of Flet's recipes in the version we name."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.native import PHONES, name_of

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# recipes/<name>/meta.yaml of github.com/flet-dev/mobile-forge at commit 39207ab, 2026-08-21, read on 2026-11-23.
# A wheel for Android and one for iOS is built from each and served by Flet's own index, which could not be asked.
RECIPES = {"msgpack": "1.1.2", "pydantic-core": "2.47.0"}
# What `flet build` bundles for `requires-python = ">=3.11"`.
PHONE_PYTHON = "3.14"
SYSTEMS = {"android": "Android", "ios": "iOS"}


def installed_on(phone: str, requirements: Iterable[str]) -> set[str]:
    """The canonical names of all packages that these requirements bring to this kind of phone."""
    environment = {name: str(value) for name, value in default_environment().items()} | {
        "sys_platform": phone,
        "platform_system": SYSTEMS[phone],
        "python_version": PHONE_PYTHON,
        "python_full_version": f"{PHONE_PYTHON}.0",
    }
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate(environment | {"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        found.add(name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(text), wanted) for text in distribution(name).requires or []]
    return found


def is_pure(name: str) -> bool:
    """Whether the wheel installed here runs anywhere."""
    wheel = (distribution(name).read_text("WHEEL") or "").splitlines()
    tags = [line.removeprefix("Tag: ") for line in wheel if line.startswith("Tag: ")]
    return "Root-Is-Purelib: true" in wheel and any(tag.endswith("-none-any") for tag in tags)


def unobtainable(phone: str, requirements: Iterable[str]) -> list[str]:
    """The packages among them that no phone of this kind can install."""
    return sorted(name for name in installed_on(phone, requirements) if not is_pure(name) and name not in RECIPES)


@pytest.mark.parametrize("phone", PHONES)
def test_every_dependency_of_the_app_is_pure_or_has_a_recipe(phone: str) -> None:
    assert unobtainable(phone, PROJECT["project"]["dependencies"]) == []


@pytest.mark.parametrize("phone", PHONES)
def test_what_only_a_server_can_install_is_found_out(phone: str) -> None:
    server = PROJECT["project"]["optional-dependencies"]["server"]
    assert {"cryptography", "psycopg-binary"} <= set(unobtainable(phone, server))


@pytest.mark.parametrize("phone", PHONES)
def test_each_recipe_is_pinned_needed_and_allowed(phone: str) -> None:
    pins = {name_of(pin): pin.partition("==")[2] for pin in PROJECT["tool"]["flet"][phone]["dependencies"]}
    compiled = {name for name in installed_on(phone, PROJECT["project"]["dependencies"]) if not is_pure(name)}
    # pydantic is pure, but each of its versions wants one version of its core.
    assert {name: version for name, version in pins.items() if name != "pydantic"} == RECIPES
    assert compiled == set(RECIPES)
    wishes = [
        Requirement(text) for text in [*PROJECT["project"]["dependencies"], *(distribution("flet").requires or [])]
    ]
    refused = [
        str(wish)
        for wish in wishes
        if (name := canonicalize_name(wish.name)) in pins and not wish.specifier.contains(pins[name], prereleases=True)
    ]
    assert refused == []


@pytest.mark.parametrize("phone", PHONES)
def test_what_is_judged_here_is_what_the_lock_names(phone: str) -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {
        name_of(line): line.partition("==")[2].split(" ")[0] for line in lines if "==" in line and line[0] not in " #"
    }
    here = {name: distribution(name).version for name in installed_on(phone, PROJECT["project"]["dependencies"])}
    assert here == {name: locked.get(name) for name in here}
