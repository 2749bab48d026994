"""How PostgreSQL goes about the team day: the bank's history may grow, the question of one day must not grow with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, text
from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.database import Database
from app_server.tables import AdvisorDayRow, MembershipRow, StaffRow, advisor_day_values
from app_server.team import service
from shared_models.fold import AdvisorDay
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.team.recording import caller

ADVISORS, DAYS = 300, 60


@dataclass
class Bank:
    """A database and a head of one of its outlets."""

    db: Database
    head: Caller


@pytest.fixture
def bank(postgresql_url: str) -> Iterator[Bank]:
    """A bank with a history long enough that reading all of it is the dearer way."""
    database = Database(postgresql_url)
    tree = factories.tree(database)
    outlets = tree.outlets

    def fill(session: Session) -> None:
        made = [StaffRow(id=uuid4(), login=f"a{n}", name="顾问", password_hash="-") for n in range(ADVISORS)]
        session.add_all(made)
        session.flush()
        for number, each in enumerate(made):
            where = outlets[number % len(outlets)].id
            session.add(
                MembershipRow(
                    id=uuid4(), staff_id=each.id, unit_id=where, role=Role.ADVISOR, starts_on=factories.LONG_AGO
                )
            )
        columns = {"branch_id": tree.root.id, "folded_at": NOW, **advisor_day_values(AdvisorDay())}
        rows = [
            {**columns, "advisor_id": each.id, "business_day": NOW.date() - timedelta(days=day)}
            for each in made
            for day in range(DAYS)
        ]
        session.exec(insert(AdvisorDayRow).values(), params=rows)

    database.write(fill)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    yield Bank(database, caller(tree.outlets[0], today=NOW.date()))
    database.dispose()


def asked_by(db: Database, work: Callable[[Session], object]) -> list[tuple[str, object]]:
    """The statements that the work sends."""
    sent: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    db.read(work)
    event.remove(db.engine, "before_cursor_execute", note)
    return sent


def test_a_team_day_reads_that_day_by_its_index_and_asks_the_same_few_questions(bank: Bank) -> None:
    sent = asked_by(bank.db, lambda session: service.team_day(session, bank.head, unit_id=None, day=None, now=NOW))
    assert len(sent) <= 9
    (hot,) = [(statement, values) for statement, values in sent if "advisor_day.targets_calls" in statement]

    def explain(session) -> str:
        return "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {hot[0]}", hot[1]).all())

    plan = bank.db.read(explain)
    assert "Seq Scan on advisor_day" not in plan, plan
    assert "Index" in plan.split("advisor_day")[0]
