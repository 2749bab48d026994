"""The app's Chinese typefaces as OpenType files, which a typesetter reads; they are shipped packed for browsers (woff2)."""

from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs] - fonttools has none

_PACKED = Path(__file__).parent.parent / "assets" / "fonts"
# Under a family of their own, so that the rare characters of names do not stand in for the everyday ones.
_FACES = {
    "NotoSansSC-Regular": ("Day2053", "Regular"),
    "NotoSansSC-Bold": ("Day2053", "Bold"),
    "NotoSansSC-Names": ("Day2053 Rare", "Regular"),
}
_FAMILY, _STYLE, _FULL, _POSTSCRIPT = 1, 2, 4, 6
_TYPOGRAPHIC = (16, 17)


def typefaces(folder: Path) -> Path:
    """The folder `fonts` in that one with the unpacked faces; made with the first question for it."""
    made = folder / "fonts"
    if made.is_dir():
        return made
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unpacked = Path(mkdtemp(prefix="fonts-", dir=folder))
    for name, (family, style) in _FACES.items():
        _unpack(_PACKED / f"{name}.woff2", unpacked / f"{name}.otf", family, style)
    try:
        unpacked.rename(made)
    except OSError:
        # Another process was faster; its files are the same.
        for file in unpacked.iterdir():
            file.unlink()
        unpacked.rmdir()
    return made


def _unpack(packed: Path, target: Path, family: str, style: str) -> None:
    with TTFont(packed, lazy=True, recalcBBoxes=False) as font:
        # Any: fonttools leaves its tables untyped.
        names = cast("Any", font["name"])
        for number in _TYPOGRAPHIC:
            names.removeNames(nameID=number)
        said = {
            _FAMILY: family,
            _STYLE: style,
            _FULL: f"{family} {style}",
            _POSTSCRIPT: f"{family}-{style}".replace(" ", ""),
        }
        for number, words in said.items():
            names.removeNames(nameID=number)
            names.setName(words, number, 3, 1, 0x409)
        font.flavor = None
        font.save(target)
