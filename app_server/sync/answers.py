"""What advisors answer about cases of their own work: which of them they were asked about, and what their words change."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as row_select

from app_server.ledger.queries import identifiers_behind
from app_server.sync.feed import Announced, announce
from app_server.sync.reading import Readable
from app_server.tables import BANK_SCOPE, PlaybookCaseRow, StaffRow, metadata
from shared_models.activity import Activity
from shared_models.cases import Answer, CaseConsent, CaseState, answered
from shared_models.identifiers import Identifiers, findings, refused
from shared_models.sync import Entity

CASE = metadata.tables["playbook_case"]


def asked_versions(session: Session, advisor_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, int]:
    """The latest version of each of these cases that this advisor was asked about; the rest are none of theirs."""
    if not case_ids:
        return {}
    found = session.connection().execute(
        select(CASE.c.id, CASE.c.asked_version).where(
            CASE.c.id.in_(case_ids), CASE.c.advisor_id == advisor_id, CASE.c.asked_version.is_not(None)
        )
    )
    return {row.id: row.asked_version for row in found}


def take_answers(session: Session, advisor_id: UUID, kept: Iterable[Readable], *, now: datetime) -> None:
    """Let the newest word about each case stand, in whatever order words arrive; for use while the advisor's feed is held.

    A yes to a text that by now tells who somebody is, is noted and leads nowhere.
    """
    newest: dict[UUID, Activity] = {}
    for item in sorted(kept, key=lambda each: (each.at, each.activity.id)):
        if isinstance(item.activity.data, CaseConsent):
            newest[item.activity.data.case_id] = item.activity
    if not newest:
        return
    # The feed is held already, the case comes next and the bank's feed last, as when a head takes a step.
    cases = session.exec(
        row_select(PlaybookCaseRow)
        .where(col(PlaybookCaseRow.id).in_(newest), PlaybookCaseRow.advisor_id == advisor_id)
        .order_by(col(PlaybookCaseRow.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    behind = identifiers_behind(session, {case.activity_id for case in cases})
    names = dict(session.exec(row_select(StaffRow.id, StaffRow.name).where(StaffRow.id == advisor_id)).all())
    told: list[Announced] = []
    for case in cases:
        was = (case.state, case.credit)
        if not _note(case, newest[case.id]):
            continue
        tells = refused(findings(case.document.texts(), behind.get(case.activity_id, Identifiers())))
        if case.state is CaseState.CONSENTED and tells:
            case.state = CaseState.CONSENT_ASKED
        if case.state is CaseState.APPROVED:
            case.credit = names[advisor_id] if case.answer_with_name else None
        case.updated_at = now
        session.add(case)
        if (case.state, case.credit) == was:
            continue
        told.append(Announced(str(advisor_id), Entity.CASE_DRAFT, str(case.id)))
        if CaseState.APPROVED in (was[0], case.state):
            gone = case.state is not CaseState.APPROVED
            told.append(Announced(BANK_SCOPE, Entity.CASE, str(case.id), deleted=gone))
    announce(session, told, now=now)
    session.flush()


def _note(case: PlaybookCaseRow, activity: Activity) -> bool:
    """Note a word about a case and how it stands by it; False where a newer one is known."""
    consent = activity.data
    assert isinstance(consent, CaseConsent)
    answer = Answer(activity.corrected_at, activity.id, consent.version, consent.granted, consent.with_name)
    if case.answer_at is not None and case.answer_id is not None and (case.answer_at, case.answer_id) >= answer.order:
        return False
    case.answer_at, case.answer_id = answer.order
    case.answer_version, case.answer_granted = answer.version, answer.granted
    case.answer_with_name, case.answer_note = answer.with_name, consent.note
    case.state = answered(case.state, case.version, answer)
    return True
