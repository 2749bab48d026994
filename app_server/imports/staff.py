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
    """A valid row; `unit` is a code or a path of names, `since` the first day there, `active` None: as it is."""

    line: int
    key: object
    login: str
    name: str
    role: Role
    unit: str
    since: date | None
    active: bool | None


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
    active = _YES.get(str(fields["active"]).casefold()) if "active" in fields else None
    if active is None and "active" in fields:
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
    """What the rows would change; somebody elsewhere or in another role moves from `since` or today on, and their past stays."""
    result = Plan()
    known = UnitNames(session.exec(select(UnitRow)).all())
    standing = rows_by(session, StaffRow, "login", [row.login for row in parsed])
    open_stays = _open_stays(session)
    places = {each.staff_id: (each.unit_id, each.role) for each in open_stays}
    begun = {each.staff_id: each.starts_on for each in open_stays}
    for row in parsed:
        unit = known.find(row.unit)
        if unit is None:
            result.bad.append(BadRow(row.line, f"there is no unit {row.unit!r}", "unit"))
            continue
        if row.role is Role.ADMIN and unit.parent_id is not None:
            result.bad.append(BadRow(row.line, "an admin belongs to the head office", "role"))
            continue
        if unit.closed_on is not None and row.active is not False:
            result.bad.append(BadRow(row.line, f"the unit is closed from {unit.closed_on} on", "unit"))
            continue
        before = standing.get(row.login)
        if before is None:
            is_active = row.active is not False
            account = Account(stable_id("staff", row.login), row.login, row.name, is_active=is_active)
            place = Place(unit.id, unit.name, unit.path, row.role, row.since or today)
            note_account(result, account, place, password_hash=passwords.hashed[row.login])
            continue
        is_active = before["active"] if row.active is None else row.active
        is_elsewhere = is_active and places.get(before["id"]) != (unit.id, row.role)
        if is_elsewhere:
            # A day that has passed is when they joined the bank, as a rule: what was, stays.
            on_day = max(row.since or today, today)
            since = begun.get(before["id"])
            if since is not None and on_day < since:
                result.bad.append(BadRow(row.line, f"they are placed elsewhere from {since} on already", "unit"))
                continue
            result.moves.append(Move(before["id"], unit.id, row.role, on_day))
        note_staff(result, before, {"name": row.name, "active": is_active}, path=unit.path, is_moved=is_elsewhere)
    return result


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody new."""

    id: UUID
    login: str
    name: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody new belongs, and as what, from a day on."""

    unit_id: UUID
    unit_name: str
    unit_path: str
    role: Role
    since: date


def note_account(result: Plan, account: Account, place: Place, *, password_hash: str) -> None:
    """Note a new account and where it belongs; its password is a temporary one."""
    told = {"name": account.name, "active": account.is_active}
    values = {"id": account.id, "login": account.login, "token_version": 1, "must_change_password": True}
    result.note(StaffRow, None, {**values, "is_demo": False, **told, "password_hash": password_hash})
    membership = {"id": stable_id("membership", f"{account.login}@{place.since}"), "staff_id": account.id}
    here = {"unit_id": place.unit_id, "role": place.role}
    result.writes.append((MembershipRow, {**membership, **here, "starts_on": place.since, "ends_on": None}))
    shown = {**here, "unit": place.unit_name, "since": place.since}
    result.audited += [
        Change("staff.created", "staff", account.id, place.unit_path, None, {"login": account.login, **told}),
        Change("staff.placed", "staff", account.id, place.unit_path, None, shown),
    ]


def note_staff(
    result: Plan, before: Mapping[str, Any], told: Mapping[str, Any], *, path: str | None, is_moved: bool = False
) -> None:
    """Note what shall be otherwise of an account, its whole row before; closed, it leaves its unit, too.

    `is_moved`: they are among the plan's moves, so that they have changed although their row may not.
    """
    is_changed = result.note(StaffRow, before, {**before, **told})
    if is_moved and not is_changed:
        result.unchanged -= 1
        result.changed += 1
    if before["active"] and not told["active"]:
        result.leaving.append(before["id"])
    result.audited.append(Change("staff.changed", "staff", before["id"], path, *difference(before, told)))


def new_logins(session: Session, parsed: Sequence[ParsedStaff]) -> list[str]:
    """The logins that have no account yet."""
    standing = rows_by(session, StaffRow, "login", [row.login for row in parsed])
    return [row.login for row in parsed if row.login not in standing]


def _open_stays(session: Session) -> Sequence[MembershipRow]:
    return session.exec(select(MembershipRow).where(col(MembershipRow.ends_on).is_(None))).all()
