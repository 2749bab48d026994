"""The list of wordings (禁语) that head office edits, and how a text is judged by it: literal words in their contexts.

What comes of a finding is quality.py's.

A text is read without width, case, blanks and marks inside a word ("保 本", "保-本"); sentences end at 。！？；, clauses at ，.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared_models.instants import Instant
from shared_models.simplified import SIMPLIFIED
from shared_models.text import NO_NUL, Code, Name

MOST_QUOTED = 200  # characters of a sentence that is cited
# How far around a word a denial or a question is looked for: further off it is of something else.
_REACH = 16
# And an exception of "the same sentence": a text without an end of one takes no longer for it.
_FAR = 200
_SENTENCE_ENDS = frozenset("。!?;\n")
_CLAUSE_END = ","
# What stands inside a word without being part of it: "保-本", "保．本", “保本”.
_PASSED_OVER = frozenset("-.·•*_~/\\|'\"`´^()[]{}<>《》〈〉「」『』【】“”‘’‧・…—–―")


class Plain:
    """A text as it is compared, and where in the text each of its characters stood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.letters = text.translate(_COMPARED)

    @cached_property
    def places(self) -> list[int]:
        """Where in the text each letter stood."""
        return [place for place, written in enumerate(self._text) for _ in _COMPARED[ord(written)]]

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """Where sentences end, and where clauses do within them."""
        sentences = [at for at, letter in enumerate(self.letters) if letter in _SENTENCE_ENDS]
        return sentences, [at for at, letter in enumerate(self.letters) if letter == _CLAUSE_END]

    def clause_of(self, start: int, end: int) -> "_Clause":
        """Where a word stands."""
        sentences, clauses = self._ends
        sentence_start, sentence_end = _between(sentences, start, end, len(self.letters))
        clause_start, clause_end = _between(clauses, start, end, len(self.letters))
        clause_start, clause_end = max(sentence_start, clause_start), min(sentence_end, clause_end)
        is_question = clause_end == sentence_end and self.letters[clause_end : clause_end + 1] == "?"
        return _Clause(clause_start, clause_end, sentence_start, sentence_end, is_question)


class _Compared(dict[int, str]):
    """What each character is compared as, by its code, as `str.translate` asks for it; worked out when first asked for."""

    def __missing__(self, code: int) -> str:
        letters = self[code] = _as_compared(chr(code))
        return letters


def _as_compared(written: str) -> str:
    if written == "\n":
        return written
    shown = unicodedata.normalize("NFKC", written).lower().translate(SIMPLIFIED)
    return "".join(
        letter
        for letter in shown
        if letter not in _PASSED_OVER and not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Mn")
    )


# As many as there are characters, at most.
_COMPARED = _Compared()


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A phrase as it is compared."""
    return Plain(text).letters


def _has_letters(phrase: str) -> str:
    if not any(letter not in _SENTENCE_ENDS and letter != _CLAUSE_END for letter in plain(phrase)):
        raise ValueError("there is no letter in it")
    return phrase


Phrase = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, pattern=NO_NUL, strip_whitespace=True),
    AfterValidator(_has_letters),
]
Law = Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL, strip_whitespace=True)]


class Severity(StrEnum):
    """How much a finding matters to whoever reads many: what the law forbids comes first."""

    SERIOUS = "serious"
    MILD = "mild"


class Side(StrEnum):
    """On which side of the word a phrase stands."""

    BEFORE = "before"
    AFTER = "after"


class Effect(StrEnum):
    """What a phrase does to the word beside it in its clause.

    denies: says no to it, and a second one says yes again ("不是不保本") · excuses: asks, reports or rejects it · turns: what
    stood before counts no more ("不是存款而是保本") · plain: looks like one of these and is none ("不但保本").
    """

    DENIES = "denies"
    EXCUSES = "excuses"
    TURNS = "turns"
    PLAIN = "plain"


class Context(BaseModel):
    """A phrase that changes what any word of the list means beside it, within its clause."""

    model_config = ConfigDict(frozen=True)

    phrase: Phrase
    side: Side = Side.BEFORE
    effect: Effect


class Exemption(BaseModel):
    """A phrase beside which the words of one rule are meant otherwise; `within` that many characters, None: in the same sentence."""

    model_config = ConfigDict(frozen=True)

    phrase: Phrase
    side: Side = Side.BEFORE
    within: int | None = Field(default=None, ge=1, le=100)


class WordRule(BaseModel):
    """Words that an advisor does not say, and where they are meant otherwise; `compounds` are words that merely contain one."""

    model_config = ConfigDict(frozen=True)

    code: Code
    name: Name
    words: tuple[Phrase, ...] = Field(min_length=1, max_length=200)
    exemptions: tuple[Exemption, ...] = Field(default=(), max_length=200)
    compounds: tuple[Phrase, ...] = Field(default=(), max_length=200)
    severity: Severity = Severity.SERIOUS
    law: Law = ""


class Duty(BaseModel):
    """What an advisor says in every call, in any of these ways; with `when`, in every call in which they say one of those."""

    model_config = ConfigDict(frozen=True)

    code: Code
    name: Name
    phrases: tuple[Phrase, ...] = Field(min_length=1, max_length=200)
    when: tuple[Phrase, ...] = Field(default=(), max_length=200)
    severity: Severity = Severity.MILD
    law: Law = ""


class Thresholds(BaseModel):
    """What is measured in a call: the advisor's share of the talk, the longest silence in seconds, each None: not looked at.

    Duties and the share are asked of a call in which the advisor says at least `from_characters`.
    """

    model_config = ConfigDict(frozen=True)

    talk_ratio: float | None = Field(default=0.8, gt=0, le=1)
    silence_seconds: float | None = Field(default=30, gt=0, le=3600)
    from_characters: int = Field(default=60, ge=0, le=100_000)


class Wordings(BaseModel):
    """What a version of the list says."""

    model_config = ConfigDict(frozen=True)

    rules: tuple[WordRule, ...] = Field(max_length=100)
    duties: tuple[Duty, ...] = Field(default=(), max_length=20)
    contexts: tuple[Context, ...] = Field(default=(), max_length=1000)
    thresholds: Thresholds = Field(default_factory=Thresholds)

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        codes = [each.code for each in (*self.rules, *self.duties)]
        if len(codes) != len(set(codes)):
            raise ValueError("two rules or duties have the same code")
        return self


class WordingList(BaseModel):
    """A version of the list: since when it is in force, and who made it; version 0 is what the program brings."""

    version: int
    effective_at: Instant | None
    made_by: Name | None
    wordings: Wordings


class WordingEdit(BaseModel):
    """A new version of the list, made from `base_version`."""

    base_version: int = Field(ge=0)
    wordings: Wordings


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of a rule in a text: where it stands, its sentence, and the phrase for which it is meant otherwise; None: it is meant."""

    rule: WordRule
    word: Span
    sentence: Span
    excuse: str | None


