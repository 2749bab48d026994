"""HTTP of units, staff, their devices and lines, and of the audit log. Advisors' tokens are refused by the type of `head`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app_server.auth.dependencies import CurrentAdmin, CurrentHead
from app_server.dependencies import ClockDep, DatabaseDep
from app_server.people import service
from shared_models.people import (
    AuditLog,
    BookMove,
    LineEdit,
    NewPerson,
    NewUnit,
    OrgUnit,
    OrgUnits,
    People,
    PersonDetail,
    PersonEdit,
    TemporaryPassword,
    Transfer,
    UnitEdit,
)
from shared_models.sync import DeviceId

router = APIRouter(prefix="/api/v1/org", tags=["org"])

Searched = Annotated[str, Query(max_length=100)]


@router.get("/units")
def units(head: CurrentHead, db: DatabaseDep, unit_id: UUID | None = None) -> OrgUnits:
    """A unit and those right below it; your own when left out."""
    return db.read(lambda session: service.org_units(session, head, unit_id=unit_id))


@router.put("/units/{unit_id}")
def edit_unit(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, unit_id: UUID, edit: UnitEdit) -> OrgUnit:
    """Change a unit's name or place, close it or open it again; 409 when somebody changed it since you looked, or it is in use."""
    return db.write(lambda session: service.edit_unit(session, admin, unit_id, edit=edit, now=clock.now()))


@router.post("/units", status_code=201)
def open_unit(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, new: NewUnit) -> OrgUnit:
    """Set up a unit below another one."""
    return db.write(lambda session: service.open_unit(session, admin, new, now=clock.now()))


@router.get("/staff")
def staff(
    head: CurrentHead, db: DatabaseDep, unit_id: UUID | None = None, q: Searched = "", after: Searched = ""
) -> People:
    """Staff of a unit and all below it, by login, also those who have left; `q` is the beginning of a login or part of a name."""
    return db.read(lambda session: service.people(session, head, unit_id=unit_id, searched=q, after=after))


@router.post("/staff", status_code=201)
def open_account(
    response: Response, admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, new: NewPerson
) -> TemporaryPassword:
    """Open an account; its temporary password is told this once."""
    response.headers["Cache-Control"] = "no-store"
    return service.open_account(db, admin, new, now=clock.now())


@router.get("/staff/{staff_id}")
def person(head: CurrentHead, db: DatabaseDep, staff_id: UUID) -> PersonDetail:
    """Somebody with their past, devices and lines, and what you may do."""
    return db.read(lambda session: service.person(session, head, staff_id))


@router.put("/staff/{staff_id}")
def edit_person(
    admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, staff_id: UUID, edit: PersonEdit
) -> PersonDetail:
    """Change a name, close an account or open it again; 409 when somebody changed it since you looked."""
    return db.write(lambda session: service.edit_person(session, admin, staff_id, edit=edit, now=clock.now()))


@router.post("/staff/{staff_id}/transfer")
def transfer(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, staff_id: UUID, move: Transfer) -> PersonDetail:
    """Let somebody belong to another unit, or be something else there, from a day on; the past stays as it was."""
    return db.write(lambda session: service.transfer(session, admin, staff_id, move=move, now=clock.now()))


@router.post("/staff/{staff_id}/password")
def reset_password(
    response: Response, head: CurrentHead, db: DatabaseDep, clock: ClockDep, staff_id: UUID
) -> TemporaryPassword:
    """Give somebody a temporary password, told this once, and sign all their devices out."""
    response.headers["Cache-Control"] = "no-store"
    return service.reset_password(db, head, staff_id, now=clock.now())


@router.post("/staff/{staff_id}/devices/{device_id}/revoke")
def revoke_device(
    head: CurrentHead, db: DatabaseDep, clock: ClockDep, staff_id: UUID, device_id: DeviceId
) -> PersonDetail:
    """End what is signed in on a device, and let nobody sign in as them on it again."""
    return db.write(lambda session: service.revoke_device(session, head, staff_id, device_id, now=clock.now()))


@router.put("/staff/{staff_id}/lines")
def give_line(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, staff_id: UUID, edit: LineEdit) -> PersonDetail:
    """Give somebody a line from a day on; for whoever had it until then it ends, and the calls that waited for it are entered."""
    return service.give_line(db, admin, staff_id, edit=edit, now=clock.now())


@router.post("/staff/{staff_id}/customers/move")
def move_book(admin: CurrentAdmin, db: DatabaseDep, clock: ClockDep, staff_id: UUID, move: BookMove) -> PersonDetail:
    """Put all of somebody's customers into another advisor's book, with the follow-ups that are open; what was recorded stays."""
    return service.move_book(db, admin, staff_id, move=move, now=clock.now())


@router.get("/audit")
def audit(head: CurrentHead, db: DatabaseDep, subject_id: Searched = "", before: UUID | None = None) -> AuditLog:
    """What was changed below your unit, the latest first; with `subject_id` of one thing."""
    return db.read(lambda session: service.audit_log(session, head, subject_id=subject_id, before=before))
