"""The rules of signing in, refreshing and signing out. HTTP is in endpoints.py, what a caller may do in dependencies.py."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlmodel import Session

from app_server.audit.service import note
from app_server.auth import queries
from app_server.auth.device_keys import DeviceKeys
from app_server.auth.passwords import hash_password, is_password, temporary_password
from app_server.auth.tokens import AccessClaims, AccessTokens, new_refresh_token, refresh_digest, seconds_until
from app_server.database import Database
from app_server.org.queries import policies, unit_path
from app_server.settings import Settings
from app_server.tables import DeviceRow, RefreshTokenRow, StaffRow
from shared_models.activity import uuid7
from shared_models.errors import (
    BadInput,
    Conflict,
    DomainError,
    NotFound,
    NotSignedIn,
    PasswordChangeRequired,
    Throttled,
    WeakPassword,
    WrongPassword,
)
from shared_models.org import Role, Staff, Unit
from shared_models.passwords import MAX_CHARS, MIN_CHARS, PasswordChange, PasswordTrouble, password_trouble
from shared_models.policy import Policy
from shared_models.sync import DeviceId
from shared_models.text import Code, Line

FREE_FAILURES_OF_LOGIN = 5
# A whole outlet may sit behind one address.
FREE_FAILURES_OF_ADDRESS = 100
LONGEST_BLOCK = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)

_TROUBLES = {
    PasswordTrouble.TOO_SHORT: f"A password has at least {MIN_CHARS} characters.",
    PasswordTrouble.TOO_LONG: f"A password has at most {MAX_CHARS} characters.",
    PasswordTrouble.TOO_SIMPLE: "This password is too easy to guess.",
    PasswordTrouble.HAS_LOGIN: "A password must not have your login in it.",
    PasswordTrouble.NOT_NEW: "This is the password you have; choose another.",
}
_LOGIN: TypeAdapter[str] = TypeAdapter(Code)
_DEVICE_ID: TypeAdapter[str] = TypeAdapter(DeviceId)
_DEVICE_NAME: TypeAdapter[str] = TypeAdapter(Line)


class GrantRefused(DomainError):
    """A token request was refused; `code` is one of RFC 6749 §5.2."""

    code = "invalid_grant"


class TokenReply(BaseModel):
    """The answer to a successful token request (RFC 6749 §5.1) and who signed in; `expires_in` in seconds."""

    access_token: str = Field(repr=False)
    token_type: str = "bearer"  # noqa: S105 - the name of a kind
    expires_in: int
    refresh_token: str = Field(repr=False)
    staff: Staff
    # Of the password grant alone: whoever finds a refresh token in a store must not open it by that.
    device_key: str | None = Field(default=None, repr=False)
    # Only where it is so: until then the access token opens nothing but `POST /auth/password` and signing out.
    password_change_required: Literal[True] | None = None


class Me(Staff):
    """The signed-in member of staff, the units above them (root first), and the policy in force today."""

    unit_path: list[Unit]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as the database has them at this request. `unit_path` is "/top/…/own/": their scope."""

    staff: Staff
    unit_path: str
    device_id: str
    family_id: UUID
    today: date

    @property
    def id(self) -> UUID:
        """The id of the member of staff."""
        return self.staff.id

    @property
    def role(self) -> Role:
        """Their role now, whatever it was when the token was made."""
        return self.staff.role


@dataclass(frozen=True, slots=True)
class _Exchange:
    staff: Staff
    must_change_password: bool
    claims: AccessClaims
    refresh_token: str


def caller(session: Session, claims: AccessClaims, now: datetime) -> Caller:
    """The caller an access token stands for.

    Raises NotSignedIn when any of it has ended since, PasswordChangeRequired while their password is a temporary one.
    """
    return caller_of(_standing(session, claims, now), claims)


def token_holder(session: Session, claims: AccessClaims, now: datetime) -> Caller:
    """As `caller`, also of somebody who has still to choose a password."""
    return caller_of(_standing(session, claims, now), claims, may_be_temporary=True)


def _standing(session: Session, claims: AccessClaims, now: datetime) -> queries.Standing | None:
    return queries.standing(session, staff_id=claims.staff_id, device_id=claims.device_id, now=now)


