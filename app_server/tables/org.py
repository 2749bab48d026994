"""Units, staff, and where each of them belongs over time."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from app_server.columns import text_enum
from app_server.tables.row import Row
from shared_models.org import Role, UnitKind


class UnitRow(Row, table=True):
    """A unit (机构). `path` is the ids from the root down, "/…/…/": a subtree is one range of it.

    `closed_on`: from that day on nobody belongs to it; None: it is open.
    """

    __table_args__ = (Index("ix_unit_path", "path", unique=True, postgresql_ops={"path": "text_pattern_ops"}),)

    id: UUID = Field(primary_key=True)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    name: str
    kind: UnitKind = Field(sa_type=text_enum(UnitKind))
    path: str
    lat: float | None = None
    lon: float | None = None
    closed_on: date | None = None


class StaffRow(Row, table=True):
    """A member of staff; their role is that of their membership. Raising `token_version` ends all their access tokens.

    `must_change_password`: somebody else knows it, so it opens nothing but its own change. `is_demo`: everybody does.
    """

    id: UUID = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str = Field(repr=False)
    must_change_password: bool = False
    token_version: int = 1
    active: bool = True
    is_demo: bool = False


class MembershipRow(Row, table=True):
    """Where somebody belongs and as what, from `starts_on` up to, not including, `ends_on`; None: still. Never two at a time."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        Index("ix_membership_staff_id_starts_on", "staff_id", "starts_on", unique=True),
        # One open membership a person, by the database itself.
        Index(
            "ix_membership_open",
            "staff_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    role: Role = Field(sa_type=text_enum(Role))
    starts_on: date
    ends_on: date | None = None
