"""The rules of who may see and change whom; a change itself is carried out by imports, as a file's is. SQL is queries.py's."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.audit.service import note_all
from app_server.auth import service as auth
from app_server.auth.passwords import hash_password, temporary_password
from app_server.auth.service import Caller
from app_server.customers.queries import is_advisor
from app_server.customers.service import books_moved, move_book_of
from app_server.database import Database
from app_server.imports import lines, staff, units
from app_server.imports.entities import Move, Plan
from app_server.imports.service import carry_out
from app_server.numbers import e164, line_number
from app_server.org import queries as org
from app_server.org.service import check_open
from app_server.people import queries
from app_server.people.queries import PAGE, Placed
from app_server.sync.service import write_batches
from app_server.tables import AuditEntryRow, StaffRow, UnitRow
from app_server.telephony.service import lock_lines
from shared_models.errors import BadInput, Conflict, Forbidden, NotFound
from shared_models.org import Role, StaffName, UnitKind
from shared_models.people import (
    AuditEntry,
    AuditLog,
    BookMove,
    Device,
    LineEdit,
    NewPerson,
    NewUnit,
    OrgUnit,
    OrgUnits,
    People,
    Person,
    PersonDetail,
    PersonEdit,
    PersonLine,
    Right,
    Stay,
    TemporaryPassword,
    Transfer,
    UnitEdit,
)
from shared_models.telephony import PbxLine


def org_units(session: Session, who: Caller, *, unit_id: UUID | None) -> OrgUnits:
    """A unit of the caller's subtree, its children and the way to it; raises NotFound outside."""
    unit = org.unit_in_scope(session, unit_id=unit_id or who.staff.unit.id, scope_path=who.unit_path)
    children = org.children_of(session, unit.id, since=None)
    counts = queries.staff_counts(session, [unit.id, *(child.id for child in children)], day=who.today)
    above = org.unit_path(session, unit.path)[len(org.path_ids(who.unit_path)) - 1 : -1]
    return OrgUnits(
        above=above,
        unit=_org_unit(unit, counts.get(unit.id, 0)),
        below=[_org_unit(child, counts.get(child.id, 0)) for child in children],
    )


def open_unit(session: Session, who: Caller, new: NewUnit, *, now: datetime) -> OrgUnit:
    """Set up a unit. Raises NotFound, BadInput, or Conflict for a name that is taken and below a closed unit."""
    org.unit_in_scope(session, unit_id=new.parent_id, scope_path=who.unit_path)
    parent = org.locked_unit(session, new.parent_id)
    assert parent is not None
    check_open(parent)
    if new.kind is UnitKind.HEAD_OFFICE:
        raise BadInput("There is one head office.")
    _check_place(session, new, parent_id=parent.id)
    plan, unit_id = Plan(), uuid4()
    values = {**new.model_dump(mode="python"), "id": unit_id, "path": f"{parent.path}{unit_id}/", "closed_on": None}
    units.note_unit(plan, None, values)
    carry_out(session, plan, actor=who.id, now=now)
    return _org_unit(org.unit_of(session, unit_id), 0)


def edit_unit(session: Session, who: Caller, unit_id: UUID, *, edit: UnitEdit, now: datetime) -> OrgUnit:
    """Change a unit's name or place, close it from tomorrow on or open it again.

    Raises NotFound, BadInput, or Conflict when it is no longer as it was looked at, and for one in use that shall be closed.
    """
    org.unit_in_scope(session, unit_id=unit_id, scope_path=who.unit_path)
    unit = org.locked_unit(session, unit_id)
    assert unit is not None
    _check_version(edit.version, _version_of_unit(unit))
    _check_place(session, edit, parent_id=unit.parent_id, unit_id=unit.id)
    closed_on = unit.closed_on
    if edit.is_open is True and closed_on is not None:
        if unit.parent_id is not None:
            check_open(org.unit_of(session, unit.parent_id))
        closed_on = None
    elif edit.is_open is False and closed_on is None:
        closed_on = who.today + timedelta(days=1)
    plan, before = Plan(), unit.model_dump(mode="python")
    told = {"name": edit.name, "lat": edit.lat, "lon": edit.lon, "closed_on": closed_on}
    units.note_unit(plan, before, {**before, **told})
    carry_out(session, plan, actor=who.id, now=now)
    session.refresh(unit)
    return _org_unit(unit, queries.staff_counts(session, [unit.id], day=who.today).get(unit.id, 0))


