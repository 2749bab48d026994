"""A temporary password opens one door only: that to a password of one's own."""

from dataclasses import dataclass

import pytest
from sqlmodel import col, select, update

from app_server.auth.service import FREE_FAILURES_OF_LOGIN
from app_server.tables import StaffRow
from shared_models.passwords import MAX_CHARS, PasswordTrouble, password_trouble
from tests import factories
from tests.factories import PASSWORD, Server, with_token

OWN = "河边的柳树又绿了 7 次"
CHANGE = "/api/v1/auth/password"


@dataclass
class Newcomer:
    """Somebody with a temporary password who has just signed in."""

    server: Server
    token: str

    def choose(self, new: str = OWN, *, current: str = PASSWORD):
        body = {"current_password": current, "new_password": new}
        return self.server.http.post(CHANGE, json=body, headers=with_token(self.token))

    def me(self) -> int:
        return self.server.http.get("/api/v1/me", headers=with_token(self.token)).status_code


@pytest.fixture
def newcomer(server: Server) -> Newcomer:
    factories.staff(server.db, factories.unit(server.db), login="8001", must_change_password=True)
    return Newcomer(server, server.sign_in("8001").json()["access_token"])


def test_the_answer_says_that_a_password_must_be_chosen_and_only_then(server: Server, newcomer: Newcomer) -> None:
    pair = server.sign_in("8001").json()
    assert pair["password_change_required"] is True
    assert server.refresh(pair["refresh_token"]).json()["password_change_required"] is True
    assert "password_change_required" not in server.sign_in("li").json()


def test_until_then_the_token_opens_nothing_else(newcomer: Newcomer) -> None:
    refused = {
        path: newcomer.server.http.request(method, path, json=body, headers=with_token(newcomer.token))
        for method, path, body in (
            ("GET", "/api/v1/me", None),
            ("GET", "/api/v1/team/day", None),
            ("POST", "/api/v1/sync", {"device_id": "phone-1", "cursor": None, "activities": []}),
        )
    }
    assert {path: (reply.status_code, reply.json()["code"]) for path, reply in refused.items()} == dict.fromkeys(
        refused, (403, "password_change_required")
    )


def test_with_a_password_of_ones_own_the_same_token_opens_everything(newcomer: Newcomer) -> None:
    assert newcomer.choose().status_code == 204
    assert newcomer.me() == 200
    assert newcomer.server.sign_in("8001").status_code == 400
    assert "password_change_required" not in newcomer.server.sign_in("8001", password=OWN).json()


def test_signing_out_needs_no_password(newcomer: Newcomer) -> None:
    reply = newcomer.server.http.post("/api/v1/auth/logout", headers=with_token(newcomer.token))
    assert reply.status_code == 204


def test_a_change_ends_the_sign_ins_on_other_devices(newcomer: Newcomer) -> None:
    server = newcomer.server
    other = server.sign_in("8001", device="phone-2").json()
    neighbours = server.bearer("li", device="phone-2")

    newcomer.choose()

    assert server.http.get("/api/v1/me", headers=with_token(other["access_token"])).status_code == 401
    assert server.refresh(other["refresh_token"], device="phone-2").status_code == 400
    assert server.http.get("/api/v1/me", headers=neighbours).status_code == 200
    assert newcomer.me() == 200


@pytest.mark.parametrize("weak", ["short", PASSWORD, "my 8001 password", "1111111111", "0123456789", "x" * 1025])
def test_a_weak_password_is_refused_and_never_echoed(newcomer: Newcomer, weak: str) -> None:
    reply = newcomer.choose(weak)
    assert (reply.status_code, reply.json()["code"]) == (422, "weak_password")
    assert weak not in reply.text
    assert newcomer.me() == 403


def test_a_body_that_is_none_is_refused_and_never_echoed(newcomer: Newcomer) -> None:
    reply = newcomer.choose("x" * 5000)
    assert (reply.status_code, reply.json()["code"]) == (422, "bad_input")
    assert "xxx" not in reply.text


def test_guessing_the_present_password_is_slowed_down_as_signing_in_is(newcomer: Newcomer) -> None:
    newcomer.server.clock.pass_(hours=25)
    newcomer.token = newcomer.server.sign_in("8001").json()["access_token"]
    replies = [newcomer.choose(current=f"guess {n}") for n in range(FREE_FAILURES_OF_LOGIN)]
    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(403, "wrong_password")] * len(replies)
    assert newcomer.choose().status_code == 429
    assert newcomer.server.sign_in("8001").status_code == 429


def test_a_change_on_top_of_another_is_refused(newcomer: Newcomer) -> None:
    server = newcomer.server
    assert newcomer.choose().status_code == 204
    server.db.write(
        lambda session: session.exec(
            update(StaffRow).where(col(StaffRow.login) == "8001").values(password_hash=factories.hashed("another one"))
        )
    )
    assert newcomer.choose("the next of my own", current=OWN).json()["code"] == "wrong_password"


def test_passwords_are_kept_as_argon2id_only(newcomer: Newcomer) -> None:
    newcomer.choose()
    stored = newcomer.server.db.read(lambda s: s.exec(select(StaffRow).where(StaffRow.login == "8001")).one())
    assert stored.password_hash.startswith("$argon2id$")
    assert stored.password_hash not in repr(stored)


@pytest.mark.parametrize(
    ("password", "trouble"),
    [
        ("abc", PasswordTrouble.TOO_SHORT),
        ("a1" * MAX_CHARS, PasswordTrouble.TOO_LONG),
        ("jihgfedcba", PasswordTrouble.TOO_SIMPLE),
        ("QWERTYUIOP", PasswordTrouble.TOO_SIMPLE),
        ("aabbaabbaabb", PasswordTrouble.TOO_SIMPLE),
        ("I am LI.Na today", PasswordTrouble.HAS_LOGIN),
        ("temporary password", PasswordTrouble.NOT_NEW),
        (OWN, None),
        ("correct horse battery", None),
    ],
)
def test_what_a_password_must_be_like(password: str, trouble: PasswordTrouble | None) -> None:
    assert password_trouble(password, login="li.na", current="temporary password") is trouble
