"""The rules of notices: whoever is head above a unit says one sentence to all its advisors for the day; their phones learn of it by their feeds."""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.notices import queries
from app_server.org.queries import unit_in_scope
from app_server.sync.feed import Announced, announce
from shared_models.errors import BadInput, NoticeChanged, TooLarge
from shared_models.meetings import MOST_ADVISORS
from shared_models.notices import NoticeEdit, UnitNotice
from shared_models.sync import Entity


def say(session: Session, who: Caller, *, unit_id: UUID, day: date, edit: NoticeEdit, now: datetime) -> UnitNotice:
    """Put a sentence in the place of the one at `edit.version`, "" taking it back; the same again changes nothing.

    Raises NotFound for a unit outside the caller's subtree, BadInput for another day than today, TooLarge above MOST_ADVISORS
    advisors, NoticeChanged.
    """
    unit = unit_in_scope(session, unit_id=unit_id, scope_path=who.unit_path)
    if day != who.today:
        raise BadInput("A notice is of today.", code="not_today")
    before = queries.notice_of(session, unit.id, day)
    if before.words == edit.words:
        return before
    if before.version != edit.version:
        raise NoticeChanged("Somebody else has just said something else; look at it again.")
    advisors = queries.advisors_of(session, unit.path, day, most=MOST_ADVISORS + 1)
    if len(advisors) > MOST_ADVISORS:
        raise TooLarge(f"A notice is for {MOST_ADVISORS} advisors at most.")
    # The same for whoever says it first.
    notice_id = uuid5(unit.id, f"notice {day}")
    if not queries.store_notice(
        session, notice_id, unit_id=unit.id, day=day, words=edit.words, after=before.version, said_by=who.id, now=now
    ):
        raise NoticeChanged("Somebody else has just said something else; look at it again.")
    announce(session, (Announced(str(each), Entity.NOTICE, str(notice_id)) for each in advisors), now=now)
    return queries.notice_of(session, unit.id, day)
