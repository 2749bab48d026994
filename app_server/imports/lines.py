"""Lines from a file: whose an extension or a mobile of the bank's is, from a day on. What an exchange tells of them is telephony's."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlmodel import Session

from app_server.audit.service import Change, difference, shown_number
from app_server.database import batches
from app_server.imports.entities import Plan, RowRefused, rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.numbers import e164, line_number
from app_server.org.queries import paths_of
from app_server.tables import LineRow, StaffRow, metadata
from shared_models.telephony import PbxLine, ProviderName

FIELDS: Mapping[str, Sequence[str]] = {
    "number": ("号码", "分机号", "分机", "手机号", "手机"),
    "line": ("类型", "线路"),
    "staff": ("工号", "登录名", "客户经理", "理财经理"),
    "since": ("起始日期", "启用日期"),
    "until": ("截止日期", "停用日期"),
    "provider": ("平台", "外呼系统"),
}
_LINES = {"分机": PbxLine.LANDLINE, "座机": PbxLine.LANDLINE, "手机": PbxLine.MOBILE}
MAX_NUMBER_CHARS = 32
_PROVIDER: TypeAdapter[str] = TypeAdapter(ProviderName)


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A valid row; `number` as it is compared, `since` None: from the day of the import on, `until` is the first day not theirs."""

    line: int
    key: object
    number: str
    kind: PbxLine
    staff: str
    since: date | None
    until: date | None
    provider: str


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedLine:
    """Check one row; raises RowRefused."""
    fields = row.fields
    for name in ("number", "line", "staff"):
        if name not in fields:
            raise RowRefused("is missing", name)
    number = str(fields["number"])
    kind = _LINES.get(str(fields["line"]), str(fields["line"]))
    if kind not in list(PbxLine):
        raise RowRefused(f"{fields['line']!r} is neither landline nor mobile", "line")
    if len(number) > MAX_NUMBER_CHARS or (kind == PbxLine.MOBILE and e164(number) is None):
        raise RowRefused("is no telephone number", "number")
    since, until = (_date(fields, name, mapping) for name in ("since", "until"))
    if since is not None and until is not None and until <= since:
        raise RowRefused("is not after the line's first day", "until")
    try:
        provider = _PROVIDER.validate_python(str(fields["provider"])) if "provider" in fields else ""
    except ValidationError:
        raise RowRefused(f"{fields['provider']!r} is no provider's name", "provider") from None
    compared = line_number(number)
    key = (provider, compared, since)
    return ParsedLine(row.line, key, compared, PbxLine(kind), str(fields["staff"]), since, until, provider)


def plan(session: Session, parsed: Sequence[ParsedLine], *, today: date) -> Plan:
    """What the rows would change. A line that passes to somebody else ends for whoever had it, and their past stays."""
    result = Plan()
    staff = rows_by(session, StaffRow, "login", {row.staff for row in parsed})
    held = _held(session, {row.number for row in parsed})
    before = {row["id"]: dict(row) for rows in held.values() for row in rows}
    for row in sorted(parsed, key=lambda each: (each.since or today, each.line)):
        holder = staff.get(row.staff)
        if holder is None:
            result.bad.append(BadRow(row.line, f"there is nobody with the login {row.staff!r}", "staff"))
            continue
        rows = held[row.provider, row.number]
        starts_on = row.since or _theirs_since(rows, holder["id"]) or today
        same = next((each for each in rows if each["starts_on"] == starts_on), None)
        if same is None:
            same = dict[str, Any](id=stable_id("line", f"{row.provider}/{row.number}@{starts_on}"), starts_on=starts_on)
            rows.append(same)
        same |= {"provider": row.provider, "number": row.number, "line": row.kind, "staff_id": holder["id"]}
        same["ends_on"] = row.until
    # Whoever had one is among them, also where the same first day is somebody else's now.
    holders = {row["staff_id"] for rows in [*held.values(), before.values()] for row in rows}
    audited = _Audited(session, holders, today)
    for rows in held.values():
        rows.sort(key=lambda each: each["starts_on"])
        for earlier, later in pairwise(rows):
            if earlier["ends_on"] is None or earlier["ends_on"] > later["starts_on"]:
                earlier["ends_on"] = later["starts_on"]
        for each in rows:
            if result.note(LineRow, before.get(each["id"]), each):
                result.audited.append(audited.change(before.get(each["id"]), each))
    return result


class _Audited:
    """What the audit log is told of lines; it knows where those belong whose they are."""

    def __init__(self, session: Session, ids: Collection[UUID], today: date) -> None:
        self._paths = paths_of(session, ids, day=today)
        self._logins = {row_id: row["login"] for row_id, row in rows_by(session, StaffRow, "id", ids).items()}

    def change(self, before: Mapping[str, Any] | None, line: Mapping[str, Any]) -> Change:
        """That the line is new, or no longer as it was."""
        path, told = self._paths.get(line["staff_id"]), self._told(line)
        if before is None:
            return Change("line.created", "line", line["id"], path, None, told)
        was, now = difference(self._told(before), told)
        number = {"number": told["number"]}
        return Change("line.changed", "line", line["id"], path, number | was, number | now)

    def _told(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "number": shown_number(line["number"]),
            "login": self._logins[line["staff_id"]],
            **{name: line[name] for name in ("line", "provider", "starts_on", "ends_on")},
        }


def _held(session: Session, numbers: set[str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    table = metadata.tables["line"]
    held: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for part in batches(sorted(numbers)):
        for row in session.connection().execute(select(table).where(table.c.number.in_(part))).mappings():
            held[row["provider"], row["number"]].append(dict(row))
    return held


def _theirs_since(rows: Sequence[Mapping[str, Any]], staff_id: object) -> date | None:
    """Since when the line has been theirs, if it is still: a list without dates says it again every month."""
    return next((row["starts_on"] for row in rows if row["staff_id"] == staff_id and row["ends_on"] is None), None)


def _date(fields: Mapping[str, Any], name: str, mapping: ColumnMapping) -> date | None:
    if name not in fields:
        return None
    try:
        return read_date(fields[name], mapping.dates)
    except ValueError as error:
        raise RowRefused(str(error), name) from None
