"""What the morning goes by: the working day before it, and how the lists stand; it asks the server nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app_client.session import AppSession
from app_client.store.rules import policies
from shared_models.morning import Agenda, DuePromise
from shared_models.org import StaffName

# Longer than any holiday.
_FURTHEST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Lists:
    """How many of those who work that day have a list that is frozen, and how many are on leave."""

    working: int
    frozen: int
    on_leave: int


def day_before(session: AppSession, day: date) -> date:
    """The last working day before that one; make-up days are such, too."""
    calendar = session.store.read(policies).on(day).policy.calendar
    earlier = (day - timedelta(days=back) for back in range(1, _FURTHEST_DAYS))
    return next((each for each in earlier if calendar.is_working_day(each)), day - timedelta(days=1))


def lists_of(agenda: Agenda) -> Lists:
    """How the lists stand; whoever is on leave needs none."""
    working = [each for each in agenda.lists if not each.on_leave]
    frozen = sum(each.frozen_at is not None for each in working)
    return Lists(len(working), frozen, len(agenda.lists) - len(working))


def promises_by_advisor(agenda: Agenda) -> list[tuple[StaffName, list[DuePromise]]]:
    """Who has promised something, whoever has promised most first, each with what is due last first."""
    found: dict[UUID, list[DuePromise]] = defaultdict(list)
    for each in agenda.promises:
        found[each.advisor.id].append(each)
    return sorted(((each[0].advisor, each) for each in found.values()), key=lambda pair: -len(pair[1]))
