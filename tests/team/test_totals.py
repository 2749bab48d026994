"""Totals are exact at every level, for any tree, ledgers, moves, leave and calendar: checked against plain Python over the same ledgers."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.customers.service import move_customer
from app_server.database import Database
from app_server.org.service import move_staff, place_staff
from app_server.tables import CustomerRow, LeaveRow, StaffRow, UnitRow
from app_server.team import service
from app_server.team.attribution import figure_of
from shared_models.activity import Activity
from shared_models.evidence import Grade
from shared_models.fold import Figures, fold_day, sum_figures
from shared_models.leave import LeaveDays
from shared_models.org import Role, UnitKind
from shared_models.policy import Calendar, Policies, Policy
from shared_models.team import Coverage, Period, Totals
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.shared_models.ledgers import CUSTOMERS, DAY, ledgers
from tests.team.recording import call, caller, empty, members_on, record

DAYS = [DAY + timedelta(days=n) for n in (-2, -1, 0, 1)]
TODAY = DAYS[-1]
METRICS = [
    *(name for name in Figures.model_fields if name != "targets"),
    *(f"{name}.{grade}" for name in ("calls_graded", "visits_graded") for grade in Grade),
    "declines.busy",
    "declines.unspecified",
]


def made_by(ledger: list[Activity], number: int) -> list[Activity]:
    """The same ledger under ids of its own."""

    def renamed(value: UUID) -> UUID:
        return UUID(int=value.int + (number << 40))

    made: list[Activity] = []
    for activity in ledger:
        data = activity.data.model_dump()
        data |= {name: renamed(data[name]) for name in ("visit_id", "activity_id") if data.get(name)}
        made.append(Activity.model_validate({**activity.model_dump(), "id": renamed(activity.id), "data": data}))
    return made


@st.composite
def banks(draw: st.DrawFn):
    """Parents of units, units of advisors, their moves, ledgers, whose each customer is, who is away when, and the bank's word on days."""
    parents = [draw(st.integers(0, n - 1)) for n in range(1, draw(st.integers(1, 6)))]
    units = st.integers(0, len(parents))
    advisors = draw(st.lists(st.tuples(units, ledgers(max_size=10)), min_size=1, max_size=4))
    whose = st.integers(0, len(advisors) - 1)
    moves = draw(st.lists(st.tuples(whose, units, st.sampled_from(DAYS)), max_size=4))
    since = st.sampled_from([None, LONG_AGO, DAYS[1], DAYS[2]])
    customers = draw(st.lists(st.tuples(whose, since), min_size=len(CUSTOMERS), max_size=len(CUSTOMERS)))
    ends = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))
    away = draw(st.dictionaries(whose, ends.map(lambda two: LeaveDays(first_day=min(two), last_day=max(two)))))
    calendar = Calendar(overrides=draw(st.dictionaries(st.sampled_from(DAYS), st.booleans())))
    return parents, advisors, sorted(moves, key=lambda move: move[2]), customers, away, calendar