def _check_place(
    session: Session, told: NewUnit | UnitEdit, *, parent_id: UUID | None, unit_id: UUID | None = None
) -> None:
    """Raise BadInput for half a place or a name that paths cannot hold, Conflict for the name of a unit beside it."""
    if (told.lat is None) != (told.lon is None):
        raise BadInput("A place has a latitude and a longitude, or neither.")
    if "/" in told.name:
        raise BadInput("A unit's name has no / in it.")
    if parent_id is not None:
        beside = org.children_of(session, parent_id, since=None)
        if any(each.name == told.name and each.id != unit_id for each in beside):
            raise Conflict("There is a unit of that name beside it already.", code="name_taken")


def people(session: Session, who: Caller, *, unit_id: UUID | None, searched: str, after: str) -> People:
    """A page of the staff of a unit and all below it; raises NotFound outside the caller's subtree."""
    unit = org.unit_in_scope(session, unit_id=unit_id or who.staff.unit.id, scope_path=who.unit_path)
    found = queries.people_in_scope(
        session, scope_path=unit.path, searched=searched.strip(), after=after, today=who.today
    )
    page = found[:PAGE]
    synced = queries.last_syncs(session, [each.staff.id for each in page])
    return People(
        people=[Person.model_validate(_person(each, synced.get(each.staff.id))) for each in page],
        after=page[-1].staff.login if len(found) > PAGE else None,
    )


def person(session: Session, who: Caller, staff_id: UUID) -> PersonDetail:
    """Somebody of the caller's subtree; raises NotFound outside."""
    return _detail(session, who, _in_scope(session, who, staff_id))


def open_account(db: Database, who: Caller, new: NewPerson, *, now: datetime) -> TemporaryPassword:
    """Open an account with a temporary password. Raises NotFound, BadInput, or Conflict for a login that is taken."""
    password = temporary_password()
    hashed = hash_password(password)

    def work(session: Session) -> None:
        unit = org.unit_in_scope(session, unit_id=new.unit_id, scope_path=who.unit_path)
        _check_role(unit, new.role)
        check_open(org.unit_held_open(session, unit.id) or unit)
        if queries.is_login_taken(session, new.login):
            raise Conflict("There is an account with this login already.", code="login_taken")
        plan = Plan()
        staff.note_account(
            plan,
            staff.Account(uuid4(), new.login, new.name),
            staff.Place(unit.id, unit.name, unit.path, new.role, new.since),
            password_hash=hashed,
        )
        carry_out(session, plan, actor=who.id, now=now)

    db.write(work)
    return TemporaryPassword(login=new.login, password=password)


def edit_person(session: Session, who: Caller, staff_id: UUID, *, edit: PersonEdit, now: datetime) -> PersonDetail:
    """Change a name, close an account, or open it again where it last was, from today on.

    Raises NotFound, or Conflict when they are no longer as they were looked at, for the caller's own account and for
    the last admin's.
    """
    placed = _locked(session, who, staff_id, edit.version)
    if staff_id == who.id and not edit.active:
        raise Conflict("You cannot close your own account.", code="own_account")
    plan, before = Plan(), placed.staff.model_dump(mode="python")
    told = {"name": edit.name, "active": edit.active}
    staff.note_staff(plan, before, told, path=placed.unit.path)
    last = org.last_membership(session, staff_id)
    if edit.active and not placed.staff.active and last is not None and last.ends_on is not None:
        plan.moves.append(Move(staff_id, last.unit_id, last.role, who.today))
    carry_out(session, plan, actor=who.id, now=now)
    return _looked_at_again(session, who, staff_id)


def transfer(session: Session, who: Caller, staff_id: UUID, *, move: Transfer, now: datetime) -> PersonDetail:
    """Let somebody belong to a unit in a role from a day on, today or later.

    Raises NotFound, BadInput, or Conflict as `edit_person`, and for a day before their last move.
    """
    placed = _locked(session, who, staff_id, move.version)
    unit = org.unit_in_scope(session, unit_id=move.unit_id, scope_path=who.unit_path)
    _check_role(unit, move.role)
    if staff_id == who.id:
        raise Conflict("You cannot transfer yourself.", code="own_account")
    if move.on_day < who.today:
        raise BadInput("A transfer is from today on, or from a later day: what was, stays.")
    if not placed.staff.active:
        raise Conflict("The account is closed; open it first.", code="account_closed")
    plan = Plan(moves=[Move(staff_id, unit.id, move.role, move.on_day)])
    carry_out(session, plan, actor=who.id, now=now)
    return _looked_at_again(session, who, staff_id)


