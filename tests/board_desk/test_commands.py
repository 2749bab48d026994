"""`day2053 import boards` says what it made of a bank's files, and publishes all of them or none."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app_server.cli import app
from app_server.demo.board_files import BOARDS

CODE = "first-meeting-allocation"


@pytest.fixture(autouse=True)
def _here(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(tmp_path / "data"))


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_file_is_published_once_told_once_and_withdrawn(tmp_path: Path):
    folder = tmp_path / "boards"
    folder.mkdir()
    shutil.copy(BOARDS / f"{CODE}.toml", folder)

    assert "1 new, 0 with a new version, 0 as they were" in run("import", "boards", folder).output
    assert "0 new, 0 with a new version, 1 as they were" in run("import", "boards", folder).output
    assert "0 boards were told" in run("boards", "due").output
    assert run("boards", "withdraw", CODE).exit_code == 0
    assert run("boards", "withdraw", CODE).exit_code == 1


def test_one_bad_file_keeps_all_from_being_published(tmp_path: Path):
    good = (BOARDS / f"{CODE}.toml").read_text("utf-8")
    (tmp_path / "good.toml").write_text(good, "utf-8")
    (tmp_path / "worse.toml").write_text(good.replace(CODE, "other").replace("钱分四份（示例）", "保本"), "utf-8")

    refused = run("import", "boards", tmp_path)

    assert refused.exit_code == 1
    assert "worse.toml" in refused.output
    assert "zh.title" in refused.output
    assert "1 new" in run("import", "boards", tmp_path / "good.toml").output
