"""A month's figures are what the team view says of each day, whatever the tree, the ledgers, moves and leave; and its rows add up."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from app_server.database import Database
from app_server.month.service import month_of
from app_server.org.service import move_staff
from app_server.tables import CustomerRow, UnitRow
from app_server.team.service import team_day, team_range
from shared_models.month import FUNNEL, Month, sum_of_figures
from shared_models.org import UnitKind
from shared_models.pack_steps import STEPS
from shared_models.policy import Calendar
from shared_models.team import Period, Totals
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.shared_models.ledgers import CUSTOMERS, DAY
from tests.team.recording import call, caller, empty, record
from tests.team.test_totals import away_on, banks, made_by

TODAY = DAY + timedelta(days=1)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def month(db: Database, unit: UnitRow, *, most_advisors: int = 500, name: str | None = None) -> Month:
    head = caller(unit, today=TODAY)
    return db.read(
        lambda session: month_of(session, head, unit_id=None, month=name, now=NOW, most_advisors=most_advisors)
    )


def by_day(db: Database, unit: UnitRow, told: Month) -> list[Totals]:
    """What the team view says of the same days."""
    head = caller(unit, today=TODAY)
    first, last = told.days[0], told.days[-1]
    rows = db.read(lambda session: team_range(session, head, unit_id=None, first=first, last=last, by=Period.DAY)).rows
    found = {date.fromisoformat(row.period): row.totals for row in rows}
    return [found.get(day, Totals()) for day in told.days]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bank=banks())
def test_a_month_says_what_the_team_view_says_of_each_day_and_its_rows_add_up(db: Database, bank) -> None:
    parents, advisors, moves, owners, away, calendar = bank
    empty(db)
    factories.policy(db, effective_from=LONG_AGO, calls=1, visits=0, effective_talk_seconds=10, calendar=calendar)
    factories.policy(db, effective_from=DAY, calls=0, visits=0, calendar=Calendar())
    units = [factories.unit(db, kind=UnitKind.HEAD_OFFICE)]
    units += [factories.unit(db, units[0]) for _ in parents]
    people = [factories.staff(db, units[where]) for where, _ in advisors]
    factories.save(db, *(away_on(days, people[who]) for who, days in away.items()))
    for customer, (owner, since) in zip(CUSTOMERS, owners, strict=True):
        own = people[owner].id
        factories.save(
            db, CustomerRow(id=customer, name="客户", phone="13800000000", managed_since=since, advisor_id=own)
        )
    for number, (person, (_, ledger)) in enumerate(zip(people, advisors, strict=True)):
        record(db, person, made_by(ledger, number))
    for who, where, day in moves:
        db.write(
            lambda session, who=who, where=where, day=day: move_staff(session, people[who].id, units[where].id, day)
        )

    for unit in units:
        listed, summed = month(db, unit), month(db, unit, most_advisors=0)
        told = by_day(db, unit, listed)
        figures = listed.figures
        assert figures.calls_effective == [each.calls_effective for each in told]
        assert figures.visits == [each.visits for each in told]
        assert figures.calls_target == [each.targets.calls for each in told]
        assert figures.visits_target == [each.targets.visits for each in told]
        assert figures.advisors == [each.advisors for each in told]
        assert figures.on_leave == [each.advisors_on_leave for each in told]
        assert figures.met == [each.advisors_met for each in told]
        assert figures.steps == {step: sum(getattr(each, step) for each in told) for step in FUNNEL}
        assert sum(figures.calls_effective_graded.values()) == figures.steps["calls_effective"]
        assert sum(figures.visits_graded.values()) == figures.steps["visits"]
        for way in (listed, summed):
            assert way.figures == figures
            assert sum_of_figures((row.figures for row in way.rows), days=len(way.days)) == way.figures
        head = caller(unit, today=TODAY)
        seen = db.read(lambda session, head=head: team_day(session, head, unit_id=None, day=DAY, now=NOW))
        number = listed.days.index(DAY)
        calls = {row.id: row.figures.calls_effective[number] for row in listed.rows if row.figures.advisors[number]}
        assert calls == {row.staff.id: row.day.calls_effective for row in seen.advisors}


def test_who_came_in_the_middle_of_the_month_has_their_days_here_alone(db: Database) -> None:
    tree = factories.tree(db)
    factories.policy(db)
    here, there = tree.outlets[0], tree.outlets[2]
    advisor = factories.staff(db, there)
    managed = factories.customer(db, advisor)
    record(db, advisor, [call(managed.id, at=NOW - timedelta(days=3)), call(managed.id, seq=2)])
    db.write(lambda session: move_staff(session, advisor.id, here.id, NOW.date()))
    told = month(db, here)
    [row] = told.rows
    assert [day for day, belongs in zip(told.days, row.figures.advisors, strict=True) if belongs] == [
        NOW.date(),
        TODAY,
    ]
    assert sum(row.figures.calls_effective) == 1
    assert sum(month(db, there).figures.calls_effective) == 1


def test_an_earlier_month_is_whole_and_a_day_off_wants_nothing(db: Database) -> None:
    tree = factories.tree(db)
    factories.policy(db, calendar=Calendar(overrides={date(2026, 10, 1): False, date(2026, 10, 8): True}))
    factories.staff(db, tree.outlets[0])
    told = month(db, tree.root, name="2026-10")
    assert (len(told.days), told.days[-1]) == (31, date(2026, 10, 31))
    assert (told.working[0], told.working[7]) == (False, True)
    assert (told.figures.calls_target[0], told.figures.calls_target[7]) == (0, 20)
    assert told.figures.target_days == sum(told.working)
    assert told.figures.met_days == 0, "a day without a target is not told as met"


def test_the_funnel_has_the_steps_of_the_packs_but_the_dialling() -> None:
    assert list(FUNNEL) == [name for name, _, _ in STEPS if name != "calls"]
