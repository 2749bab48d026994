"""The evening of a head, walked in a browser; and the advisor's side of the same figures and lists."""

import pytest
from playwright.sync_api import expect

from app_server.demo.book import cards
from tests.e2e.browser import Screen
from tests.e2e.conftest import OpenPhone
from tests.e2e.stage import Stage
from tests.e2e.steps import call_next, first, go_to, spoken


def test_a_day_without_the_server_and_the_same_figures_at_the_head(open_phone: OpenPhone, stage: Stage) -> None:
    customer_id, card = cards("advisor6", 6, stage.size)[0]
    screen = open_phone("advisor6")
    spoken(screen, "接下来")
    expect(screen.at("sync-pill").last).to_contain_text("已同步")
    before = count_behind(behind_calls(open_phone))
    stage.stop("api")
    try:
        call_next(screen, outcome="declined", then="reason-busy")
        expect(screen.at("sync-pill").last).to_contain_text("1")
        # The browser is closed and opened again while the server is still away: the store opens without it.
        screen.page.reload()
        screen.awake()
        spoken(screen, "接下来")
        call_next(screen, outcome="appointment", then="day-tomorrow")
        go_to(screen, "夕会")
        screen.page.goto(f"{stage.url}customers/{customer_id}")
        screen.awake()
        screen.tap("check-in")
        screen.tap("card-way-whole")
        expect(screen.field("刷卡，或输入整个卡号")).to_be_focused()
        # A reader types the whole stripe in a few milliseconds.
        screen.page.keyboard.type(f";{card.digits}=30125201234567890?")
        screen.page.keyboard.press("Enter")
        screen.at("card-sealed").wait_for()
        screen.tap("place-outlet")
        expect(screen.at("page-title").last).to_contain_text("三款产品")
    finally:
        stage.start("api")
    screen.page.goto(f"{stage.url}me")
    screen.awake()
    screen.tap("sync-now")
    expect(screen.at("sync-pill").last).to_contain_text("已同步")
    go_to(screen, "面访")
    spoken(screen, "刷卡核实")
    # The head's page shows its last answer until the new one is there.
    behind_calls(open_phone).see(f"{before + 2} 条记录")
    head = open_phone("head")
    head.at("figure-visits").click()
    spoken(head, "证据 A")
    screen.errors.clear()


def behind_calls(open_phone: OpenPhone) -> Screen:
    """A head who looks behind the outlet's effective calls."""
    head = open_phone("head")
    head.tap("figure-calls_effective")
    head.at("behind-count").wait_for()
    return head


def count_behind(head: Screen) -> int:
    """How many activities there are behind the figure."""
    head.page.locator('[flt-semantics-identifier^="activity-"]').first.wait_for()
    text = head.at("behind-count").inner_text() or head.at("behind-count").get_attribute("aria-label") or ""
    return int("".join(letter for letter in text if letter.isdigit()))


def test_a_list_that_the_head_sets_is_on_the_advisors_today(open_phone: OpenPhone, stage: Stage) -> None:
    head = open_phone("head")
    head.at("figure-calls_effective").wait_for()
    row = first(head, "advisor-")
    head.tap(row)
    head.tap("arrange")
    head.tap(first(head, "list-day-"))
    head.tap("say-1")
    head.tap("save-list")
    head.at("save-list").wait_for(state="detached")
    advisor = open_phone(stage.login_of(row.removeprefix("advisor-")))
    spoken(advisor, "先打久未联系的")


@pytest.mark.parametrize("login", ["head", "branch", "admin"])
def test_each_level_shows_its_gaps_and_opens_the_one_beneath(open_phone: OpenPhone, login: str) -> None:
    screen = open_phone(login)
    screen.at("figure-calls_effective").wait_for()
    if login != "head":
        # The furthest behind is first: it has advisors, and so a gap.
        screen.tap(first(screen, "unit-"))
        screen.at("crumb-0").wait_for()
        expect(screen.at("figure-calls_effective")).to_have_count(1)
    screen.scroll_to(screen.words("先看差距"))