@dataclass(frozen=True, slots=True)
class _Clause:
    """Where a word stands among compared letters: its clause and its sentence, ends not included."""

    start: int
    end: int
    sentence_start: int
    sentence_end: int
    is_question: bool


class Judge:
    """A version of the list made ready to read texts by: `Judge(wordings).hits(text)`."""

    def __init__(self, wordings: Wordings) -> None:
        self.wordings = wordings
        self._rules = [_Ready(rule) for rule in wordings.rules]
        self._any_word = re.compile("|".join(re.escape(word) for rule in self._rules for word in rule.words) or "(?!)")
        self._beside = {side: _by_first(wordings.contexts, side) for side in Side}

    def has_words(self, texts: Iterable[str]) -> bool:
        """Whether any word of the list stands in any of these texts, meant or not: one look for all, as nearly none has."""
        return self._any_word.search("\n".join(texts).translate(_COMPARED)) is not None

    def hits(self, text: str | Plain) -> list[Hit]:
        """Every word of the list in what an advisor said or wrote, in order, with why it is not meant where it is not."""
        read = text if isinstance(text, Plain) else Plain(text)
        found: list[Hit] = []
        for rule in self._rules:
            for start, end in rule.words_in(read.letters):
                clause = read.clause_of(start, end)
                excuse = rule.exemption_at(read.letters, start, end, clause)
                if excuse is None:
                    excuse = self._excuse(read.letters, start, end, clause)
                sentence = _written(read.places, clause.sentence_start, clause.sentence_end)
                found.append(Hit(rule.rule, _written(read.places, start, end), sentence, excuse))
        return sorted(found, key=lambda hit: (hit.word.start, hit.rule.code))

    def _excuse(self, letters: str, start: int, end: int, clause: _Clause) -> str | None:
        """The phrase of the clause by which the word is denied, asked or reported."""
        denials: list[str] = []
        excuse: str | None = None
        before = self._beside[Side.BEFORE]
        # A phrase may reach into the word: "有没有" of "有没有风险".
        for context in _phrases_in(letters, max(clause.start, start - _REACH), end, before, begins_before=start):
            match context.effect:
                case Effect.DENIES:
                    denials.append(context.phrase)
                case Effect.EXCUSES:
                    excuse = context.phrase
                case Effect.TURNS:
                    denials, excuse = [], None
                case Effect.PLAIN:
                    pass
        if excuse is not None:
            return excuse
        if len(denials) % 2:
            return denials[-1]
        is_tag = False
        after_until = min(clause.end, end + _REACH)
        for context in _phrases_in(letters, end, after_until, self._beside[Side.AFTER], begins_before=after_until):
            if context.effect is Effect.EXCUSES:
                return context.phrase
            if context.effect is Effect.TURNS:
                return None
            is_tag = is_tag or context.effect is Effect.PLAIN
        return "？" if clause.is_question and not is_tag else None


