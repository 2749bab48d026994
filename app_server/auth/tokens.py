"""Access and refresh tokens as strings: made and checked. The only importer of jose; whether a session lives is service.py's."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from jose import jwk, jwt
from jose.exceptions import JOSEError

from app_server.auth.keys import KeyFile, SigningKey
from app_server.settings import TokenAlgorithm

ISSUER = "day2053"
AUDIENCE = "day2053-api"
MAX_TOKEN_CHARS = 4096
VERIFIED_KEPT = 4096
REFRESH_BYTES = 32
# Other servers of the same bank may be a little ahead of this one.
LEEWAY = timedelta(seconds=30)
# jose verifies what it requires, and by its own clock: exp and iat are `_Verified.is_current`'s, by ours.
_OPTIONS = {
    **{f"require_{claim}": True for claim in ("iss", "aud", "sub", "jti")},
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat")},
}


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: whose it is, on which device and sign-in, and which token version it was made under."""

    staff_id: UUID
    device_id: str
    family_id: UUID
    version: int


class AccessTokens:
    """Issues access tokens with the newest key and accepts those of every key still kept."""

    def __init__(self, key_file: KeyFile, *, algorithm: TokenAlgorithm, life: timedelta) -> None:
        self._key_file = key_file
        self._algorithm = algorithm
        self._life = life
        # What was signed stays signed, and says the same: a phone shows one token for a quarter of an hour.
        self._kid = lru_cache(maxsize=VERIFIED_KEPT)(_kid)
        self._verified = lru_cache(maxsize=VERIFIED_KEPT)(_verified)

    @property
    def expires_in(self) -> int:
        """The life of a token in seconds."""
        return int(self._life.total_seconds())

    def issue(self, claims: AccessClaims, now: datetime) -> str:
        """A signed token for these claims."""
        key = self._key_file.keys().signing(self._algorithm)
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(claims.staff_id),
            "did": claims.device_id,
            "fam": str(claims.family_id),
            "ver": claims.version,
            "iat": int(now.timestamp()),
            "exp": int((now + self._life).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        material: Any = jwk.construct(key.signing_material(), key.algorithm.value)  # jose's stubs leave Key out
        return jwt.encode(payload, material, algorithm=key.algorithm.value, headers={"kid": key.kid})

    def read(self, token: str, now: datetime) -> AccessClaims | None:
        """The claims of a token that we signed and that is valid at `now`; None for any other string."""
        if len(token) > MAX_TOKEN_CHARS:
            return None
        try:
            kid = self._kid(token)
            key = self._key_file.keys().verifying(kid) if kid is not None else None
            if key is None or key.algorithm is not self._algorithm:
                return None
            verified = self._verified(token, key)
            return verified.claims if verified.is_current(now) else None
        except (JOSEError, ValueError, KeyError, TypeError, AttributeError):
            return None


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token whose signature and form are right; whether it is of this moment is asked each time."""

    claims: AccessClaims
    expires_at: float
    issued_at: float
    not_before: float

    def is_current(self, now: datetime) -> bool:
        instant = now.timestamp()
        latest = instant + LEEWAY.total_seconds()
        return self.expires_at > instant and self.issued_at <= latest and self.not_before <= latest


def _kid(token: str) -> str | None:
    kid = jwt.get_unverified_header(token).get("kid")
    return kid if isinstance(kid, str) else None


def _verified(token: str, key: SigningKey) -> _Verified:
    payload = _decode(token, key)
    return _Verified(
        claims=AccessClaims(
            staff_id=UUID(payload["sub"]),
            device_id=str(payload["did"]),
            family_id=UUID(payload["fam"]),
            version=int(payload["ver"]),
        ),
        expires_at=float(payload["exp"]),
        issued_at=float(payload["iat"]),
        not_before=float(payload.get("nbf", 0)),
    )


@lru_cache(maxsize=16)
def _verifying_key(key: SigningKey) -> Any:  # noqa: ANN401 - jose's stubs leave Key out
    # Reading a key takes longer than verifying with it.
    return jwk.construct(key.verifying_material(), key.algorithm.value)


def _decode(token: str, key: SigningKey) -> dict[str, Any]:
    material = _verifying_key(key)
    # One literal each: what the token's own header says never chooses the algorithm (RFC 8725 §3.1).
    match key.algorithm:
        case TokenAlgorithm.ES256:
            return jwt.decode(token, material, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER, options=_OPTIONS)
        case TokenAlgorithm.HS256:
            return jwt.decode(token, material, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER, options=_OPTIONS)


def new_refresh_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(REFRESH_BYTES)


def refresh_digest(token: str) -> bytes:
    """What is stored of a refresh token. It is random, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from `now` to `instant`, rounded up, at least 1."""
    return max(1, -int((now - instant.astimezone(UTC)).total_seconds() // 1))
