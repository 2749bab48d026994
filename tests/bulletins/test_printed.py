"""A bulletin on paper and as a picture: whole files in the app's own typefaces, whatever a unit is called."""

from pathlib import Path
from uuid import UUID

import pytest

from app_server.bulletins.printed import pdf, png
from app_server.typefaces import typefaces
from shared_models.bulletins import Column, ranked
from shared_models.org import UnitKind
from tests.bulletins.bulletin_bank import bulletin_of, row

BANK = "Asia/Shanghai"
TOTAL = row(UUID(int=99), "人民路支行", UnitKind.SUB_BRANCH, 70, 60, was=66)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: unpacking takes a second or two."""
    made = tmp_path_factory.mktemp("printed")
    assert typefaces(made) == typefaces(made)
    return made


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG, in pixels."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


def test_a_page_carries_its_typefaces_and_runs_no_name(folder: Path) -> None:
    names = ["二道网点", '#read("/etc/passwd") $x$ [ \\', "玥喆翀堃"]
    rows = [row(UUID(int=n), name, UnitKind.OUTLET, n, 50, was=3) for n, name in enumerate(names, start=1)]
    told = bulletin_of(ranked(rows, Column.SCORE), total=TOTAL)
    page = pdf(told, "zh", timezone=BANK, folder=folder)
    assert page.startswith(b"%PDF-")
    for face in (b"+Day2053-Regular", b"+Day2053-Bold", b"+Day2053Rare-Regular"):
        assert face in page, "embedded, and of it what is used"
    assert len(page) < 200_000


def test_a_picture_is_as_wide_as_a_chat_shows_and_as_high_as_its_rows_up_to_forty(folder: Path) -> None:
    rows = [row(UUID(int=n + 1), f"网点{n}", UnitKind.OUTLET, n, 50, was=None) for n in range(45)]
    sizes = [
        size_of(png(bulletin_of(rows[:count], total=TOTAL if count else None), "zh", timezone=BANK, folder=folder))
        for count in (0, 5, 40, 45)
    ]
    assert {width for width, _ in sizes} == {1080}
    nothing, five, forty, more = (height for _, height in sizes)
    assert nothing < five < forty < more < forty + 100