def caller_of(found: queries.Standing | None, claims: AccessClaims, *, may_be_temporary: bool = False) -> Caller:
    """As `caller`, from what the database was found to have of them."""
    if found is None or not found.active or found.token_version != claims.version:
        raise NotSignedIn("This sign-in has ended; sign in again.")
    if found.is_revoked or found.family_id != claims.family_id:
        raise NotSignedIn("This device is signed out; sign in again.")
    if found.place is None:
        raise NotSignedIn("You belong to no unit today; ask your administrator.")
    if found.must_change_password and not may_be_temporary:
        raise PasswordChangeRequired("Your password is a temporary one; choose your own first.")
    return Caller(
        staff=_staff(found, found.place),
        unit_path=found.place.path,
        device_id=claims.device_id,
        family_id=claims.family_id,
        today=found.today,
    )


def me(session: Session, who: Caller) -> Me:
    """What `GET /me` answers."""
    policy = policies(session).on(who.today).policy
    return Me(**dict(who.staff), unit_path=unit_path(session, who.unit_path), policy=policy)


def sign_in(
    db: Database,
    tokens: AccessTokens,
    device_keys: DeviceKeys,
    *,
    login: str,
    password: str,
    device_id: str,
    device_name: str,
    address: str,
    settings: Settings,
    now: datetime,
) -> TokenReply:
    """The password grant; raises GrantRefused or Throttled. Hashing happens outside any transaction."""
    _check_device(device_id, device_name)
    try:
        login = _LOGIN.validate_python(login)
    except ValidationError:
        raise _wrong_password() from None
    staff = _checked(db, login=login, password=password, address=address, now=now)
    if staff is None:
        raise _wrong_password()
    staff_id = staff.id

    def start(session: Session) -> _Exchange:
        _forgive(session, login=login, address=address)
        device = queries.locked_device(session, staff_id=staff_id, device_id=device_id, name=device_name, now=now)
        if device.revoked_at is not None:
            raise GrantRefused("This device was revoked; ask your administrator.")
        if device.family_id is not None:
            queries.revoke_family(session, device.family_id, now)
        family_id = uuid7(now)
        device.family_id = family_id
        device.name = device_name
        session.add(device)
        family_expires_at = now + timedelta(days=settings.refresh_family_days)
        return _exchange(session, device, parent=None, family_expires_at=family_expires_at, settings=settings, now=now)

    reply = _reply(tokens, db.write(start), now)
    reply.device_key = device_keys.key_for(staff_id=staff_id, device_id=device_id)
    return reply


def refresh(
    db: Database, tokens: AccessTokens, *, token: str, device_id: str, settings: Settings, now: datetime
) -> TokenReply:
    """The refresh grant; raises GrantRefused. A used token ends its family, but for a repeat within the grace."""
    _check_device(device_id, "")
    # The refusal is raised after the commit: what it revokes must stay revoked.
    outcome = db.write(
        lambda session: _take_refresh_token(session, token=token, device_id=device_id, settings=settings, now=now)
    )
    if isinstance(outcome, GrantRefused):
        raise outcome
    return _reply(tokens, outcome, now)


def sign_out(session: Session, who: Caller, now: datetime) -> None:
    """End this device's sign-in: no token of it works any more."""
    queries.revoke_family(session, who.family_id, now)


def change_password(db: Database, who: Caller, change: PasswordChange, *, address: str, now: datetime) -> None:
    """Set the caller's own password and end their sign-ins on all other devices.

    Raises WeakPassword, WrongPassword, Throttled, or Conflict when it was changed at the same time elsewhere.
    """
    login, current, new = who.staff.login, change.current_password, change.new_password
    trouble = password_trouble(new, login=login, current=current)
    if trouble is not None:
        raise WeakPassword(_TROUBLES[trouble])
    # Counted as a sign-in is: a stolen access token must not be worth any number of guesses.
    staff = _checked(db, login=login, password=current, address=address, now=now)
    if staff is None:
        raise WrongPassword("The present password is wrong.")
    stored, hashed = staff.password_hash, hash_password(new)

    def change_it(session: Session) -> None:
        if not queries.set_password(session, who.id, before=stored, after=hashed):
            raise Conflict("Your password was changed elsewhere at the same time; sign in again.")
        queries.revoke_other_families(session, who.id, kept=who.family_id, now=now)
        _forgive(session, login=login, address=address)

    db.write(change_it)


