"""The rules of packs: which month of which unit, and that the same ledger makes the same pack."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.bulletins.service import bulletin_of
from app_server.cases import queries as cases
from app_server.month.service import checked_month
from app_server.org import queries as org
from app_server.tables import UnitRow
from app_server.trainings.service import cohorts_of
from shared_models.bulletins import Column, span_of
from shared_models.errors import NotFound
from shared_models.pack_pages import pages_of
from shared_models.packs import Pack
from shared_models.team import Period
from shared_models.text import Language

_DIGEST = 8


def pack(session: Session, who: Caller, *, unit_id: UUID, month: str, language: Language, now: datetime) -> Pack:
    """A unit's pack for a month, up to today; raises NotFound outside the caller's subtree, BadInput for a month that has not come."""
    unit = org.unit_in_scope(session, unit_id=unit_id, scope_path=who.unit_path)
    return pack_of(session, unit, month=month, today=who.today, language=language, now=now)


def pack_of_unit(session: Session, unit_id: UUID, *, month: str, language: Language, now: datetime) -> Pack:
    """The same for whoever has the machine; raises NotFound, BadInput."""
    unit = session.get(UnitRow, unit_id)
    if unit is None:
        raise NotFound("There is no such unit.")
    today = org.policies(session).today(now)
    return pack_of(session, unit, month=month, today=today, language=language, now=now)


def pack_of(session: Session, unit: UnitRow, *, month: str, today: date, language: Language, now: datetime) -> Pack:
    """The same of any unit; nothing in it tells when it was made."""
    first = checked_month(month, today=today)
    policies = org.policies(session)
    day = min(span_of(first, Period.MONTH).last, today)
    told = bulletin_of(
        session, unit, by=Period.MONTH, day=day, today=today, ranked_by=Column.SCORE, language=language, now=now
    )
    published = [case for case in cases.shared_cases(session) if told.span.first <= case.published_on <= told.span.last]
    pages = pages_of(
        told,
        policies.on(told.span.last).policy,
        cohorts_of(session, unit.path, told.span, policies),
        published,
        language,
    )
    made = Pack(
        unit=told.unit,
        month=month,
        span=told.span,
        before=told.before,
        is_over=told.is_over,
        language=language,
        pages=pages,
    )
    return made.model_copy(update={"digest": hashlib.sha256(made.model_dump_json().encode()).hexdigest()[:_DIGEST]})
