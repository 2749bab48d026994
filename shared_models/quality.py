"""The automatic quality check (自动质检): what in a transcript or a note a person should look at, and what they said of it.

The words are wordings.py's; nothing here counts.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.org import StaffName
from shared_models.text import NO_NUL, Code
from shared_models.wordings import Duty, Judge, Plain, Severity, Span, WordRule, quoted, says_any, sentence_around

MOST_FINDINGS = 50  # of one transcript or note
MOST_SEGMENTS = 5000
TALK_RATIO, SILENCE = "talk_ratio", "silence"
_NAMESPACE = UUID("5e1d0c9a-2053-5053-8053-205320532053")
_NUMBERS = re.compile(r"\d(?:[ -]?\d){5,}")

Spoken = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Said = Annotated[str, StringConstraints(max_length=40_000, pattern=NO_NUL)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Speaker(StrEnum):
    """Who is heard."""

    ADVISOR = "advisor"
    CUSTOMER = "customer"


class Segment(BaseModel):
    """What somebody said without a pause, from `start` to `end` in seconds of the recording."""

    model_config = ConfigDict(frozen=True)

    speaker: Speaker
    start: Seconds
    end: Seconds
    text: Spoken


class Transcript(BaseModel):
    """A call as it was written down: by `segments`, or as one `text` whose speakers are not told apart.

    `talk_ratio` is the advisor's share of all talk, `longest_silence` in seconds; measured by the segments where not given.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    segments: tuple[Segment, ...] = Field(default=(), max_length=MOST_SEGMENTS)
    text: Said = ""
    talk_ratio: float | None = Field(default=None, ge=0, le=1)
    longest_silence: Seconds | None = None


class FindingKind(StrEnum):
    """A forbidden wording · something that is to be said and was not · who talked how much · for how long nobody did."""

    WORDING = "wording"
    DUTY = "duty"
    TALK_RATIO = "talk_ratio"
    SILENCE = "silence"


class FindingState(StrEnum):
    """What a person made of a finding: nobody has looked · it is so · it was a false alarm."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Decided(StrEnum):
    """What a person may say of a finding."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Finding(BaseModel):
    """What was found in an activity, by which version of the list, with the sentence it is about; `mark` is the word's place in it.

    `measured` and `allowed` are of a talk ratio or a silence in seconds; `at_seconds` into the call, where that is known.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    activity_id: UUID
    kind: FindingKind
    rule: Code
    name: str
    severity: Severity
    law: str
    list_version: int
    sentence: str
    mark_start: int = 0
    mark_end: int = 0
    at_seconds: float | None = None
    measured: float | None = None
    allowed: float | None = None


class FindingDecision(BaseModel):
    """What somebody decided of a finding, when; every change is kept."""

    state: FindingState
    note: str
    by: StaffName
    at: AwareDatetime


class QualityFinding(BaseModel):
    """A finding as a head sees it, newest decision last; names and numbers of the customer in `sentence` are masked."""

    finding: Finding
    state: FindingState
    found_at: AwareDatetime
    activity_kind: str
    occurred_at: AwareDatetime
    day: date
    advisor: StaffName
    customer_name: str | None
    decisions: list[FindingDecision]


class QualityFindings(BaseModel):
    """A page of findings, newest activity first; `waiting` is how many of the unit's are open, whatever was asked for."""

    findings: list[QualityFinding]
    cursor: str | None
    waiting: int


class FindingEdit(BaseModel):
    """What a head says of a finding, with a word if they like."""

    state: Decided
    note: Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL, strip_whitespace=True)] = ""


class _Part:
    """A stretch of an advisor's own words; `place` names it within its transcript or note."""

    def __init__(self, place: str, text: str, at: float | None = None) -> None:
        self.place, self.text, self.at = place, text, at
        self.read = Plain(text)


def check_note(judge: Judge, activity_id: UUID, note: str, *, list_version: int) -> list[Finding]:
    """What a note that an advisor wrote has of forbidden wording."""
    return list(islice(_wordings(judge, activity_id, [_Part("note", note)], list_version), MOST_FINDINGS))


def check_transcript(judge: Judge, activity_id: UUID, transcript: Transcript, *, list_version: int) -> list[Finding]:
    """What a call has of forbidden wording, of what should have been said, and of how the talk went.

    Of the customer's words nothing is found. Where speakers are not told apart, all is taken for the advisor's.
    """
    parts = [
        _Part(str(place), segment.text, segment.start)
        for place, segment in enumerate(transcript.segments)
        if segment.speaker is Speaker.ADVISOR
    ]
    if not transcript.segments and transcript.text:
        parts = [_Part("text", transcript.text)]
    found = list(islice(_wordings(judge, activity_id, parts, list_version), MOST_FINDINGS))
    spoken = sum(len(part.read.letters) for part in parts)
    if parts and spoken >= judge.wordings.thresholds.from_characters:
        found += _missed(judge, activity_id, parts, list_version)
        found += _one_sided(judge, activity_id, transcript, list_version)
    found += _silent(judge, activity_id, transcript, list_version)
    return found


