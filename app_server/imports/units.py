"""Units from a file: the org tree, in any order of rows. Moving a unit under another one is not an import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session, select

from app_server.audit.service import Change, difference
from app_server.imports.entities import MOST_DEGREES, Plan, RowRefused, degrees, refusal_of, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.tables import UnitRow
from shared_models.org import Unit, UnitKind

FIELDS: Mapping[str, Sequence[str]] = {
    "code": ("机构号", "机构代码"),
    "name": ("机构名称", "名称"),
    "kind": ("机构类型", "级别"),
    "parent": ("上级机构", "上级"),
    "lat": ("纬度",),
    "lon": ("经度",),
    "closed_on": ("撤销日期", "停业日期"),
}
_KINDS = {
    "总行": UnitKind.HEAD_OFFICE,
    "分行": UnitKind.BRANCH,
    "支行": UnitKind.SUB_BRANCH,
    "网点": UnitKind.OUTLET,
}
_AUDITED = ("name", "kind", "parent_id", "lat", "lon", "closed_on")


@dataclass(frozen=True, slots=True)
class ParsedUnit:
    """A valid row; `parent` is another unit's code or its names from the root down ("总行/长春分行"); None: the root.

    `closed_on` None: as it is.
    """

    line: int
    key: object
    code: str | None
    name: str
    kind: UnitKind
    parent: str | None
    place: dict[str, float]
    closed_on: date | None


class UnitNames:
    """The units that are there, found by code or by the path of their names."""

    def __init__(self, rows: Sequence[UnitRow]) -> None:
        self._paths: dict[str, UUID] = {}
        self.by_id = {row.id: row for row in rows}
        for row in sorted(rows, key=lambda unit: unit.path.count("/")):
            self.add(row, code=None)

    def add(self, row: UnitRow, *, code: str | None) -> None:
        """Make a unit known by its path of names, and by its code if it is not already."""
        self.by_id[row.id] = row
        self._paths[self.name_path(row)] = row.id
        if code is not None:
            self._paths.setdefault(code, row.id)

    def name_path(self, row: UnitRow) -> str:
        """The names from the root down, joined by "/"."""
        return "/".join(self.by_id[UUID(part)].name for part in row.path.split("/") if part)

    def find(self, code_or_path: str) -> UnitRow | None:
        """The unit of that code or path of names."""
        by_code = self.by_id.get(stable_id("unit", code_or_path))
        found = self._paths.get("/".join(part.strip() for part in code_or_path.split("/")))
        return by_code or (self.by_id[found] if found is not None else None)


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedUnit:
    """Check one row by the shared model; raises RowRefused."""
    fields = row.fields
    code = str(fields["code"]) if "code" in fields else None
    parent = str(fields["parent"]) if "parent" in fields else None
    values = {"name": fields.get("name"), "kind": _KINDS.get(str(fields.get("kind")), fields.get("kind"))}
    key = code or f"{parent or ''}/{values['name']}"
    try:
        unit = Unit.model_validate({"id": stable_id("unit", key), **values})
    except ValidationError as error:
        raise refusal_of(error) from None
    if "/" in unit.name:
        raise RowRefused("a unit's name has no / in it", "name")
    try:
        closed_on = read_date(fields["closed_on"], mapping.dates) if "closed_on" in fields else None
    except ValueError as error:
        raise RowRefused(str(error), "closed_on") from None
    return ParsedUnit(
        line=row.line,
        key=unit.id,
        code=code,
        name=unit.name,
        kind=unit.kind,
        parent=parent,
        place={name: degrees(fields[name], name) for name in MOST_DEGREES if name in fields},
        closed_on=closed_on,
    )


def plan(session: Session, parsed: Sequence[ParsedUnit], *, today: date) -> Plan:  # noqa: ARG001 - each entity's plan is asked alike
    """What the rows would change; parents before children, whatever the order in the file."""
    result = Plan()
    rows = session.exec(select(UnitRow)).all()
    known = UnitNames(rows)
    roots = {row.id for row in rows if row.parent_id is None}
    waiting = list(parsed)
    while waiting:
        later: list[ParsedUnit] = []
        for unit in waiting:
            parent = None if unit.parent is None else known.find(unit.parent)
            if unit.parent is not None and parent is None:
                later.append(unit)
                continue
            reason = _take_in(result, known, unit, parent, roots)
            if reason is not None:
                result.bad.append(BadRow(unit.line, reason, "parent"))
        if len(later) == len(waiting):
            result.bad += [BadRow(unit.line, f"there is no unit {unit.parent!r} above it", "parent") for unit in later]
            break
        waiting = later
    return result


def _take_in(result: Plan, known: UnitNames, unit: ParsedUnit, parent: UnitRow | None, roots: set[UUID]) -> str | None:
    """Note the unit and make it known; a reason where it cannot be."""
    unit_id = stable_id("unit", unit.code or f"{unit.parent or ''}/{unit.name}")
    name_path = f"{known.name_path(parent)}/{unit.name}" if parent is not None else unit.name
    row = known.by_id.get(unit_id) or known.find(name_path)
    if row is None and parent is None and roots:
        return "there is a head office already; every other unit has one above it"
    if row is not None and row.parent_id != (parent.id if parent is not None else None):
        return "the unit stands under another one; moving a unit is no import"
    if row is None and parent is not None and parent.closed_on is not None:
        return "the unit above it is closed"
    before: dict[str, Any] | None = None
    if row is not None:
        before, unit_id = row.model_dump(mode="python"), row.id
    path = f"{parent.path if parent is not None else '/'}{unit_id}/"
    values: dict[str, Any] = {
        **(before or {"lat": None, "lon": None, "closed_on": None}),
        "id": unit_id,
        "parent_id": parent.id if parent is not None else None,
        "name": unit.name,
        "kind": unit.kind,
        "path": path,
        **unit.place,
        **({"closed_on": unit.closed_on} if unit.closed_on is not None else {}),
    }
    note_unit(result, before, values)
    if parent is None:
        roots.add(unit_id)
    known.add(UnitRow(**values), code=unit.code)
    return None


def note_unit(result: Plan, before: Mapping[str, Any] | None, values: dict[str, Any]) -> None:
    """Note one unit as it shall be, whole rows both; `before` None: it is new."""
    if not result.note(UnitRow, before, values):
        return
    if values["closed_on"] is not None:
        result.closing.append(values["id"])
    told = {name: values[name] for name in _AUDITED}
    change = "unit.created", None, told
    if before is not None:
        change = "unit.changed", *difference(before, told)
    action, was, now = change
    result.audited.append(Change(action, "unit", values["id"], values["path"], was, now))
