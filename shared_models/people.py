"""People (人员与机构) as heads and head office see and change them: the wire shapes of `/org`. The rules are the server's."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from shared_models.org import Role, StaffName, Unit, UnitKind
from shared_models.telephony import PbxLine
from shared_models.text import Code, Name

# What a thing was like when it was last looked at; opaque.
Version = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OrgUnit(Unit):
    """A unit with its place (WGS 84, in degrees, both or none) and how many belong right to it today.

    `closed_on`: from that day on nobody belongs to it; None: it is open.
    """

    parent_id: UUID | None
    lat: float | None
    lon: float | None
    staff: int
    closed_on: date | None = None
    version: Version


class OrgUnits(BaseModel):
    """A unit, and those right below it by name; `above` is the way to it from the top of the caller's scope."""

    above: list[Unit]
    unit: OrgUnit
    below: list[OrgUnit]


class NewUnit(BaseModel):
    """A unit to set up below another; place in degrees, both or none."""

    parent_id: UUID
    name: Name
    kind: UnitKind
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)


class UnitEdit(BaseModel):
    """A unit as it shall be; place in degrees, both or none. `version` is that of what was looked at.

    `is_open`: False closes it from tomorrow on, True opens it again, None leaves it as it is.
    """

    is_open: bool | None = None
    name: Name
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    version: Version


class Right(StrEnum):
    """What the caller may do with somebody: their account and unit · their password and devices."""

    EDIT = "edit"
    SIGN_IN = "sign_in"


class Person(BaseModel):
    """A member of staff: `unit` and `role` of today, or of the last day they belonged anywhere, or will belong."""

    id: UUID
    login: Code
    name: Name
    active: bool
    must_change_password: bool
    role: Role
    unit: Unit
    last_sync_at: AwareDatetime | None


class People(BaseModel):
    """A page of staff by login; `after` asks for the next one, None: this is the last."""

    people: list[Person]
    after: str | None


class Stay(BaseModel):
    """Where somebody belongs, and as what, from `since` up to, not including, `until`; None: still."""

    unit: Unit
    role: Role
    since: date
    until: date | None


class Device(BaseModel):
    """One of somebody's devices. `waiting`: activities that it said it still held when it last synced."""

    device_id: str
    name: str
    signed_in: bool
    first_seen_at: AwareDatetime
    last_sync_at: AwareDatetime | None
    waiting: int | None
    revoked_at: AwareDatetime | None


class PersonLine(BaseModel):
    """A line of the bank's that is theirs, or was."""

    number: str
    line: PbxLine
    provider: str
    since: date
    until: date | None


class PersonDetail(Person):
    """Somebody with their past, their devices and lines; `customers` are in their book now."""

    stays: list[Stay]
    devices: list[Device]
    lines: list[PersonLine]
    customers: int
    rights: list[Right]
    version: Version


class NewPerson(BaseModel):
    """An account to open."""

    login: Code
    name: Name
    role: Role
    unit_id: UUID
    since: date


class PersonEdit(BaseModel):
    """An account as it shall be; closing one ends its sign-ins at once, and the stay in its unit today."""

    name: Name
    active: bool
    version: Version


class Transfer(BaseModel):
    """That somebody belongs to a unit in a role from a day on, today or later."""

    unit_id: UUID
    role: Role
    on_day: date
    version: Version


class BookMove(BaseModel):
    """To whom all customers of somebody go; `version` is that of whose they are."""

    to: UUID
    version: Version


class LineEdit(BaseModel):
    """A line that shall be theirs from `since` on, up to, not including, `until`; `provider` "": the exchange
    that has had it, if one alone has, otherwise any.

    `takes_over` False: not if it is somebody else's on that day or later.
    """

    number: Annotated[str, StringConstraints(min_length=1, max_length=32, strip_whitespace=True)]
    line: PbxLine
    provider: str = ""
    since: date
    until: date | None = None
    takes_over: bool = True


class TemporaryPassword(BaseModel):
    """A password to hand over once: it opens nothing but the choice of another."""

    login: str
    password: str = Field(repr=False)


class AuditEntry(BaseModel):
    """One change: who made it (None: the command line), to what, and what of it was otherwise before."""

    id: UUID
    at: AwareDatetime
    actor: StaffName | None
    action: str
    subject_kind: str
    subject_id: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditLog(BaseModel):
    """A page of the log, the latest first; `before` asks for the next one, None: this is the last."""

    entries: list[AuditEntry]
    before: UUID | None
