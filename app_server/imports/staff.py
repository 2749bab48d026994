"""Staff from a file: accounts, roles and where somebody belongs. Passwords are made here once, for new accounts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from app_server.audit.service import Change, difference
from app_server.imports.entities import Move, Plan, RowRefused, refusal_of, rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, MappedRow, read_date
from app_server.imports.readers import BadRow
from app_server.imports.units import UnitNames
from app_server.tables import MembershipRow, StaffRow, UnitRow
from shared_models.org import Role, StaffName
from shared_models.text import Code

FIELDS: Mapping[str, Sequence[str]] = {
    "login": ("工号", "登录名"),
    "name": ("姓名",),
    "role": ("角色", "岗位"),
    "unit": ("机构", "机构号"),
    "since": ("入职日期", "到岗日期"),
    "active": ("在岗",),
}
_ROLES = {
    "理财经理": Role.ADVISOR,
    "客户经理": Role.ADVISOR,
    "负责人": Role.HEAD,
    "行长": Role.HEAD,
    "管理员": Role.ADMIN,
}
_YES = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}
_LOGIN: TypeAdapter[str] = TypeAdapter(Code)


@dataclass(frozen=True, slots=True)
class ParsedStaff:
    """A valid row; `unit` is a code or a path of names, `since` the first day there."""

    line: int
    key: object
    login: str
    name: str
    role: Role
    unit: str
    since: date | None
    active: bool


@dataclass(slots=True)
class NewPasswords:
    """Temporary passwords of new accounts by login, and their hashes, made before the transaction: hashing is slow."""

    plain: dict[str, str] = field(default_factory=dict[str, str])
    hashed: dict[str, str] = field(default_factory=dict[str, str])


def parse(mapping: ColumnMapping, row: MappedRow) -> ParsedStaff:
    """Check one row; raises RowRefused."""
    fields = row.fields
    for name in ("login", "name", "role", "unit"):
        if name not in fields:
            raise RowRefused("is missing", name)
    role = _ROLES.get(str(fields["role"]), str(fields["role"]))
    if role not in list(Role):
        raise RowRefused(f"{fields['role']!r} is none of {', '.join(Role)}", "role")
    active = _YES.get(str(fields.get("active", "true")).casefold())
    if active is None:
        raise RowRefused(f"{fields['active']!r} is neither yes nor no", "active")
    try:
        login = _LOGIN.validate_python(str(fields["login"]))
    except ValidationError as error:
        raise RowRefused(str(error.errors()[0]["msg"]), "login") from None
    try:
        person = StaffName.model_validate({"id": stable_id("staff", login), "name": str(fields["name"])})
        since = read_date(fields["since"], mapping.dates) if "since" in fields else None
    except ValidationError as error:
        raise refusal_of(error) from None
    except ValueError as error:
        raise RowRefused(str(error), "since") from None
    return ParsedStaff(row.line, login, login, person.name, Role(role), str(fields["unit"]), since, active)


def plan(session: Session, parsed: Sequence[ParsedStaff], *, today: date, passwords: NewPasswords) -> Plan:
    """What the rows would change; somebody elsewhere or in another role moves from today on, and their past stays."""
    result = Plan()
    known = UnitNames(session.exec(select(UnitRow)).all())
    standing = rows_by(session, StaffRow, "login", [row.login for row in parsed])
    places = _open_places(session)
    for row in parsed:
        unit = known.find(row.unit)
        if unit is None:
            result.bad.append(BadRow(row.line, f"there is no unit {row.unit!r}", "unit"))
            continue
        if row.role is Role.ADMIN and unit.parent_id is not None:
            result.bad.append(BadRow(row.line, "an admin belongs to the head office", "role"))
            continue
        before = standing.get(row.login)
        told: dict[str, Any] = {"name": row.name, "active": row.active}
        if before is None:
            staff_id = stable_id("staff", row.login)
            new = {
                "id": staff_id,
                "login": row.login,
                "token_version": 1,
                "must_change_password": True,
                "is_demo": False,
            }
            result.note(StaffRow, None, {**new, **told, "password_hash": passwords.hashed[row.login]})
            since = row.since or today
            place = {"unit_id": unit.id, "unit": unit.name, "role": row.role, "since": since}
            result.audited += [
                Change("staff.created", "staff", staff_id, unit.path, None, {"login": row.login, **told}),
                Change("staff.placed", "staff", staff_id, unit.path, None, place),
            ]
            membership = {"id": stable_id("membership", f"{row.login}@{since}"), "staff_id": staff_id}
            result.writes.append(
                (
                    MembershipRow,
                    {**membership, "unit_id": unit.id, "role": row.role, "starts_on": since, "ends_on": None},
                )
            )
            continue
        staff_id = before["id"]
        result.audited.append(Change("staff.changed", "staff", staff_id, unit.path, *difference(before, told)))
        if places.get(staff_id) == (unit.id, row.role):
            result.note(StaffRow, before, {**before, **told})
        else:
            result.moves.append(Move(staff_id, unit.id, row.role))
            result.changed += 1
            result.writes.append((StaffRow, {**before, **told}))
    return result


def new_logins(session: Session, parsed: Sequence[ParsedStaff]) -> list[str]:
    """The logins that have no account yet."""
    standing = rows_by(session, StaffRow, "login", [row.login for row in parsed])
    return [row.login for row in parsed if row.login not in standing]


def _open_places(session: Session) -> dict[UUID, tuple[UUID, Role]]:
    return {
        membership.staff_id: (membership.unit_id, membership.role)
        for membership in session.exec(select(MembershipRow).where(col(MembershipRow.ends_on).is_(None)))
    }
