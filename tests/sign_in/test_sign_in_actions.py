"""Signing in, coming back and signing out, with a bank behind the wire and real store files."""

import asyncio
import stat

import pytest

from app_client.platform.abilities import KeptSession
from app_client.session import AppSession, OpenStores, store_path
from app_client.sign_in.actions import OwnPasswordNeeded, UnsentWork, resume, sign_in, sign_out
from app_client.store import ledger
from app_client.store.database import NewerStore
from app_client.sync.machine import Phase
from app_client.sync.transport import Offline, ServerSaid, SignInRefused
from shared_models.errors import Throttled
from tests.store.scenes import HandClock, a_call
from tests.sync.bank import ADVISOR, OTHER_ADVISOR, PASSWORD, Bank, Pocket, a_platform


@pytest.fixture
def bank():
    return Bank(HandClock())


async def work(session: AppSession) -> None:
    await session.store.write(lambda tx: ledger.append_activities(tx, [a_call()], now=session.now()))


async def test_signing_in_makes_a_private_file_and_the_browser_keeps_no_token(tmp_path, bank):
    pocket = Pocket()
    session = await sign_in(a_platform(tmp_path / "client", bank, pocket), "advisor1", PASSWORD)
    assert session.staff.login == "advisor1"
    file = tmp_path / "client" / f"{ADVISOR}.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert pocket.kept == KeptSession(ADVISOR, session.unlock_secret)
    assert len(session.unlock_secret) >= 43  # 256 bits
    await session.close()
    assert session.unlock_secret.encode() not in file.read_bytes()
    assert b"access-" not in file.read_bytes()


@pytest.mark.parametrize(
    ("fault", "error"), [("unsent", Offline), (500, ServerSaid), (429, Throttled), ("ok", SignInRefused)]
)
async def test_what_goes_wrong_has_a_type_and_leaves_no_file(tmp_path, bank, fault, error):
    bank.faults = [fault]
    with pytest.raises(error):
        await sign_in(a_platform(tmp_path, bank), "advisor1", "wrong")
    assert list(tmp_path.iterdir()) == []


async def test_a_reload_comes_back_without_the_server_and_shares_the_store(tmp_path, bank):
    stores, pocket = OpenStores(), Pocket()
    platform = a_platform(tmp_path, bank, pocket)
    first = await sign_in(platform, "advisor1", PASSWORD, open_stores=stores)
    await work(first)
    bank.faults = ["unsent"] * 10
    second = await resume(platform, open_stores=stores)
    assert second is not None
    assert second.store is first.store
    assert second.sync is first.sync
    assert (second.staff, second.sync.status.waiting) == (first.staff, 1)
    await first.close()
    assert second.sync.status.waiting == 1, "the other page still holds the store"
    await second.close()
    assert not second.store.is_open


async def test_a_restarted_server_finds_the_work_that_waited(tmp_path, bank):
    pocket = Pocket()
    first = await sign_in(a_platform(tmp_path, bank, pocket), "advisor1", PASSWORD, open_stores=OpenStores())
    await work(first)
    again = await resume(a_platform(tmp_path, bank, pocket), open_stores=OpenStores())
    assert again is not None
    assert (await again.sync.sync_now()).waiting == 0
    assert len(bank.ledger) == 1
    await first.close()
    await again.close()


@pytest.mark.parametrize(
    "kept", [KeptSession(ADVISOR, "guessed"), KeptSession(OTHER_ADVISOR, "no such store")], ids=["secret", "staff"]
)
async def test_what_does_not_unlock_is_forgotten(tmp_path, bank, kept):
    session = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    pocket = Pocket()
    pocket.kept = kept
    assert await resume(a_platform(tmp_path, bank, pocket)) is None
    assert pocket.kept is None
    assert session.store.is_open
    assert not store_path(session.platform, OTHER_ADVISOR).exists()
    await session.close()


async def test_a_store_of_a_newer_version_says_so_on_coming_back(tmp_path, bank):
    pocket = Pocket()
    platform = a_platform(tmp_path, bank, pocket)
    session = await sign_in(platform, "advisor1", PASSWORD)
    await session.store.write(lambda tx: tx.execute("PRAGMA user_version = 99"))
    await session.close()
    with pytest.raises(NewerStore):
        await resume(platform)
    assert pocket.kept is not None
    assert store_path(platform, ADVISOR).exists()


async def test_signing_out_with_unsent_work_asks_first(tmp_path, bank):
    pocket = Pocket()
    platform = a_platform(tmp_path, bank, pocket)
    session = await sign_in(platform, "advisor1", PASSWORD)
    await work(session)
    with pytest.raises(UnsentWork) as refusal:
        await sign_out(session)
    assert (refusal.value.waiting, refusal.value.held) == (1, 0)
    assert session.sync.status.waiting == 1
    assert pocket.kept is not None
    await sign_out(session, confirmed=True)
    assert pocket.kept is None
    assert list(tmp_path.iterdir()) == []


