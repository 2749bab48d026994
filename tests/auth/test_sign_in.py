"""The password grant as people and their phones meet it: replies, refusals, throttling."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import argon2
import pytest
from sqlmodel import col, update

from app_server.auth.passwords import hash_password, is_password, nobodys_hash
from app_server.auth.service import (
    FREE_FAILURES_OF_ADDRESS,
    FREE_FAILURES_OF_LOGIN,
    LONGEST_BLOCK,
    block_for,
)
from app_server.tables import MembershipRow, StaffRow
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, PASSWORD, Server, with_token


def test_signing_in_answers_as_the_contract_says(server: Server) -> None:
    reply = server.sign_in("li")

    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    body = reply.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token", "staff", "device_key"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert {name: body["staff"][name] for name in ("login", "name", "role")} == {
        "login": "li",
        "name": "li",
        "role": "advisor",
    }
    assert set(body["staff"]["unit"]) == {"id", "name", "kind"}


def test_me_adds_the_units_above_and_the_policy(server: Server) -> None:
    factories.policy(server.db, calls=25)
    me = server.http.get("/api/v1/me", headers=server.bearer("li")).json()
    assert [unit["kind"] for unit in me["unit_path"]] == ["head_office", "branch", "sub_branch", "outlet"]
    assert me["unit_path"][-1] == me["unit"]
    assert me["policy"]["calls"] == 25


@pytest.mark.parametrize(
    ("login", "password"),
    [("li", "wrong"), ("nobody", PASSWORD), ("nul\x00byte", PASSWORD), ("li", "x" * 100_000), ("l" * 70, PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_login_are_told_alike(server: Server, login: str, password: str) -> None:
    reply = server.sign_in(login, password=password)
    assert reply.status_code == 400
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json() == {"error": "invalid_grant", "error_description": "The login or the password is wrong."}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password", "username": "li", "password": PASSWORD}, "invalid_request"),
        ({"grant_type": "refresh_token", "device_id": "phone-1"}, "invalid_request"),
        ({"grant_type": "client_credentials", "device_id": "phone-1"}, "unsupported_grant_type"),
        (
            {"grant_type": "password", "username": "li", "password": PASSWORD, "device_id": "a phone/\x00"},
            "invalid_request",
        ),
    ],
)
def test_a_token_request_that_is_none_gets_oauths_own_error(server: Server, form: dict[str, str], error: str) -> None:
    reply = server.token(**form)
    assert (reply.status_code, reply.json()["error"]) == (400, error)


def test_an_unknown_login_costs_the_same_work_from_the_first_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.db.write(
        lambda session: session.exec(
            update(StaffRow).values(password_hash=hash_password(PASSWORD))
        )  # as accounts have it
    )
    # Counted, not timed: what argon2 is asked to do is nearly all of the work.
    done: list[tuple[str, argon2.Parameters | None]] = []
    verify, make = argon2.PasswordHasher.verify, argon2.PasswordHasher.hash

    def counted_verify(hasher: argon2.PasswordHasher, stored: str, password: str) -> bool:
        done.append(("verify", argon2.extract_parameters(stored)))
        return verify(hasher, stored, password)

    def counted_hash(hasher: argon2.PasswordHasher, password: str) -> str:
        done.append(("hash", None))
        return make(hasher, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted_verify)
    monkeypatch.setattr(argon2.PasswordHasher, "hash", counted_hash)

    def work_of(login: str, password: str) -> list[tuple[str, argon2.Parameters | None]]:
        done.clear()
        assert server.sign_in(login, password=password).status_code == 400
        return list(done)

    unknown = work_of("nobody", "wrong")
    assert [what for what, _ in unknown] == ["verify"]
    assert (
        unknown == work_of("li", "wrong") == work_of("nobody", "wrong") == work_of("nobody", "nobody has this password")
    )


def test_nobodys_hash_is_made_before_anybody_can_sign_in(server: Server) -> None:
    # The fixture's app has started, and nobody has signed in.
    assert nobodys_hash.cache_info().currsize == 1
    assert not is_password("nobody has this password", None)


def test_guessing_one_login_is_slowed_down_and_ends_when_the_right_one_comes(server: Server) -> None:
    for _ in range(FREE_FAILURES_OF_LOGIN):
        assert server.sign_in("li", password="wrong").status_code == 400

    refused = server.sign_in("li")

    assert refused.status_code == 429
    assert refused.json()["error"] == "throttled"
    server.clock.pass_(seconds=int(refused.headers["Retry-After"]))
    assert server.sign_in("li").status_code == 200
    assert server.sign_in("li", password="wrong").status_code == 400


def test_another_login_is_not_slowed_down(server: Server) -> None:
    for _ in range(FREE_FAILURES_OF_LOGIN):
        server.sign_in("li", password="wrong")
    assert server.sign_in("head").status_code == 200


def test_guesses_at_once_get_no_further_than_guesses_in_turn(server: Server) -> None:
    with ThreadPoolExecutor(12) as threads:
        replies = list(threads.map(lambda n: server.sign_in("li", password=f"guess {n}").status_code, range(12)))
    assert replies.count(400) == FREE_FAILURES_OF_LOGIN
    assert replies.count(429) == 12 - FREE_FAILURES_OF_LOGIN


def test_the_wait_grows_to_a_quarter_of_an_hour() -> None:
    free = FREE_FAILURES_OF_LOGIN
    assert [block_for(n, free).total_seconds() for n in (0, free - 1, free, free + 1, free + 2)] == [0, 0, 1, 2, 4]
    assert block_for(10**9, free) == LONGEST_BLOCK == timedelta(minutes=15)


def test_an_address_that_fails_for_many_logins_is_slowed_down(server: Server) -> None:
    from app_server.tables import SignInFailureRow

    row = SignInFailureRow(key="address:testclient", failures=FREE_FAILURES_OF_ADDRESS - 1, last_at=NOW)
    factories.save(server.db, row)
    assert server.sign_in("nobody").status_code == 400
    assert server.sign_in("li").status_code == 429
    server.clock.pass_(seconds=2)
    assert server.sign_in("li").status_code == 200


def test_a_move_and_a_promotion_take_effect_at_the_banks_midnight(server: Server) -> None:
    # 23:59 in Shanghai on the 23rd is 15:59 UTC; the move is dated the 24th.
    other = factories.unit(server.db, name="elsewhere")
    mover = factories.staff(server.db, factories.unit(server.db, name="here"), login="mover")
    server.db.write(
        lambda session: session.exec(
            update(MembershipRow)
            .where(col(MembershipRow.staff_id) == mover.id)
            .values(ends_on=NOW.date() + timedelta(1))
        )
    )
    factories.save(
        server.db,
        MembershipRow(
            id=mover.id, staff_id=mover.id, unit_id=other.id, role=Role.HEAD, starts_on=NOW.date() + timedelta(1)
        ),
    )
    server.clock.at = NOW.replace(hour=15, minute=59)
    pair = server.sign_in("mover").json()
    assert (pair["staff"]["unit"]["name"], pair["staff"]["role"]) == ("here", "advisor")
    server.clock.pass_(minutes=1)
    me = server.http.get("/api/v1/me", headers=with_token(pair["access_token"])).json()
    assert (me["unit"]["name"], me["role"]) == ("elsewhere", "head")


def test_signing_in_again_on_a_phone_ends_the_sign_in_before(server: Server) -> None:
    before = server.sign_in("li").json()
    server.sign_in("li")
    assert server.http.get("/api/v1/me", headers=with_token(before["access_token"])).status_code == 401
    assert server.refresh(before["refresh_token"]).status_code == 400


def test_hs256_by_setting_works_with_a_long_secret(database_url: str, tmp_path, server: Server) -> None:
    with factories.serving(database_url, tmp_path / "hs", token_algorithm="HS256") as other:
        assert other.http.get("/api/v1/me", headers=other.bearer("li")).status_code == 200
        stolen_style = server.sign_in("head").json()["access_token"]
        assert other.http.get("/api/v1/me", headers=with_token(stolen_style)).status_code == 401
