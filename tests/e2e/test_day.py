"""The day of an advisor and the evening of a head, walked in a browser as they would."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import WIDE, Screen, open_app, phone_context
from tests.e2e.conftest import OpenPhone, sign_in
from tests.e2e.stage import Stage


def spoken(screen: Screen, name: str) -> None:
    """Wait until something on the screen is called exactly this, or begins so."""
    screen.see(name)


def first(screen: Screen, prefix: str) -> str:
    """The identifier of the first thing whose identifier begins so."""
    found = screen.page.locator(f'[flt-semantics-identifier^="{prefix}"]').first
    found.wait_for(state="attached")
    identifier = found.get_attribute("flt-semantics-identifier")
    assert identifier is not None
    return identifier


def go_to(screen: Screen, tab: str) -> None:
    """Use the navigation, and wait for the screen of that name."""
    screen.tab(tab).first.click()
    expect(screen.at("page-title").last).to_contain_text(tab)


def call_next(screen: Screen, *, outcome: str, then: str, longer: int = 1) -> None:
    """Call the first on the list, say it took longer than it did here, and how it went."""
    screen.tap(first(screen, "call-next-"))
    screen.at("outcome-interested").wait_for()
    for _ in range(longer):
        screen.tap("length-more")
    screen.tap(f"outcome-{outcome}")
    screen.tap(then)
    # The sheet is gone only when its last step is.
    screen.at(then).wait_for(state="detached")


def test_signing_in_wrongly_says_so_and_the_language_is_one_tap_away(open_phone: OpenPhone) -> None:
    screen = open_phone()
    screen.type("用户名", "advisor3")
    screen.type("密码", "wrong")
    screen.tap("sign-in")
    screen.at("sign-in-error").wait_for()
    screen.tap("language-switch")
    screen.button("Sign in").wait_for()
    screen.tap("language-switch")
    sign_in(screen, "advisor3")
    spoken(screen, "接下来")
    # The refused sign-in is the one error a browser writes by itself.
    screen.errors[:] = [error for error in screen.errors if "400" not in error]


def test_a_call_is_logged_in_one_tap_and_can_be_taken_back(open_phone: OpenPhone) -> None:
    screen = open_phone("advisor1")
    spoken(screen, "有效电话 0，目标 20")
    # Drawing in one thread: the threaded renderer freezes pages (see web_client).
    assert screen.page.evaluate("crossOriginIsolated") is False
    called = first(screen, "call-next-")
    call_next(screen, outcome="declined", then="reason-low_return")
    spoken(screen, "有效电话 1，目标 20")
    assert first(screen, "call-next-") != called
    screen.button("撤销").click()
    spoken(screen, "有效电话 0，目标 20")
    call_next(screen, outcome="follow_up", then="day-tomorrow")
    spoken(screen, "有效电话 1，目标 20")
    go_to(screen, "夕会")
    spoken(screen, "明天")


def test_a_visit_leads_to_three_suitable_products(open_phone: OpenPhone, stage: Stage) -> None:
    screen = open_phone("advisor4")
    screen.page.goto(f"{stage.url}customers/{stage.suitable_customer('advisor4')}")
    screen.awake()
    screen.tap("check-in")
    screen.tap("place-outlet")
    expect(screen.at("page-title").last).to_contain_text("三款产品", timeout=30_000)
    answers = screen.page.locator('[flt-semantics-identifier$="-interested"]')
    answers.first.wait_for()
    for number in range(3):
        answers.nth(number).click()
    screen.at("save-proposal").wait_for()
    screen.tap("save-proposal")
    expect(screen.at("page-title").last).to_contain_text("面访")
    spoken(screen, "3 款")


def test_the_book_is_searched_and_a_prospect_added(open_phone: OpenPhone) -> None:
    screen = open_phone("advisor5")
    go_to(screen, "客户")
    screen.tap("add-prospect")
    screen.type("姓名", "欧阳璟瑄")
    screen.type("电话", "15400001234")
    screen.tap(first(screen, "source-"))
    screen.tap("save-prospect")
    screen.at("save-prospect").wait_for(state="detached")
    for words in ("璟瑄", "oyjx", "1234"):
        screen.type("姓名、拼音首字母或电话尾号", words)
        spoken(screen, "欧阳璟瑄")


def test_a_day_without_the_server_and_the_same_figures_at_the_head(open_phone: OpenPhone, stage: Stage) -> None:
    screen = open_phone("advisor6")
    spoken(screen, "接下来")
    before = calls_at_head(open_phone)
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
    finally:
        stage.start("api")
    go_to(screen, "我的")
    screen.tap("sync-now")
    expect(screen.at("sync-pill").last).to_contain_text("已同步")
    assert calls_at_head(open_phone) == before + 2
    screen.errors.clear()


# A whole server starts within it.
@pytest.mark.timeout(120)
def test_a_server_that_restarts_is_waited_for_and_the_page_drawn_anew(open_phone: OpenPhone, stage: Stage) -> None:
    screen = open_phone("advisor3")
    call_next(screen, outcome="declined", then="reason-busy")
    screen.tap(first(screen, "call-next-"))
    screen.tap("outcome-declined")
    screen.at("reason-busy").wait_for()
    screen.page.evaluate("window.isTheOldPage = true")
    stage.stop("app")
    try:
        screen.page.get_by_text("连接断了，正在重连").wait_for()
    finally:
        stage.start("app")
    screen.page.wait_for_function("!window.isTheOldPage")
    screen.awake()
    # One sheet, the new page's: it asks about the dialled call from the beginning, and what was logged before is there.
    screen.at("outcome-declined").wait_for()
    assert screen.at("reason-busy").count() == 0
    screen.tap("outcome-no_answer")
    screen.at("outcome-no_answer").wait_for(state="detached")
    spoken(screen, "今天已拨")
    # While it was away the browser complained of the socket, as it must.
    screen.errors.clear()


def test_a_dropped_connection_goes_on_where_it_was(browser: Browser, stage: Stage) -> None:
    context = phone_context(browser)
    context.add_init_script(_KEEP_SOCKETS)
    screen = open_app(context, stage.url)
    sign_in(screen, "advisor5")
    called = first(screen, "call-next-")
    screen.page.evaluate("window.isTheOldPage = true")
    cut_the_line(screen)
    assert screen.page.evaluate("window.isTheOldPage")
    screen.tap(called)
    screen.tap("outcome-declined")
    screen.at("reason-busy").wait_for()
    # With a sheet open the page is loaded again, and the session goes on at the very step.
    screen.page.evaluate("sockets.at(-1).close()")
    screen.page.wait_for_function("!window.isTheOldPage")
    screen.awake()
    screen.tap("reason-busy")
    screen.at("reason-busy").wait_for(state="detached")
    spoken(screen, "今天已拨")
    assert first(screen, "call-next-") != called
    screen.check()
    context.close()


_KEEP_SOCKETS = """
    window.sockets = [];
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket { constructor(...given) { super(...given); sockets.push(this); } };
"""


def cut_the_line(screen: Screen) -> None:
    """Close the page's socket and wait until it has another and shows itself again."""
    screen.page.evaluate("sockets.at(-1).close()")
    screen.page.wait_for_function("sockets.length === 2 && document.getElementById('lost').hidden")


