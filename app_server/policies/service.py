"""The calendar in force: the bank's own word on single days, and years that were published since. Both write every version of the policy.

A calendar says how the days were, whatever the rule on them: unlike the rest of a policy it may change a day that has passed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from app_server.audit.service import Change, note_all
from app_server.database import Database
from app_server.ledger.queries import make_older
from app_server.policies.calendar import calendar_for, known_years
from app_server.sync.feed import Announced, announce, hold_all_feeds
from app_server.tables import BANK_SCOPE, PolicyRow
from shared_models.errors import BadInput
from shared_models.policy import Calendar, Policies
from shared_models.sync import Entity


def override_days(session: Session, changed: Mapping[date, bool | None], *, actor: UUID | None, now: datetime) -> None:
    """Take the bank's word that these days are worked or are not, None: what was published goes; `actor` None: the command line.

    Call it before anything else is written: no batch is taken meanwhile. The advisor-days of these days are to be folded anew afterwards (sync/older_days.py).
    Raises BadInput in a bank without a policy.
    """
    hold_all_feeds(session)
    before = _documents(session)
    if not before:
        raise BadInput("There is no policy yet whose calendar could be changed: run `day2053 init`.")
    standing = overrides_of(session)
    _put(session, {row_id: calendar.overridden(changed) for row_id, calendar in before.items()}, now=now)
    told = [
        Change("calendar.overridden", "day", str(day), None, {"works": standing.get(day)}, {"works": works})
        for day, works in sorted(changed.items())
    ]
    note_all(session, told, actor=actor, now=now)


def overrides_of(session: Session) -> dict[date, bool]:
    """The bank's word on single days, alike in every version of the policy."""
    return {day: works for calendar in _documents(session).values() for day, works in calendar.overrides.items()}


def renew_calendars(db: Database, *, now: datetime) -> list[int]:
    """Bring in the years that this program knows and the bank's policies do not; returns them."""
    if not db.read(_missing_years):
        return []

    def work(session: Session) -> list[int]:
        hold_all_feeds(session)
        missing = _missing_years(session)
        before = _documents(session)
        _put(session, {each: _with_years(before[each], years) for each, years in missing.items()}, now=now)
        years = sorted({year for each in missing.values() for year in each})
        told = [Change("calendar.published", "year", str(year), None, None, {"year": year}) for year in years]
        note_all(session, told, actor=None, now=now)
        return years

    return db.write(work)


def _documents(session: Session) -> dict[UUID, Calendar]:
    return {row.id: row.document.calendar for row in _rows(session)}


def _rows(session: Session) -> list[PolicyRow]:
    """Every version as it is now, whatever this transaction has read before."""
    return list(session.exec(select(PolicyRow).execution_options(populate_existing=True)))


def _missing_years(session: Session) -> dict[UUID, set[int]]:
    """By version, those from its own year on that are known and of which it has no holiday."""
    found = {
        row.id: {year for year in known_years() if year >= row.effective_from.year}
        - {day.year for day in row.document.calendar.days_off}
        for row in _rows(session)
    }
    return {row_id: years for row_id, years in found.items() if years}


def _with_years(calendar: Calendar, years: set[int]) -> Calendar:
    published = calendar_for(years)
    return calendar.model_copy(
        update={
            "days_off": calendar.days_off | published.days_off,
            "make_up_days": calendar.make_up_days | published.make_up_days,
        }
    )


def _put(session: Session, calendars: Mapping[UUID, Calendar], *, now: datetime) -> None:
    """Store them, tell the phones, and have the days that are worked or free by them alone folded anew."""
    announce(session, [Announced(BANK_SCOPE, Entity.POLICY, str(row_id)) for row_id in calendars], now=now)
    rows = _rows(session)
    before = Policies([row.document for row in rows])
    touched: set[date] = set()
    for row in rows:
        if (calendar := calendars.get(row.id)) is None:
            continue
        touched |= _differing(row.document.calendar, calendar)
        row.document = row.document.model_copy(update={"calendar": calendar})
        session.add(row)
    session.flush()
    after = Policies([row.document for row in rows])
    make_older(session, {day for day in touched if before.is_working_day(day) != after.is_working_day(day)})


def _differing(one: Calendar, other: Calendar) -> set[date]:
    said = {day for day, _ in one.overrides.items() ^ other.overrides.items()}
    return {*(one.days_off ^ other.days_off), *(one.make_up_days ^ other.make_up_days), *said}
