"""Subsets Noto Sans CJK SC into the committed web fonts of assets/fonts; a clone never needs to run it.

Usage: python scripts/make_fonts.py FOLDER, where FOLDER holds NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc (Debian: fonts-noto-cjk).
Needs the fonttools and brotli packages. Three files come out:

* NotoSansSC-Regular.woff2, NotoSansSC-Bold.woff2: GB2312, Latin and the signs the screens use;
* NotoSansSC-Names.woff2: the rest of GBK and of the national table of standard characters, for customers' names. It has one weight;
  the text engine emboldens it where a bold style falls back to it.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ASSETS = Path(__file__).parent.parent / "assets" / "fonts"
FACE = "Noto Sans CJK SC"
SIGNS = "→←↑↓↗✓✗✔○●◎◇◆□■△▲▽▼★☆☎①②③④⑤⑥⑦⑧⑨⑩…—–‘’“”·•‹›«»￥¥€£°×÷±≈≠≤≥∞％‰№℃㎡\u00a0\u2002\u2003\u2009\u3000"
# Characters of 通用规范汉字表 (2013) outside GBK.
STANDARD_TABLE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺"
    "䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮鿍鿎鿏鿔"
    "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶"
    "𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋"
    "𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦"
    "𬸪𬹼𬺈𬺓"
)


def characters_of(encoding: str) -> set[str]:
    """Every character that a double-byte encoding can write."""
    found: set[str] = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found.add(bytes([lead, trail]).decode(encoding))
            except UnicodeDecodeError:
                continue
    return {character for character in found if len(character) == 1}


def face_of(collection: Path) -> TTFont:
    """The simplified Chinese face of a Noto Sans CJK collection."""
    for font in TTCollection(str(collection)).fonts:
        if font["name"].getDebugName(1) == FACE:
            return font
    raise SystemExit(f"{collection} has no face {FACE}")


def write_subset(collection: Path, characters: set[str], name: str) -> None:
    """Write one woff2 with just these characters."""
    options = Options()
    options.flavor = "woff2"  # pyright: ignore[reportAttributeAccessIssue] - fonttools declares it as None
    options.hinting = False
    options.layout_features = ["kern", "palt", "halt", "locl", "ccmp", "tnum"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = face_of(collection)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    font.flavor = "woff2"
    target = ASSETS / name
    font.save(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(font.getBestCmap() or ()):,} characters")


def main() -> None:
    """Write all three."""
    source = Path(sys.argv[1])
    latin = {
        chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0xFF01, 0xFF5F), *range(0x3000, 0x3030))
    }
    everyday = characters_of("gb2312") | latin | set(SIGNS)
    rare = (characters_of("gbk") | set(STANDARD_TABLE)) - everyday
    write_subset(source / "NotoSansCJK-Regular.ttc", everyday, "NotoSansSC-Regular.woff2")
    write_subset(source / "NotoSansCJK-Bold.ttc", everyday, "NotoSansSC-Bold.woff2")
    write_subset(source / "NotoSansCJK-Regular.ttc", rare, "NotoSansSC-Names.woff2")


if __name__ == "__main__":
    main()
