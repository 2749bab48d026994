"""SQL of the quality check: the lists, the findings with the activity behind each, and what was said. What is found is shared_models/quality.py's."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, update
from sqlmodel import Session

from app_server.database import batches, dialect_insert
from app_server.org.queries import advised_below
from app_server.tables import QualityDecisionRow, QualityFindingRow, WordingListRow, metadata
from shared_models.activity import ActivityKind
from shared_models.org import StaffName
from shared_models.quality import Finding, FindingDecision, FindingState
from shared_models.telephony import PbxEventKind

LIST = metadata.tables["wording_list"]
FINDING, DECISION = metadata.tables["quality_finding"], metadata.tables["quality_decision"]
LEDGER, RECORD = metadata.tables["ledger"], metadata.tables["telephony_record"]
STAFF, CUSTOMER = metadata.tables["staff"], metadata.tables["customer"]

NOTED = (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored version of the list; `made_by` None: a command's."""

    version: int
    effective_at: datetime
    made_by: str | None
    document: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which findings are asked for: of which days, first and last included, and in which state and of which rule if not all."""

    first: date
    last: date
    state: FindingState | None = None
    rule: str | None = None


class Place(NamedTuple):
    """Where a finding stands among all: the newest activity comes first."""

    occurred_at: datetime
    finding_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with what is around it. `customer_name` is for masking; `names_customer`: the caller may see it too."""

    finding: Finding
    state: FindingState
    found_at: datetime
    activity_kind: ActivityKind
    occurred_at: datetime
    day: date
    advisor: StaffName
    customer_name: str | None
    names_customer: bool


def list_of(session: Session, version: int | None) -> Listed | None:
    """That version of the list, or with None the last one; None where there is no such row."""
    statement = (
        select(LIST.c.version, LIST.c.effective_at, STAFF.c.name, LIST.c.document)
        .outerjoin(STAFF, STAFF.c.id == LIST.c.made_by)
        .order_by(LIST.c.version.desc())
        .limit(1)
    )
    if version is not None:
        statement = statement.where(LIST.c.version == version)
    row = session.connection().execute(statement).one_or_none()
    return Listed(*row) if row is not None else None


def last_version(session: Session) -> int | None:
    """The number of the last list, if head office has made one."""
    return session.connection().execute(select(func.max(LIST.c.version))).scalar_one()


def add_list(session: Session, *, version: int, document: str, made_by: UUID | None, now: datetime) -> bool:
    """Store a version; says whether it was the first of that number."""
    statement = (
        dialect_insert(session, WordingListRow)
        .values(version=version, effective_at=now, made_by=made_by, document=document)
        .on_conflict_do_nothing(index_elements=["version"])
        .returning(LIST.c.version)
    )
    return session.connection().execute(statement).one_or_none() is not None


def add_findings(session: Session, findings: Collection[Finding], *, now: datetime) -> set[UUID]:
    """Store findings, each once; returns the ids of those that were new."""
    statement = dialect_insert(session, QualityFindingRow).on_conflict_do_nothing(index_elements=["id"])
    rows = [
        {**each.model_dump(), "found_at": now, "state": FindingState.OPEN}
        for each in sorted(findings, key=lambda each: each.id)
    ]
    added: set[UUID] = set()
    for part in batches(rows):
        added.update(session.connection().execute(statement.returning(FINDING.c.id), list(part)).scalars())
    return added


def findings(
    session: Session, *, path: str, scope_path: str, chosen: Chosen, after: Place | None, most: int
) -> list[Found]:
    """The findings of whoever was an advisor of the subtree `path` on the day, newest first, after that place.

    Their customer may be named where they belong to `scope_path`, the caller's own.
    """
    statement = (
        _found(scope_path)
        .where(advised_below(path, LEDGER.c.advisor_id, LEDGER.c.business_day), *_is_chosen(chosen))
        .order_by(LEDGER.c.occurred_at.desc(), FINDING.c.id.desc())
        .limit(most)
    )
    if after is not None:
        statement = statement.where(tuple_(LEDGER.c.occurred_at, FINDING.c.id) < tuple_(*_bound(after)))
    return [_of_row(row) for row in session.connection().execute(statement)]


def finding_in_scope(session: Session, finding_id: UUID, *, scope_path: str) -> Found | None:
    """The finding, if the advisor belonged to the subtree on the day of the activity."""
    statement = _found(scope_path).where(
        FINDING.c.id == finding_id, advised_below(scope_path, LEDGER.c.advisor_id, LEDGER.c.business_day)
    )
    row = session.connection().execute(statement).one_or_none()
    return _of_row(row) if row is not None else None


