"""What the evening shows of one day: figures, refusals, promises; all of it folded from the ledger."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.rules import policies, rule_on
from app_client.today.queries import Left, left_to_do
from app_client.visits.queries import customers_short
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, counted_with
from shared_models.plans import Promise


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise with its customer's name."""

    promise: Promise
    name: str


@dataclass(frozen=True, slots=True)
class EveningView:
    """One business day in the evening. `declines` most frequent first; `promised` by day, soonest first, all after `day`."""

    day: date
    is_today: bool
    figures: AdvisorDay
    left: Left
    is_day_off: bool
    declines: tuple[tuple[str, int], ...]
    promised: tuple[tuple[date, tuple[Promised, ...]], ...]
    earliest: date


def evening_view(session: AppSession, day: date, grades: Sequence[Grade] = ()) -> EveningView:
    """The advisor's own day, its figures counted with these grades alone if any are named; promises are those open at its end."""

    def read(tx: sqlite3.Connection) -> EveningView:
        rules, rule = policies(tx), rule_on(tx, day)
        figures = reads.day_figures(tx, day, grades)
        made = ledger.activities_of_day(tx, day)
        counted = counted_with(made, rule, grades) if grades else made
        earliest = session.today() - timedelta(days=rule.policy.feed_days)
        known = ledger.ledger_since(tx, earliest)
        until = [a for a in known if rules.business_day(a.occurred_at, a.clock_offset_ms) <= day]
        promises = [
            promise
            for promise in reads.promises(tx, until)
            if rules.business_day(promise.made_at, 0) <= day < promise.due_on
        ]
        names = {row["id"]: str(row["name"]) for row in tx.execute("SELECT id, name FROM customers")}
        days = sorted({promise.due_on for promise in promises})
        return EveningView(
            day=day,
            is_today=day == session.today(),
            figures=figures,
            left=left_to_do(figures, visits_short=customers_short(counted, rule)),
            is_day_off=figures.targets.calls == 0 and figures.targets.visits == 0,
            declines=tuple(sorted(figures.declines.items(), key=lambda pair: (-pair[1], pair[0]))),
            promised=tuple(
                (
                    due_on,
                    tuple(
                        Promised(promise, names[str(promise.customer_id)])
                        for promise in promises
                        if promise.due_on == due_on
                    ),
                )
                for due_on in days
            ),
            earliest=earliest,
        )

    return session.store.read(read)
