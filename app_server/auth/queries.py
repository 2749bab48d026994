"""SQL of sign-in: the caller in one query, sign-ins of a device, counted failures. Decisions are service.py's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import JSON, Select, and_, bindparam, case, delete, or_, type_coerce, update
from sqlmodel import Session, col, select

from app_server.database import dialect_insert
from app_server.tables import (
    DeviceRow,
    RefreshTokenRow,
    SignInFailureRow,
    StaffRow,
    metadata,
)
from shared_models.org import Role, Unit, UnitKind, holds_on
from shared_models.policy import Policy, business_day

DEFAULT_TIMEZONE: str = Policy(effective_from=date(1970, 1, 1)).timezone


_STAFF, _DEVICE, _MEMBERSHIP, _UNIT, _POLICY = (
    metadata.tables[name] for name in ("staff", "device", "membership", "unit", "policy")
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody belongs, and as what."""

    unit: Unit
    path: str
    role: Role


@dataclass(frozen=True, slots=True)
class Standing:
    """A member of staff as the database has them now, on one device.

    `family_id`: the sign-in alive on the device, None for none or on no device of theirs. `place`: where they belong
    today; None: nowhere.
    """

    id: UUID
    login: str
    name: str
    active: bool
    token_version: int
    must_change_password: bool
    family_id: UUID | None
    is_revoked: bool
    place: Place | None
    today: date


def standing(session: Session, *, staff_id: UUID, device_id: str, now: datetime) -> Standing | None:
    """Staff, device, today's unit and today's date, in one query; None for nobody."""
    asked = standing_parameters(staff_id=staff_id, device_id=device_id, now=now)
    return standing_of(session.connection().execute(STANDING, asked).all(), now)


def standing_parameters(*, staff_id: UUID, device_id: str, now: datetime) -> dict[str, Any]:
    """What STANDING is asked with."""
    # The bank's date is within a day of UTC's; which membership holds is decided once its time zone has come along.
    utc_day = now.astimezone(UTC).date()
    return {
        "for_staff": staff_id,
        "on_device": device_id,
        "latest_start": utc_day + timedelta(days=1),
        "earliest_end": utc_day - timedelta(days=1),
    }


def standing_of(rows: Sequence[Any], now: datetime) -> Standing | None:
    """What the rows of STANDING say, or of a query with more columns; None for nobody."""
    if not rows:
        return None
    first = rows[0]
    today = business_day(now, clock_offset_ms=0, timezone=first.timezone or DEFAULT_TIMEZONE)
    here = next(
        (row for row in rows if row.starts_on is not None and holds_on(today, row.starts_on, row.ends_on)), None
    )
    return Standing(
        id=first.id,
        login=first.login,
        name=first.name,
        active=first.active,
        token_version=first.token_version,
        must_change_password=first.must_change_password,
        family_id=first.family_id,
        is_revoked=first.revoked_at is not None,
        place=None if here is None else _place(here),
        today=today,
    )