def reset_password(db: Database, login: str, *, actor: UUID | None, now: datetime) -> str:
    """Give somebody a temporary password, which is returned, and end all their sign-ins, access tokens included.

    `actor` ordered it, None: the command line.

    Raises NotFound for an unknown login, BadInput for an account that is not active.
    """
    password = temporary_password()
    hashed = hash_password(password)

    def reset_it(session: Session) -> None:
        staff = queries.staff_by_login(session, login)
        if staff is None:
            raise NotFound(f"There is no member of staff with the login {login!r}.")
        if not staff.active:
            raise BadInput(f"The account {login!r} is not active.")
        give_password(session, staff, hashed, actor=actor, now=now)

    db.write(reset_it)
    return password


def give_password(session: Session, staff: StaffRow, password_hash: str, *, actor: UUID | None, now: datetime) -> None:
    """Put a temporary password in the place of theirs, end all their sign-ins, and say so in the audit log."""
    queries.set_temporary_password(session, staff.id, password_hash)
    queries.revoke_all_families(session, staff.id, now)
    # Whoever forgot it has probably guessed.
    queries.forgive(session, _login_key(staff.login))
    document = {"login": staff.login, "must_change": True}
    _note_of_staff(session, "staff.reset", staff, after=document, actor=actor, now=now)


def revoke_device(session: Session, staff: StaffRow, device_id: str, *, actor: UUID, now: datetime) -> None:
    """End what is signed in on somebody's device, and let nobody sign in as them on it again; raises NotFound."""
    device = session.get(DeviceRow, (staff.id, device_id))
    if device is None:
        raise NotFound("There is no such device.")
    if device.revoked_at is not None:
        return
    if device.family_id is not None:
        queries.revoke_family(session, device.family_id, now)
    device.revoked_at = now
    session.add(device)
    document = {"login": staff.login, "device": device.name}
    _note_of_staff(session, "device.revoked", staff, after=document, actor=actor, now=now)


def _note_of_staff(
    session: Session,
    action: str,
    staff: StaffRow,
    *,
    after: dict[str, Any],
    actor: UUID | None,
    now: datetime,
) -> None:
    found = queries.standing(session, staff_id=staff.id, device_id="", now=now)
    note(
        session,
        actor=actor,
        action=action,
        subject_kind="staff",
        subject_id=staff.id,
        unit_path=found.place.path if found is not None and found.place is not None else None,
        before=None,
        after=after,
        now=now,
    )


def _checked(db: Database, *, login: str, password: str, address: str, now: datetime) -> StaffRow | None:
    """The active member of staff whose login and password these are; an attempt is counted until `_forgive`."""
    staff = db.write(lambda session: _begin_attempt(session, login=login, address=address, now=now))
    is_right = len(password) <= MAX_CHARS and is_password(password, staff.password_hash if staff else None)
    if staff is not None and is_right and staff.active:
        return staff
    db.write(lambda session: _fail_attempt(session, address=address, now=now))
    return None


def _forgive(session: Session, *, login: str, address: str) -> None:
    queries.forgive(session, _login_key(login))
    queries.forgive_one(session, _address_key(address))


