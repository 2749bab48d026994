"""Transactions, instants and migrations on both databases, as everything else relies on them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col

from app_server.columns import JsonOf, Money, UtcDateTime
from app_server.database import ATTEMPTS, Database, database_url
from app_server.migrations import current, head, migrate, require_migrated
from app_server.tables import (
    AdvisorDayRow,
    ChangeRow,
    CustomerRow,
    FeedRow,
    PolicyRow,
    StaffRow,
    advisor_day_of,
    advisor_day_values,
    as_model,
    metadata,
)
from shared_models.calls import CallOutcome
from shared_models.customers import Customer, Maturity
from shared_models.errors import BadInput, NotReady
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay
from shared_models.policy import Policy, Targets


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that was never migrated."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return request.getfixturevalue("empty_postgresql_url")


def head_of(scope: str) -> Callable[[Session], int | None]:
    return lambda session: session.scalar(select(col(FeedRow.head)).where(col(FeedRow.scope) == scope))


def a_staff(login: str = "li") -> StaffRow:
    return StaffRow(id=uuid4(), login=login, name="李", password_hash="-")


def test_a_commit_that_fails_yields_no_result(db: Database) -> None:
    # A deferred constraint is only looked at when the transaction commits, after `work` has returned.
    def break_at_commit(session: Session) -> str:
        if db.is_sqlite:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            session.execute(
                text("ALTER TABLE customer ALTER CONSTRAINT fk_customer_advisor_id_staff DEFERRABLE INITIALLY DEFERRED")
            )
        session.add(CustomerRow(id=uuid4(), advisor_id=uuid4(), name="王", phone="13800000000"))
        session.flush()
        return "accepted"

    with pytest.raises(IntegrityError):
        db.write(break_at_commit)

    assert db.read(lambda session: session.scalar(select(func.count()).select_from(CustomerRow))) == 0
    # The connection that failed is fit for the next one.
    db.write(lambda session: session.add(FeedRow(scope="a")))
    assert db.read(head_of("a")) == 0


def test_work_that_raises_changes_nothing(db: Database) -> None:
    def fail(session: Session) -> None:
        session.add(FeedRow(scope="a"))
        session.flush()
        raise BadInput("no")

    with pytest.raises(BadInput):
        db.write(fail)

    assert db.read(head_of("a")) is None


def test_four_read_then_write_transactions_at_once_all_succeed(db: Database) -> None:
    db.write(lambda session: session.add(FeedRow(scope="a", head=0)))
    start = threading.Barrier(4)

    def add_one(session: Session) -> int:
        seen = session.scalar(select(col(FeedRow.head)).where(col(FeedRow.scope) == "a").with_for_update())
        assert seen is not None
        session.execute(update(FeedRow).where(col(FeedRow.scope) == "a").values(head=seen + 1))
        return seen + 1

    def at_once(_: int) -> int:
        start.wait()
        return db.write(add_one)

    with ThreadPoolExecutor(4) as threads:
        results = sorted(threads.map(at_once, range(4)))

    assert results == [1, 2, 3, 4]
    assert db.read(head_of("a")) == 4


def test_two_programs_that_write_at_once_both_succeed(db: Database, database_url: str) -> None:
    # Another Database has another lock, as another process would.
    other = Database(database_url)
    db.write(lambda session: session.add(FeedRow(scope="a", head=0)))
    start = threading.Barrier(2)

    def add_twenty(database: Database) -> None:
        start.wait()
        for _ in range(20):
            database.write(lambda session: session.execute(update(FeedRow).values(head=FeedRow.head + 1)))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add_twenty, [db, other]))
    other.dispose()

    assert db.read(head_of("a")) == 40


def test_a_deadlock_is_run_again_as_a_whole(db: Database) -> None:
    db.write(lambda session: session.add_all([FeedRow(scope="a"), FeedRow(scope="b")]))
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def lock(first: str, second: str) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            attempts.append(first)
            session.execute(update(FeedRow).where(col(FeedRow.scope) == first).values(head=FeedRow.head + 1))
            # SQLite lets one writer in at a time, so only PostgreSQL's can meet here, and only on their first attempt.
            if not db.is_sqlite and attempts.count(first) == 1:
                both_hold_one.wait(timeout=20)
            session.execute(update(FeedRow).where(col(FeedRow.scope) == second).values(head=FeedRow.head + 1))

        return work

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(db.write, [lock("a", "b"), lock("b", "a")]))

    assert (db.read(head_of("a")), db.read(head_of("b"))) == (2, 2)
    assert len(attempts) == (2 if db.is_sqlite else 3)


def test_retries_end(db: Database) -> None:
    attempts: list[int] = []

    def never(session: Session) -> None:
        attempts.append(1)
        busy = type("Busy", (Exception,), {"sqlstate": "40001"})()
        raise DBAPIError("", {}, busy)

    with pytest.raises(DBAPIError):
        db.write(never)
    assert len(attempts) == ATTEMPTS


def test_a_read_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError):
        db.read(lambda session: session.execute(text("INSERT INTO feed (scope, head) VALUES ('a', 0)")))
    db.write(lambda session: session.add(FeedRow(scope="b")))
    assert (db.read(head_of("a")), db.read(head_of("b"))) == (None, 0)


def test_a_read_sees_one_snapshot(db: Database) -> None:
    db.write(lambda session: session.add(FeedRow(scope="a", head=1)))

    def twice(session: Session) -> list[int | None]:
        before = head_of("a")(session)
        db.write(lambda other: other.execute(update(FeedRow).values(head=2)))
        return [before, head_of("a")(session)]

    assert db.read(twice) == [1, 1]
    assert db.read(head_of("a")) == 2


def test_an_instant_comes_back_aware_in_utc(db: Database) -> None:
    at = datetime(2026, 11, 23, 7, 30, 0, 120_001, tzinfo=timezone(timedelta(hours=8)))
    db.write(lambda session: session.add(ChangeRow(scope="a", seq=1, entity="x", entity_id="1", at=at)))

    stored = db.read(lambda session: session.scalar(select(col(ChangeRow.at))))

    assert stored == at
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001 # pyright: ignore[reportArgumentType]  # no dialect is asked for


def test_money_is_exact_in_rows_and_sums(db: Database) -> None:
    staff = a_staff()
    cents = [Decimal("0.10"), Decimal("0.20"), Decimal("9999999999999.99")]
    customers = [
        CustomerRow(id=uuid4(), advisor_id=staff.id, name="王", phone="13800000000", aum=amount) for amount in cents
    ]
    db.write(lambda session: session.add(staff))
    db.write(lambda session: session.add_all(customers))

    total = db.read(lambda session: session.scalar(select(func.sum(CustomerRow.aum))))

    assert total == sum(cents)


def test_money_finer_than_a_fen_is_refused() -> None:
    with pytest.raises(ValueError, match="two decimal places"):
        Money().process_bind_param(Decimal("0.001"), None)  # pyright: ignore[reportArgumentType]  # no dialect is asked for


def test_a_customer_comes_back_as_it_went(db: Database) -> None:
    staff = a_staff()
    customer = Customer(
        id=uuid4(),
        name="欧阳婳",
        phone="13800000000",
        aum=Decimal("12.50"),
        birthday="02-29",
        maturities=[Maturity(name="稳利", amount=Decimal("50000.00"), due_on=date(2026, 12, 1))],
        facts={"campaign": 3, "previous_outcome": "success", "euribor": 1.5, "job": None},
    )
    db.write(lambda session: session.add(staff))
    db.write(lambda session: session.add(CustomerRow(**dict(customer), advisor_id=staff.id)))

    row = db.read(lambda session: session.get(CustomerRow, customer.id))

    assert row is not None
    assert as_model(Customer, row) == customer


def test_a_policy_comes_back_as_it_went(db: Database) -> None:
    policy = Policy(effective_from=date(2026, 1, 1), effective_outcomes=frozenset({CallOutcome.INTERESTED}))
    row = PolicyRow(id=uuid4(), effective_from=policy.effective_from, document=policy)
    db.write(lambda session: session.add(row))
    assert db.read(lambda session: session.scalar(select(col(PolicyRow.document)))) == policy


def test_an_advisor_day_comes_back_as_it_went(db: Database) -> None:
    staff, called = a_staff(), uuid4()
    folded = AdvisorDay(
        calls=3,
        calls_graded={Grade.A: 0, Grade.B: 0, Grade.C: 2, Grade.D: 1},
        amount_bought=Decimal("10.50"),
        declines={"busy": 1},
        targets=Targets(calls=20, visits=5, products_per_visit=3),
        called_customers=[called],
    )
    row = AdvisorDayRow(
        advisor_id=staff.id,
        business_day=date(2026, 11, 23),
        branch_id=uuid4(),
        folded_at=datetime(2026, 11, 23, tzinfo=UTC),
        **advisor_day_values(folded),
    )
    db.write(lambda session: session.add(staff))
    db.write(lambda session: session.add(row))

    stored = db.read(lambda session: session.scalars(select(AdvisorDayRow)).one())

    assert advisor_day_of(stored) == folded


def test_statements_with_typed_json_are_cached_by_sqlalchemy() -> None:
    assert JsonOf(list[Maturity]).cache_ok
    assert hash(JsonOf(list[Maturity]).value_type) == hash(list[Maturity])


def test_tables_and_migrations_agree(db: Database) -> None:
    def differences(session: Session) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(session.connection()), metadata))

    assert db.read(differences) == []


def test_migrating_twice_is_harmless(db: Database) -> None:
    migrate(db)
    assert current(db) == head()
    require_migrated(db)


def test_an_unmigrated_database_says_what_to_run(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(NotReady, match="day2053 migrate"):
        require_migrated(database)
    database.dispose()


def test_a_database_from_a_newer_version_is_left_alone(db: Database) -> None:
    db.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NotReady, match="newer version"):
        require_migrated(db)
    with pytest.raises(NotReady, match="newer version"):
        migrate(db)
    assert current(db) == "9999"


def test_two_programs_may_migrate_at_once(empty_url: str) -> None:
    databases = [Database(empty_url), Database(empty_url)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(migrate, databases))
    assert current(databases[0]) == head()
    for database in databases:
        database.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadInput, match="DATABASE_URL"):
        database_url(url)


def test_a_database_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'folder'}")
    with pytest.raises(NotReady, match="DATABASE_URL"):
        database.read(lambda session: session.execute(text("SELECT 1")))
    database.dispose()
