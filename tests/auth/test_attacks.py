"""Tokens that are forged, stolen, stale or confused, and what the server says to each."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.routing import APIRoute
from jose import jwt
from sqlmodel import col, select, update

from app_server.auth.keys import KeyFile, SigningKey
from app_server.main import ROUTERS
from app_server.settings import TokenAlgorithm
from app_server.tables import DeviceRow, MembershipRow, RefreshTokenRow, StaffRow
from tests.factories import NOW, Server, with_token

ME = "/api/v1/me"
# What anybody may ask for. Whatever else a route is, it wants a token.
PUBLIC = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/auth/token",
    "/api/v1/keys",
    "/api/v1/docs",
    "/api/v1/docs/start.js",
    "/api/v1/docs/swagger-ui-bundle.js",
    "/api/v1/docs/swagger-ui.css",
    "/api/v1/docs/favicon-32x32.png",
}
# Machines that are no staff sign what they send.
SIGNED = {"/api/v1/telephony/{provider}/events", "/api/v1/telephony/{provider}/recordings/{record_id}"}
# A browser's player sends no token: what it plays, for whom and how long is signed in the address itself.
TICKETED = {"/api/v1/recordings/listen/{ticket}"}

Forge = Callable[[dict[str, Any], SigningKey], str]


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims_but(**changed: Any) -> Forge:
    """Signed with the right key, with other claims; None takes one out."""

    def forge(claims: dict[str, Any], key: SigningKey) -> str:
        kept = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode(kept, key.secret, algorithm="ES256", headers={"kid": key.kid})

    return forge


def another_key(claims: dict[str, Any], key: SigningKey) -> str:
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return jwt.encode(claims, private.decode(), algorithm="ES256", headers={"kid": key.kid})


def unknown_kid(claims: dict[str, Any], key: SigningKey) -> str:
    return jwt.encode(claims, key.secret, algorithm="ES256", headers={"kid": "other"})


def no_kid(claims: dict[str, Any], key: SigningKey) -> str:
    return jwt.encode(claims, key.secret, algorithm="ES256")


def no_algorithm(claims: dict[str, Any], key: SigningKey) -> str:
    return f"{encoded({'alg': 'none', 'kid': key.kid})}.{encoded(claims)}."


def hs256_with_the_public_key(claims: dict[str, Any], key: SigningKey) -> str:
    signed = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
    mac = hmac.new(key.verifying_material().encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def claims_swapped(claims: dict[str, Any], key: SigningKey) -> str:
    header, _, signature = claims_but()(claims, key).split(".")
    return f"{header}.{encoded({**claims, 'ver': 2})}.{signature}"


FORGERIES: dict[str, Forge] = {
    "expired": claims_but(exp=int(NOW.timestamp()) - 1),
    "not yet valid": claims_but(nbf=int(NOW.timestamp()) + 3600),
    "issued in the future": claims_but(iat=int(NOW.timestamp()) + 3600),
    "for another audience": claims_but(aud="another-api"),
    "from another issuer": claims_but(iss="someone"),
    "without exp": claims_but(exp=None),
    "without iat": claims_but(iat=None),
    "without aud": claims_but(aud=None),
    "without iss": claims_but(iss=None),
    "without sub": claims_but(sub=None),
    "without jti": claims_but(jti=None),
    "without device": claims_but(did=None),
    "exp of a wrong kind": claims_but(exp="soon"),
    "of another token version": claims_but(ver=2),
    "of another device": claims_but(did="phone-2"),
    "of another sign-in": claims_but(fam="00000000-0000-0000-0000-000000000000"),
    "of nobody": claims_but(sub="00000000-0000-0000-0000-000000000000"),
    "signed with another key": another_key,
    "with an unknown kid": unknown_kid,
    "without a kid": no_kid,
    "alg none": no_algorithm,
    "HS256 with the public key": hs256_with_the_public_key,
    "claims swapped under a signature": claims_swapped,
    "garbage": lambda _claims, _key: "a.b.c",
    "megabytes": lambda _claims, _key: "a" * 60_000,
}


def key_of(server: Server) -> SigningKey:
    return KeyFile(server.settings.keys_file, TokenAlgorithm.ES256).keys().keys[-1]


def test_the_genuine_token_and_its_copy_by_our_forge_are_taken(server: Server) -> None:
    token = server.sign_in("li").json()["access_token"]
    assert server.http.get(ME, headers=with_token(token)).status_code == 200
    copied = claims_but()(jwt.get_unverified_claims(token), key_of(server))
    assert server.http.get(ME, headers=with_token(copied)).status_code == 200


def test_every_forged_token_is_refused(server: Server) -> None:
    token = server.sign_in("li").json()["access_token"]
    claims, key = jwt.get_unverified_claims(token), key_of(server)

    replies = {how: server.http.get(ME, headers=with_token(forge(claims, key))) for how, forge in FORGERIES.items()}

    assert {how: reply.status_code for how, reply in replies.items()} == dict.fromkeys(FORGERIES, 401)
    assert all(reply.headers["WWW-Authenticate"].startswith("Bearer") for reply in replies.values())


def test_a_token_ends_with_its_life(server: Server) -> None:
    headers = server.bearer("li")
    server.clock.pass_(minutes=14, seconds=59)
    assert server.http.get(ME, headers=headers).status_code == 200
    server.clock.pass_(seconds=1)
    assert server.http.get(ME, headers=headers).status_code == 401


def test_every_route_but_the_public_ones_wants_a_token_or_a_signature(server: Server) -> None:
    routes = [route for route in all_routes(server) if route.path not in PUBLIC]
    assert routes
    for route in routes:
        path = route.path.replace("{advisor_id}", str(NOW.year)).replace("{day}", "2026-11-23")
        for method in (route.methods or set()) - {"HEAD"}:
            reply = server.http.request(method, path)
            if route.path_format in TICKETED:
                assert (reply.status_code, reply.json()["code"]) == (403, "ticket_refused")
                continue
            assert reply.status_code == 401, f"{method} {path} answers {reply.status_code} to nobody"
            scheme = "Day2053-HMAC-SHA256" if route.path_format in SIGNED else "Bearer"
            assert reply.headers["WWW-Authenticate"].startswith(scheme)


def all_routes(server: Server) -> list[APIRoute]:
    paths = server.http.get("/api/v1/openapi.json").json()["paths"]
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    # Whatever the app answers is in one of its routers, so nothing escapes the walk.
    assert set(paths) <= {route.path_format for route in routes}
    return routes


def test_a_used_refresh_token_ends_the_whole_sign_in(server: Server) -> None:
    first = server.sign_in("li").json()
    second = server.refresh(first["refresh_token"]).json()
    third = server.refresh(second["refresh_token"]).json()

    stolen = server.refresh(first["refresh_token"])

    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert server.refresh(third["refresh_token"]).status_code == 400
    assert server.http.get(ME, headers=with_token(third["access_token"])).status_code == 401


def test_the_last_exchange_may_be_repeated_when_its_answer_was_lost(server: Server) -> None:
    first = server.sign_in("li").json()
    server.refresh(first["refresh_token"])  # the answer never arrives
    server.clock.pass_(seconds=59)

    again = server.refresh(first["refresh_token"])

    assert again.status_code == 200
    assert server.http.get(ME, headers=with_token(again.json()["access_token"])).status_code == 200
    assert server.refresh(again.json()["refresh_token"]).status_code == 200


def test_a_repeat_after_the_grace_is_a_reuse(server: Server) -> None:
    first = server.sign_in("li").json()
    second = server.refresh(first["refresh_token"]).json()
    server.clock.pass_(seconds=61)

    assert server.refresh(first["refresh_token"]).status_code == 400
    assert server.refresh(second["refresh_token"]).status_code == 400


def test_of_two_answers_to_one_exchange_only_one_lives_on(server: Server) -> None:
    first = server.sign_in("li").json()
    mine = server.refresh(first["refresh_token"]).json()
    thiefs = server.refresh(first["refresh_token"]).json()
    kept = server.refresh(mine["refresh_token"]).json()

    assert server.refresh(thiefs["refresh_token"]).status_code == 400
    assert server.refresh(kept["refresh_token"]).status_code == 400


def test_a_refresh_token_on_another_device_ends_the_sign_in(server: Server) -> None:
    first = server.sign_in("li").json()
    assert server.refresh(first["refresh_token"], device="phone-2").status_code == 400
    assert server.refresh(first["refresh_token"]).status_code == 400


def test_parallel_refreshes_of_one_phone_all_get_a_working_pair(server: Server) -> None:
    first = server.sign_in("li").json()
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(server.refresh, [first["refresh_token"]] * 4))

    assert [reply.status_code for reply in replies] == [200] * 4
    assert len({reply.json()["refresh_token"] for reply in replies}) == 4
    for reply in replies:
        assert server.http.get(ME, headers=with_token(reply.json()["access_token"])).status_code == 200
    assert server.refresh(replies[2].json()["refresh_token"]).status_code == 200


def test_refresh_tokens_slide_for_thirty_days_and_end_after_ninety(server: Server) -> None:
    pair = server.sign_in("li").json()
    for _ in range(3):
        server.clock.pass_(days=29)
        pair = server.refresh(pair["refresh_token"]).json()
    server.clock.pass_(days=3, seconds=1)
    assert server.refresh(pair["refresh_token"]).status_code == 400


def test_an_idle_refresh_token_ends_after_thirty_days(server: Server) -> None:
    pair = server.sign_in("li").json()
    server.clock.pass_(days=30)
    assert server.refresh(pair["refresh_token"]).status_code == 400


def test_signing_out_ends_both_tokens_at_once(server: Server) -> None:
    pair = server.sign_in("li").json()
    headers = with_token(pair["access_token"])
    assert server.http.post("/api/v1/auth/logout", headers=headers).status_code == 204
    assert server.http.get(ME, headers=headers).status_code == 401
    assert server.refresh(pair["refresh_token"]).status_code == 400


def test_signing_out_on_one_phone_leaves_the_other_alone(server: Server) -> None:
    one, other = server.bearer("li"), server.bearer("li", device="phone-2")
    server.http.post("/api/v1/auth/logout", headers=one)
    assert server.http.get(ME, headers=other).status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        update(StaffRow).values(active=False),
        update(DeviceRow).values(revoked_at=NOW),
        update(MembershipRow).values(ends_on=NOW.date()),
    ],
    ids=["deactivated", "device revoked", "left"],
)
def test_who_has_lost_their_right_is_out_at_once(server: Server, end: Any) -> None:
    pair = server.sign_in("li").json()
    server.db.write(lambda session: session.exec(end))

    assert server.http.get(ME, headers=with_token(pair["access_token"])).status_code == 401
    assert server.refresh(pair["refresh_token"]).status_code == 400
    assert server.sign_in("li").status_code == 400


def test_a_new_token_version_ends_access_tokens_at_once(server: Server) -> None:
    headers = server.bearer("li")
    server.db.write(lambda session: session.exec(update(StaffRow).values(token_version=2)))
    assert server.http.get(ME, headers=headers).status_code == 401


def test_a_role_is_what_the_database_says_now(server: Server) -> None:
    headers = server.bearer("li")
    server.db.write(lambda session: session.exec(update(MembershipRow).values(role="head")))
    assert server.http.get(ME, headers=headers).json()["role"] == "head"


def test_refresh_tokens_are_stored_as_digests_only(server: Server) -> None:
    token = server.sign_in("li").json()["refresh_token"]
    stored = server.db.read(lambda session: session.exec(select(RefreshTokenRow)).one())
    assert stored.digest == hashlib.sha256(token.encode()).digest()
    assert token not in repr(stored)


def test_rotated_keys_sign_anew_and_still_take_what_is_valid(server: Server) -> None:
    before = server.bearer("li")
    rotated = KeyFile(server.settings.keys_file, TokenAlgorithm.ES256).rotate(server.clock.now())
    after = server.sign_in("head").json()["access_token"]

    assert jwt.get_unverified_header(after)["kid"] == rotated.kid
    assert server.http.get(ME, headers=before).status_code == 200
    assert server.http.get(ME, headers=with_token(after)).status_code == 200


def test_old_refresh_tokens_are_not_kept_for_ever(server: Server) -> None:
    pair = server.sign_in("li").json()
    for _ in range(3):
        server.clock.pass_(days=20)
        pair = server.refresh(pair["refresh_token"]).json()
    ages = server.db.read(lambda session: session.exec(select(col(RefreshTokenRow.expires_at))).all())
    assert all(expires_at > server.clock.now() for expires_at in ages)
