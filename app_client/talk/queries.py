"""An advisor's own rate of yes after some refusals in a row, from the phone's ledger; nothing is written here."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from app_client.calls.queries import logged_calls
from app_client.playbook.queries import shelf
from app_client.session import AppSession
from app_client.store import ledger
from app_client.store.rules import rule_on
from shared_models.calls import CallOutcome
from shared_models.cases import SharedCase

REFUSALS_IN_A_ROW = 3
# Fewer say nothing of a person.
LEAST_TALKS = 30
LEAST_YESES = 5
_DAYS = 90
_WEEK = timedelta(days=7)
_YES = frozenset({CallOutcome.INTERESTED, CallOutcome.APPOINTMENT})
_TALKED = _YES | {CallOutcome.FOLLOW_UP, CallOutcome.DECLINED}


@dataclass(frozen=True, slots=True)
class Odds:
    """Of `one_in` conversations one ends in a yes; the next is number `next_number` since the last yes, of `talks` known."""

    one_in: int
    next_number: int
    talks: int


def refused_in_a_row(outcomes: Sequence[CallOutcome]) -> int:
    """How many conversations in a row were refused, up to the last; `outcomes` newest first, those nobody answered passed over."""
    talked = (each for each in outcomes if each in _TALKED)
    return sum(1 for _ in takewhile(lambda each: each is CallOutcome.DECLINED, talked))


def odds_of(outcomes: Sequence[CallOutcome]) -> Odds | None:
    """The rate of yes (interested, or an appointment) in these outcomes, newest first; None while they are too few to tell."""
    talked = [each for each in outcomes if each in _TALKED]
    yeses = sum(each in _YES for each in talked)
    if len(talked) < LEAST_TALKS or yeses < LEAST_YESES:
        return None
    since = sum(1 for _ in takewhile(lambda each: each not in _YES, talked))
    return Odds(one_in=round(len(talked) / yeses), next_number=since + 1, talks=len(talked))


def odds_after_refusals(session: AppSession) -> Odds | None:
    """The advisor's own rate, once today's last conversations were all refused, so many of them; else None."""

    def read(tx: sqlite3.Connection) -> Odds | None:
        day = session.today()
        rule = rule_on(tx, day)
        of_day = [call.outcome for call in logged_calls(ledger.activities_of_day(tx, day), rule)]
        if refused_in_a_row(of_day) < REFUSALS_IN_A_ROW:
            return None
        known = ledger.ledger_since(tx, day - timedelta(days=_DAYS))
        return odds_of([call.outcome for call in logged_calls(known, rule)])

    return session.store.read(read)


def case_of_week(session: AppSession) -> SharedCase | None:
    """The newest case that was published within the last seven days."""
    since = session.today() - _WEEK
    return next((case for case in shelf(session).cases if case.published_on > since), None)
