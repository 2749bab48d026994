"""What goes to PostgreSQL's driver past SQLAlchemy: its parameters, its rows, and its errors, which are everyone's."""

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, literal, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from app_server.database import Database
from app_server.prepared import Prepared

TWICE = Prepared(text("INSERT INTO feed (scope, head) VALUES (:scope, 1), (:scope, 2) RETURNING head"))
END_MYSELF = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid()), CAST(:any AS text)"))


@pytest.fixture
def db(postgresql_url: str) -> Iterator[Database]:
    database = Database(postgresql_url)
    yield database
    database.dispose()


def test_rows_carry_what_was_asked_and_what_the_statement_says_itself(db: Database) -> None:
    prepared = Prepared(select(bindparam("asked"), literal(7).label("fixed")), names=("asked", "fixed"))
    (row,) = db.read(lambda session: prepared.rows(session.connection(), {"asked": "王芳 100%"}))
    assert tuple(row) == ("王芳 100%", 7)
    assert row.fixed == 7


def test_it_is_part_of_the_transaction(db: Database) -> None:
    once = Prepared(text("INSERT INTO feed (scope, head) VALUES (:scope, 1) RETURNING head"))

    def fail(session: Session) -> None:
        once.rows(session.connection(), {"scope": "x"})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(fail)
    assert db.write(lambda session: once.rows(session.connection(), {"scope": "x"})) == [(1,)]


def test_an_error_is_of_sqlalchemys_own_kind(db: Database) -> None:
    with pytest.raises(IntegrityError):
        db.write(lambda session: TWICE.rows(session.connection(), {"scope": "x"}))


def test_a_deadlocked_transaction_is_run_again(db: Database) -> None:
    attempts: list[int] = []
    deadlock = Prepared(text("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40P01'; END $$"))
    fine = Prepared(select(literal(1)))

    def work(session: Session) -> list[tuple[int]]:
        attempts.append(1)
        return (deadlock if len(attempts) < 3 else fine).rows(session.connection(), {})

    assert db.write(work) == [(1,)]
    assert len(attempts) == 3


def test_a_lost_connection_is_not_used_again(db: Database) -> None:
    with pytest.raises(OperationalError) as caught, Session(db.engine) as session:
        END_MYSELF.rows(session.connection(), {"any": ""})
    assert caught.value.connection_invalidated
    assert db.read(lambda session: Prepared(select(literal(1))).rows(session.connection(), {})) == [(1,)]
