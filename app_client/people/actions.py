"""What a head can do about staff: look, give a temporary password, revoke a device; head office also closes accounts and moves people. All of it online.

Nothing of it is kept on the device. Everything here raises Offline, SignInAgain, ServerSaid, BadReply.
"""

from uuid import UUID

from app_client.session import AppSession
from shared_models.people import AuditLog, People, PersonDetail, PersonEdit, TemporaryPassword

# What the server takes to look for.
MOST_SEARCHED = 100


async def fetch_people(session: AppSession, *, searched: str, after: str = "") -> People:
    """A page of the staff below, whose login begins so or whose name has that in it."""
    return await session.transport.get_people(searched=searched.strip()[:MOST_SEARCHED], after=after)


async def fetch_person(session: AppSession, staff_id: UUID) -> PersonDetail:
    """Somebody with their devices, lines and past."""
    return await session.transport.get_person(staff_id)


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


async def fetch_log(session: AppSession, *, before: UUID | None = None) -> AuditLog:
    """A page of what was changed below, the latest first."""
    return await session.transport.get_audit_log(before=before)
