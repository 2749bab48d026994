"""Rights as types: an endpoint that takes one of these is open to nobody else. All are read from the database each time."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Session

from app_server.auth.service import Caller, caller, token_holder
from app_server.auth.tokens import AccessClaims, AccessTokens
from app_server.clock import Clock
from app_server.dependencies import ClockDep, DatabaseDep
from shared_models.errors import Forbidden, NotSignedIn
from shared_models.org import Role

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path


async def access_tokens(request: Request) -> AccessTokens:
    """The maker of this app's access tokens."""
    tokens = request.app.state.access_tokens
    assert isinstance(tokens, AccessTokens)
    return tokens


AccessTokensDep = Annotated[AccessTokens, Depends(access_tokens)]


class _Bearer(OAuth2PasswordBearer):
    # Reads tokens and clock itself: each further dependency of a request costs as much as checking a known token.
    async def __call__(self, request: Request) -> AccessClaims:  # pyright: ignore[reportIncompatibleMethodOverride] - FastAPI asks only that it can be called
        token = await super().__call__(request)
        clock: Clock = request.app.state.clock
        claims = (await access_tokens(request)).read(token, clock.now()) if token else None
        if claims is None:
            raise NotSignedIn("Sign in first.")
        return claims


access_claims = _Bearer(tokenUrl=TOKEN_PATH, auto_error=False)
# Only that we signed the token and it has not run out. Whoever takes this asks the database for the rest.
Claims = Annotated[AccessClaims, Depends(access_claims)]


def _current_staff(claims: Claims, db: DatabaseDep, clock: ClockDep) -> Caller:
    now = clock.now()
    return db.read(lambda session: caller(session, claims, now))


def _token_holder(claims: Claims, db: DatabaseDep, clock: ClockDep) -> Caller:
    now = clock.now()
    return db.read(lambda session: token_holder(session, claims, now))


CurrentStaff = Annotated[Caller, Depends(_current_staff)]
# Also who has still to choose a password of their own.
TokenHolder = Annotated[Caller, Depends(_token_holder)]


async def _current_advisor(staff: CurrentStaff) -> Caller:
    if staff.role is not Role.ADVISOR:
        raise Forbidden("This is for advisors.")
    return staff


async def _current_head(staff: CurrentStaff) -> Caller:
    return _as_head(staff)


def _as_head(staff: Caller) -> Caller:
    if staff.role not in (Role.HEAD, Role.ADMIN):
        raise Forbidden("This is for heads of a unit.")
    return staff


async def _current_admin(staff: CurrentStaff) -> Caller:
    if staff.role is not Role.ADMIN:
        raise Forbidden("This is for administrators.")
    return staff


@dataclass(frozen=True, slots=True)
class HeadAgain:
    """The head who is calling, read anew as often as is asked, for what goes on after the request was let in."""

    token: str
    tokens: AccessTokens
    clock: Clock

    def may_speak(self) -> bool:
        """Whether their access token still holds; asks no database."""
        return self.tokens.read(self.token, self.clock.now()) is not None

    def read(self, session: Session) -> Caller:
        """Who they are now; raises what a new request of theirs would."""
        now = self.clock.now()
        claims = self.tokens.read(self.token, now)
        if claims is None:
            raise NotSignedIn("Sign in again.")
        return _as_head(caller(session, claims, now))


async def _head_again(request: Request, tokens: AccessTokensDep, clock: ClockDep) -> HeadAgain:
    token = request.headers.get("authorization", "").partition(" ")[2]
    return HeadAgain(token, tokens, clock)


CurrentAdvisor = Annotated[Caller, Depends(_current_advisor)]
CurrentHead = Annotated[Caller, Depends(_current_head)]
CurrentAdmin = Annotated[Caller, Depends(_current_admin)]
# It lets nobody in by itself: take it beside CurrentHead.
HeadAgainDep = Annotated[HeadAgain, Depends(_head_again)]
