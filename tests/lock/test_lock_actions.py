"""The PIN and its limits, and what becomes of a store behind the lock, with real store files."""

import asyncio

import pytest

from app_client.lock.actions import Leaving, PinsSpent, WrongPin, choose_pin, try_pin, ward_of
from app_client.lock.pin import MOST_MISSES
from app_client.platform.wards import Standing, VaultFailed, Ward
from app_client.session import AppSession, store_path
from app_client.sign_in.actions import StoreStaysShut, resume, sign_in, sign_out
from app_client.store.database import LocalStore
from shared_models.errors import Throttled
from tests.lock.scenes import OTHER_PIN, PIN, FullStorage, LockedPhone
from tests.sync.bank import ADVISOR, OTHER_ADVISOR, PASSWORD
from tests.today.scenes import OUYANG, a_call, record


async def ward(phone: LockedPhone) -> Ward:
    found = await ward_of(phone.platform, ADVISOR)
    assert found is not None
    return found


async def miss(phone: LockedPhone, times: int) -> None:
    for _ in range(times):
        with pytest.raises((WrongPin, PinsSpent)):
            await try_pin(phone.platform, ADVISOR, OTHER_PIN)
        phone.clock.forward(minutes=2)


def left_alone(session: AppSession) -> Leaving:
    """Leave a session that no screen shows."""
    gone = asyncio.Event()
    gone.set()
    return Leaving(session, after=gone)


async def test_the_right_pin_opens_the_store_with_all_that_waited(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    await phone.closed(session)
    assert not store_path(phone.platform, ADVISOR).exists()
    await try_pin(phone.platform, ADVISOR, PIN)
    again = await resume(phone.platform)
    assert again is not None
    assert again.sync.status.waiting == 1
    await again.close()


async def test_a_wrong_pin_is_counted_before_it_is_tried(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    phone.vault.asked.clear()
    with pytest.raises(WrongPin) as refusal:
        await try_pin(phone.platform, ADVISOR, OTHER_PIN)
    assert refusal.value.left == MOST_MISSES - 1
    assert phone.vault.asked == ["wards", "note misses=1", "enter"]
    assert (await ward(phone)).standing is Standing.SHUT


async def test_who_hurries_is_told_to_wait_and_has_no_try_less(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    with pytest.raises(WrongPin):
        await try_pin(phone.platform, ADVISOR, OTHER_PIN)
    with pytest.raises(Throttled):
        await try_pin(phone.platform, ADVISOR, PIN)
    assert (await ward(phone)).misses == 1
    phone.clock.forward(seconds=1)
    await try_pin(phone.platform, ADVISOR, PIN)
    assert (await ward(phone)).misses == 0


async def test_after_five_wrong_pins_the_right_one_opens_nothing_until_the_password_did(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    await phone.closed(session)
    await miss(phone, MOST_MISSES)
    with pytest.raises(PinsSpent):
        await try_pin(phone.platform, ADVISOR, PIN)
    again = await sign_in(phone.platform, "advisor1", PASSWORD)
    assert again.sync.status.waiting == 1
    await choose_pin(again, OTHER_PIN)
    assert (await ward(phone)).misses == 0
    await phone.closed(again)
    await try_pin(phone.platform, ADVISOR, OTHER_PIN)


async def test_a_forgotten_pin_is_no_new_device(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    again = await sign_in(phone.platform, "advisor1", PASSWORD)
    assert len({grant["device_id"] for grant in phone.bank.grants if grant["grant_type"] == "password"}) == 1
    await again.close()


async def test_a_renamed_login_finds_its_shut_store_all_the_same(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    await phone.closed(session)
    phone.bank.people["renamed"] = {**phone.bank.people["advisor1"], "login": "renamed"}
    again = await sign_in(phone.platform, "renamed", PASSWORD)
    assert again.sync.status.waiting == 1
    assert phone.bank.grants[-1]["device_id"] == phone.bank.grants[0]["device_id"]
    assert (await ward(phone)).login == "renamed"
    await again.close()


async def test_a_key_of_the_server_that_fits_no_more_leaves_the_pin(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    await miss(phone, MOST_MISSES)
    phone.bank.secret = "another"
    with pytest.raises(StoreStaysShut):
        await sign_in(phone.platform, "advisor1", PASSWORD)
    await try_pin(phone.platform, ADVISOR, PIN)


async def test_each_person_of_a_phone_has_a_pin_of_their_own(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    other = await sign_in(phone.platform, "advisor2", PASSWORD)
    await choose_pin(other, OTHER_PIN)
    await phone.closed(other)
    with pytest.raises(WrongPin):
        await try_pin(phone.platform, ADVISOR, OTHER_PIN)
    await try_pin(phone.platform, OTHER_ADVISOR, OTHER_PIN)


async def test_signing_out_forgets_the_keys_and_nobody_elses(phone: LockedPhone) -> None:
    await phone.closed(await phone.signed_in())
    other = await sign_in(phone.platform, "advisor2", PASSWORD)
    await sign_out(other)
    assert set(phone.vault.drawers) == {ADVISOR}
    again = await sign_in(phone.platform, "advisor1", PASSWORD)
    await sign_out(again)
    assert phone.vault.drawers == {}


async def test_before_the_lock_the_sync_gets_what_it_can(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    leaving = left_alone(session)
    await phone.vault.all_shut.wait()
    assert len(phone.bank.ledger) == 1
    await leaving.hurry()
    assert not session.store.is_open
    assert not store_path(phone.platform, ADVISOR).exists()


async def test_without_a_network_it_locks_all_the_same_and_keeps_what_waits(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    phone.bank.faults = ["unsent"] * 9
    await left_alone(session).hurry()
    await try_pin(phone.platform, ADVISOR, PIN)
    again = await resume(phone.platform)
    assert again is not None
    assert again.sync.status.waiting == 1
    await again.close()


async def test_what_the_device_has_no_room_for_stays_open_behind_the_lock(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    full = FullStorage(phone)
    session.platform = full.platform
    leaving = left_alone(session)
    await leaving.hurry()
    assert session.store.is_open
    assert "shut" not in phone.vault.asked
    full.is_full = False
    await left_alone(session).hurry()
    assert not session.store.is_open


async def test_a_vault_that_fails_at_the_lock_loses_nothing(phone: LockedPhone) -> None:
    session = await phone.signed_in()
    await record(session, a_call(OUYANG))
    phone.vault.is_broken = True
    await left_alone(session).hurry()
    with pytest.raises(VaultFailed):
        await try_pin(phone.platform, ADVISOR, PIN)
    phone.vault.is_broken = False
    await try_pin(phone.platform, ADVISOR, PIN)
    store = LocalStore.open(store_path(phone.platform, ADVISOR), clock=phone.clock)
    store.close()
