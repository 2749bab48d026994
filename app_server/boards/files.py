"""Boards as a bank keeps them: a TOML file for each, whose top level is a BoardContent. Publishing them is service.py's."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared_models.board_desk import objections_to
from shared_models.boards import BoardContent
from shared_models.errors import BadInput
from shared_models.wordings import Judge


@dataclass(frozen=True, slots=True)
class BadField:
    """What is wrong in a file: the field as `zh.cards[2].say`, and a sentence."""

    file: Path
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadBoards:
    """What files say: the boards, and everything that keeps them from being published."""

    contents: list[BoardContent]
    bad: list[BadField]


def board_files(paths: Iterable[Path]) -> list[Path]:
    """These files, and the TOML files right in these folders; raises BadInput where there is none."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not found:
        raise BadInput("There is no *.toml file there.")
    return found


def read_boards(files: Sequence[Path], judge: Judge) -> ReadBoards:
    """Read files and check each as it would be for publication; raises OSError for one that cannot be opened."""
    read = ReadBoards([], [])
    by_code: dict[str, Path] = {}
    for file in files:
        try:
            content = BoardContent.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            read.bad.append(BadField(file, "", f"this is no TOML: {error}"))
            continue
        except ValidationError as error:
            read.bad.extend(BadField(file, _field(each["loc"]), each["msg"]) for each in error.errors())
            continue
        read.bad.extend(BadField(file, each.field, each.sentence) for each in objections_to(content, judge))
        if content.code in by_code:
            read.bad.append(BadField(file, "code", f"{by_code[content.code].name} has the same code"))
        by_code.setdefault(content.code, file)
        read.contents.append(content)
    return read


def _field(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in location).removeprefix(".")