def move_book(db: Database, who: Caller, staff_id: UUID, *, move: BookMove, now: datetime) -> PersonDetail:
    """Put all of somebody's customers into another advisor's book. Raises NotFound, or Conflict as `edit_person` and for no advisor."""

    def work(session: Session) -> PersonDetail:
        placed, to = _in_scope(session, who, staff_id), _in_scope(session, who, move.to)
        _check_version(move.version, _version_of_person(placed.staff, _stays(session, staff_id)))
        if to.staff.id == staff_id or not is_advisor(session, to.staff.id, day=who.today):
            raise Conflict("Customers go to another advisor whose account is open.", code="no_advisor")
        moved = move_book_of(session, staff_id, to_advisor=to.staff.id, now=now)
        changes = books_moved(session, {(staff_id, to.staff.id): moved}, day=who.today)
        note_all(session, changes, actor=who.id, now=now)
        return _looked_at_again(session, who, staff_id)

    return write_batches(db, work)


def reset_password(db: Database, who: Caller, staff_id: UUID, *, now: datetime) -> TemporaryPassword:
    """Give somebody a temporary password and end all their sign-ins.

    Raises NotFound, Forbidden for those the caller has no such right over, Conflict for a closed account and their own.
    """
    password = temporary_password()
    hashed = hash_password(password)

    def work(session: Session) -> str:
        placed = _whose_sign_in(session, who, staff_id)
        if staff_id == who.id:
            raise Conflict("Choose another password of your own on your own page.", code="own_account")
        if not placed.staff.active:
            raise Conflict("The account is closed; open it first.", code="account_closed")
        auth.give_password(session, placed.staff, hashed, actor=who.id, now=now)
        return placed.staff.login

    return TemporaryPassword(login=db.write(work), password=password)


def revoke_device(session: Session, who: Caller, staff_id: UUID, device_id: str, *, now: datetime) -> PersonDetail:
    """End what is signed in on somebody's device, for good. Raises NotFound, Forbidden, Conflict for the caller's own."""
    placed = _whose_sign_in(session, who, staff_id)
    if (staff_id, device_id) == (who.id, who.device_id):
        raise Conflict("This is the device in your hand; sign out instead.", code="own_device")
    auth.revoke_device(session, placed.staff, device_id, actor=who.id, now=now)
    session.flush()
    return _looked_at_again(session, who, staff_id)


def give_line(db: Database, who: Caller, staff_id: UUID, *, edit: LineEdit, now: datetime) -> PersonDetail:
    """Give somebody a line as an import of lines does.

    Raises NotFound, BadInput for what is no number or no period, Conflict for somebody else's that is not to be taken over.
    """
    if edit.line is PbxLine.MOBILE and e164(edit.number) is None:
        raise BadInput("This is no telephone number.", code="bad_number")
    if edit.until is not None and edit.until <= edit.since:
        raise BadInput("A line ends after its first day.")

    def work(session: Session) -> PersonDetail:
        placed = _in_scope(session, who, staff_id)
        lock_lines(session)
        number = line_number(edit.number)
        # One exchange's own goes before one of any: given as that, nothing would change.
        provider = edit.provider or queries.exchange_of(session, number)
        of_others = queries.is_line_of_others(session, staff_id, number=number, provider=provider, since=edit.since)
        if of_others and not edit.takes_over:
            raise Conflict("The line is somebody else's on that day.", code="line_taken")
        wanted = lines.ParsedLine(1, number, number, edit.line, placed.staff.login, edit.since, edit.until, provider)
        carry_out(session, lines.plan(session, [wanted], today=who.today), actor=who.id, now=now)
        return _looked_at_again(session, who, staff_id)

    return write_batches(db, work)


def audit_log(session: Session, who: Caller, *, subject_id: str, before: UUID | None) -> AuditLog:
    """A page of what was changed in the caller's subtree; an admin also reads what is of no unit."""
    found = queries.entries_in_scope(
        session,
        scope_path=who.unit_path,
        sees_all=who.role is Role.ADMIN,
        subject_id=subject_id,
        before=before,
    )
    page = found[:PAGE]
    names = _subjects(session, [entry for entry, _ in page])
    return AuditLog(
        entries=[
            AuditEntry(
                id=entry.id,
                at=entry.at,
                actor=StaffName(id=entry.actor_id, name=name) if entry.actor_id and name else None,
                action=entry.action,
                subject_kind=entry.subject_kind,
                subject_id=entry.subject_id,
                subject=names.get(entry.subject_id) or str((entry.after or entry.before or {}).get("number", "")),
                before=entry.before,
                after=entry.after,
            )
            for entry, name in page
        ],
        before=page[-1][0].id if len(found) > PAGE else None,
    )


def _subjects(session: Session, entries: Sequence[AuditEntryRow]) -> dict[str, str]:
    ids: dict[str, list[UUID]] = {"staff": [], "unit": []}
    for entry in entries:
        with suppress(ValueError):
            ids.setdefault(entry.subject_kind, []).append(UUID(entry.subject_id))
    # A day and a year are called what they are.
    own = {entry.subject_id: entry.subject_id for entry in entries if entry.subject_kind in ("day", "year")}
    return queries.names_of(session, ids["staff"], ids["unit"]) | own


