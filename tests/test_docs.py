"""The documents against the code: links lead somewhere, commands and settings are those of the program."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app_server.cli import app
from app_server.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TARGET = re.compile(r"\]\(([^)#]+)")
COMMAND = re.compile(r"\bday2053 ([a-z]+)")
MAKE = re.compile(r"\bmake ([a-z0-9]+(?:-[a-z]+)?)\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_of_the_repository(page: Path) -> None:
    targets = [target for target in TARGET.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_exists(page: Path) -> None:
    # Only what stands as code: prose may speak of "make sure".
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page.read_text("utf-8"), flags=re.DOTALL))
    commands = getattr(get_command(app), "commands")  # noqa: B009 - click's base class does not declare it
    assert set(COMMAND.findall(code)) <= set(commands)
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(MAKE.findall(code)) <= targets


def test_every_setting_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    names = {"DATABASE_URL" if name == "database_url" else f"DAY2053_{name.upper()}" for name in Settings.model_fields}
    assert sorted(name for name in names if f"`{name}`" not in operations) == []
