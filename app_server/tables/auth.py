"""Devices, their refresh tokens, and failed sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from app_server.columns import UtcDateTime
from app_server.tables.row import Row


class DeviceRow(Row, table=True):
    """One person's phone. `family_id` is the sign-in that is alive on it; None after signing out or a stolen token."""

    staff_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    device_id: str = Field(primary_key=True)
    name: str = ""
    family_id: UUID | None = None
    last_sync_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting: int | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class RefreshTokenRow(Row, table=True):
    """A refresh token by its SHA-256. `parent_id` is the token it was exchanged for; a repeat makes a sibling."""

    __table_args__ = (Index("ix_refresh_token_staff_id_device_id", "staff_id", "device_id"),)

    id: UUID = Field(primary_key=True)
    family_id: UUID = Field(index=True)
    parent_id: UUID | None = Field(default=None, index=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    device_id: str
    digest: bytes = Field(sa_type=LargeBinary, unique=True, repr=False)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    family_expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInFailureRow(Row, table=True):
    """Failed sign-ins of one login ("login:…") or from one address ("address:…")."""

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