def calls_at_head(open_phone: OpenPhone) -> int:
    """The outlet's effective calls, and a look behind the figure: as many activities."""
    head = open_phone("head")
    figure = head.at("figure-calls_effective")
    figure.wait_for()
    figure.click()
    head.at("behind-count").wait_for()
    rows = head.page.locator('[flt-semantics-identifier^="activity-"]')
    rows.first.wait_for()
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
    spoken(advisor, "负责人：先打久未联系的")


@pytest.mark.parametrize("login", ["head", "branch", "admin"])
def test_totals_add_up_from_the_outlet_to_head_office(open_phone: OpenPhone, login: str) -> None:
    screen = open_phone(login)
    screen.at("figure-calls_effective").wait_for()
    spoken(screen, "先看差距")
    if login != "head":
        screen.tap(first(screen, "unit-"))
        screen.at("crumb-0").wait_for()


def test_a_wide_dark_screen_shows_list_and_figures_side_by_side(open_phone: OpenPhone) -> None:
    screen = open_phone("advisor2", size=WIDE, dark=True)
    spoken(screen, "接下来")
    ring = screen.at("ring-calls").bounding_box()
    row = screen.at(first(screen, "call-next-")).bounding_box()
    assert ring is not None
    assert row is not None
    assert row["x"] + row["width"] < ring["x"]
