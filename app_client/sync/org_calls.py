"""What heads ask of units and people: staff, leave, lines, books, the audit log."""

from urllib.parse import quote
from uuid import UUID

from app_client.sync.calls import Calls
from app_client.sync.replies import (
    parsed,
)
from shared_models.leave import AdvisorLeave, LeaveEdit, LeaveList
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


class OrgCalls(Calls):
    """Of units and people; each raises SignInAgain, ServerSaid, Throttled, Offline, BadReply."""

    async def get_leave(self, advisor_id: UUID) -> LeaveList:
        """One advisor's leave, as far as it can be changed."""
        return parsed(await self._call("GET", "/org/leave", params={"advisor_id": str(advisor_id)}), LeaveList)

    async def put_leave(self, leave_id: UUID, edit: LeaveEdit) -> AdvisorLeave:
        """Enter leave, or give it other days."""
        return await self._sent("PUT", f"/org/leave/{leave_id}", edit, AdvisorLeave)

    async def delete_leave(self, leave_id: UUID) -> None:
        """Take leave back."""
        await self._call("DELETE", f"/org/leave/{leave_id}")

    async def get_people(self, *, searched: str, after: str) -> People:
        """A page of the staff below one's unit; with `after` the next one."""
        params = {name: value for name, value in (("q", searched), ("after", after)) if value}
        return parsed(await self._call("GET", "/org/staff", params=params), People)

    async def get_person(self, staff_id: UUID) -> PersonDetail:
        """Somebody with their devices, lines and past."""
        return parsed(await self._call("GET", f"/org/staff/{staff_id}"), PersonDetail)

    async def put_person(self, staff_id: UUID, edit: PersonEdit) -> PersonDetail:
        """Change an account as it was looked at."""
        return await self._sent("PUT", f"/org/staff/{staff_id}", edit, PersonDetail)

    async def reset_password_of(self, staff_id: UUID) -> TemporaryPassword:
        """Give somebody a temporary password; each call makes another."""
        return parsed(await self._call("POST", f"/org/staff/{staff_id}/password"), TemporaryPassword)

    async def revoke_device_of(self, staff_id: UUID, device_id: str) -> PersonDetail:
        """Revoke somebody's device; again it changes nothing."""
        path = f"/org/staff/{staff_id}/devices/{quote(device_id, safe='')}/revoke"
        return parsed(await self._call("POST", path), PersonDetail)

    async def open_account(self, new: NewPerson) -> TemporaryPassword:
        """Open an account."""
        return await self._sent("POST", "/org/staff", new, TemporaryPassword)

    async def transfer_person(self, staff_id: UUID, move: Transfer) -> PersonDetail:
        """Let somebody belong elsewhere, or be something else, from a day on."""
        return await self._sent("POST", f"/org/staff/{staff_id}/transfer", move, PersonDetail)

    async def put_line_of(self, staff_id: UUID, edit: LineEdit) -> PersonDetail:
        """Give somebody a line from a day on; again it changes nothing."""
        return await self._sent("PUT", f"/org/staff/{staff_id}/lines", edit, PersonDetail)

    async def move_book_of(self, staff_id: UUID, move: BookMove) -> PersonDetail:
        """Put all of somebody's customers into another advisor's book."""
        return await self._sent("POST", f"/org/staff/{staff_id}/customers/move", move, PersonDetail)

    async def get_units(self, unit_id: UUID | None) -> OrgUnits:
        """A unit and those right below it; None: one's own."""
        params = {} if unit_id is None else {"unit_id": str(unit_id)}
        return parsed(await self._call("GET", "/org/units", params=params), OrgUnits)

    async def set_up_unit(self, new: NewUnit) -> OrgUnit:
        """Set up a unit."""
        return await self._sent("POST", "/org/units", new, OrgUnit)

    async def put_unit(self, unit_id: UUID, edit: UnitEdit) -> OrgUnit:
        """Change a unit as it was looked at."""
        return await self._sent("PUT", f"/org/units/{unit_id}", edit, OrgUnit)

    async def get_audit_log(self, *, before: UUID | None) -> AuditLog:
        """A page of the audit log, the latest first; with `before` the next one."""
        params = {} if before is None else {"before": str(before)}
        return parsed(await self._call("GET", "/org/audit", params=params), AuditLog)
