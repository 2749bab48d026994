"""Boards at the desk: what state a version is in, and what keeps a board from being published. What a board is, is boards.py's."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from shared_models.boards import BoardContent, BoardText
from shared_models.wordings import Judge


class VersionState(StrEnum):
    """What became of a version; nothing else of it ever changes."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Place(NamedTuple):
    """A text of a board, and the field it stands in: `zh.cards[2].say`."""

    field: str
    text: str


class Objected(NamedTuple):
    """Why a board cannot be published: the field, and a sentence on what is wrong there."""

    field: str
    sentence: str


# A link or image, an automatic link, a tag, a row of a table: a card is read across a desk, where none of them works.
_NOT_ON_CARDS = {
    "an image": re.compile(r"!\[[^\]]*\]"),
    "a link": re.compile(
        r"(?<!!)\[[^\]]*\]\s*[(\[]|^\s*\[[^\]]+\]:|<?\b(?:https?|ftp|mailto):|\bwww\.", re.MULTILINE | re.IGNORECASE
    ),
    "HTML": re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\w+|\w+);"),
    "a table": re.compile(r"^\s*\|?\s*:?-{2,}:?\s*\|", re.MULTILINE),
    "code": re.compile(r"`|^\s*~~~", re.MULTILINE),
}


def objections_to(content: BoardContent, judge: Judge) -> list[Objected]:
    """Everything that keeps a board from being published; an empty list: it may be.

    Both languages have the same cards, each card key once; the text of cards is headings, bold and lists; no Chinese
    text says a word of the list of wordings.
    """
    found = list(_of_keys(content))
    for language, text in _languages(content):
        found += _of_markdown(language, text)
    for place in places_of("zh", content.zh):
        said = [hit for hit in judge.hits(place.text) if hit.excuse is None]
        found += [
            Objected(place.field, f"“{place.text[hit.word.start : hit.word.end]}” is not said: {hit.rule.name}")
            for hit in said
        ]
    return found


def places_of(language: str, text: BoardText) -> Iterator[Place]:
    """Every text of a board in one language, as it is read: title and change note first, then card by card."""
    yield Place(f"{language}.title", text.title)
    yield Place(f"{language}.new", text.new)
    for number, card in enumerate(text.cards):
        field = f"{language}.cards[{number}]"
        yield Place(f"{field}.title", card.title)
        yield Place(f"{field}.text", card.text)
        yield Place(f"{field}.say", card.say)
        for at, objection in enumerate(card.objections):
            yield Place(f"{field}.objections[{at}].says", objection.says)
            yield Place(f"{field}.objections[{at}].answer", objection.answer)
        for at, notice in enumerate(card.notices):
            yield Place(f"{field}.notices[{at}]", notice)
        if card.chart is not None:
            for at, item in enumerate(card.chart.items):
                yield Place(f"{field}.chart.items[{at}].label", item.label)
            yield Place(f"{field}.chart.unit", card.chart.unit)
            yield Place(f"{field}.chart.source", card.chart.source)


def _languages(content: BoardContent) -> Iterator[tuple[str, BoardText]]:
    yield "zh", content.zh
    if content.en is not None:
        yield "en", content.en


def _of_keys(content: BoardContent) -> Iterator[Objected]:
    for language, text in _languages(content):
        keys = [card.key for card in text.cards]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield Objected(f"{language}.cards[{number}].key", f"{key!r} is the key of an earlier card")
    if content.en is not None and [each.key for each in content.zh.cards] != [each.key for each in content.en.cards]:
        yield Objected("en.cards", "the cards are not those of zh: the same keys in the same order")


def _of_markdown(language: str, text: BoardText) -> Iterator[Objected]:
    for number, card in enumerate(text.cards):
        for what, pattern in _NOT_ON_CARDS.items():
            if pattern.search(card.text):
                yield Objected(
                    f"{language}.cards[{number}].text", f"there is {what}; a card has headings, bold and lists"
                )
