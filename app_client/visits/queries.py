"""What the visits screen shows: who was met today with the state of their products, and who is due; nothing is written here."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app_client.session import AppSession
from app_client.store import ledger, reads
from shared_models.activity import Activity, Void
from shared_models.evidence import VisitEvidence, visit_evidence
from shared_models.fold import AdvisorDay, checks_of
from shared_models.follow_ups import FollowUpReason
from shared_models.plans import Promise
from shared_models.policy import DayPolicy, zone
from shared_models.proposals import Proposal
from shared_models.visits import CardResult, ConfirmationResult, Visit, VisitPlace

AHEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit of the day, `at` in the bank's time zone.

    `products` are the distinct ones put before this customer today, as the fold counts them; `excused`: fewer, and said why.
    `finding` is what the server found wrong with the card, `code_finding` with the customer's code; `is_unchecked`: there is one
    of them that the server has not looked at yet.
    """

    visit_id: UUID
    customer_id: UUID
    name: str | None
    at: datetime
    place: VisitPlace
    evidence: VisitEvidence
    finding: CardResult | None
    code_finding: ConfirmationResult | None
    is_unchecked: bool
    products: int
    wanted: int
    excused: bool

    @property
    def missing(self) -> int:
        """How many products the visit is short of."""
        return 0 if self.excused else max(self.wanted - self.products, 0)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A promised visit; `due_on` may be past when nobody kept it."""

    customer_id: UUID
    name: str
    due_on: date
    note: str | None


@dataclass(frozen=True, slots=True)
class VisitsView:
    """A day's visits newest first, and the appointments: those due, and those of the days ahead, soonest first."""

    day: date
    figures: AdvisorDay
    rows: tuple[VisitRow, ...]
    due: tuple[Appointment, ...]
    ahead: tuple[Appointment, ...]

    @property
    def left(self) -> int:
        """How many customers are still to be met."""
        return max(self.figures.targets.visits - self.figures.visits, 0)


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit by its id with its customer's name; `proposals` are the standing ones made at it."""

    visit_id: UUID
    customer_id: UUID
    name: str | None
    at: datetime
    day: date
    is_voided: bool
    proposals: tuple[UUID, ...]


def visits_view(session: AppSession) -> VisitsView:
    """Today, as its advisor sees it."""

    def read(tx: sqlite3.Connection) -> VisitsView:
        day = session.today()
        rule = reads.rule_on(tx, day)
        activities = _standing(ledger.activities_of_day(tx, day))
        known = ledger.ledger_since(tx, day - timedelta(days=rule.policy.feed_days))
        names = {row["id"]: str(row["name"]) for row in tx.execute("SELECT id, name FROM customers")}
        appointments = [
            Appointment(promise.customer_id, names[str(promise.customer_id)], promise.due_on, promise.note)
            for promise in reads.promises(tx, known)
            if _is_appointment(promise, until=day + timedelta(days=AHEAD_DAYS))
        ]
        return VisitsView(
            day=day,
            figures=reads.day_figures(tx, day),
            rows=tuple(_rows(activities, names, rule)),
            due=tuple(each for each in appointments if each.due_on <= day),
            ahead=tuple(each for each in appointments if each.due_on > day),
        )

    return session.store.read(read)


def customers_short(activities: Iterable[Activity], rule: DayPolicy) -> int:
    """How many customers met that day were shown fewer products than wanted without a reason; `activities` are the day's."""
    if not rule.targets.products_per_visit:
        return 0
    return len({row.customer_id for row in _rows(_standing(activities), {}, rule) if row.missing})


def visited(session: AppSession, visit_id: UUID) -> Visited | None:
    """One visit of this ledger; None when there is none by that id."""
    return session.store.read(lambda tx: read_visited(tx, visit_id))


def read_visited(tx: sqlite3.Connection, visit_id: UUID) -> Visited | None:
    """As `visited`, within a transaction."""
    visit = ledger.activity(tx, visit_id)
    if visit is None or not isinstance(visit.data, Visit) or visit.customer_id is None:
        return None
    rules = reads.policies(tx)
    customer = reads.customer(tx, visit.customer_id)
    theirs = ledger.activities_of_customer(tx, visit.customer_id)
    standing = _standing(theirs)
    return Visited(
        visit_id=visit_id,
        customer_id=visit.customer_id,
        name=customer.name if customer else None,
        at=visit.corrected_at.astimezone(zone(rules.timezone)),
        day=rules.business_day(visit.occurred_at, visit.clock_offset_ms),
        is_voided=all(each.id != visit_id for each in standing),
        proposals=tuple(
            each.id for each in standing if isinstance(each.data, Proposal) and each.data.visit_id == visit_id
        ),
    )


def _is_appointment(promise: Promise, *, until: date) -> bool:
    return promise.reason == FollowUpReason.APPOINTMENT and promise.due_on <= until


def _standing(activities: Iterable[Activity]) -> list[Activity]:
    """Without voids, without what they took back, and without proposals of visits that they took back."""
    known = list(activities)
    voided = {each.data.activity_id for each in known if isinstance(each.data, Void)}
    return [
        each
        for each in known
        if not isinstance(each.data, Void) and each.id not in voided and each.refers_to not in voided
    ]


def _rows(activities: list[Activity], names: dict[str, str], rule: DayPolicy) -> list[VisitRow]:
    products: dict[UUID, set[UUID]] = {}
    excused: set[UUID] = set()
    for each in activities:
        if isinstance(each.data, Proposal) and each.customer_id is not None:
            products.setdefault(each.customer_id, set()).update(pick.product_id for pick in each.data.picks)
            if each.data.fewer_because:
                excused.add(each.customer_id)
    checks = checks_of(activities)
    rows: list[VisitRow] = []
    for each in activities:
        if not isinstance(each.data, Visit) or each.customer_id is None:
            continue
        check = checks.get(each.id)
        rows.append(
            VisitRow(
                visit_id=each.id,
                customer_id=each.customer_id,
                name=names.get(str(each.customer_id)),
                at=each.corrected_at.astimezone(zone(rule.policy.timezone)),
                place=each.data.place,
                evidence=visit_evidence(each.data, occurred_at=each.occurred_at, policy=rule.policy, check=check),
                finding=check.finding if check is not None else None,
                code_finding=check.code_finding if check is not None else None,
                is_unchecked=check is None and (each.data.card is not None or each.data.confirmation is not None),
                products=len(products.get(each.customer_id, ())),
                wanted=rule.policy.products_per_visit,
                excused=each.customer_id in excused,
            )
        )
    return sorted(rows, key=lambda row: (row.at, row.visit_id), reverse=True)
