"""The first rows of a real bank: its head office, the policy with its calendar, and an administrator. Never demo data."""

from datetime import date, datetime, timedelta

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, select

from app_server.audit.service import Change, note_all
from app_server.auth.passwords import hash_password, temporary_password
from app_server.database import Database
from app_server.imports.entities import stable_id
from app_server.policies.calendar import calendar_for
from app_server.tables import MembershipRow, PolicyRow, StaffRow, UnitRow
from shared_models.errors import BadInput, Conflict
from shared_models.org import Role, UnitKind
from shared_models.policy import Policies, Policy
from shared_models.text import Code, Name

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_LOGIN: TypeAdapter[str] = TypeAdapter(Code)


def start_bank(db: Database, *, bank: str, login: str, now: datetime) -> str:
    """Make the head office, the default policy and an admin; returns the temporary password.

    Raises Conflict when there is a bank already, BadInput for an unusable name or login.
    """
    try:
        bank, login = _NAME.validate_python(bank), _LOGIN.validate_python(login)
    except ValidationError as error:
        raise BadInput(f"The bank's name or the login cannot be used: {error.errors()[0]['msg']}.") from None
    if "/" in bank:
        raise BadInput("A unit's name has no / in it.")
    password = temporary_password()
    password_hash = hash_password(password)
    db.write(lambda session: _make(session, bank=bank, login=login, password_hash=password_hash, now=now))
    return password


def policy_from(day: date) -> Policy:
    """The default policy in force from that day, with the calendar of its year and the next."""
    return Policy(effective_from=day, calendar=calendar_for([day.year, day.year + 1]))


def _make(session: Session, *, bank: str, login: str, password_hash: str, now: datetime) -> None:
    if session.exec(select(UnitRow.id).limit(1)).first() or session.exec(select(StaffRow.id).limit(1)).first():
        raise Conflict("This database has a bank already; import units and staff into it.")
    today = Policies([]).today(now)
    unit_id, staff_id = stable_id("unit", f"/{bank}"), stable_id("staff", login)
    session.add(UnitRow(id=unit_id, name=bank, kind=UnitKind.HEAD_OFFICE, path=f"/{unit_id}/"))
    session.add(StaffRow(id=staff_id, login=login, name=login, password_hash=password_hash, must_change_password=True))
    # A policy says from when on it counts; activities may come in late.
    policy = policy_from(today - timedelta(days=31))
    session.add(PolicyRow(id=stable_id("policy", str(today)), effective_from=policy.effective_from, document=policy))
    session.flush()
    session.add(
        MembershipRow(
            id=stable_id("membership", f"{login}@{today}"),
            staff_id=staff_id,
            unit_id=unit_id,
            role=Role.ADMIN,
            starts_on=today,
        )
    )
    path = f"/{unit_id}/"
    note_all(
        session,
        [
            Change("unit.created", "unit", unit_id, path, None, {"name": bank, "kind": UnitKind.HEAD_OFFICE}),
            Change("staff.created", "staff", staff_id, path, None, {"login": login, "role": Role.ADMIN}),
        ],
        actor=None,
        now=now,
    )