def away_on(days: LeaveDays, person: StaffRow) -> LeaveRow:
    """Their leave on these days."""
    return LeaveRow(id=uuid4(), advisor_id=person.id, entered_at=NOW, **days.model_dump())


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bank=banks())
def test_totals_add_up_at_every_level(db: Database, bank) -> None:
    parents, advisors, moves, owners, away, calendar = bank
    empty(db)
    versions = [
        Policy(
            effective_from=LONG_AGO, coverage_days=2, calls=1, visits=0, effective_talk_seconds=10, calendar=calendar
        ),
        Policy(effective_from=DAY, coverage_days=3, calls=0, visits=0, calendar=calendar),
    ]
    for version in versions:
        factories.policy(db, **version.model_dump())
    policies = Policies(versions)
    units = [factories.unit(db, kind=UnitKind.HEAD_OFFICE)]
    for parent in parents:
        units.append(factories.unit(db, units[parent]))
    people = [factories.staff(db, units[where]) for where, _ in advisors]
    factories.save(db, *(away_on(days, people[who]) for who, days in away.items()))
    for customer, (owner, since) in zip(CUSTOMERS, owners, strict=True):
        row = CustomerRow(
            id=customer, name="客户", phone="13800000000", managed_since=since, advisor_id=people[owner].id
        )
        factories.save(db, row)
    written = [made_by(ledger, number) for number, (_, ledger) in enumerate(advisors)]
    for person, ledger in zip(people, written, strict=True):
        record(db, person, ledger)
    for who, where, day in moves:
        db.write(
            lambda session, who=who, where=where, day=day: move_staff(session, people[who].id, units[where].id, day)
        )

    leave_of = {person.id: [away[who]] if who in away else [] for who, person in enumerate(people)}
    since_of = {customer: since for customer, (_, since) in zip(CUSTOMERS, owners, strict=True)}
    folds = {
        (person.id, day): fold_day(ledger, since_of, policies.on(day, leave_of[person.id]))
        for person, ledger in zip(people, written, strict=True)
        for day in DAYS
    }
    has_activities = {
        (person.id, policies.business_day(each.occurred_at, each.clock_offset_ms))
        for person, ledger in zip(people, written, strict=True)
        for each in ledger
    }

    def expected(unit: UnitRow, day: date) -> Totals:
        where = members_on(db, day)
        below = [person.id for person in people if where[person.id].startswith(unit.path)]
        window = policies.on(day).policy.coverage_days
        called = {
            customer
            for (_, on), fold in folds.items()
            if day - timedelta(days=window) < on <= day
            for customer in fold.called_customers
        }
        book = {
            customer
            for customer, (owner, since) in zip(CUSTOMERS, owners, strict=True)
            if people[owner].id in below and since is not None and since <= day
        }
        return Totals(
            **dict(sum_figures(folds[person, day] for person in below)),
            advisors=len(below),
            advisors_on_leave=sum(folds[person, day].on_leave for person in below),
            advisors_met=sum(folds[person, day].met for person in below),
            advisors_reported=sum((person, day) in has_activities for person in below),
            coverage=Coverage(managed_customers=len(book), called_in_window=len(book & called), window_days=window),
        )

    for unit in units:
        head = caller(unit, today=TODAY)
        ranged = db.read(
            lambda session, head=head: service.team_range(
                session, head, unit_id=None, first=DAYS[0], last=TODAY, by=Period.DAY
            )
        )
        assert [row.period for row in ranged.rows] == [day.isoformat() for day in DAYS]
        for day, row in zip(DAYS, ranged.rows, strict=True):
            seen = db.read(
                lambda session, head=head, day=day: service.team_day(session, head, unit_id=None, day=day, now=NOW)
            )
            summed = db.read(
                lambda session, head=head, day=day: service.team_day(
                    session, head, unit_id=None, day=day, now=NOW, most_advisors=0
                )
            )
            assert summed == seen.model_copy(update={"advisors": [], "advisors_left_out": len(seen.advisors)})
            assert seen.totals == expected(unit, day)
            assert row.totals == seen.totals
            assert seen.totals.advisors_on_leave == sum(row.day.on_leave for row in seen.advisors)
            own = [row for row in seen.advisors if members_on(db, day)[row.staff.id] == unit.path]
            assert sum_figures([*(each.totals for each in seen.units), *(row.day for row in own)]) == Figures(
                **{name: getattr(seen.totals, name) for name in Figures.model_fields}
            )
            for child in seen.units:
                assert child.totals.advisors_met <= child.totals.advisors - child.totals.advisors_on_leave
                assert child.totals == expected(next(each for each in units if each.id == child.unit.id), day)
            assert {row.staff.id: row.day.model_dump() for row in seen.advisors} == {
                person.id: folds[person.id, day].model_dump()
                for person in people
                if members_on(db, day)[person.id].startswith(unit.path)
            }

    root = caller(units[0], today=TODAY)
    for metric in METRICS:
        listed = db.read(
            lambda session, metric=metric: service.team_activities(
                session, root, unit_id=None, day=DAY, advisor_id=None, metric=metric
            )
        ).activities
        figure = figure_of(expected(units[0], DAY), metric)
        assert sum((each.adds for each in listed), Decimal(0)) == figure, metric
        assert all(each.counted or each.voided for each in listed)
        if metric.startswith(("calls", "visits", "boards", "declines")):
            assert sum(each.counted for each in listed) == figure, metric


def test_a_move_changes_nothing_in_the_past(db: Database) -> None:
    tree = factories.tree(db)
    advisor = factories.staff(db, tree.outlets[0])
    managed = factories.customer(db, advisor)
    record(db, advisor, [call(managed.id, at=NOW - timedelta(days=1)), call(managed.id, seq=2)])
    yesterday, today = NOW.date() - timedelta(days=1), NOW.date()

    def calls(unit: UnitRow, day: date) -> int:
        head = caller(unit, today=today)
        return db.read(lambda session: service.team_day(session, head, unit_id=None, day=day, now=NOW)).totals.calls

    assert (calls(tree.outlets[0], yesterday), calls(tree.outlets[0], today)) == (1, 1)
    db.write(lambda session: move_staff(session, advisor.id, tree.outlets[2].id, today))
    assert (calls(tree.outlets[0], yesterday), calls(tree.outlets[0], today)) == (1, 0)
    assert (calls(tree.outlets[2], yesterday), calls(tree.outlets[2], today)) == (0, 1)
    assert (calls(tree.root, yesterday), calls(tree.root, today)) == (1, 1)


