"""The key that opens a device's own store: always the same for it, another for any other, and given for a password alone."""

import logging
import stat
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import UUID

import pytest

from app_server.auth.device_keys import DeviceKeys
from shared_models.errors import NotReady
from tests.factories import Server

LI = UUID("01930000-0000-7000-8000-000000000001")
WANG = UUID("01930000-0000-7000-8000-000000000002")


@pytest.fixture
def keys(tmp_path: Path) -> DeviceKeys:
    made = DeviceKeys(tmp_path / "keys" / "devices.secret")
    made.prepare()
    return made


def key_of(server: Server, login: str, device: str = "phone-1") -> str:
    return server.sign_in(login, device=device).json()["device_key"]


def test_a_device_of_one_person_always_gets_the_same_key_and_nobody_else_gets_it(server: Server) -> None:
    key = key_of(server, "li")
    assert len(urlsafe_b64decode(key + "=")) == 32
    assert key_of(server, "li") == key
    assert len({key, key_of(server, "li", "phone-2"), key_of(server, "head"), key_of(server, "admin")}) == 4


def test_a_refresh_token_opens_no_store(server: Server) -> None:
    refreshed = server.refresh(server.sign_in("li").json()["refresh_token"])
    assert refreshed.status_code == 200
    assert "device_key" not in refreshed.json()


def test_no_refused_sign_in_gives_a_key(server: Server) -> None:
    assert "device_key" not in server.sign_in("li", password="wrong").text


def test_a_key_is_in_no_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key = key_of(server, "li")
    assert caplog.records
    assert key not in caplog.text


def test_the_secret_is_private_made_once_and_outlives_the_process(tmp_path: Path, keys: DeviceKeys) -> None:
    file = tmp_path / "keys" / "devices.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = DeviceKeys(file)
    again.prepare()
    assert again.key_for(staff_id=LI, device_id="d") == keys.key_for(staff_id=LI, device_id="d")
    assert again.key_for(staff_id=WANG, device_id="d") != keys.key_for(staff_id=LI, device_id="d")


@pytest.mark.parametrize(("content", "mode"), [("00" * 31, 0o600), ("no hex", 0o600), ("00" * 32, 0o640)])
def test_a_secret_that_is_not_whole_or_not_private_is_used_for_nothing(tmp_path: Path, content: str, mode: int) -> None:
    file = tmp_path / "devices.secret"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(NotReady):
        DeviceKeys(file).key_for(staff_id=LI, device_id="d")
