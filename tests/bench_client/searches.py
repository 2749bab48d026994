"""What is typed in the bench's search, and whom it has to find; and how it is typed."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page

# As many rows as stand on a phone's screen, so that all of them can be looked for.
MOST_FOUND = 5
TAIL = 4


@dataclass(frozen=True)
class _Person:
    id: str
    name: str
    initials: str
    phone: str


def of_bank(path: Path, times: int) -> Iterator[tuple[str, list[str]]]:
    """Words and the ids of whom they find; by initials, phone and name in turn, and the last key always changes the result."""
    with closing(sqlite3.connect(path)) as bank:
        rows = bank.execute("SELECT id, name, initials, phone FROM customer ORDER BY id").fetchall()
    book = [_Person(str(UUID(row[0])), *row[1:]) for row in rows]
    random.Random(2053).shuffle(book)
    ways = cycle([lambda each: each.initials, lambda each: each.phone[-TAIL:], lambda each: each.name])
    given = 0
    for person, way in zip(book, ways, strict=False):
        words = way(person)
        result = found(book, words)
        if len(result) > MOST_FOUND or result == found(book, words[:-1]):
            continue
        yield words, sorted(result)
        given += 1
        if given == times:
            return


def found(book: list[_Person], words: str) -> set[str]:
    """Whom the words find, counted apart from the product's SQL."""
    return {
        each.id
        for each in book
        if words in each.name or each.initials.startswith(words) or (words.isdigit() and words in each.phone)
    }


def type_all_but_last(page: Page, words: str, pause_ms: int) -> None:
    """Type up to the last key. A name comes whole from its keyboard: that is one."""
    if not words.isascii():
        return
    for letter in words[:-1]:
        page.keyboard.press(letter)
        page.wait_for_timeout(pause_ms)


def type_last(page: Page, words: str) -> None:
    """The last key."""
    if words.isascii():
        page.keyboard.press(words[-1])
    else:
        page.keyboard.insert_text(words)