class _Ready:
    """A rule with its phrases as they are compared."""

    def __init__(self, rule: WordRule) -> None:
        self.rule = rule
        # The longest first: "稳赚不赔" is one word, not "稳赚" and a rest.
        self.words = sorted({plain(word) for word in rule.words}, key=lambda word: (-len(word), word))
        self._compounds = {plain(each) for each in rule.compounds} - set(self.words)

    @cached_property
    def _exemptions(self) -> list[tuple[str, Exemption]]:
        return [(plain(each.phrase), each) for each in self.rule.exemptions]

    def words_in(self, letters: str) -> list[tuple[int, int]]:
        """Where its words stand, none within another or within a compound."""
        in_compound, in_word = bytearray(len(letters)), bytearray(len(letters))
        for compound in self._compounds:
            for start, end in _found(letters, compound):
                in_compound[start:end] = b"\1" * (end - start)
        spans: list[tuple[int, int]] = []
        for word in self.words:
            for start, end in _found(letters, word):
                if all(in_compound[start:end]) or any(in_word[start:end]):
                    continue
                in_word[start:end] = b"\1" * (end - start)
                spans.append((start, end))
        return sorted(spans)

    def exemption_at(self, letters: str, start: int, end: int, clause: _Clause) -> str | None:
        """The rule's own exemption that stands beside this word."""
        for phrase, each in self._exemptions:
            reach = (_FAR if each.within is None else each.within) + len(phrase)
            if each.side is Side.BEFORE:
                where = letters[max(clause.sentence_start, start - reach) : start]
            else:
                where = letters[end : min(clause.sentence_end, end + reach)]
            if phrase in where:
                return each.phrase
        return None


def says_any(read: Plain, phrases: Iterable[str]) -> Span | None:
    """Where the first of these phrases stands in a text, whichever of them."""
    found = [(at, at + len(each)) for phrase in phrases if (at := read.letters.find(each := plain(phrase))) >= 0]
    return _written(read.places, *min(found)) if found else None


def sentence_around(text: str, word: Span) -> Span:
    """The sentence that a word stands in."""
    start, end = word.start, word.end
    while start > 0 and _COMPARED[ord(text[start - 1])] not in _SENTENCE_ENDS:
        start -= 1
    while end < len(text) and _COMPARED[ord(text[end])] not in _SENTENCE_ENDS:
        end += 1
    return Span(start, end)


def quoted(text: str, sentence: Span, word: Span) -> tuple[str, Span]:
    """The sentence as it is cited, at most MOST_QUOTED characters around the word, and where in it the word stands."""
    start, end = sentence.start, sentence.end
    if end - start > MOST_QUOTED:
        room = max(MOST_QUOTED - (word.end - word.start), 0) // 2
        start = max(start, min(word.start - room, end - MOST_QUOTED))
        end = start + MOST_QUOTED
    cited = text[start:end]
    indent = len(cited) - len(cited.lstrip())
    return cited.strip(), Span(word.start - start - indent, min(word.end, end) - start - indent)


def _found(letters: str, phrase: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = letters.find(phrase)
    while start >= 0:
        spans.append((start, start + len(phrase)))
        start = letters.find(phrase, start + 1)
    return spans


def _between(ends: Sequence[int], start: int, end: int, length: int) -> tuple[int, int]:
    """After the last of these before `start`, and the first at `end` or after it."""
    before, after = bisect_left(ends, start), bisect_left(ends, end)
    return ends[before - 1] + 1 if before else 0, ends[after] if after < len(ends) else length


def _by_first(contexts: Iterable[Context], side: Side) -> Mapping[str, Sequence[tuple[str, Context]]]:
    table: dict[str, list[tuple[str, Context]]] = {}
    for context in contexts:
        if context.side is side:
            phrase = plain(context.phrase)
            table.setdefault(phrase[0], []).append((phrase, context))
    for phrases in table.values():
        phrases.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    return table


def _phrases_in(
    letters: str,
    start: int,
    end: int,
    table: Mapping[str, Sequence[tuple[str, Context]]],
    *,
    begins_before: int,
) -> Iterator[Context]:
    """The phrases of a stretch from left to right, the longest at each place and none within another: "不但" is no "不"."""
    at = start
    while at < begins_before:
        for phrase, context in table.get(letters[at], ()):
            if letters.startswith(phrase, at) and at + len(phrase) <= end:
                yield context
                at += len(phrase)
                break
        else:
            at += 1


def _written(places: Sequence[int], start: int, end: int) -> Span:
    if start >= end:
        return Span(0, 0)
    return Span(places[start], places[end - 1] + 1)
