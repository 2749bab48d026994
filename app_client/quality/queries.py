"""Findings as they are read: by day, with the word in its sentence; it asks nobody anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from shared_models.quality import Finding, QualityFinding
from shared_models.wordings import Hit, Judge, Wordings


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence in three parts; the middle one is what it is cited for, and may be empty."""

    before: str
    word: str
    after: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A word of the list in a sentence that somebody tries; `excuse`: the phrase for which it is let pass, None: it is reported."""

    rule: str
    word: str
    excuse: str | None


def marked(finding: Finding) -> Marked:
    """The cited sentence around its word."""
    text, start, end = finding.sentence, finding.mark_start, finding.mark_end
    return Marked(text[:start], text[start:end], text[end:])


def by_day(findings: Iterable[QualityFinding]) -> list[tuple[date, list[QualityFinding]]]:
    """The findings under their business days, in the order they came."""
    return [(day, list(of_day)) for day, of_day in groupby(findings, key=lambda each: each.day)]


def tried(wordings: Wordings, text: str) -> list[Tried]:
    """What the list says to a sentence of an advisor's, whether or not it is reported."""
    return [_tried(hit, text) for hit in Judge(wordings).hits(text)]


def _tried(hit: Hit, text: str) -> Tried:
    return Tried(hit.rule.name, text[hit.word.start : hit.word.end], hit.excuse)
