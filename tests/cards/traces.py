"""How a card number may lie in bytes, and the search for those that the tests know."""

import base64
from pathlib import Path

from tests.cards.cards import CREDIT, DEBIT, OTHERS

PANS = (DEBIT, CREDIT, OTHERS)


def traces(pan: str) -> dict[str, bytes]:
    """The ways in which a number may lie in bytes. Of base64 what stands in the middle, whatever it begins after."""
    found = {name: pan.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")}
    for name, digits in {"bcd": pan, "bcd shifted": f"0{pan}"}.items():
        found[name] = bytes.fromhex(digits[: len(digits) // 2 * 2])[1:]
    for before in range(3):
        encoded = base64.b64encode(b"-" * before + pan.encode())
        found[f"base64 after {before}"] = encoded[4 if before else 0 : -4]
    return found


def found_in(content: bytes) -> list[tuple[str, str]]:
    """Which numbers are in the bytes, and how."""
    return [(pan[-4:], name) for pan in PANS for name, trace in traces(pan).items() if trace in content]


def at_rest(folder: Path) -> bytes:
    """Every file below, as it lies there: the databases are open, so their logs are among them."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
