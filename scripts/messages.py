"""Brings assets/locale/en.po in step with the `t("…")` calls of app_client: adds what is missing, empty, and drops what nobody says.

Usage: python scripts/messages.py; then fill in the empty msgstr. tests/widgets/test_i18n.py holds the two together.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
CLIENT = ROOT / "app_client"
CATALOGUE = ROOT / "assets" / "locale" / "en.po"


@dataclass(frozen=True, slots=True)
class Message:
    """One msgid, whether it counts something, and where it is said first."""

    text: str
    plural: bool
    place: str


def messages_of(folder: Path) -> tuple[dict[str, Message], list[str]]:
    """Every literal first argument of `t` and `t_n`, and the places of calls whose first argument is not a literal."""
    found: dict[str, Message] = {}
    not_literal: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("t", "t_n")):
                continue
            place = file.relative_to(folder.parent).as_posix()
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.setdefault(first.value, Message(first.value, node.func.id == "t_n", place))
            else:
                not_literal.append(f"{place}:{node.lineno}")
    return found, not_literal


def main() -> None:
    """Rewrite the catalogue, keeping every translation there is."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    catalogue.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    known = {entry.msgid: entry for entry in catalogue}
    spoken, _ = messages_of(CLIENT)
    entries: list[polib.POEntry] = []
    for message in sorted(spoken.values(), key=lambda one: (one.place, one.text)):
        entry = known.get(message.text) or polib.POEntry(msgid=message.text)
        entry.occurrences = [(message.place, "")]
        if message.plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr_plural = message.text, {0: entry.msgstr, 1: entry.msgstr}
        entries.append(entry)
    added = [entry.msgid for entry in entries if entry.msgid not in known]
    dropped = [msgid for msgid in known if msgid not in spoken]
    catalogue.clear()
    catalogue.extend(entries)
    catalogue.save(str(CATALOGUE))
    print(f"{len(entries)} messages, {len(added)} added, {len(dropped)} dropped")
    for msgid in added:
        print(f"  to translate: {msgid}")


if __name__ == "__main__":
    main()
