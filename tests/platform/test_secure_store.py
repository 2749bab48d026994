"""A phone's vault over a secure store in the hand, and that store's and the touches' way through Flet, played by the test harness."""

import json
from dataclasses import replace

import flet as ft
import pytest

from app_client.flet_typed import component
from app_client.platform.flet_secrets import FletSecrets
from app_client.platform.flet_services import FletAttention
from app_client.platform.secure_store import ROUNDS, SecureStoreVault
from app_client.platform.wards import Standing, VaultFailed, Ward
from app_client.widgets import quiet_button
from tests.store.scenes import NINE
from tests.sync.bank import ADVISOR, OTHER_ADVISOR
from tests.ui.harness import App

PIN, OTHER_PIN = "428190", "719302"
LI = Ward(staff_id=ADVISOR, login="advisor1", name="张敏", device_id="d")
WANG = Ward(staff_id=OTHER_ADVISOR, login="advisor2", name="王芳", device_id="e")


class Keystore:
    """The system's secure store: it outlives the app."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text

    async def read(self) -> str | None:
        return self.text

    async def write(self, text: str) -> None:
        self.text = text


async def standing(vault: SecureStoreVault) -> dict[str, Standing]:
    return {ward.login: ward.standing for ward in await vault.wards()}


async def test_the_password_lets_in_then_the_pin_does_after_every_start() -> None:
    keystore = Keystore()
    vault = SecureStoreVault(keystore)
    assert await vault.wards() == []
    assert await vault.admit(LI, "a key")
    assert await standing(vault) == {"advisor1": Standing.WANTS_PIN}
    await vault.choose_pin(ADVISOR, PIN)
    assert await standing(vault) == {"advisor1": Standing.OPEN}
    again = SecureStoreVault(keystore)
    assert await standing(again) == {"advisor1": Standing.SHUT}
    assert not await again.enter(ADVISOR, OTHER_PIN)
    assert await standing(again) == {"advisor1": Standing.SHUT}
    assert await again.enter(ADVISOR, PIN)
    await again.shut(ADVISOR)
    assert await standing(again) == {"advisor1": Standing.SHUT}


async def test_who_never_chose_a_pin_needs_the_password_again() -> None:
    keystore = Keystore()
    await SecureStoreVault(keystore).admit(LI, None)
    assert await standing(SecureStoreVault(keystore)) == {"advisor1": Standing.SEALED}


async def test_a_forgotten_pin_is_replaced_after_the_password_and_not_before() -> None:
    keystore = Keystore()
    vault = SecureStoreVault(keystore)
    await vault.admit(LI, None)
    await vault.choose_pin(ADVISOR, PIN)
    again = SecureStoreVault(keystore)
    await again.admit(LI, None)
    assert await SecureStoreVault(keystore).enter(ADVISOR, PIN), "not chosen yet"
    await again.choose_pin(ADVISOR, OTHER_PIN)
    assert not await SecureStoreVault(keystore).enter(ADVISOR, PIN)


async def test_wrong_tries_are_kept_and_one_person_goes_without_the_other() -> None:
    keystore = Keystore()
    vault = SecureStoreVault(keystore)
    await vault.admit(LI, None)
    await vault.admit(WANG, None)
    await vault.note(replace(LI, misses=3, missed_at=NINE))
    found = {ward.login: ward for ward in await SecureStoreVault(keystore).wards()}
    assert (found["advisor1"].misses, found["advisor1"].missed_at, found["advisor2"].misses) == (3, NINE, 0)
    await vault.forget(ADVISOR)
    await vault.forget(ADVISOR)
    assert set(await standing(SecureStoreVault(keystore))) == {"advisor2"}


async def test_the_pin_itself_is_not_kept_and_takes_long_to_guess() -> None:
    keystore = Keystore()
    vault = SecureStoreVault(keystore)
    for ward in (LI, WANG):
        await vault.admit(ward, None)
        await vault.choose_pin(ward.staff_id, PIN)
    assert keystore.text is not None
    assert PIN not in keystore.text
    one, other = json.loads(keystore.text).values()
    assert one["verifier"] != other["verifier"], "the same PIN, another salt"
    assert one["rounds"] == ROUNDS >= 600_000


@pytest.mark.parametrize("text", ["{", "[]", '{"x": {}}', f'{{"{ADVISOR}": 1}}'])
async def test_a_secure_store_with_something_else_in_it_is_a_failed_vault(text: str) -> None:
    with pytest.raises(VaultFailed):
        await SecureStoreVault(Keystore(text)).wards()


async def test_flets_secure_store_is_asked_under_one_key_that_goes_to_no_other_phone() -> None:
    kept: dict[str, object] = {}
    asked: list[FletSecrets] = []

    def service(name: str, arguments: dict[str, object]) -> object:
        if name == "set":
            kept[str(arguments["key"])] = arguments["value"]
        return kept.get(str(arguments["key"])) if name == "get" else None

    app = await App(service).start(lambda _: asked.append(FletSecrets()))
    assert await asked[0].read() is None
    await asked[0].write("text")
    assert await asked[0].read() == "text"
    assert list(kept) == ["day2053.vault"]
    accessibility = asked[0]._storage.ios_options.accessibility
    assert accessibility is not None
    assert accessibility.value.endswith("this_device")
    await app.close()


async def test_a_secure_store_that_does_not_answer_is_a_failed_vault() -> None:
    asked: list[FletSecrets] = []

    def service(name: str, arguments: dict[str, object]) -> object:
        raise RuntimeError("no such service")

    app = await App(service).start(lambda _: asked.append(FletSecrets()))
    with pytest.raises(VaultFailed):
        await asked[0].read()
    with pytest.raises(VaultFailed):
        await asked[0].write("text")
    await app.close()


async def test_a_tap_is_noticed_and_still_does_what_it_does() -> None:
    heard: list[str] = []

    @component
    def screen() -> ft.Control:
        return quiet_button("x", on_click=lambda: heard.append("tapped"), identifier="x")

    def main(page: ft.Page) -> None:
        attention.append(FletAttention(page))
        page.render(screen)

    attention: list[FletAttention] = []
    app = await App().start(main)
    leave = attention[0].subscribe(lambda: heard.append("noticed"))
    await app.tap("x")
    await app.fire(app.page, "app_lifecycle_state_change", {"state": "resume"})
    leave()
    await app.tap("x")
    assert heard == ["noticed", "tapped", "tapped"]
    await app.close()
