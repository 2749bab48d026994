"""Subtrees and effective-dated membership: who is seen from where, on which day."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from app_server.database import Database
from app_server.org import queries
from app_server.org.service import move_staff
from app_server.tables import MembershipRow
from shared_models.errors import Conflict, NotFound
from shared_models.org import Role
from tests import factories
from tests.factories import LONG_AGO

DAY = date(2026, 11, 23)
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def seen_from(db: Database, path: str, day: date) -> set[UUID]:
    def work(session: Session) -> set[UUID]:
        return set(session.exec(select(queries.advisors_below(path, day).c.staff_id)).all())

    return db.read(work)


def test_a_unit_is_in_the_scope_of_those_above_it_and_of_nobody_else(db: Database) -> None:
    tree = factories.tree(db)
    outlet = tree.outlets[0]
    inside = [tree.root, tree.branches[0], tree.sub_branches[0], outlet]
    outside = [tree.outlets[1], tree.outlets[2], tree.branches[1], tree.sub_branches[1]]
    for unit in inside:
        found = db.read(lambda s, unit=unit: queries.unit_in_scope(s, unit_id=outlet.id, scope_path=unit.path))
        assert found.id == outlet.id
    for unit in outside:
        with pytest.raises(NotFound):
            db.read(lambda s, unit=unit: queries.unit_in_scope(s, unit_id=outlet.id, scope_path=unit.path))
    with pytest.raises(NotFound):
        db.read(lambda s: queries.unit_in_scope(s, unit_id=uuid4(), scope_path=tree.root.path))


def test_only_advisors_of_the_subtree_are_seen(db: Database) -> None:
    tree = factories.tree(db)
    advisors = [factories.staff(db, outlet) for outlet in tree.outlets]
    at_the_branch = factories.staff(db, tree.branches[0])
    factories.staff(db, tree.outlets[0], role=Role.HEAD)
    assert seen_from(db, tree.outlets[0].path, DAY) == {advisors[0].id}
    assert seen_from(db, tree.branches[0].path, DAY) == {advisors[0].id, advisors[1].id, at_the_branch.id}
    assert seen_from(db, tree.root.path, LONG_AGO) == {*(advisor.id for advisor in advisors), at_the_branch.id}
    assert seen_from(db, tree.root.path, LONG_AGO - timedelta(days=1)) == set()


def test_a_move_takes_effect_on_its_day(db: Database) -> None:
    tree = factories.tree(db)
    here, there = tree.outlets[0], tree.outlets[2]
    advisor = factories.staff(db, here)
    db.write(lambda session: move_staff(session, advisor.id, there.id, DAY))
    assert (seen_from(db, here.path, BEFORE), seen_from(db, there.path, BEFORE)) == ({advisor.id}, set())
    assert (seen_from(db, here.path, DAY), seen_from(db, there.path, DAY)) == (set(), {advisor.id})


def periods(db: Database, staff_id: UUID) -> list[tuple[UUID, date, date | None]]:
    found = db.read(lambda session: queries.memberships(session, staff_id))
    return [(unit.id, membership.starts_on, membership.ends_on) for membership, unit in found]


def test_moves_repeated_or_corrected_on_their_day_leave_one_stay_a_day(db: Database) -> None:
    tree = factories.tree(db)
    here, there, elsewhere = tree.outlets[:3]
    advisor = factories.staff(db, here)
    for unit in (there, there, elsewhere):
        db.write(lambda session, unit=unit: move_staff(session, advisor.id, unit.id, DAY))
    assert periods(db, advisor.id) == [(here.id, LONG_AGO, DAY), (elsewhere.id, DAY, None)]


def test_a_move_before_the_last_one_is_refused(db: Database) -> None:
    tree = factories.tree(db)
    advisor = factories.staff(db, tree.outlets[0])
    db.write(lambda session: move_staff(session, advisor.id, tree.outlets[1].id, DAY))
    with pytest.raises(Conflict):
        db.write(lambda session: move_staff(session, advisor.id, tree.outlets[2].id, BEFORE))
    assert len(periods(db, advisor.id)) == 2


def test_somebody_who_left_can_come_back(db: Database) -> None:
    tree = factories.tree(db)
    advisor = factories.staff(db, tree.outlets[0])

    def leave(session: Session) -> None:
        membership = session.exec(select(MembershipRow)).one()
        membership.ends_on = BEFORE
        session.add(membership)

    db.write(leave)
    db.write(lambda session: move_staff(session, advisor.id, tree.outlets[0].id, DAY))
    here = tree.outlets[0].id
    assert periods(db, advisor.id) == [(here, LONG_AGO, BEFORE), (here, DAY, None)]
    assert seen_from(db, tree.root.path, BEFORE) == set()


def test_unknown_staff_and_units_cannot_be_moved(db: Database) -> None:
    tree = factories.tree(db)
    advisor = factories.staff(db, tree.outlets[0])
    with pytest.raises(NotFound):
        db.write(lambda session: move_staff(session, uuid4(), tree.outlets[1].id, DAY))
    with pytest.raises(NotFound):
        db.write(lambda session: move_staff(session, advisor.id, uuid4(), DAY))
