"""The screen of an outlet's hall: it turns to the next code by itself, without a network and over the lock, and shows nothing else."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from app_client import main
from app_client.platform.http import HttpReply
from app_client.session_context import Phase, state_of
from app_client.team import hall
from tests.lock.scenes import PIN, LockedPhone, press
from tests.sync.bank import UNIT, a_platform
from tests.team.team_bank import CHILD, TeamBank
from tests.today.scenes import clients_closed
from tests.ui.harness import App


@dataclass
class HallBank(TeamBank):
    """The bank whose outlet shows the codes 000000, 000001, … from the minute on in which it is asked."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        fault = self.faults[0] if self.faults else "ok"
        if not path.endswith("/outlet-code") or fault != "ok":
            return await super().send(method, path, headers=headers, params=params, body=body)
        assert params is not None
        # Its clock is an hour ahead of the device's.
        now = self.clock.now() + timedelta(hours=1)
        unit = {"id": str(UUID(params["unit_id"])), "name": "二道网点", "kind": "outlet"}
        answer = {"unit": unit, "server_time": now.isoformat(), "period_seconds": 60}
        answer |= {"starts_at": now.replace(second=0, microsecond=0).isoformat()}
        return HttpReply(200, {}, json.dumps(answer | {"codes": [f"{n:06d}" for n in range(60)]}).encode())


@pytest.fixture
def phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LockedPhone:
    monkeypatch.setattr(hall, "TICK_SECONDS", 0)
    phone = LockedPhone(tmp_path)
    phone.bank = HallBank(phone.clock)
    phone.platform = a_platform(tmp_path, phone.bank, phone.phone, vault=phone.vault, attention=phone.hand)
    return phone


@pytest_asyncio.fixture
async def app(phone: LockedPhone) -> AsyncIterator[App]:
    await phone.signed_in("head")
    async with phone.app(route="/team") as opened:
        await opened.tap(f"unit-{CHILD}")
        await opened.tap("open-hall")
        yield opened


async def test_an_outlet_leads_to_its_screen_which_turns_by_itself(app: App, phone: LockedPhone) -> None:
    assert app.page.route == f"/team/hall/{CHILD}"
    assert "000 000" in app.texts()
    assert "二道网点" in app.texts()
    assert app.at("hall-code").label == "确认码 0 0 0 0 0 0"
    phone.bank.faults = ["unsent"] * 50
    phone.clock.forward(minutes=7)
    await app.settle()
    assert "000 007" in app.texts()
    await app.tap("leave-hall")
    assert app.has("open-hall")
    assert state_of(app.page).hall is None


async def test_it_stays_over_the_lock_and_a_touch_leads_to_the_pin(
    app: App, phone: LockedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = state_of(app.page)
    await state.lock_now()
    await app.settle(100)
    await clients_closed(app)
    assert (state.phase, state.session) == (Phase.LOCKED, None)
    phone.clock.forward(minutes=30)
    await app.settle()
    assert "000 030" in app.texts()
    assert not app.has("leave-hall")
    monkeypatch.setattr(main, "ASIDE_SECONDS", 0)
    await app.tap("unlock-hall")
    await app.settle()
    # Nobody typed a PIN.
    assert app.has("hall-code")
    monkeypatch.setattr(main, "ASIDE_SECONDS", 60)
    await app.tap("unlock-hall")
    assert not app.has("hall-code")
    await press(app, PIN)
    await app.settle(200)
    assert state.phase is Phase.SIGNED_IN
    assert "000 000" in app.texts()


async def test_when_the_codes_have_run_out_it_says_what_to_do(app: App, phone: LockedPhone) -> None:
    phone.bank.faults = ["unsent"] * 50
    phone.clock.forward(hours=2)
    await app.settle()
    assert "确认码用完了：联网后请负责人重新打开这个页面。" in app.texts()


async def test_a_unit_with_units_beneath_has_no_screen(phone: LockedPhone) -> None:
    await phone.signed_in("head")
    async with phone.app(route="/team") as app:
        assert app.has(f"unit-{CHILD}")
        assert not app.has("open-hall")
        assert UNIT != CHILD
