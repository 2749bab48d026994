"""What Today shows: the figures and what is left, whom to call next, and who has been called; nothing is decided or written here."""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app_client.calls.queries import LoggedCall, RecordedCall, logged_calls, unlogged_calls
from app_client.plans.queries import promises_made
from app_client.session import AppSession
from app_client.store import ledger, reads
from app_client.store.rules import rule_on
from app_client.sync.machine import Phase
from app_client.visits.queries import customers_short
from shared_models.calls import CallOutcome
from shared_models.customers import Customer, Pool, pool_on
from shared_models.fold import AdvisorDay
from shared_models.follow_ups import FollowUpReason
from shared_models.morning import Listed, MorningList
from shared_models.notices import Notice
from shared_models.plans import Reason, ReasonCode


@dataclass(frozen=True, slots=True)
class NextRow:
    """A customer still to be called: why, whether the head picked them, and how often nobody answered today and when last.

    `lent_from`: whose customer they are, by name, where a colleague's is lent for the day.
    """

    customer: Customer
    pool: Pool
    reasons: tuple[Reason, ...]
    is_picked: bool = False
    lent_from: str | None = None
    unanswered: int = 0
    unanswered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalledRow:
    """A customer whom today's calls reached, by the last of them; `name` None when they have left the book since."""

    customer_id: UUID
    name: str | None
    call: LoggedCall


@dataclass(frozen=True, slots=True)
class Away:
    """Customers of the book whom a colleague has today, all by name."""

    colleague: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What is missing to today's targets; `visits_short` are visits with fewer products than wanted, and no reason for it."""

    calls: int
    visits: int
    visits_short: int

    @property
    def nothing(self) -> bool:
        """Whether calls and visits are done."""
        return self.calls == 0 and self.visits == 0


@dataclass(frozen=True, slots=True)
class TodayView:
    """One business day as its advisor sees it. `list_length` is the morning's list, `list_called` how many of it were called.

    `records`: calls of which the exchange alone has told, oldest first. `just_refused`: the reason, if the last call was refused.
    """

    day: date
    figures: AdvisorDay
    left: Left
    is_day_off: bool
    records: tuple[RecordedCall, ...]
    next_rows: tuple[NextRow, ...]
    called: tuple[CalledRow, ...]
    away: tuple[Away, ...]
    list_length: int
    list_called: int
    list_is_set: bool
    head_note: str | None
    notices: tuple[Notice, ...]
    has_customers: bool
    just_refused: str | None


def left_to_do(figures: AdvisorDay, *, visits_short: int) -> Left:
    """What is missing to the targets that the figures carry; they do not tell which visits had a reason, so that is given."""
    return Left(
        calls=max(figures.targets.calls - figures.calls_effective, 0),
        visits=max(figures.targets.visits - figures.visits, 0),
        visits_short=visits_short,
    )


def products_per_visit(figures: AdvisorDay) -> int:
    """Distinct products per counted visit, rounded down; never the full target while a visit is short of it."""
    if figures.visits == 0:
        return 0
    average = figures.products_presented // figures.visits
    wanted = figures.targets.products_per_visit
    return min(average, wanted - 1) if wanted and figures.visits_with_three < figures.visits else average


def is_first_sync_under_way(session: AppSession) -> bool:
    """Whether this store is still being filled for the first time; no longer once the server cannot be reached."""
    status = session.sync.status
    return status.last_synced_at is None and status.phase in (Phase.IDLE, Phase.SYNCING)