def _standing() -> Select[*tuple[Any, ...]]:
    # Built once, and of columns, not of rows: it runs for every request.
    s, d, m, u = _STAFF.c, _DEVICE.c, _MEMBERSHIP.c, _UNIT.c
    timezone = (
        select(type_coerce(_POLICY.c.document, JSON)["timezone"].as_string())
        .order_by(_POLICY.c.effective_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    near = and_(
        m.staff_id == s.id,
        m.starts_on <= bindparam("latest_start"),
        or_(m.ends_on.is_(None), m.ends_on > bindparam("earliest_end")),
    )
    return (
        sqlalchemy.select(
            s.id,
            s.login,
            s.name,
            s.active,
            s.token_version,
            s.must_change_password,
            d.family_id,
            d.revoked_at,
            m.role,
            m.starts_on,
            m.ends_on,
            u.id.label("unit_id"),
            u.name.label("unit_name"),
            u.kind.label("unit_kind"),
            u.path.label("unit_path"),
            timezone.label("timezone"),
        )
        .select_from(_STAFF)
        .outerjoin(_DEVICE, and_(d.staff_id == s.id, d.device_id == bindparam("on_device")))
        .outerjoin(_MEMBERSHIP, near)
        .outerjoin(_UNIT, u.id == m.unit_id)
        .where(s.id == bindparam("for_staff"))
    )


# For a transaction's first query to carry along: a trip to the database costs more than what it brings.
STANDING = _standing()


def _place(row: Any) -> Place:  # noqa: ANN401 - a row of STANDING, from SQLAlchemy or from the driver
    # Rows are valid already, and this is done for every request.
    unit = Unit.model_construct(id=row.unit_id, name=row.unit_name, kind=UnitKind(row.unit_kind))
    return Place(unit, row.unit_path, Role(row.role))


def staff_by_login(session: Session, login: str) -> StaffRow | None:
    """The member of staff of that login."""
    return session.exec(select(StaffRow).where(StaffRow.login == login)).one_or_none()


def locked_device(session: Session, *, staff_id: UUID, device_id: str, name: str, now: datetime) -> DeviceRow:
    """The device's row, made if new, locked: sign-ins and refreshes of one device follow one another."""
    session.exec(
        dialect_insert(session, DeviceRow)
        .values(staff_id=staff_id, device_id=device_id, name=name, created_at=now)
        .on_conflict_do_nothing()
    )
    return session.exec(
        select(DeviceRow)
        .where(DeviceRow.staff_id == staff_id, DeviceRow.device_id == device_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def refresh_token(session: Session, digest: bytes) -> RefreshTokenRow | None:
    """The refresh token of that digest, as it is now."""
    return session.exec(
        select(RefreshTokenRow).where(RefreshTokenRow.digest == digest).execution_options(populate_existing=True)
    ).one_or_none()


def exchanged_for(session: Session, token_id: UUID) -> Sequence[RefreshTokenRow]:
    """The tokens that were handed out for that one."""
    return session.exec(select(RefreshTokenRow).where(RefreshTokenRow.parent_id == token_id)).all()


def revoke_siblings(session: Session, token: RefreshTokenRow, now: datetime) -> None:
    """End the other answers to the same exchange, of which the phone has kept this one."""
    if token.parent_id is not None:
        session.exec(
            update(RefreshTokenRow)
            .where(col(RefreshTokenRow.parent_id) == token.parent_id, col(RefreshTokenRow.id) != token.id)
            .values(revoked_at=now)
        )


def revoke_family(session: Session, family_id: UUID, now: datetime) -> None:
    """End a sign-in: its refresh tokens and, through the device, its access tokens."""
    session.exec(
        update(RefreshTokenRow)
        .where(col(RefreshTokenRow.family_id) == family_id, col(RefreshTokenRow.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    session.exec(update(DeviceRow).where(col(DeviceRow.family_id) == family_id).values(family_id=None))


def revoke_other_families(session: Session, staff_id: UUID, *, kept: UUID, now: datetime) -> None:
    """End every sign-in of somebody but one."""
    session.exec(
        update(RefreshTokenRow)
        .where(
            col(RefreshTokenRow.staff_id) == staff_id,
            col(RefreshTokenRow.family_id) != kept,
            col(RefreshTokenRow.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
    session.exec(
        update(DeviceRow)
        .where(col(DeviceRow.staff_id) == staff_id, col(DeviceRow.family_id) != kept)
        .values(family_id=None)
    )


def revoke_all_families(session: Session, staff_id: UUID, now: datetime) -> None:
    """End every sign-in of somebody."""
    session.exec(
        update(RefreshTokenRow)
        .where(col(RefreshTokenRow.staff_id) == staff_id, col(RefreshTokenRow.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    session.exec(update(DeviceRow).where(col(DeviceRow.staff_id) == staff_id).values(family_id=None))


def set_temporary_password(session: Session, staff_id: UUID, password_hash: str) -> None:
    """Put the hash of a password that somebody else knows in the place of theirs; no access token outlives it."""
    session.exec(
        update(StaffRow)
        .where(col(StaffRow.id) == staff_id)
        .values(password_hash=password_hash, must_change_password=True, token_version=col(StaffRow.token_version) + 1)
    )


def set_password(session: Session, staff_id: UUID, *, before: str, after: str) -> bool:
    """Put one password hash in the place of another, chosen by themselves; False when it was another one."""
    changed = session.exec(
        update(StaffRow)
        .where(col(StaffRow.id) == staff_id, col(StaffRow.password_hash) == before)
        .values(password_hash=after, must_change_password=False)
    )
    return changed.rowcount == 1


def forget_expired_tokens(session: Session, *, staff_id: UUID, device_id: str, now: datetime) -> None:
    """Delete one device's refresh tokens that no exchange could use any more."""
    session.exec(
        delete(RefreshTokenRow).where(
            col(RefreshTokenRow.staff_id) == staff_id,
            col(RefreshTokenRow.device_id) == device_id,
            col(RefreshTokenRow.expires_at) < now,
        )
    )


def blocked_until(session: Session, key: str) -> datetime | None:
    """Until when sign-ins of that key are refused."""
    return session.exec(select(SignInFailureRow.blocked_until).where(SignInFailureRow.key == key)).one_or_none()


def count_failure(session: Session, key: str, *, now: datetime, forget_before: datetime) -> SignInFailureRow:
    """One failure more, from nothing if the last is older than `forget_before`; the row stays locked till the commit."""
    statement = dialect_insert(session, SignInFailureRow).values(key=key, failures=1, last_at=now)
    session.exec(
        statement.on_conflict_do_update(
            index_elements=[col(SignInFailureRow.key)],
            set_={
                "failures": case(
                    (col(SignInFailureRow.last_at) < forget_before, 1), else_=col(SignInFailureRow.failures) + 1
                ),
                "last_at": now,
            },
        )
    )
    return session.exec(
        select(SignInFailureRow).where(SignInFailureRow.key == key).execution_options(populate_existing=True)
    ).one()


def forgive(session: Session, key: str) -> None:
    """Forget a login's failures."""
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.key) == key))


def forgive_one(session: Session, key: str) -> None:
    """Take one failure off an address."""
    session.exec(
        update(SignInFailureRow)
        .where(col(SignInFailureRow.key) == key, col(SignInFailureRow.failures) > 0)
        .values(failures=col(SignInFailureRow.failures) - 1)
    )


def forget_failures(session: Session, before: datetime) -> None:
    """Delete failures whose last is older than that."""
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.last_at) < before))
