"""The bank's card keys on a phone: fetched with the sync, good without network, asked for again when they are a day old."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app_client.session import AppSession
from app_client.sign_in.actions import sign_in
from app_client.store.card_keys import card_key, keep_card_keys
from app_client.sync.machine import Phase
from shared_models.sealing import CardKey, CardKeys
from tests.store.scenes import HandClock, open_store
from tests.sync.bank import PASSWORD, Bank, a_platform

ROTATED = CardKey(kid="second", n="AQAB", e="AQAB")


@pytest.fixture
def bank() -> Bank:
    return Bank(HandClock())


@pytest_asyncio.fixture
async def session(tmp_path: Path, bank: Bank) -> AsyncIterator[AppSession]:
    signed_in = await sign_in(a_platform(tmp_path, bank), "advisor1", PASSWORD)
    yield signed_in
    await signed_in.close()


def kept(session: AppSession) -> str | None:
    key = session.store.read(card_key)
    return key.kid if key else None


async def test_the_first_sync_brings_the_key_and_the_next_ones_do_not_ask_again(
    session: AppSession, bank: Bank
) -> None:
    assert kept(session) is None
    await session.sync.sync_now()
    assert kept(session) == "first"
    bank.clock.forward(hours=23)
    await session.sync.sync_now()
    assert bank.key_requests == 1


async def test_after_a_day_it_is_asked_for_again_and_a_new_one_takes_its_place(session: AppSession, bank: Bank) -> None:
    await session.sync.sync_now()
    bank.card_key = ROTATED
    bank.clock.forward(hours=25)
    await session.sync.sync_now()
    assert kept(session) == "second"


async def test_a_clock_that_was_a_year_ahead_does_not_keep_an_old_key_for_a_year(
    session: AppSession, bank: Bank
) -> None:
    await session.sync.sync_now()
    fetched_ahead = session.now() + timedelta(days=365)
    first = CardKeys(keys=[CardKey(kid="first", n="AQAB", e="AQAB")])
    await session.store.write(lambda tx: keep_card_keys(tx, first, now=fetched_ahead))
    bank.card_key = ROTATED
    bank.clock.forward(minutes=11)
    await session.sync.sync_now()
    assert kept(session) == "second"


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", 500, 404])
async def test_a_key_that_does_not_come_costs_no_sync_and_the_kept_one_stays(
    session: AppSession, bank: Bank, fault: str | int
) -> None:
    await session.sync.sync_now()
    bank.card_key = ROTATED
    bank.clock.forward(hours=25)
    bank.faults = ["ok", fault]  # the sync, the key
    status = await session.sync.sync_now()
    assert (status.phase, bank.faults) == (Phase.IDLE, [])
    assert kept(session) == "first"
    # Not with each sync; and then it comes.
    asked = bank.key_requests
    await session.sync.sync_now()
    assert bank.key_requests == asked
    bank.clock.forward(minutes=11)
    await session.sync.sync_now()
    assert kept(session) == "second"


async def test_it_is_kept_over_a_restart(tmp_path: Path, session: AppSession) -> None:
    await session.sync.sync_now()
    path = session.store.path
    await session.close()
    path.rename(tmp_path / "store.sqlite3")
    again = open_store(tmp_path)
    key = again.read(card_key)
    again.close()
    assert key is not None
    assert key.kid == "first"


async def test_a_head_who_records_nothing_is_not_given_one(tmp_path: Path, bank: Bank) -> None:
    head = await sign_in(a_platform(tmp_path, bank), "head", PASSWORD)
    await head.sync.sync_now()
    assert bank.key_requests == 0
    await head.close()