def count_open(session: Session, *, path: str, first: date, last: date) -> int:
    """How many findings of these days nobody of the subtree's has looked at."""
    statement = (
        select(func.count())
        .select_from(FINDING)
        .join(LEDGER, LEDGER.c.id == FINDING.c.activity_id)
        .where(
            advised_below(path, LEDGER.c.advisor_id, LEDGER.c.business_day),
            *_is_chosen(Chosen(first, last, state=FindingState.OPEN)),
        )
    )
    return session.connection().execute(statement).scalar_one()


def decisions(session: Session, finding_ids: Collection[UUID]) -> dict[UUID, list[FindingDecision]]:
    """What was decided of each of these, in order."""
    made: dict[UUID, list[FindingDecision]] = defaultdict(list)
    d = DECISION.c
    for part in batches(sorted(finding_ids)):
        rows = session.connection().execute(
            select(d.finding_id, d.state, d.note, d.decided_at, STAFF.c.id, STAFF.c.name)
            .join(STAFF, STAFF.c.id == d.decided_by)
            .where(d.finding_id.in_(part))
            .order_by(d.finding_id, d.number)
        )
        for row in rows:
            by = StaffName(id=row.id, name=row.name)
            made[row.finding_id].append(FindingDecision(state=row.state, note=row.note, by=by, at=row.decided_at))
    return made


def lock_finding(session: Session, finding_id: UUID) -> None:
    """Hold a finding: decisions of it follow one another."""
    session.connection().execute(select(FINDING.c.id).where(FINDING.c.id == finding_id).with_for_update())


def add_decision(
    session: Session, finding_id: UUID, *, number: int, state: FindingState, note: str, by: UUID, now: datetime
) -> None:
    """Append what somebody decided, and let the finding stand there."""
    row = {
        "finding_id": finding_id,
        "number": number,
        "state": state,
        "note": note,
        "decided_by": by,
        "decided_at": now,
    }
    session.connection().execute(dialect_insert(session, QualityDecisionRow), row)
    session.connection().execute(update(FINDING).where(FINDING.c.id == finding_id).values(state=state))


def noted_between(session: Session, *, first: date, last: date) -> Iterator[tuple[UUID, str]]:
    """The notes of these business days, with the activity each is of."""
    note = LEDGER.c.data["note"].as_string()
    rows = session.connection().execute(
        select(LEDGER.c.id, note)
        .where(LEDGER.c.business_day.between(first, last), LEDGER.c.kind.in_(NOTED), note.is_not(None))
        .execution_options(yield_per=1000)
    )
    for row in rows:
        yield row[0], row[1]


def transcripts_between(
    session: Session, *, since: datetime, until: datetime
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The transcripts that exchanges told of within these instants: by which, of which record, and what it says."""
    r = RECORD.c
    rows = session.connection().execute(
        select(r.provider, r.record_id, r.document)
        .where(r.event == PbxEventKind.TRANSCRIPT_READY, r.at >= since, r.at < until)
        .execution_options(yield_per=100)
    )
    for row in rows:
        yield row.provider, row.record_id, row.document


_FINDING = [FINDING.c[name] for name in Finding.model_fields]


def _found(scope_path: str) -> Select[Any]:
    # Of whoever has the customer today, on the day of the activity.
    names_customer = advised_below(scope_path, CUSTOMER.c.advisor_id, LEDGER.c.business_day)
    return (
        select(
            *_FINDING,
            FINDING.c.state.label("state"),
            FINDING.c.found_at,
            LEDGER.c.kind.label("activity_kind"),
            LEDGER.c.occurred_at,
            LEDGER.c.business_day,
            STAFF.c.id.label("advisor_id"),
            STAFF.c.name.label("advisor_name"),
            CUSTOMER.c.name.label("customer_name"),
            names_customer.label("names_customer"),
        )
        .select_from(FINDING)
        .join(LEDGER, LEDGER.c.id == FINDING.c.activity_id)
        .join(STAFF, STAFF.c.id == LEDGER.c.advisor_id)
        .outerjoin(CUSTOMER, CUSTOMER.c.id == LEDGER.c.customer_id)
    )


def _is_chosen(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    yield LEDGER.c.business_day.between(chosen.first, chosen.last)
    if chosen.state is not None:
        yield FINDING.c.state == chosen.state
    if chosen.rule is not None:
        yield FINDING.c.rule == chosen.rule


def _bound(place: Place) -> Sequence[ColumnElement[Any]]:
    return (literal(place.occurred_at, LEDGER.c.occurred_at.type), literal(place.finding_id, FINDING.c.id.type))


def _of_row(row: Any) -> Found:  # noqa: ANN401 - nothing declares a row's type
    finding = Finding.model_validate({name: getattr(row, name) for name in Finding.model_fields})
    advisor = StaffName(id=row.advisor_id, name=row.advisor_name)
    return Found(
        finding,
        row.state,
        row.found_at,
        row.activity_kind,
        row.occurred_at,
        row.business_day,
        advisor,
        row.customer_name,
        row.names_customer,
    )
