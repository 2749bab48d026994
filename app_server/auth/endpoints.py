"""HTTP of signing in and out, in OAuth 2's own form and errors (RFC 6749 §4.3, §5, §6)."""

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from app_server.auth import service
from app_server.auth.dependencies import AccessTokensDep, CurrentStaff, TokenHolder
from app_server.auth.service import GrantRefused, Me, TokenReply
from app_server.dependencies import ClockDep, DatabaseDep, SettingsDep
from shared_models.errors import Throttled
from shared_models.passwords import PasswordChange

router = APIRouter(prefix="/api/v1", tags=["auth"])

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@router.post(
    "/auth/token",
    response_model=TokenReply,
    response_model_exclude_none=True,
    responses={400: {"description": "RFC 6749 §5.2 error"}, 429: {"description": "Too many failures; see Retry-After"}},
)
async def token(
    request: Request,
    response: Response,
    db: DatabaseDep,
    tokens: AccessTokensDep,
    clock: ClockDep,
    settings: SettingsDep,
    grant_type: Annotated[str, Form()] = "",
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    refresh_token: Annotated[str, Form()] = "",
    device_id: Annotated[str, Form()] = "",
    device_name: Annotated[str, Form()] = "",
) -> TokenReply | JSONResponse:
    """Sign in with a password, or go on with a refresh token."""
    match grant_type:
        case "password" if username and password and device_id:
            work = partial(
                service.sign_in,
                db,
                tokens,
                request.app.state.device_keys,
                login=username,
                password=password,
                device_id=device_id,
                device_name=device_name,
                address=_address(request),
                settings=settings,
                now=clock.now(),
            )
        case "refresh_token" if refresh_token and device_id:
            work = partial(
                service.refresh,
                db,
                tokens,
                token=refresh_token,
                device_id=device_id,
                settings=settings,
                now=clock.now(),
            )
        case "password" | "refresh_token" | "":
            return _refusal(GrantRefused("A field of this grant is missing.", code="invalid_request"))
        case _:
            return _refusal(GrantRefused("Grants are password and refresh_token.", code="unsupported_grant_type"))
    try:
        # Threads of their own: hashing is slow by design and must not keep the others' from working.
        reply = await anyio.to_thread.run_sync(work, limiter=request.app.state.sign_in_limiter)
    except (GrantRefused, Throttled) as refusal:
        return _refusal(refusal)
    response.headers.update(NO_STORE)
    return reply


@router.post("/auth/logout", status_code=204)
def logout(staff: TokenHolder, db: DatabaseDep, clock: ClockDep) -> None:
    """Revoke this device's tokens."""
    db.write(lambda session: service.sign_out(session, staff, clock.now()))


@router.post("/auth/password", status_code=204)
async def password(
    request: Request, change: PasswordChange, staff: TokenHolder, db: DatabaseDep, clock: ClockDep
) -> None:
    """Choose a password of one's own; ends the sign-ins on all other devices. A temporary one must be changed first."""
    work = partial(service.change_password, db, staff, change, address=_address(request), now=clock.now())
    await anyio.to_thread.run_sync(work, limiter=request.app.state.sign_in_limiter)


@router.get("/me")
def me(staff: CurrentStaff, db: DatabaseDep) -> Me:
    """Who is signed in, where they belong, and the policy in force."""
    return db.read(lambda session: service.me(session, staff))


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _refusal(refusal: GrantRefused | Throttled) -> JSONResponse:
    body = {"error": refusal.code, "error_description": refusal.detail}
    if isinstance(refusal, Throttled):
        return JSONResponse(body, status_code=429, headers={**NO_STORE, "Retry-After": str(refusal.retry_after)})
    return JSONResponse(body, status_code=400, headers=NO_STORE)
