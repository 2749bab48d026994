"""What of the advisor's own day may want a word, and what they have said of it; found in the store's ledger, offline as well."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger
from app_client.store.rules import policies
from shared_models.activity import Activity
from shared_models.hint_answers import HintCode
from shared_models.hints import AnsweredHint, answered, answers_of, hints_of
from shared_models.policy import Policy, zone
from shared_models.visits import Visit


@dataclass(frozen=True, slots=True)
class Hinted:
    """A call or a visit that has a hint; `at` in the bank's time zone, `name` None when the customer has left the book."""

    activity_id: UUID
    at: datetime
    is_visit: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class HintView:
    """One hint and all that it is about, oldest first; an answer said of the first of them is said of all."""

    hint: AnsweredHint
    about: tuple[Hinted, ...]

    @property
    def key(self) -> tuple[HintCode, UUID]:
        """Which hint of the day it is, also after an answer."""
        return self.hint.code, self.hint.group


@dataclass(frozen=True, slots=True)
class DayHints:
    """The hints of a day, oldest first, and the rule that says where they begin."""

    day: date
    policy: Policy
    hints: tuple[HintView, ...]

    @property
    def open(self) -> int:
        """How many the advisor has said nothing of."""
        return sum(each.hint.answer is None for each in self.hints)


def hints_on(session: AppSession, day: date) -> DayHints:
    """The hints of one's own day."""

    def read(tx: sqlite3.Connection) -> DayHints:
        policy = policies(tx).on(day).policy
        made = {each.id: each for each in ledger.activities_of_day(tx, day)}
        names = {UUID(row["id"]): row["name"] for row in tx.execute("SELECT id, name FROM customers")}
        hints: dict[tuple[HintCode, UUID], AnsweredHint] = {}
        about: dict[tuple[HintCode, UUID], list[Hinted]] = defaultdict(list)
        for activity_id, found in day_hints(tx, day).items():
            for hint in found:
                hints.setdefault((hint.code, hint.group), hint)
                about[hint.code, hint.group].append(_hinted(made[activity_id], names, policy))
        views = [
            HintView(hint, tuple(sorted(about[key], key=lambda each: (each.at, each.activity_id))))
            for key, hint in hints.items()
        ]
        return DayHints(day, policy, tuple(sorted(views, key=lambda each: (each.about[0].at, each.key))))

    return session.store.read(read)


def day_hints(tx: sqlite3.Connection, day: date) -> dict[UUID, list[AnsweredHint]]:
    """The hints of that day by activity, with their answers: what the server finds once it has the same ledger."""
    activities = ledger.activities_of_day(tx, day)
    hints = hints_of(activities, policies(tx).on(day))
    answers = answers_of(hints, ledger.answers_to(tx, hints))
    return {activity_id: [answered(hint, answers) for hint in found] for activity_id, found in hints.items()}


def _hinted(activity: Activity, names: dict[UUID, str], policy: Policy) -> Hinted:
    return Hinted(
        activity_id=activity.id,
        at=activity.corrected_at.astimezone(zone(policy.timezone)),
        is_visit=isinstance(activity.data, Visit),
        name=names.get(activity.customer_id) if activity.customer_id is not None else None,
    )
