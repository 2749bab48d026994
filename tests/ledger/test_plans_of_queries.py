"""The hot queries use their indexes, as PostgreSQL itself explains them over a ledger worth planning for."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlmodel import Session

from app_server.database import Database
from app_server.ledger import queries as ledger
from app_server.sync import queries as sync
from app_server.tables import BANK_SCOPE
from tests import factories
from tests.factories import NOW

FILL = """
INSERT INTO ledger (id, advisor_id, branch_id, device_id, kind, seq, occurred_at, clock_offset_ms, business_day,
                    customer_id, refers_to, data, digest, feed_seq, received_at)
SELECT gen_random_uuid(), :advisor, gen_random_uuid(), 'd', CASE n % 20 WHEN 0 THEN 'void' ELSE 'call' END, n, now(), 0,
       date '2026-11-23' - n % 60, gen_random_uuid(), CASE n % 20 WHEN 0 THEN gen_random_uuid() END,
       CASE n % 20 WHEN 0 THEN CAST(:void AS jsonb) ELSE CAST(:call AS jsonb) END, '', n, now()
FROM generate_series(1, 3000) n
"""
CALL = '{"channel": "mobile", "outcome": "declined", "talk_seconds": 1, "timed_by": "device"}'
VOID = '{"activity_id": "01930000-0000-7000-8000-000000000000", "reason": "mistake"}'
FILL_CHANGES = """
INSERT INTO change (scope, seq, entity, entity_id, deleted, at)
SELECT :advisor, n, 'customer', gen_random_uuid(), false, now() FROM generate_series(1, 3000) n
"""


@pytest.fixture
def filled(postgresql_url: str, tmp_path: Path):
    from sqlalchemy import text

    db = Database(postgresql_url)
    outlet = factories.unit(db)
    advisors = [factories.staff(db, outlet) for _ in range(6)]

    def fill(session: Session) -> None:
        for each in advisors:
            session.connection().execute(text(FILL), {"advisor": each.id, "call": CALL, "void": VOID})
            session.connection().execute(text(FILL_CHANGES), {"advisor": str(each.id)})
        session.connection().exec_driver_sql("ANALYZE ledger")
        session.connection().exec_driver_sql("ANALYZE change")

    db.write(fill)
    yield db, advisors[0].id
    db.dispose()


def plans_of(db: Database, work) -> str:
    """What PostgreSQL would do for each statement that `work` runs, as one text."""
    statements: list[tuple[str, Any]] = []

    def note(cursor: psycopg.Cursor[Any], query: Any, params: Any = None, **options: Any) -> Any:
        if params is not None:
            statements.append((query, params))
        return execute(cursor, query, params, **options)

    # At the driver: what is prepared goes past SQLAlchemy's events.
    execute = psycopg.Cursor.execute
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", note)
        db.write(work)

    def explain(session: Session) -> str:
        connection = session.connection()
        found = [
            connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            for statement, parameters in statements
        ]
        return json.dumps(found)

    return db.write(explain)


def read_whole(plan: str) -> set[str]:
    """The tables that the plan reads from end to end."""
    tables: set[str] = set()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("Node Type") == "Seq Scan":
                tables.add(node["Relation Name"])
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                look(each)

    look(json.loads(plan))
    return tables


def test_the_hot_queries_of_a_batch_use_their_indexes(filled):
    db, advisor_id = filled
    today = NOW.date()
    hot = {
        "pk_ledger": lambda session: sync.standing(
            session,
            advisor_id,
            unit_path="/",
            named=sync.Named(
                entries=[uuid4() for _ in range(40)],
                customers=[uuid4() for _ in range(40)],
                products=[uuid4() for _ in range(20)],
                earliest=today - timedelta(days=1),
                latest=today,
            ),
        ),
        "ix_ledger_advisor_id_business_day": lambda session: ledger.earlier(
            session, advisor_id=advisor_id, days=[today, today - timedelta(days=1)]
        ),
        "ix_ledger_refers_to": lambda session: ledger.earlier(session, advisor_id=advisor_id, days=[today]),
        "ix_ledger_advisor_id_feed_seq": lambda session: sync.activities_between(
            session, advisor_id=advisor_id, after=2900, upto=3000, since=None, most=100
        ),
        "pk_change": lambda session: sync.changes_between(session, str(advisor_id), after=2900, upto=3000, most=100),
    }
    for index, work in hot.items():
        plan = plans_of(db, work)
        assert f'"Index Name": "{index}"' in plan, plan
        assert not read_whole(plan) & {"ledger", "change"}, plan


def test_that_test_would_notice_a_missing_index(filled):
    db, _ = filled
    db.write(lambda session: session.connection().exec_driver_sql("ALTER TABLE change DROP CONSTRAINT pk_change"))
    db.write(lambda session: session.connection().exec_driver_sql("DROP INDEX ix_change_scope_entity_entity_id"))
    plan = plans_of(db, lambda session: sync.changes_between(session, BANK_SCOPE, after=2900, upto=3000, most=100))
    assert read_whole(plan) == {"change"}