async def test_signing_out_ends_it_on_the_server_and_works_without_one(tmp_path, bank):
    session = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    await session.sync.sync_now()
    await sign_out(session)
    assert bank.refresh_tokens == {}
    assert list(tmp_path.iterdir()) == []
    offline = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    bank.faults = ["unsent"] * 5
    await sign_out(offline)
    assert list(tmp_path.iterdir()) == []


async def test_one_browser_signing_out_leaves_the_other_signed_in(tmp_path, bank):
    phone, tablet = Pocket(), Pocket()
    on_phone = await sign_in(a_platform(tmp_path, bank, phone), "advisor1", PASSWORD)
    on_tablet = await sign_in(a_platform(tmp_path, bank, tablet), "advisor1", PASSWORD)
    await work(on_phone)
    await sign_out(on_phone)  # nothing is lost by it, so nothing is asked
    assert on_tablet.sync.status.waiting == 1
    assert (await on_tablet.sync.sync_now()).phase is Phase.IDLE
    assert await resume(a_platform(tmp_path, bank, phone)) is None
    await sign_out(on_tablet)
    assert list(tmp_path.iterdir()) == []


async def test_one_device_one_id_however_often_its_person_signs_in(tmp_path, bank):
    for _ in range(2):
        session = await sign_in(a_platform(tmp_path, bank), " advisor1 ".strip(), PASSWORD)
        await work(session)
        await session.close()
    bank.people["renamed"] = {**bank.people["advisor1"], "login": "renamed"}
    session = await sign_in(a_platform(tmp_path, bank), "renamed", PASSWORD)
    (*_, last) = bank.grants
    assert last["device_id"] == bank.grants[0]["device_id"] == bank.grants[1]["device_id"]
    assert (await session.sync.sync_now()).waiting == 0
    assert sorted(each["seq"] for each in bank.ledger.values()) == [1, 2]
    await session.close()


async def test_a_store_made_anew_is_a_new_device_because_its_numbers_start_again(tmp_path, bank):
    for _ in range(2):
        session = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
        await sign_out(session)
    assert bank.grants[0]["device_id"] != bank.grants[1]["device_id"]


async def test_signing_in_as_someone_else_leaves_the_others_file_alone(tmp_path, bank):
    pocket = Pocket()
    first = await sign_in(a_platform(tmp_path, bank, pocket), "advisor1", PASSWORD)
    await work(first)
    await first.close()
    other = await sign_in(a_platform(tmp_path, bank, pocket), "advisor2", PASSWORD)
    assert (other.sync.status.waiting, other.staff.id) == (0, OTHER_ADVISOR)
    await other.close()
    again = await sign_in(a_platform(tmp_path, bank, pocket), "advisor1", PASSWORD)
    assert again.sync.status.waiting == 1
    await again.close()


async def test_a_browser_unused_for_longer_than_a_sign_in_lives_no_longer_counts(tmp_path, bank):
    lost = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    await lost.close()
    bank.clock.forward(days=91)
    session = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    await sign_out(session)
    assert list(tmp_path.iterdir()) == []


async def test_a_temporary_password_leaves_nothing_here_until_ones_own_takes_its_place(tmp_path, bank):
    bank.temporary = {"advisor1"}
    pocket = Pocket()
    platform = a_platform(tmp_path, bank, pocket)
    with pytest.raises(OwnPasswordNeeded):
        await sign_in(platform, "advisor1", PASSWORD)
    assert (list(tmp_path.iterdir()), pocket.kept, bank.refresh_tokens) == ([], None, {})

    session = await sign_in(platform, "advisor1", PASSWORD, new_password="a long one of my own")

    assert bank.chosen == {"advisor1": "a long one of my own"}
    assert (await session.sync.sync_now()).phase is Phase.IDLE
    await session.close()
    with pytest.raises(SignInRefused):
        await sign_in(platform, "advisor1", PASSWORD)


async def test_a_new_password_that_cannot_be_set_leaves_everything_as_it_was(tmp_path, bank):
    bank.temporary = {"advisor1"}
    bank.faults = ["ok", "unsent"]
    with pytest.raises(Offline):
        await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD, new_password="a long one of my own")
    assert (list(tmp_path.iterdir()), bank.chosen) == ([], {})


async def test_a_head_has_no_ledger_to_sync(tmp_path, bank):
    session = await sign_in(a_platform(tmp_path, bank), "head", PASSWORD)
    assert (await session.sync.sync_now()).phase is Phase.IDLE
    assert bank.cursors == []
    assert session.today() == bank.clock.now().date()
    await session.close()


async def test_a_network_that_returns_wakes_the_sync_in_spite_of_its_back_off(tmp_path, bank):
    pocket = Pocket()
    session = await sign_in(a_platform(tmp_path, bank, pocket), "advisor1", PASSWORD)
    await work(session)
    bank.faults = ["unsent"]
    turned = asyncio.Event()
    session.sync.subscribe(turned.set)
    session.start()
    for wanted in (Phase.OFFLINE, Phase.IDLE):
        while session.sync.status.phase is not wanted:
            turned.clear()
            await asyncio.wait_for(turned.wait(), 20)
        pocket.wakers[0]()
    assert len(bank.ledger) == 1
    await session.close()
    assert pocket.wakers == []