def masked(text: str, customer_name: str | None) -> str:
    """The text without the customer's name and without long numbers, of the same length: marks stay where they are."""
    hidden = _NUMBERS.sub(lambda number: "*" * len(number[0]), text)
    name = (customer_name or "").strip()
    for each in (name, name[1:] if len(name) > 2 else ""):
        if len(each) > 1:
            kept = each[0] if each == name else ""
            hidden = hidden.replace(each, kept + "*" * (len(each) - len(kept)))
    return hidden


def _wordings(judge: Judge, activity_id: UUID, parts: Sequence[_Part], version: int) -> Iterator[Finding]:
    for part in parts:
        seen: set[tuple[str, int]] = set()
        for hit in judge.hits(part.read):
            # Once a sentence: who says it twice there said one thing.
            key = hit.rule.code, hit.sentence.start
            if hit.excuse is not None or key in seen:
                continue
            seen.add(key)
            yield _finding(
                activity_id,
                FindingKind.WORDING,
                hit.rule,
                version,
                place=f"{part.place}/{hit.sentence.start}",
                cited=quoted(part.text, hit.sentence, hit.word),
                at=part.at,
            )


def _missed(judge: Judge, activity_id: UUID, parts: Sequence[_Part], version: int) -> Iterator[Finding]:
    for duty in judge.wordings.duties:
        if any(says_any(part.read, duty.phrases) for part in parts):
            continue
        first, word = parts[0], Span(0, 0)
        if duty.when:
            named = next(((part, span) for part in parts if (span := says_any(part.read, duty.when))), None)
            if named is None:
                continue
            first, word = named
        yield _finding(
            activity_id,
            FindingKind.DUTY,
            duty,
            version,
            place="call",
            cited=quoted(first.text, sentence_around(first.text, word), word),
            at=first.at,
        )


def _finding(
    activity_id: UUID,
    kind: FindingKind,
    rule: WordRule | Duty,
    version: int,
    *,
    place: str,
    cited: tuple[str, Span],
    at: float | None,
) -> Finding:
    sentence, mark = cited
    return Finding(
        id=_finding_id(activity_id, rule.code, place),
        activity_id=activity_id,
        kind=kind,
        rule=rule.code,
        name=rule.name,
        severity=rule.severity,
        law=rule.law,
        list_version=version,
        sentence=sentence,
        mark_start=mark.start,
        mark_end=mark.end,
        at_seconds=at,
    )


def _one_sided(judge: Judge, activity_id: UUID, transcript: Transcript, version: int) -> Iterator[Finding]:
    allowed = judge.wordings.thresholds.talk_ratio
    share = transcript.talk_ratio
    if share is None:
        spoken = dict.fromkeys(Speaker, 0.0)
        for segment in transcript.segments:
            spoken[segment.speaker] += max(segment.end - segment.start, 0)
        total = sum(spoken.values())
        share = spoken[Speaker.ADVISOR] / total if total else None
    if allowed is not None and share is not None and share > allowed:
        yield _measured(
            activity_id, FindingKind.TALK_RATIO, version, measured=share, allowed=allowed, sentence="", at=None
        )


def _silent(judge: Judge, activity_id: UUID, transcript: Transcript, version: int) -> Iterator[Finding]:
    allowed = judge.wordings.thresholds.silence_seconds
    longest, at, before = _longest_gap(transcript.segments)
    if transcript.longest_silence is not None:
        longest = transcript.longest_silence
    if allowed is not None and longest > allowed:
        yield _measured(
            activity_id,
            FindingKind.SILENCE,
            version,
            measured=longest,
            allowed=allowed,
            sentence=before,
            at=at,
        )


def _longest_gap(segments: Sequence[Segment]) -> tuple[float, float | None, str]:
    """How long nobody spoke at most, since when, and what was said last before."""
    longest, at, said = 0.0, None, ""
    ordered = sorted(segments, key=lambda each: (each.start, each.end, each.text))
    heard_until, last = (ordered[0].end, ordered[0].text) if ordered else (0.0, "")
    for segment in ordered[1:]:
        if segment.start - heard_until > longest:
            longest, at, said = segment.start - heard_until, heard_until, last
        if segment.end >= heard_until:
            heard_until, last = segment.end, segment.text
    return longest, at, quoted(said, Span(0, len(said)), Span(len(said), len(said)))[0]


def _measured(
    activity_id: UUID,
    kind: FindingKind,
    version: int,
    *,
    measured: float,
    allowed: float,
    sentence: str,
    at: float | None,
) -> Finding:
    return Finding(
        id=_finding_id(activity_id, kind.value, "call"),
        activity_id=activity_id,
        kind=kind,
        rule=kind.value,
        name="",
        severity=Severity.MILD,
        law="",
        list_version=version,
        sentence=sentence,
        at_seconds=at,
        measured=round(measured, 3),
        allowed=allowed,
    )


def _finding_id(activity_id: UUID, rule: str, place: str) -> UUID:
    """The same for whoever finds it, whenever (RFC 9562 §5.5)."""
    return uuid5(_NAMESPACE, f"{activity_id}/{rule}/{place}")
