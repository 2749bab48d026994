"""The rules of cases: who may take which step when, and that no text goes on which tells who somebody is.

In one order, as a sync of the advisor's own does: their feed, the case, and only then the bank's feed.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.cases import queries
from app_server.ledger.queries import identifiers_behind
from app_server.sync.feed import Announced, announce
from app_server.tables import BANK_SCOPE, PlaybookCaseRow, PlaybookCaseVersionRow
from shared_models.cases import (
    ANSWERABLE,
    CHECKED_STEPS,
    STEPS,
    CaseActor,
    CaseAnswer,
    CaseEdit,
    CaseMove,
    CaseState,
    CaseStep,
    Playbook,
    TeamCase,
    TeamCases,
    TellsWhoItIs,
    after_step,
)
from shared_models.errors import BadInput, Conflict, NotFound
from shared_models.identifiers import Finding, Identifiers, findings, refused
from shared_models.org import Role, StaffName
from shared_models.sync import Entity


def playbook(session: Session) -> Playbook:
    """What everybody may read."""
    return Playbook(cases=queries.shared_cases(session))


def team_cases(session: Session, who: Caller, *, state: CaseState | None) -> TeamCases:
    """The cases of the caller's subtree, without their earlier versions."""
    rows = queries.cases_in_scope(session, scope_path=who.unit_path, state=state)
    names = queries.staff_names(session, {each for row in rows for each in (row.advisor_id, row.proposed_by)})
    behind = identifiers_behind(session, {row.activity_id for row in rows})
    return TeamCases(cases=[_as_told(row, who, names, behind) for row in rows])


def team_case(session: Session, who: Caller, case_id: UUID) -> TeamCase:
    """One case of the caller's subtree with all its versions; raises NotFound."""
    return _told(session, who, _in_scope(session, who, case_id))


def write_case(session: Session, who: Caller, case_id: UUID, *, edit: CaseEdit, now: datetime) -> TeamCase:
    """Begin a case, or write its next version; nothing changes when it says the same already.

    Raises NotFound for a case or activity that is not of the caller's subtree, Conflict when somebody has written a later
    version, or the case is beyond editing.
    """
    case = queries.case_in_scope(session, case_id, scope_path=who.unit_path)
    if case is None:
        return _told(session, who, _begin(session, who, case_id, edit, now))
    was = case.state
    if was in ANSWERABLE:
        _tell_advisor(session, case, now)
    case = queries.locked_case(session, case_id)
    if edit.activity_id not in (None, case.activity_id):
        raise Conflict("This case is of another activity.")
    if edit.text() == case.document:
        return _told(session, who, case)
    if edit.from_version != case.version or case.state is not was:
        raise Conflict("Somebody has changed this case meanwhile; look again.")
    case.state = after_step(case.state, CaseStep.EDIT, _actors(who))
    case.version += 1
    case.document = edit.text()
    case.updated_at = now
    session.add(case)
    session.add(_version(case, who, now))
    session.flush()
    return _told(session, who, case)


def take_step(
    session: Session, who: Caller, case_id: UUID, *, step: CaseStep, move: CaseMove, now: datetime
) -> TeamCase:
    """Ask the advisor, approve, send back or withdraw that version of a case.

    Raises NotFound, Conflict for another version or a state that has no such step, Forbidden for a step of head office's,
    TellsWhoItIs where the text does, by the customer's data of this moment.
    """
    case = _in_scope(session, who, case_id)
    was = case.state
    if was in ANSWERABLE or step is CaseStep.ASK:
        _tell_advisor(session, case, now)
    case = queries.locked_case(session, case_id)
    if case.version != move.version or case.state is not was:
        raise Conflict("Somebody has changed this case meanwhile; look again.")
    case.state = after_step(case.state, step, _actors(who))
    behind = identifiers_behind(session, {case.activity_id})
    if step in CHECKED_STEPS and (found := refused(_findings(case, behind))):
        raise TellsWhoItIs(found)
    case.updated_at = now
    case.remark = move.remark
    if step is CaseStep.ASK:
        case.asked_version = case.version
    if step is CaseStep.APPROVE:
        names = queries.staff_names(session, {case.advisor_id})
        case.credit = names[case.advisor_id].name if case.answer_with_name else None
        case.approved_by, case.published_on = who.id, who.today
    if CaseState.APPROVED in (was, case.state):
        gone = case.state is not CaseState.APPROVED
        announce(session, [Announced(BANK_SCOPE, Entity.CASE, str(case.id), deleted=gone)], now=now)
    session.add(case)
    session.flush()
    return _told(session, who, case)


