"""Advisor-days that an earlier version of the fold made, or an earlier calendar, folded anew beside whoever is being served."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlmodel import Session

from app_server.database import Database
from app_server.ledger import queries
from app_server.ledger.refold import refold
from app_server.org.queries import leave_of, policies
from app_server.sync.feed import take_numbers_of_each
from shared_models.errors import NotReady

# A transaction holds one advisor's feed, and their phone waits for it.
MOST_DAYS = 60
# Few of many millions may be older, and no index knows them: each listing may read the whole table.
MOST_LISTED = 6000


def refold_older(db: Database, *, now: datetime, progress: Callable[[int, int], None]) -> int:
    """Fold again each advisor-day that an earlier version folded; returns how many. `progress` hears (done, of how many).

    An advisor's days at a time, with their feed held as a push holds it. What is done stays done: ended at any point,
    the next run goes on from there.
    """
    total = db.read(queries.count_older_days)
    done, last = 0, None
    while found := db.read(lambda session, last=last: queries.older_days(session, after=last, most=MOST_LISTED)):
        for advisor_id, branches in _stretches(found):
            db.write(
                lambda session, advisor_id=advisor_id, branches=branches: _refold(
                    session, advisor_id=advisor_id, branches=branches, now=now
                )
            )
            done += len(branches)
            # A push may have refolded some meanwhile; whoever makes others older folds those themselves.
            progress(done, max(done, total))
        last = found[-1][:2]
    return done


def _stretches(found: Sequence[tuple[UUID, date, UUID]]) -> Iterator[tuple[UUID, dict[date, UUID]]]:
    """Days of one advisor with their branch, so many as a transaction may have."""
    for advisor_id, rows in groupby(found, key=itemgetter(0)):
        days = [(day, branch_id) for _, day, branch_id in rows]
        for start in range(0, len(days), MOST_DAYS):
            yield advisor_id, dict(days[start : start + MOST_DAYS])


def require_refolded(db: Database) -> None:
    """Raise NotReady while an advisor-day waits to be folded anew: newer figures would read as zero."""
    if count := db.read(queries.count_older_days):
        raise NotReady(
            f"{count:,} advisor-days were folded by an earlier version or calendar: run `day2053 migrate`.",
            code="unmigrated",
        )


def _refold(session: Session, *, advisor_id: UUID, branches: Mapping[date, UUID], now: datetime) -> None:
    _move_feeds(session, advisor_id, branches)
    rows = refold(
        session,
        advisor_id=advisor_id,
        coming=dict.fromkeys(branches, ()),
        folded_days=branches.keys(),
        known_customers={},
        policies=policies(session),
        leave=leave_of(session, advisor_id),
        branch_on=branches.__getitem__,
        now=now,
    )
    queries.append(session, (), queries.Source(advisor_id, device_id=""), folded=rows)


def _move_feeds(session: Session, advisor_id: UUID, days: Collection[date]) -> None:
    """Hold the advisor's feed, and move it and those of whoever has the customers of these days by now: what is kept of their coverage may not hold."""
    held: set[UUID] = set()
    wanted = {advisor_id}
    while wanted:
        take_numbers_of_each(session, {str(each): 1 for each in wanted})
        held |= wanted
        # Held, nobody moves from the advisor's book; a customer may have gone on from another's meanwhile.
        wanted = queries.others_with_called(session, advisor_id=advisor_id, days=days) - held
