"""The rules of the quality check: what is checked when, who may look and decide, and how the list gets a new version. A finding changes no figure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import URL
from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.database import Database, batches
from app_server.org.queries import policies, unit_in_scope
from app_server.quality import queries
from app_server.quality.defaults import default_wordings
from app_server.quality.queries import Chosen, Found, Place
from shared_models.activity import Activity
from shared_models.calls import Call
from shared_models.errors import BadInput, Conflict, NotFound
from shared_models.follow_ups import FollowUp
from shared_models.policy import zone
from shared_models.quality import (
    Finding,
    FindingDecision,
    FindingEdit,
    FindingState,
    QualityFinding,
    QualityFindings,
    Transcript,
    check_note,
    check_transcript,
    masked,
)
from shared_models.telephony import pbx_activity_id
from shared_models.visits import Visit
from shared_models.wordings import Judge, WordingEdit, WordingList, Wordings

PAGE = 50
DAYS_BACK = timedelta(days=30)
MOST_DAYS = 400
STALE = "stale_version"


@dataclass(frozen=True, slots=True)
class _InForce:
    """The list as it is now, ready to read by."""

    version: int
    judge: Judge


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What a second look did: how many notes and transcripts it read, and how many findings it added, by rule."""

    notes: int
    transcripts: int
    added: Counter[str]


# -- what is checked


def check_notes(session: Session, activities: Iterable[Activity], *, version: int | None, now: datetime) -> None:
    """Keep what is found in the notes of these activities by that version of the list, None: the program's own.

    Without a note, or where nothing is found, it asks the database nothing.
    """
    notes = {each.id: note for each in activities if (note := _note_of(each))}
    if not notes:
        return
    in_force = _of_version(session, version)
    if not in_force.judge.has_words(notes.values()):
        return
    _keep(session, [found for subject, note in notes.items() for found in _of_note(in_force, subject, note)], now=now)


def check_transcripts(
    session: Session, provider: str, transcripts: Mapping[str, dict[str, Any]], *, now: datetime
) -> None:
    """Keep what is found in these transcripts of an exchange's calls, by record id, whether or not the call is in a ledger yet."""
    if not transcripts:
        return
    in_force = _in_force(session)
    found = [
        each
        for record_id, document in transcripts.items()
        for each in _of_transcript(in_force, provider, record_id, document)
    ]
    _keep(session, found, now=now)


def recheck(db: Database, *, first: date, last: date, now: datetime) -> Rechecked:
    """Check the notes and transcripts of these days again by the list as it is now; what was found before stays as it is."""
    in_force = db.read(_in_force)

    def look(session: Session) -> tuple[int, int, list[Finding]]:
        notes = transcripts = 0
        found: list[Finding] = []
        for subject, note in queries.noted_between(session, first=first, last=last):
            notes += 1
            found += _of_note(in_force, subject, note)
        bank = zone(policies(session).timezone)
        since = datetime.combine(first, time(), bank)
        until = datetime.combine(last + timedelta(days=1), time(), bank)
        for provider, record_id, document in queries.transcripts_between(session, since=since, until=until):
            try:
                found += _of_transcript(in_force, provider, record_id, document)
            except ValidationError:
                continue  # kept before transcripts had a shape
            transcripts += 1
        return notes, transcripts, found

    notes, transcripts, found = db.read(look)
    rules: Counter[str] = Counter()
    for part in batches(found):
        added = db.write(lambda session, part=part: queries.add_findings(session, part, now=now))
        rules.update(each.rule for each in part if each.id in added)
    return Rechecked(notes, transcripts, rules)


def _note_of(activity: Activity) -> str | None:
    data = activity.data
    return data.note if isinstance(data, Call | Visit | FollowUp) else None


def _of_note(in_force: _InForce, activity_id: UUID, note: str) -> list[Finding]:
    return check_note(in_force.judge, activity_id, note, list_version=in_force.version)


def _of_transcript(in_force: _InForce, provider: str, record_id: str, document: dict[str, Any]) -> list[Finding]:
    return check_transcript(
        in_force.judge,
        pbx_activity_id(provider, record_id),
        Transcript.model_validate(document),
        list_version=in_force.version,
    )


def _keep(session: Session, found: Collection[Finding], *, now: datetime) -> None:
    if found:
        queries.add_findings(session, found, now=now)


# -- the list


def judge_in_force(session: Session) -> Judge:
    """The list as it is now, ready to read any text by."""
    return _in_force(session).judge


def wordings(session: Session, version: int | None = None) -> WordingList:
    """A version of the list, the one in force when left out; raises NotFound."""
    listed = queries.list_of(session, version)
    if listed is not None:
        return WordingList(
            version=listed.version,
            effective_at=listed.effective_at,
            made_by=listed.made_by,
            wordings=Wordings.model_validate_json(listed.document),
        )
    if version not in (None, 0):
        raise NotFound("There is no such version of the list.")
    return WordingList(version=0, effective_at=None, made_by=None, wordings=default_wordings())


