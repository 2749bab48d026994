"""Advisor-days of an earlier fold: nobody is served from them, and they are folded anew, in pieces, beside pushes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from app_server.database import Database
from app_server.sync import older_days
from app_server.sync.older_days import refold_older, require_refolded
from app_server.tables import AdvisorDayRow, advisor_day_of
from shared_models.errors import NotReady
from shared_models.evidence import Grade
from shared_models.fold import FOLD_VERSION, AdvisorDay
from tests import factories
from tests.factories import NOW
from tests.team.recording import call, record, void


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """Two advisors with three days each, as the first version stored them."""
    database = Database(database_url)
    tree = factories.tree(database)
    factories.policy(database)
    for unit in tree.outlets[:2]:
        advisor = factories.staff(database, unit)
        customer = factories.customer(database, advisor)
        made = [call(customer.id, at=NOW - timedelta(days=n), seq=n + 1) for n in range(3)]
        # Taken back on another day than it was made.
        record(database, advisor, [*made, void(made[2], seq=9)])
    yield database
    database.dispose()


def make_older(db: Database) -> None:
    """What the migration leaves: zeroes for what the first version did not count."""
    db.write(
        lambda session: session.connection().execute(
            text("UPDATE advisor_day SET fold_version = 1, calls_effective_graded_c = 0, calls_connected_graded_c = 0")
        )
    )


def days(db: Database) -> list[tuple[AdvisorDay, int]]:
    """Every stored fold and its version."""
    rows = db.read(lambda session: session.scalars(select(AdvisorDayRow)).all())
    return [
        (advisor_day_of(row), row.fold_version)
        for row in sorted(rows, key=lambda row: (row.advisor_id, row.business_day))
    ]


def test_nobody_is_served_before_the_older_days_are_refolded(db: Database) -> None:
    before = days(db)
    require_refolded(db)
    make_older(db)
    with pytest.raises(NotReady, match="6 advisor-days were folded by an earlier version or calendar"):
        require_refolded(db)
    heard: list[tuple[int, int]] = []
    assert refold_older(db, now=NOW, progress=lambda done, of: heard.append((done, of))) == 6
    assert heard == [(3, 6), (6, 6)]
    require_refolded(db)
    assert days(db) == before
    assert {version for _, version in before} == {FOLD_VERSION}
    assert sum(day.calls_effective_graded[Grade.C] for day, _ in before) == 4
    assert refold_older(db, now=NOW, progress=lambda *_: None) == 0


def test_a_refold_that_was_ended_goes_on_where_it_was(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = days(db)
    make_older(db)
    monkeypatch.setattr(older_days, "MOST_DAYS", 2)

    def end(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refold_older(db, now=NOW, progress=end)
    assert sorted(version for _, version in days(db)) == [1, 1, 1, 1, FOLD_VERSION, FOLD_VERSION]
    assert refold_older(db, now=NOW, progress=lambda *_: None) == 4
    assert days(db) == before