def block_for(failures: int, free: int) -> timedelta:
    """How long to wait after that many failures: nothing for the first ones, then 1 s, 2 s, 4 s … a quarter of an hour."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_BLOCK)


def _begin_attempt(session: Session, *, login: str, address: str, now: datetime) -> StaffRow | None:
    # Counted before the password is looked at: of any number of guesses at once only the free ones get through.
    for key in (_login_key(login), _address_key(address)):
        until = queries.blocked_until(session, key)
        if until is not None and until > now:
            raise _throttled(until, now)
    attempt = queries.count_failure(session, _login_key(login), now=now, forget_before=now - FAILURES_FORGOTTEN_AFTER)
    # Again, now that the row is ours: those before us in the queue may have closed the door.
    if attempt.blocked_until is not None and attempt.blocked_until > now:
        raise _throttled(attempt.blocked_until, now)
    attempt.blocked_until = now + block_for(attempt.failures, FREE_FAILURES_OF_LOGIN)
    session.add(attempt)
    return queries.staff_by_login(session, login)


def _fail_attempt(session: Session, *, address: str, now: datetime) -> None:
    queries.forget_failures(session, before=now - FAILURES_FORGOTTEN_AFTER)
    failed = queries.count_failure(
        session, _address_key(address), now=now, forget_before=now - FAILURES_FORGOTTEN_AFTER
    )
    failed.blocked_until = now + block_for(failed.failures, FREE_FAILURES_OF_ADDRESS)
    session.add(failed)


def _take_refresh_token(
    session: Session, *, token: str, device_id: str, settings: Settings, now: datetime
) -> _Exchange | GrantRefused:
    digest = refresh_digest(token)
    presented = queries.refresh_token(session, digest)
    if presented is None:
        return _refused()
    device = queries.locked_device(
        session, staff_id=presented.staff_id, device_id=presented.device_id, name="", now=now
    )
    presented = queries.refresh_token(session, digest)
    if presented is None or presented.expires_at <= now:
        return _refused()
    is_theirs = device_id == presented.device_id and device.family_id == presented.family_id
    if presented.revoked_at is not None or not is_theirs or _is_reuse(session, presented, settings=settings, now=now):
        queries.revoke_family(session, presented.family_id, now)
        return _refused()
    if device.revoked_at is not None:
        return _refused()
    queries.forget_expired_tokens(session, staff_id=presented.staff_id, device_id=device_id, now=now)
    if presented.used_at is None:
        queries.revoke_siblings(session, presented, now)
        presented.used_at = now
        session.add(presented)
    try:
        return _exchange(
            session,
            device,
            parent=presented.id,
            family_expires_at=presented.family_expires_at,
            settings=settings,
            now=now,
        )
    except GrantRefused as refusal:
        return refusal


def _is_reuse(session: Session, token: RefreshTokenRow, *, settings: Settings, now: datetime) -> bool:
    """Whether a used token is presented otherwise than as the repeat of the very last exchange (RFC 9700 §4.14.2)."""
    if token.used_at is None:
        return False
    if now - token.used_at > timedelta(seconds=settings.refresh_grace_seconds):
        return True
    return any(answer.used_at is not None for answer in queries.exchanged_for(session, token.id))


def _exchange(
    session: Session,
    device: DeviceRow,
    *,
    parent: UUID | None,
    family_expires_at: datetime,
    settings: Settings,
    now: datetime,
) -> _Exchange:
    found = queries.standing(session, staff_id=device.staff_id, device_id=device.device_id, now=now)
    if found is None or not found.active:
        raise _refused()
    if found.place is None:
        raise GrantRefused("You belong to no unit today; ask your administrator.")
    assert device.family_id is not None
    token = new_refresh_token()
    session.add(
        RefreshTokenRow(
            id=uuid7(now),
            family_id=device.family_id,
            parent_id=parent,
            staff_id=device.staff_id,
            device_id=device.device_id,
            digest=refresh_digest(token),
            issued_at=now,
            expires_at=min(now + timedelta(days=settings.refresh_token_days), family_expires_at),
            family_expires_at=family_expires_at,
        )
    )
    claims = AccessClaims(
        staff_id=device.staff_id,
        device_id=device.device_id,
        family_id=device.family_id,
        version=found.token_version,
    )
    return _Exchange(
        staff=_staff(found, found.place),
        must_change_password=found.must_change_password,
        claims=claims,
        refresh_token=token,
    )


def _reply(tokens: AccessTokens, exchange: _Exchange, now: datetime) -> TokenReply:
    return TokenReply(
        access_token=tokens.issue(exchange.claims, now),
        expires_in=tokens.expires_in,
        refresh_token=exchange.refresh_token,
        staff=exchange.staff,
        password_change_required=True if exchange.must_change_password else None,
    )


def _staff(found: queries.Standing, place: queries.Place) -> Staff:
    return Staff(id=found.id, login=found.login, name=found.name, role=place.role, unit=place.unit)


def _check_device(device_id: str, device_name: str) -> None:
    try:
        _DEVICE_ID.validate_python(device_id)
        _DEVICE_NAME.validate_python(device_name)
    except ValidationError:
        raise GrantRefused("device_id or device_name is not valid.", code="invalid_request") from None


def _wrong_password() -> GrantRefused:
    return GrantRefused("The login or the password is wrong.")


def _refused() -> GrantRefused:
    return GrantRefused("This sign-in has ended; sign in again.")


def _throttled(until: datetime, now: datetime) -> Throttled:
    seconds = seconds_until(until, now)
    return Throttled(f"Too many failed sign-ins; try again in {seconds} seconds.", retry_after=seconds)


def _login_key(login: str) -> str:
    return f"login:{login}"


def _address_key(address: str) -> str:
    return f"address:{address}"