def set_wordings(session: Session, edit: WordingEdit, *, made_by: UUID | None, now: datetime) -> WordingList:
    """Put a new version in force, made from the one that is; raises Conflict where that has been replaced meanwhile."""
    version = edit.base_version + 1
    stale = Conflict("Somebody has made a newer version of the list; look at it and change that.", code=STALE)
    if wordings(session).version != edit.base_version:
        raise stale
    if not queries.add_list(
        session, version=version, document=edit.wordings.model_dump_json(), made_by=made_by, now=now
    ):
        raise stale
    return wordings(session, version)


def _in_force(session: Session) -> _InForce:
    return _of_version(session, queries.last_version(session))


def _of_version(session: Session, version: int | None) -> _InForce:
    # A version never changes, and making it ready takes longer than reading a note by it.
    if version is None:
        return _InForce(0, _default_judge())
    key = session.connection().engine.url, version
    judge = _made_ready.get(key)
    if judge is None:
        judge = _made_ready[key] = Judge(wordings(session, version).wordings)
    return _InForce(version, judge)


# By database and version: a process may serve several, as tests do.
_made_ready: dict[tuple[URL, int], Judge] = {}


@lru_cache(maxsize=1)
def _default_judge() -> Judge:
    return Judge(default_wordings())


# -- findings and what is decided of them


def findings(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    first: date | None,
    last: date | None,
    state: FindingState | None,
    rule: str | None,
    cursor: str | None,
) -> QualityFindings:
    """A page of what was found with the advisors of a unit in these days, the last thirty when left out.

    Raises NotFound for a unit outside the caller's subtree, BadInput for days in the wrong order or a cursor that is none.
    """
    unit = unit_in_scope(session, unit_id=unit_id or who.staff.unit.id, scope_path=who.unit_path)
    last = last or who.today
    first = first or last - DAYS_BACK
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        raise BadInput(f"`from` comes before `to`, and both are at most {MOST_DAYS} days apart.")
    chosen = Chosen(first, last, state, rule)
    after = _read_cursor(cursor) if cursor is not None else None
    found = queries.findings(
        session, path=unit.path, scope_path=who.unit_path, chosen=chosen, after=after, most=PAGE + 1
    )
    page = found[:PAGE]
    made = queries.decisions(session, [each.finding.id for each in page])
    return QualityFindings(
        findings=[_shown(each, made.get(each.finding.id, [])) for each in page],
        cursor=_cursor(page[-1]) if len(found) > PAGE else None,
        waiting=queries.count_open(session, path=unit.path, first=first, last=last),
    )


def decide(session: Session, who: Caller, finding_id: UUID, edit: FindingEdit, *, now: datetime) -> QualityFinding:
    """Note what the caller says of a finding; what was said before stays beside it. Raises NotFound outside their subtree."""
    if queries.finding_in_scope(session, finding_id, scope_path=who.unit_path) is None:
        raise NotFound("There is no such finding.")
    queries.lock_finding(session, finding_id)
    before = queries.decisions(session, [finding_id]).get(finding_id, [])
    state = FindingState(edit.state)
    last = before[-1] if before else None
    if last is None or (last.state, last.note) != (state, edit.note):
        queries.add_decision(
            session, finding_id, number=len(before) + 1, state=state, note=edit.note, by=who.id, now=now
        )
    found = queries.finding_in_scope(session, finding_id, scope_path=who.unit_path)
    assert found is not None
    return _shown(found, queries.decisions(session, [finding_id]).get(finding_id, []))


def _shown(found: Found, made: list[FindingDecision]) -> QualityFinding:
    sentence = masked(found.finding.sentence, found.customer_name)
    return QualityFinding(
        finding=found.finding.model_copy(update={"sentence": sentence}),
        state=found.state,
        found_at=found.found_at,
        activity_kind=found.activity_kind.value,
        occurred_at=found.occurred_at,
        day=found.day,
        advisor=found.advisor,
        customer_name=found.customer_name if found.names_customer else None,
        decisions=made,
    )


def _cursor(last: Found) -> str:
    return urlsafe_b64encode(f"{last.occurred_at.isoformat()} {last.finding.id}".encode()).decode()


def _read_cursor(text: str) -> Place:
    try:
        at, finding_id = urlsafe_b64decode(text.encode()).decode().split(" ")
        place = Place(datetime.fromisoformat(at), UUID(finding_id))
    except ValueError:
        raise BadInput("`cursor` is none that was given out here.") from None
    if place.occurred_at.utcoffset() is None:
        raise BadInput("`cursor` is none that was given out here.")
    return place
