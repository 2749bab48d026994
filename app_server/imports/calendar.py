"""The bank's own working days from a file: single days that are worked or free whatever was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from app_server.imports.entities import Plan, RowRefused
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.policies.service import overrides_of
from shared_models.leave import FURTHEST_BACK

FIELDS: Mapping[str, Sequence[str]] = {
    "day": ("日期",),
    "works": ("安排", "上班或休息"),
}
_WORKS = {
    "上班": True,
    "工作": True,
    "yes": True,
    "休息": False,
    "放假": False,
    "no": False,
    "按公布": None,
    "published": None,
}
# A year that nobody has announced yet is the next; what lies further is a slip.
_FURTHEST_AHEAD = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class ParsedDay:
    """A valid row: the day is worked, is free, or is again as published (None)."""

    line: int
    key: object
    day: date
    works: bool | None


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedDay:
    """Check one row; raises RowRefused."""
    for name in FIELDS:
        if name not in row.fields:
            raise RowRefused("is missing", name)
    try:
        day = read_date(row.fields["day"], mapping.dates)
    except ValueError as error:
        raise RowRefused(str(error), "day") from None
    said = str(row.fields["works"]).casefold()
    if said not in _WORKS:
        raise RowRefused(f"{row.fields['works']!r} is none of {', '.join(_WORKS)}", "works")
    return ParsedDay(row.line, day, day, _WORKS[said])


def plan(session: Session, parsed: Sequence[ParsedDay], *, today: date) -> Plan:
    """What the rows would change. Days of more than a quarter ago are closed, as for leave."""
    result, standing = Plan(), overrides_of(session)
    for row in parsed:
        if not today - FURTHEST_BACK <= row.day <= today + _FURTHEST_AHEAD:
            result.bad.append(BadRow(row.line, f"is not from {FURTHEST_BACK.days} days ago to two years ahead", "day"))
        elif row.works == standing.get(row.day):
            result.unchanged += 1
        else:
            result.overridden[row.day] = row.works
            result.new += row.day not in standing
            result.changed += row.day in standing
    return result
