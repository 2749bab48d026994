"""Which bulletins are due, and their files: written once, and once more beside it where late syncs have moved a figure."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from app_server.bulletins.service import bulletin_of
from app_server.bulletins.workbook import workbook
from app_server.database import Database
from app_server.org import queries as org
from app_server.tables import UnitRow
from shared_models.bulletins import Bulletin, Column, Span, span_of
from shared_models.org import UnitKind
from shared_models.policy import Policies
from shared_models.team import Period
from shared_models.text import Language

# What a file's name may have of a unit's: letters and figures of any script.
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_MOST_NAME = 40
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Due:
    """A period that is over; `is_last`: the last such. Others are amended, never begun."""

    by: Period
    span: Span
    is_last: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written; from the second `edition` on it amends the ones before."""

    path: Path
    edition: int


def due_periods(today: date, policies: Policies) -> list[Due]:
    """The last working day, week and month that are over, and the earlier ones that a late sync may still move."""
    late = timedelta(days=policies.on(today).policy.late_days)
    due: list[Due] = []
    for by in Period:
        day = policies.last_working_day(today) if by is Period.DAY else span_of(today, by).first - timedelta(days=1)
        span = span_of(day, by)
        due.append(Due(by, span, is_last=True))
        while True:
            day = policies.last_working_day(span.first) if by is Period.DAY else span.first - timedelta(days=1)
            span = span_of(day, by)
            if span.last < today - late:
                break
            due.append(Due(by, span, is_last=False))
    return due


def write_due(
    db: Database, folder: Path, *, kinds: frozenset[UnitKind], language: Language, now: datetime
) -> Iterator[Written]:
    """Write what is due of the units of these kinds that were open in it, one by one; what is there and still true stays.

    Nothing is ever replaced. A file has its name only once it is whole, so that one that was broken off is written again.
    Raises OSError where the folder cannot be written.
    """
    policies = db.read(org.policies)
    today = policies.today(now)
    for due in due_periods(today, policies):
        place = folder / due.by.value / due.span.period
        if not due.is_last and not place.is_dir():
            continue
        for unit_id, stem in db.read(lambda session, due=due: _units(session, kinds, due)):
            editions = _editions(place, stem)
            if not editions and not due.is_last:
                continue

            def told(session: Session, due: Due = due, unit_id: object = unit_id) -> Bulletin:
                unit = session.get_one(UnitRow, unit_id)
                return bulletin_of(
                    session,
                    unit,
                    by=due.by,
                    day=due.span.last,
                    today=today,
                    ranked_by=Column.SCORE,
                    language=language,
                    now=now,
                )

            bulletin = db.read(told)
            digest = digest_of(bulletin)
            newest = max((edition for edition, _ in editions), default=0)
            if (newest, digest) in editions:
                continue
            edition = newest + 1
            content = workbook(bulletin, language, edition=edition)
            path = place / f"{stem}.{edition}.{digest}.xlsx"
            _write(path, content)
            yield Written(path, edition)


def digest_of(bulletin: Bulletin) -> str:
    """What two bulletins share that tell the same, whenever they were made."""
    told = bulletin.model_dump_json(exclude={"as_of"})
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGEST]


def _units(session: Session, kinds: frozenset[UnitKind], due: Due) -> list[tuple[object, str]]:
    """The ids of the units, each with what its files' names begin with."""
    open_then = (col(UnitRow.closed_on).is_(None)) | (col(UnitRow.closed_on) > due.span.first)
    rows = session.exec(
        select(UnitRow).where(col(UnitRow.kind).in_(kinds), open_then).order_by(col(UnitRow.path))
    ).all()
    return [(row.id, f"{_NOT_IN_NAMES.sub('_', row.name)[:_MOST_NAME]}-{row.id}") for row in rows]


def _editions(place: Path, stem: str) -> set[tuple[int, str]]:
    """Number and digest of each edition that is there."""
    found: set[tuple[int, str]] = set()
    unit_id = stem[-36:]
    # By the id: a unit may have been renamed since.
    for path in place.glob(f"*-{unit_id}.*.xlsx") if place.is_dir() else ():
        _, number, digest, _ = path.name.rsplit(".", 3)
        if number.isdigit():
            found.add((int(number), digest))
    return found


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
