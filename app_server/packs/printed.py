"""A pack as PDF and as pictures, set by Typst from one template (decision 0035); no counting, and nothing of when it was made."""

import json
from pathlib import Path
from typing import Literal

import typst

from app_server.typefaces import typefaces
from shared_models.pack_words import either
from shared_models.packs import Pack

_TEMPLATE = Path(__file__).with_name("pack.typ")
# A page is 960 points wide, so 1920 pixels.
_PIXELS_PER_INCH = 144


def pdf(pack: Pack, *, folder: Path) -> bytes:
    """All its pages, 16:9; the typefaces, kept in that folder, are embedded as far as they are used."""
    return _compiled(pack, folder, ending="pdf")


def png(pack: Pack, *, folder: Path) -> bytes:
    """Its only page, 1920 by 1080 pixels."""
    return _compiled(pack, folder, ending="png")


def _compiled(pack: Pack, folder: Path, *, ending: Literal["pdf", "png"]) -> bytes:
    language = pack.language
    days = f"{pack.span.first.isoformat()} – {pack.span.last.isoformat()}"
    told = {
        "title": f"{pack.unit.name} · {pack.month} · {either(language, '月度材料', 'monthly pack')}",
        "days": days if pack.is_over else f"{days}{either(language, '，还没过完', ', not over yet')}",
        "compared": either(
            language,
            f"与 {pack.before.first.isoformat()} – {pack.before.last.isoformat()} 比",
            f"against {pack.before.first.isoformat()} – {pack.before.last.isoformat()}",
        ),
        "digest": either(language, f"数据编号 {pack.digest}", f"data {pack.digest}"),
        "language": language,
        "pages": [page.model_dump(mode="json") for page in pack.pages],
    }
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format=ending,
        ppi=_PIXELS_PER_INCH if ending == "png" else None,
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[typefaces(folder)]),
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
    )