def _begin(session: Session, who: Caller, case_id: UUID, edit: CaseEdit, now: datetime) -> PlaybookCaseRow:
    if edit.from_version:
        raise NotFound("There is no such case.")
    activity_id = edit.activity_id
    if edit.review_id is not None:
        activity_id = queries.reviewed_activity(session, edit.review_id)
        if activity_id is None or edit.activity_id not in (None, activity_id):
            raise NotFound("There is no such review.")
    if activity_id is None:
        raise BadInput("A new case names the activity or the review that it is of.")
    work = queries.work_in_scope(session, activity_id, scope_path=who.unit_path)
    # Somebody else's id is told apart from none by nobody.
    if work is None or queries.is_taken(session, case_id):
        raise NotFound("There is no such call or visit.")
    case = PlaybookCaseRow(
        id=case_id,
        activity_id=activity_id,
        review_id=edit.review_id,
        advisor_id=work.advisor_id,
        day=work.day,
        state=CaseState.DRAFT,
        version=1,
        document=edit.text(),
        proposed_by=who.id,
        updated_at=now,
    )
    session.add(case)
    session.flush()
    session.add(_version(case, who, now))
    session.flush()
    return case


def _version(case: PlaybookCaseRow, who: Caller, now: datetime) -> PlaybookCaseVersionRow:
    return PlaybookCaseVersionRow(
        case_id=case.id, version=case.version, document=case.document, written_by=who.id, written_at=now
    )


def _tell_advisor(session: Session, case: PlaybookCaseRow, now: datetime) -> None:
    announce(session, [Announced(str(case.advisor_id), Entity.CASE_DRAFT, str(case.id))], now=now)


def _in_scope(session: Session, who: Caller, case_id: UUID) -> PlaybookCaseRow:
    case = queries.case_in_scope(session, case_id, scope_path=who.unit_path)
    if case is None:
        raise NotFound("There is no such case.")
    return case


def _actors(who: Caller) -> set[CaseActor]:
    return {CaseActor.HEAD, CaseActor.HEAD_OFFICE} if who.role is Role.ADMIN else {CaseActor.HEAD}


def _may(state: CaseState, who: Caller) -> list[CaseStep]:
    actors = _actors(who)
    return [step for (before, step), (_, actor) in STEPS.items() if before is state and actor in actors]


def _findings(row: PlaybookCaseRow, behind: Mapping[UUID, Identifiers]) -> list[Finding]:
    return findings(row.document.texts(), behind.get(row.activity_id, Identifiers()))


def _answer(row: PlaybookCaseRow) -> CaseAnswer | None:
    if row.answer_version is None or row.answer_granted is None or row.answer_at is None:
        return None
    return CaseAnswer(
        version=row.answer_version,
        granted=row.answer_granted,
        with_name=bool(row.answer_with_name),
        note=row.answer_note,
        at=row.answer_at,
    )


def _told(session: Session, who: Caller, row: PlaybookCaseRow) -> TeamCase:
    names = queries.staff_names(session, {row.advisor_id, row.proposed_by})
    told = _as_told(row, who, names, identifiers_behind(session, {row.activity_id}))
    return told.model_copy(update={"versions": queries.versions_of(session, row.id)})


def _as_told(
    row: PlaybookCaseRow, who: Caller, names: Mapping[UUID, StaffName], behind: Mapping[UUID, Identifiers]
) -> TeamCase:
    return TeamCase(
        id=row.id,
        state=row.state,
        version=row.version,
        text=row.document,
        advisor=names[row.advisor_id],
        proposed_by=names[row.proposed_by],
        day=row.day,
        updated_at=row.updated_at,
        findings=_findings(row, behind),
        may=_may(row.state, who),
        answer=_answer(row),
        remark=row.remark,
        published_on=row.published_on,
    )