def _in_scope(session: Session, who: Caller, staff_id: UUID) -> Placed:
    placed = queries.person_in_scope(session, staff_id, scope_path=who.unit_path, today=who.today)
    if placed is None:
        raise NotFound("There is no such member of staff.")
    return placed


def _whose_sign_in(session: Session, who: Caller, staff_id: UUID) -> Placed:
    placed = _in_scope(session, who, staff_id)
    if Right.SIGN_IN not in _rights(who, placed):
        raise Forbidden("Their password and devices are for somebody above your unit.")
    return placed


def _locked(session: Session, who: Caller, staff_id: UUID, version: str) -> Placed:
    _in_scope(session, who, staff_id)
    org.locked_staff(session, staff_id)
    # Again, now that nobody else can change them.
    placed = _in_scope(session, who, staff_id)
    _check_version(version, _version_of_person(placed.staff, _stays(session, staff_id)))
    return placed


def _looked_at_again(session: Session, who: Caller, staff_id: UUID) -> PersonDetail:
    session.expire_all()
    return person(session, who, staff_id)


def _rights(who: Caller, placed: Placed) -> list[Right]:
    """An admin's over all; a head's over the sign-ins of the advisors of their subtree, and of heads below their unit."""
    if who.role is Role.ADMIN:
        return [Right.EDIT, Right.SIGN_IN]
    is_theirs = placed.membership.role is Role.ADVISOR or placed.unit.path != who.unit_path
    return [Right.SIGN_IN] if is_theirs else []


def _check_role(unit: UnitRow, role: Role) -> None:
    if role is Role.ADMIN and unit.parent_id is not None:
        raise BadInput("An administrator belongs to the head office.")


def _check_version(seen: str, standing: str) -> None:
    if seen != standing:
        raise Conflict("Somebody else has just changed this; look again.", code="changed_meanwhile")


def _detail(session: Session, who: Caller, placed: Placed) -> PersonDetail:
    devices = queries.devices_of(session, placed.staff.id)
    stays = _stays(session, placed.staff.id)
    synced = max((each.last_sync_at for each in devices if each.last_sync_at is not None), default=None)
    return PersonDetail(
        **_person(placed, synced),
        stays=stays,
        devices=[
            Device(
                device_id=each.device_id,
                name=each.name,
                signed_in=each.family_id is not None and each.revoked_at is None,
                first_seen_at=each.created_at,
                last_sync_at=each.last_sync_at,
                waiting=each.waiting,
                revoked_at=each.revoked_at,
            )
            for each in devices
        ],
        lines=[
            PersonLine(
                number=each.number, line=each.line, provider=each.provider, since=each.starts_on, until=each.ends_on
            )
            for each in queries.lines_of(session, placed.staff.id)
        ],
        customers=queries.customers_of(session, placed.staff.id),
        rights=_rights(who, placed),
        version=_version_of_person(placed.staff, stays),
    )


def _stays(session: Session, staff_id: UUID) -> list[Stay]:
    """Where somebody has belonged and will, the latest first."""
    return [
        Stay(unit=org.as_unit(unit), role=each.role, since=each.starts_on, until=each.ends_on)
        for each, unit in reversed(org.memberships(session, staff_id))
    ]


def _person(placed: Placed, synced: datetime | None) -> dict[str, Any]:
    return {
        "id": placed.staff.id,
        "login": placed.staff.login,
        "name": placed.staff.name,
        "active": placed.staff.active,
        "must_change_password": placed.staff.must_change_password,
        "role": placed.membership.role,
        "unit": org.as_unit(placed.unit),
        "last_sync_at": synced,
    }


def _org_unit(unit: UnitRow, staff_there: int) -> OrgUnit:
    return OrgUnit(
        id=unit.id,
        name=unit.name,
        kind=unit.kind,
        parent_id=unit.parent_id,
        lat=unit.lat,
        lon=unit.lon,
        staff=staff_there,
        closed_on=unit.closed_on,
        version=_version_of_unit(unit),
    )


def _version_of_unit(unit: UnitRow) -> str:
    return _digest([unit.name, unit.lat, unit.lon, unit.closed_on])


def _version_of_person(row: StaffRow, stays: Sequence[Stay]) -> str:
    places: list[tuple[UUID, Role, date, date | None]] = [
        (each.unit.id, each.role, each.since, each.until) for each in stays
    ]
    return _digest([row.name, row.active, *places])


def _digest(values: Sequence[object]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]
