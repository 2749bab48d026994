"""An evening meeting walked in a browser: a phone's sync moves the open screen, and what comes after the freeze is told apart."""

import re

from playwright.sync_api import expect

from tests.e2e.browser import WIDE, Screen
from tests.e2e.conftest import OpenPhone
from tests.e2e.steps import call_next, go_to


def test_a_phones_sync_moves_the_wall_and_a_frozen_evening_says_what_came_later(open_phone: OpenPhone) -> None:
    wall, phone = open_phone("head", size=WIDE), open_phone("advisor4")
    wall.scroll_to("hold-meeting")
    wall.tap("hold-meeting")
    wall.see("实时")
    before = effective_calls(wall)
    call_next(phone, outcome="appointment", then="day-tomorrow")
    # Within two seconds, says tests/bench/scale.py; what matters here is that nothing on the wall was touched.
    expect(wall.at("meeting-calls_effective")).to_contain_text(f"{before + 1} /", timeout=12_000)
    for _ in range(5):
        wall.page.keyboard.press("ArrowRight")
    wall.tap("close-meeting")
    wall.see(f"定格：{before + 1} 通有效电话；现在还是 {before + 1} 通")
    call_next(phone, outcome="appointment", then="day-tomorrow")
    # Drawn anew, so that it does not say so of the call before.
    go_to(phone, "我的")
    expect(phone.at("sync-pill").last).to_contain_text("已同步")
    wall.page.reload()
    wall.awake()
    wall.see(f"定格：{before + 1} 通有效电话；现在 {before + 2} 通（1 通后来同步）")
    wall.tap("moved-calls_effective")
    wall.see("1 条记录")


def effective_calls(wall: Screen) -> int:
    """The figure as it is read from the wall."""
    shown = re.match(r"\d+", wall.at("meeting-calls_effective").inner_text())
    assert shown is not None
    return int(shown[0])