def test_a_promotion_changes_nothing_in_the_past(db: Database) -> None:
    tree = factories.tree(db)
    factories.policy(db)
    here, today = tree.outlets[0], NOW.date()
    advisor = factories.staff(db, here)
    managed = factories.customer(db, advisor)
    record(db, advisor, [call(managed.id, at=NOW - timedelta(days=1)), call(managed.id, seq=2)])
    yesterday = today - timedelta(days=1)

    def seen(day: date) -> tuple[int, int, int]:
        head = caller(here, today=today)
        totals = db.read(lambda session: service.team_day(session, head, unit_id=None, day=day, now=NOW)).totals
        ranged = db.read(
            lambda session: service.team_range(session, head, unit_id=None, first=day, last=day, by=Period.DAY)
        )
        assert [row.totals for row in ranged.rows] == [totals]
        return totals.advisors, totals.calls, totals.coverage.managed_customers

    assert (seen(yesterday), seen(today)) == ((1, 1, 1), (1, 1, 1))
    db.write(lambda session: place_staff(session, advisor.id, unit_id=here.id, role=Role.HEAD, on_day=today))
    assert (seen(yesterday), seen(today)) == ((1, 1, 1), (0, 0, 0))
    (listed,) = db.read(
        lambda session: service.team_activities(
            session,
            caller(here, today=today),
            unit_id=None,
            day=yesterday,
            advisor_id=advisor.id,
            metric="calls",
        )
    ).activities
    assert listed.advisor.id == advisor.id


def test_an_advisor_without_activities_has_zeros_and_that_days_targets(db: Database) -> None:
    tree = factories.tree(db)
    factories.policy(db)
    factories.staff(db, tree.outlets[0])
    head = caller(tree.outlets[0], today=NOW.date())

    def targets(day: date) -> tuple[int, int]:
        seen = db.read(lambda session: service.team_day(session, head, unit_id=None, day=day, now=NOW))
        assert seen.advisors[0].day.calls == 0
        assert seen.totals.targets == seen.advisors[0].day.targets
        return seen.totals.targets.calls, seen.totals.targets.visits

    assert targets(NOW.date()) == (20, 5)
    assert targets(NOW.date() - timedelta(days=1)) == (0, 0)  # a Sunday


def coverage(db: Database, unit: UnitRow, day: date) -> tuple[int, int]:
    """Managed customers and those called in the window, the same by the day and by the range."""
    head = caller(unit, today=NOW.date() + timedelta(days=30))
    of_day = db.read(lambda session: service.team_day(session, head, unit_id=None, day=day, now=NOW)).totals.coverage
    (row,) = db.read(
        lambda session: service.team_range(session, head, unit_id=None, first=day, last=day, by=Period.DAY)
    ).rows
    assert row.totals.coverage == of_day
    return of_day.managed_customers, of_day.called_in_window


def test_a_call_covers_for_as_many_days_as_the_window_has(db: Database) -> None:
    tree = factories.tree(db)
    factories.policy(db, coverage_days=3)
    advisor = factories.staff(db, tree.outlets[0])
    called, _ = factories.customer(db, advisor), factories.customer(db, advisor)
    record(db, advisor, [call(called.id)])
    seen = [coverage(db, tree.outlets[0], NOW.date() + timedelta(days=n)) for n in (-1, 0, 2, 3)]
    assert seen == [(2, 0), (2, 1), (2, 1), (2, 0)]


def test_a_customer_who_moves_takes_the_calls_along(db: Database) -> None:
    tree = factories.tree(db)
    former, now = factories.staff(db, tree.outlets[2]), factories.staff(db, tree.outlets[0])
    customer = factories.customer(db, former)
    record(db, former, [call(customer.id)])
    assert [coverage(db, tree.outlets[n], NOW.date()) for n in (0, 2)] == [(0, 0), (1, 1)]
    db.write(lambda session: move_customer(session, customer.id, to_advisor=now.id, now=NOW))
    assert [coverage(db, tree.outlets[n], NOW.date()) for n in (0, 2)] == [(1, 1), (0, 0)]
    assert coverage(db, tree.root, NOW.date()) == (1, 1)


def test_a_call_by_a_former_advisor_covers_the_customer_where_they_are_now(db: Database) -> None:
    tree = factories.tree(db)
    former, now = factories.staff(db, tree.outlets[2]), factories.staff(db, tree.outlets[0])
    customer = factories.customer(db, now)
    record(db, former, [call(customer.id)])
    assert coverage(db, tree.outlets[0], NOW.date()) == (1, 1)
    assert coverage(db, tree.outlets[2], NOW.date()) == (0, 0)
    assert coverage(db, tree.root, NOW.date()) == (1, 1)
