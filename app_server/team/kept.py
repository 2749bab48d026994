"""Coverage below a unit, of what was counted before and still holds, and counted where it does not (decision 0036)."""

import threading
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, Subquery, and_, cast, func, label, select
from sqlalchemy.sql.selectable import Join
from sqlmodel import Session, col

from app_server.database import Database, batches, dialect_insert
from app_server.org.queries import advisors_below
from app_server.tables import CoverageRow, FeedRow
from app_server.team.coverage import Covered, coverage_of
from app_server.team.queries import Split, part_of, rows_of

# To count fewer again takes some tens of milliseconds, and to keep them takes as long.
LEAST_TO_KEEP = 200
# Who comes while another counts has less to do.
_TURN = threading.Lock()


def coverage_below(session: Session, *, path: str, day: date, window_days: int) -> dict[str, Covered]:
    """On that day of each part right below the path, a child unit or an advisor by id; absent where nobody is managed."""
    advisors = advisors_below(path, day)
    (part,) = part_of(advisors, path, Split.BELOW)
    statement = (
        select(
            part,
            func.count() - func.count(col(CoverageRow.advisor_id)),
            func.sum(col(CoverageRow.managed_customers)),
            func.sum(col(CoverageRow.called_in_window)),
        )
        .select_from(_with_kept(session, advisors, day, window_days))
        .group_by(part)
    )
    found: dict[str, Covered] = {}
    lacking = 0
    for name, missing, managed, called in rows_of(session, statement):
        lacking += missing
        if managed:
            found[str(UUID(name))] = Covered(managed, called)
    if lacking:
        places = {each: place for each, (_, place) in _not_kept(session, path, day, window_days).items()}
        for advisor_id, covered in coverage_of(session, places, day=day, window_days=window_days).items():
            found[places[advisor_id]] = found.get(places[advisor_id], Covered()) + covered
    return found


def keep_coverage(db: Database, *, path: str, day: date, window_days: int, least: int = LEAST_TO_KEEP) -> int:
    """Count and keep that of the subtree's advisors that is not kept, where they are `least` or more; returns how many."""
    with _TURN:
        rows = db.read(lambda session: _to_keep(session, path, day, window_days, least))
        for part in batches(rows):
            db.write(lambda session, part=part: _keep(session, part))
    return len(rows)


def _to_keep(session: Session, path: str, day: date, window_days: int, least: int) -> list[CoverageRow]:
    # The feeds and what they tell of are of one instant.
    heads = {each: head for each, (head, _) in _not_kept(session, path, day, window_days).items()}
    if len(heads) < least:
        return []
    counted = coverage_of(session, heads, day=day, window_days=window_days)
    return [
        CoverageRow(
            advisor_id=advisor_id,
            business_day=day,
            window_days=window_days,
            head=head,
            managed_customers=covered.managed_customers,
            called_in_window=covered.called_in_window,
        )
        for advisor_id, head in heads.items()
        for covered in [counted.get(advisor_id, Covered())]
    ]


def _keep(session: Session, rows: Sequence[CoverageRow]) -> None:
    insert = dialect_insert(session, CoverageRow).values([row.model_dump() for row in rows])
    kept = {name: insert.excluded[name] for name in CoverageRow.model_fields if name != "advisor_id"}
    session.connection().execute(insert.on_conflict_do_update(index_elements=["advisor_id"], set_=kept))


def _not_kept(session: Session, path: str, day: date, window_days: int) -> dict[UUID, tuple[int, str]]:
    """Where the feed of each advisor stands of whom nothing is kept that holds, and the part right below the path that they count in."""
    advisors = advisors_below(path, day)
    statement = (
        select(advisors.c.staff_id, _head(), *part_of(advisors, path, Split.BELOW))
        .select_from(_with_kept(session, advisors, day, window_days))
        .where(col(CoverageRow.advisor_id).is_(None))
    )
    return {staff_id: (head, str(UUID(part))) for staff_id, head, part in rows_of(session, statement)}


def _with_kept(session: Session, advisors: Subquery, day: date, window_days: int) -> Join:
    """The advisors, their feeds, and what is kept of them and holds."""
    holds = and_(
        col(CoverageRow.advisor_id) == advisors.c.staff_id,
        col(CoverageRow.business_day) == day,
        col(CoverageRow.window_days) == window_days,
        col(CoverageRow.head) == _head(),
    )
    feeds = advisors.outerjoin(FeedRow, col(FeedRow.scope) == _scope_of(session, advisors.c.staff_id))
    return feeds.outerjoin(CoverageRow, holds)


def _head() -> ColumnElement[int]:
    # Whose feed nobody has written has none.
    return label("head", func.coalesce(col(FeedRow.head), 0))


def _scope_of(session: Session, staff_id: ColumnElement[UUID]) -> ColumnElement[str]:
    """The id as text with dashes, which SQLite's own columns do not have."""
    written = cast(staff_id, String)
    if session.get_bind().dialect.name != "sqlite":
        return written
    parts = [func.substr(written, start, length) for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    return parts[0] + "-" + parts[1] + "-" + parts[2] + "-" + parts[3] + "-" + parts[4]