def today_view(session: AppSession, morning: MorningList) -> TodayView:
    """The day of that list, as it stands now."""

    def read(tx: sqlite3.Connection) -> TodayView:
        day = morning.day
        rule = rule_on(tx, day)
        activities = ledger.activities_of_day(tx, day)
        figures = reads.day_figures(tx, day)
        left = left_to_do(figures, visits_short=customers_short(activities, rule))
        calls = logged_calls(activities, rule)
        outcome_of = {call.customer_id: call.outcome for call in reversed(calls)}
        reached = {customer for customer, outcome in outcome_of.items() if outcome is not CallOutcome.NO_ANSWER}
        promised = [
            Listed(
                promise.customer_id,
                (
                    Reason(
                        code=ReasonCode.APPOINTMENT
                        if promise.reason == FollowUpReason.APPOINTMENT
                        else ReasonCode.PROMISED,
                        day=promise.due_on,
                        text=promise.note,
                    ),
                ),
            )
            for promise in promises_made(tx, activities, day=day)
        ]
        due_again = {one.customer_id for one in promised}
        waiting = _waiting(morning, promised, done=reached - due_again, unanswered=set(outcome_of) - reached, left=left)
        customers = _customers(tx, [*(one.customer_id for one in waiting), *outcome_of])
        lent_from = reads.lent_from(tx, day)
        return TodayView(
            day=day,
            figures=figures,
            left=left,
            is_day_off=figures.targets.calls == 0 and figures.targets.visits == 0,
            records=tuple(unlogged_calls(tx, activities, rule)),
            next_rows=tuple(
                _next_row(one, customers[one.customer_id], calls, day, lent_from.get(one.customer_id))
                for one in waiting
                if one.customer_id in customers
            ),
            called=_called(calls, reached, customers),
            away=_away(tx, day),
            list_length=len(morning.listed),
            list_called=sum(one.customer_id in outcome_of for one in morning.listed),
            list_is_set=morning.is_set,
            head_note=morning.note,
            notices=tuple(reads.notices(tx, day)),
            has_customers=bool(tx.execute("SELECT EXISTS (SELECT 1 FROM customers)").fetchone()[0]),
            just_refused=calls[0].decline_reason if calls else None,
        )

    return session.store.read(read)


def _waiting(
    morning: MorningList, promised: Sequence[Listed], *, done: set[UUID], unanswered: set[UUID], left: Left
) -> list[Listed]:
    """Who is still to be called, in order: promised for later today, the list, enough others to reach the target, then those who did not answer."""
    seen: set[UUID] = set()
    fresh: list[Listed] = []
    again: list[Listed] = []
    for one in (*promised, *morning.listed):
        if one.customer_id in seen or one.customer_id in done:
            continue
        seen.add(one.customer_id)
        (again if one.customer_id in unanswered else fresh).append(one)
    for one in morning.further:
        if len(fresh) >= left.calls:
            break
        if one.customer_id not in seen and one.customer_id not in done and one.customer_id not in unanswered:
            fresh.append(one)
    return fresh + again


def _away(tx: sqlite3.Connection, day: date) -> tuple[Away, ...]:
    lent = reads.lent_to(tx, day)
    customers = _customers(tx, list(lent))
    names: dict[str, list[str]] = defaultdict(list)
    for customer_id, colleague in lent.items():
        names[colleague].append(customers[customer_id].name)
    return tuple(Away(colleague, tuple(of_them)) for colleague, of_them in names.items())


def _next_row(
    one: Listed, customer: Customer, calls: Sequence[LoggedCall], day: date, lent_from: str | None
) -> NextRow:
    missed = [call for call in calls if call.customer_id == customer.id and call.outcome is CallOutcome.NO_ANSWER]
    return NextRow(
        customer=customer,
        pool=pool_on(customer.managed_since, day),
        reasons=one.reasons,
        is_picked=one.is_picked,
        lent_from=lent_from,
        unanswered=len(missed),
        unanswered_at=missed[0].at if missed else None,
    )


def _called(calls: Sequence[LoggedCall], reached: set[UUID], customers: dict[UUID, Customer]) -> tuple[CalledRow, ...]:
    last: dict[UUID, LoggedCall] = {}
    for call in calls:
        if call.customer_id in reached:
            last.setdefault(call.customer_id, call)
    return tuple(
        CalledRow(
            customer_id=customer_id, name=customers[customer_id].name if customer_id in customers else None, call=call
        )
        for customer_id, call in last.items()
    )


def _customers(tx: sqlite3.Connection, customer_ids: Sequence[UUID]) -> dict[UUID, Customer]:
    wanted = [str(customer_id) for customer_id in dict.fromkeys(customer_ids)]
    marks = ",".join("?" * len(wanted))
    rows = tx.execute(f"SELECT doc FROM customers WHERE id IN ({marks})", wanted)  # noqa: S608 - only question marks
    found = [Customer.model_validate_json(row[0]) for row in rows]
    return {customer.id: customer for customer in found}
