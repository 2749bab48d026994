"""A bulletin's rows add up to its total, whatever the tree and the ledgers, and say the same as the team view does of each."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import select

from app_server.bulletins.service import TREND_PERIODS
from app_server.bulletins.service import bulletin as bulletin_of
from app_server.database import Database
from app_server.org.service import move_staff
from app_server.tables import CustomerRow, StaffRow, UnitRow
from app_server.team.service import team_range
from shared_models.bulletins import Bulletin, Column, value_of
from shared_models.fold import Figures, sum_figures
from shared_models.leave import LeaveDays
from shared_models.org import UnitKind
from shared_models.team import Coverage, Period
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.shared_models.ledgers import CUSTOMERS, DAY
from tests.team.recording import call, caller, empty, record
from tests.team.test_totals import away_on, banks, made_by

TODAY = NOW.date()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def bulletin(
    db: Database,
    unit: UnitRow,
    by: Period,
    day: date,
    *,
    today: date = TODAY,
    unit_id: UUID | None = None,
    ranked_by: Column | None = None,
) -> Bulletin:
    head = caller(unit, today=today)
    return db.read(
        lambda session: bulletin_of(
            session, head, unit_id=unit_id, by=by, day=day, ranked_by=ranked_by, language="zh", now=NOW
        )
    )


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bank=banks())
def test_rows_add_up_and_say_what_the_team_view_says(db: Database, bank) -> None:
    parents, advisors, moves, owners, away, calendar = bank
    empty(db)
    rules = {"visits": 0, "calendar": calendar}
    factories.policy(db, effective_from=LONG_AGO, coverage_days=2, calls=1, effective_talk_seconds=10, **rules)
    factories.policy(db, effective_from=DAY, coverage_days=3, calls=2, **rules)
    units = [factories.unit(db, kind=UnitKind.HEAD_OFFICE)]
    for parent in parents:
        units.append(factories.unit(db, units[parent]))
    people = [factories.staff(db, units[where]) for where, _ in advisors]
    factories.save(db, *(away_on(days, people[who]) for who, days in away.items()))
    for customer, (owner, since) in zip(CUSTOMERS, owners, strict=True):
        factories.save(
            db,
            CustomerRow(id=customer, name="客户", phone="1380", managed_since=since, advisor_id=people[owner].id),
        )
    for number, (person, (_, ledger)) in enumerate(zip(people, advisors, strict=True)):
        record(db, person, made_by(ledger, number))
    for who, where, day in moves:
        db.write(
            lambda session, who=who, where=where, day=day: move_staff(session, people[who].id, units[where].id, day)
        )
    today = DAY + timedelta(days=1)
    for unit in units:
        for by in (Period.DAY, Period.WEEK):
            seen = bulletin(db, unit, by, DAY, today=today)
            if seen.total is None:
                assert seen.rows == []
                continue
            own = seen.total.figures
            figures = [row.figures for row in seen.rows]
            assert sum_figures(each.totals for each in figures) == Figures(
                **{name: getattr(own.totals, name) for name in Figures.model_fields}
            )
            assert sum(each.totals.advisors for each in figures) == own.totals.advisors
            assert sum(each.totals.advisors_on_leave for each in figures) == own.totals.advisors_on_leave
            assert sum(each.target_days for each in figures) == own.target_days
            assert sum(each.met_days for each in figures) == own.met_days <= own.target_days
            window = own.totals.coverage.window_days
            assert own.totals.coverage == Coverage(
                managed_customers=sum(each.totals.coverage.managed_customers for each in figures),
                called_in_window=sum(each.totals.coverage.called_in_window for each in figures),
                window_days=window,
            )
            of_id = {each.id: each for each in units}
            for row in [*seen.rows, seen.total]:
                if row.kind is not None:
                    head = caller(of_id[row.id], today=today)
                    (same,) = db.read(
                        lambda session, head=head, seen=seen: team_range(
                            session, head, unit_id=None, first=seen.span.first, last=seen.span.last, by=seen.by
                        )
                    ).rows
                    assert row.figures.totals == same.totals


@pytest.fixture
def week(db: Database) -> tuple[Database, factories.Tree]:
    """Outlet 0 has two advisors, one of whom calls on Friday and Monday; outlet 1 one who never does."""
    tree = factories.tree(db)
    factories.policy(db, calls=1, visits=0, products_per_visit=0)
    busy = factories.staff(db, tree.outlets[0], name="甲")
    factories.staff(db, tree.outlets[0], name="乙")
    factories.staff(db, tree.outlets[1], name="丙")
    customers = [factories.customer(db, busy), factories.customer(db, busy)]
    friday = NOW - timedelta(days=3)
    calls = [call(each.id, seq=n, at=friday + timedelta(minutes=n)) for n, each in enumerate(customers, 1)]
    record(db, busy, [*calls, call(customers[0].id, seq=3)])
    return db, tree


def test_a_period_that_is_not_over_is_told_beside_as_many_days_of_the_one_before(week) -> None:
    db, tree = week
    seen = bulletin(db, tree.branches[0], Period.WEEK, TODAY)
    assert (seen.span.period, seen.span.last, seen.is_over) == ("2026-W48", TODAY, False)
    assert (seen.before.first, seen.before.last) == (TODAY - timedelta(days=7), TODAY - timedelta(days=7))
    assert seen.total is not None
    assert (seen.total.figures.totals.calls_effective, seen.total.before) == (1, None)
    # Of the whole week before, which its trend tells of, somebody called.
    trend = [each.figures.totals.calls_effective if each.figures else None for each in seen.trend]
    assert trend == [None] * (TREND_PERIODS - 2) + [2, 1]


def test_a_monday_tells_what_changed_since_friday(week) -> None:
    db, tree = week
    seen = bulletin(db, tree.outlets[0], Period.DAY, TODAY, ranked_by=Column.SCORE)
    assert (seen.before.period, seen.is_over) == ("2026-11-20", False)
    assert [(row.name, row.rank, row.kind) for row in seen.rows] == [("甲", 1, None), ("乙", 2, None)]
    first, second = seen.rows
    assert first.before is not None
    assert second.before is not None
    assert (first.before.totals.calls_effective, first.figures.totals.calls_effective) == (2, 1)
    assert (first.figures.met_days, first.figures.target_days) == (1, 1)
    assert (second.figures.met_days, second.figures.target_days) == (0, 1)
    assert first.formula == "100 × (50 × 有效电话 1/1 + 50 × 覆盖 2/2) ÷ (50 + 50) = 100.0"
    assert second.formula == "100 × (50 × 有效电话 0/1) ÷ (50) = 0.0"


def test_days_on_leave_are_told_and_are_none_to_meet(week) -> None:
    db, tree = week
    idle = db.read(lambda session: session.exec(select(StaffRow).where(StaffRow.name == "乙")).one())
    # From Friday over the weekend to Monday.
    away = LeaveDays(first_day=TODAY - timedelta(days=3), last_day=TODAY)
    before = bulletin(db, tree.outlets[0], Period.MONTH, TODAY)
    factories.save(db, away_on(away, idle))
    seen = bulletin(db, tree.outlets[0], Period.MONTH, TODAY)
    assert {row.name: value_of(row.figures, Column.LEAVE_DAYS) for row in seen.rows} == {"甲": 0, "乙": 4}
    assert before.total is not None
    assert seen.total is not None
    assert value_of(seen.total.figures, Column.LEAVE_DAYS) == 4
    assert before.total.figures.target_days - seen.total.figures.target_days == 2
    assert seen.total.figures.totals.calls_effective == before.total.figures.totals.calls_effective


def test_days_off_have_no_days_to_meet(week) -> None:
    db, tree = week
    seen = bulletin(db, tree.root, Period.MONTH, TODAY)
    assert seen.total is not None
    # Three advisors on sixteen working days from the 2nd to the 23rd.
    assert (seen.total.figures.target_days, seen.total.figures.met_days) == (48, 2)
    assert [row.name for row in seen.rows] == sorted(unit.name for unit in (tree.branches[0],))


def test_a_period_without_a_record_has_no_table(week) -> None:
    db, tree = week
    for unit, day in ((tree.outlets[1], TODAY), (tree.root, TODAY - timedelta(days=1))):
        seen = bulletin(db, unit, Period.DAY, day)
        assert (seen.rows, seen.total, seen.trend[-1].figures) == ([], None, None)


def test_a_past_period_is_scored_by_the_policy_of_its_own_days(week) -> None:
    db, tree = week
    tomorrow = TODAY + timedelta(days=1)
    before = bulletin(db, tree.root, Period.DAY, TODAY, today=tomorrow)
    factories.policy(
        db, effective_from=tomorrow, calls=20, coverage_days=1, score_calls_weight=1, score_coverage_weight=0
    )
    assert bulletin(db, tree.root, Period.DAY, TODAY, today=tomorrow) == before
    # A week takes each day's targets, and the weights and the window of its last day.
    ended = bulletin(db, tree.root, Period.WEEK, TODAY, today=tomorrow)
    assert ended.total is not None
    assert ended.total.formula == "100 × (1 × 有效电话 1/63) ÷ (1) = 1.6"
    assert ended.total.figures.totals.coverage == Coverage(managed_customers=2, called_in_window=0, window_days=1)
