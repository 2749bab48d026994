"""Leave from a file, as a personnel system lists it: from which day to which who is away. Its rules are leave/service.py's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from app_server.imports.entities import LeaveStep, Plan, RowRefused, rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.leave import queries
from app_server.leave.service import WHOLE_BANK, Entering, changed_days, checked_days, remove_leave, set_leave
from app_server.tables import StaffRow
from shared_models.errors import BadInput
from shared_models.leave import LeaveDays

FIELDS: Mapping[str, Sequence[str]] = {
    "staff": ("工号", "登录名", "客户经理", "理财经理"),
    "first_day": ("开始日期", "起始日期", "休假开始"),
    "last_day": ("结束日期", "截止日期", "休假结束"),
    "state": ("状态",),
}
_STANDS = {"已登记": True, "有效": True, "已撤回": False, "撤回": False, "entered": True, "taken_back": False}


@dataclass(frozen=True, slots=True)
class ParsedLeave:
    """A valid row; `days` None: the leave that began on `first_day` is taken back."""

    line: int
    key: object
    staff: str
    first_day: date
    days: LeaveDays | None


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedLeave:
    """Check one row by the shared model; raises RowRefused."""
    fields = row.fields
    state = str(fields.get("state", "entered"))
    if state not in _STANDS:
        raise RowRefused(f"{state!r} is none of {', '.join(_STANDS)}", "state")
    for name in ("staff", "first_day", *(("last_day",) if _STANDS[state] else ())):
        if name not in fields:
            raise RowRefused("is missing", name)
    ends: dict[str, Any] = {name: _date(fields, name, mapping) for name in ("first_day", "last_day") if name in fields}
    try:
        days = LeaveDays(**ends) if _STANDS[state] else None
    except ValidationError as error:
        raise RowRefused(error.errors()[0]["msg"].removeprefix("Value error, "), "last_day") from None
    staff = str(fields["staff"])
    return ParsedLeave(row.line, (staff, ends["first_day"]), staff, ends["first_day"], days)


def plan(session: Session, parsed: Sequence[ParsedLeave], *, today: date) -> Plan:
    """What the rows would change: leave is the same where advisor and first day are, whoever entered it."""
    result = Plan()
    by = Entering(None, WHOLE_BANK, today)
    staff = rows_by(session, StaffRow, "login", {row.staff for row in parsed})
    ids = {row["id"] for row in staff.values()}
    standing = queries.leave_of_each(session, ids)
    stays = queries.stays_of_each(session, ids)
    # In the order in which it is written: feeds are taken by the advisor.
    for row in sorted(parsed, key=lambda each: (str(staff.get(each.staff, {}).get("id")), each.first_day)):
        if row.staff not in staff:
            result.bad.append(BadRow(row.line, f"there is nobody with the login {row.staff!r}", "staff"))
            continue
        advisor_id: UUID = staff[row.staff]["id"]
        theirs = standing[advisor_id]
        same = next((leave_id for leave_id, days in theirs.items() if days.first_day == row.first_day), None)
        before = theirs.get(same) if same is not None else None
        if before == row.days:
            result.unchanged += 1
            continue
        others = [days for leave_id, days in theirs.items() if leave_id != same]
        if row.days is not None and any(row.days.meets(each) for each in others):
            result.bad.append(BadRow(row.line, "they are on leave on one of these days already", "first_day"))
            continue
        try:
            checked_days(by, stays[advisor_id], changed_days(before, row.days))
        except BadInput as error:
            result.bad.append(BadRow(row.line, error.detail, "first_day"))
            continue
        leave_id = same or stable_id("leave", f"{row.staff}@{row.first_day}")
        result.leave.append(LeaveStep(leave_id, advisor_id, row.days))
        result.new += before is None
        result.changed += before is not None
        theirs.pop(leave_id, None)
        if row.days is not None:
            theirs[leave_id] = row.days
    return result


def carry_out_leave(session: Session, steps: Sequence[LeaveStep], *, now: datetime, today: date) -> None:
    """Enter, change and take back what is planned, raising as leave/service.py does where somebody else was faster."""
    by = Entering(None, WHOLE_BANK, today)
    for step in steps:
        if step.days is None:
            remove_leave(session, by, leave_id=step.leave_id, now=now)
        else:
            set_leave(session, by, leave_id=step.leave_id, advisor_id=step.advisor_id, days=step.days, now=now)


def _date(fields: Mapping[str, Any], name: str, mapping: ColumnMapping) -> date:
    try:
        return read_date(fields[name], mapping.dates)
    except ValueError as error:
        raise RowRefused(str(error), name) from None
