"""Somebody who forgot their password: an administrator's command gives them a temporary one and ends what was signed in."""

import re

import pytest
from typer.testing import CliRunner

from app_server.auth.service import FREE_FAILURES_OF_LOGIN, reset_password
from app_server.cli import app
from shared_models.errors import BadInput, NotFound
from tests import factories
from tests.factories import PASSWORD, Server, with_token

OWN = "河边的柳树又绿了 7 次"


def reset(server: Server, login: str = "li") -> str:
    return reset_password(server.db, login, actor=None, now=server.clock.now())


def test_the_new_password_opens_its_own_change_and_nothing_else(server: Server) -> None:
    password = reset(server)
    assert server.sign_in("li", password=PASSWORD).status_code == 400
    reply = server.sign_in("li", password=password).json()
    assert reply["password_change_required"] is True
    bearer = with_token(reply["access_token"])
    assert server.http.get("/api/v1/me", headers=bearer).json()["code"] == "password_change_required"
    change = {"current_password": password, "new_password": OWN}
    assert server.http.post("/api/v1/auth/password", json=change, headers=bearer).status_code == 204
    assert server.http.get("/api/v1/me", headers=bearer).status_code == 200


def test_every_device_is_signed_out_at_once_and_nobody_elses(server: Server) -> None:
    phones = {name: server.sign_in("li", device=name).json() for name in ("phone-1", "tablet")}
    neighbour = server.bearer("head")

    reset(server)

    for name, pair in phones.items():
        assert server.http.get("/api/v1/me", headers=with_token(pair["access_token"])).status_code == 401
        assert server.refresh(pair["refresh_token"], device=name).status_code == 400
    assert server.http.get("/api/v1/me", headers=neighbour).status_code == 200


def test_a_login_that_was_locked_by_wrong_guesses_is_open_again(server: Server) -> None:
    for n in range(FREE_FAILURES_OF_LOGIN + 1):
        server.sign_in("li", password=f"guess {n}")
    assert server.sign_in("li").status_code == 429
    assert server.sign_in("li", password=reset(server)).status_code == 200


def test_an_unknown_login_and_an_account_that_is_closed_get_none(server: Server) -> None:
    with pytest.raises(NotFound, match="nobody"):
        reset(server, "nobody")
    factories.staff(server.db, factories.unit(server.db), login="gone", active=False)
    with pytest.raises(BadInput, match="not active"):
        reset(server, "gone")


def test_the_command_prints_the_password_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server.settings.database_url)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(server.settings.data_dir))

    done = CliRunner().invoke(app, ["staff", "reset-password", "li"])
    refused = CliRunner().invoke(app, ["staff", "reset-password", "nobody"])

    assert done.exit_code == 0, done.output
    found = re.search(r"temporary password (\S+)", done.stdout)
    assert found is not None
    assert server.sign_in("li", password=found[1]).json()["password_change_required"] is True
    assert (refused.exit_code, refused.stderr) == (1, "day2053: There is no member of staff with the login 'nobody'.\n")
