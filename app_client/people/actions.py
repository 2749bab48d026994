"""What a head can do about staff: look, give a temporary password, revoke a device; head office keeps accounts, places, lines and units. All of it online.

Nothing of it is kept on the device. Everything here raises Offline, SignInAgain, ServerSaid, BadReply.
"""

from uuid import UUID

from app_client.session import AppSession
from shared_models.errors import DomainError
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

# What the server takes to look for.
MOST_SEARCHED = 100


async def fetch_people(session: AppSession, *, searched: str, after: str = "") -> People:
    """A page of the staff below, whose login begins so or whose name has that in it."""
    return await session.transport.get_people(searched=searched.strip()[:MOST_SEARCHED], after=after)


async def fetch_person(session: AppSession, staff_id: UUID) -> PersonDetail:
    """Somebody with their devices, lines and past."""
    return await session.transport.get_person(staff_id)


async def looked_at_again(session: AppSession, person: PersonDetail) -> PersonDetail:
    """Somebody as they are now; as they were, where that cannot be asked."""
    try:
        return await fetch_person(session, person.id)
    except DomainError:
        return person


async def give_password(session: AppSession, staff_id: UUID) -> TemporaryPassword:
    """Sign somebody out everywhere; they sign in again with what this answers, once."""
    return await session.transport.reset_password_of(staff_id)


async def revoke_device(session: AppSession, staff_id: UUID, device_id: str) -> PersonDetail:
    """Let nobody sign in as them on that device again."""
    return await session.transport.revoke_device_of(staff_id, device_id)


async def open_or_close(session: AppSession, person: PersonDetail, *, active: bool) -> PersonDetail:
    """Close an account or open it again, if it is still as it was looked at."""
    edit = PersonEdit(name=person.name, active=active, version=person.version)
    return await session.transport.put_person(person.id, edit)


async def rename(session: AppSession, person: PersonDetail, name: str) -> PersonDetail:
    """Call somebody otherwise, if they are still as they were looked at."""
    edit = PersonEdit(name=name, active=person.active, version=person.version)
    return await session.transport.put_person(person.id, edit)


async def open_account(session: AppSession, new: NewPerson) -> TemporaryPassword:
    """Open an account; they sign in with what this answers, once."""
    return await session.transport.open_account(new)


async def transfer(session: AppSession, staff_id: UUID, move: Transfer) -> PersonDetail:
    """Let somebody belong elsewhere, or be something else, from a day on."""
    return await session.transport.transfer_person(staff_id, move)


async def give_line(session: AppSession, staff_id: UUID, edit: LineEdit) -> PersonDetail:
    """Give somebody a line from a day on; for whoever had it, it ends then."""
    return await session.transport.put_line_of(staff_id, edit)


async def move_book(session: AppSession, person: PersonDetail, to: UUID) -> PersonDetail:
    """Put all of somebody's customers into another advisor's book."""
    return await session.transport.move_book_of(person.id, BookMove(to=to, version=person.version))


async def fetch_units(session: AppSession, unit_id: UUID | None) -> OrgUnits:
    """A unit, the way to it and those right below it; None: one's own."""
    return await session.transport.get_units(unit_id)


async def set_up_unit(session: AppSession, new: NewUnit) -> OrgUnit:
    """Set up a unit."""
    return await session.transport.set_up_unit(new)


async def edit_unit(session: AppSession, unit_id: UUID, edit: UnitEdit) -> OrgUnit:
    """Change a unit, if it is still as it was looked at."""
    return await session.transport.put_unit(unit_id, edit)


async def fetch_log(session: AppSession, *, before: UUID | None = None) -> AuditLog:
    """A page of what was changed below, the latest first."""
    return await session.transport.get_audit_log(before=before)
