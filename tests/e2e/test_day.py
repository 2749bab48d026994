"""The day of an advisor, walked in a browser as they would."""

from playwright.sync_api import expect

from tests.e2e.browser import WIDE
from tests.e2e.conftest import OpenPhone, sign_in
from tests.e2e.stage import Stage
from tests.e2e.steps import assert_thumb_sized, call_next, first, go_to, spoken


def test_signing_in_wrongly_says_so_and_the_language_is_one_tap_away(open_phone: OpenPhone) -> None:
    screen = open_phone()
    screen.type("用户名", "advisor3")
    screen.type("密码", "wrong")
    screen.tap("sign-in")
    screen.at("sign-in-error").wait_for()
    screen.tap("language-switch")
    screen.button("Sign in").wait_for()
    screen.tap("language-switch")
    # On its side, the phone shows the whole form too.
    screen.page.set_viewport_size({"width": 844, "height": 390})
    expect(screen.at("sign-in")).to_be_in_viewport(ratio=1)
    screen.page.set_viewport_size({"width": 390, "height": 844})
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
    assert_thumb_sized(screen, "sync-pill", "next-", "call-next-")
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
    assert_thumb_sized(screen, "back", "answer-", "leave-proposal")
    for number in range(3):
        answers.nth(number).click()
    screen.at("save-proposal").wait_for()
    screen.tap("save-proposal")
    expect(screen.at("page-title").last).to_contain_text("面访小结")
    assert_thumb_sized(screen, "back", "promise-", "summary-done")
    screen.tap("summary-done")
    spoken(screen, "3 款")


def test_the_book_is_searched_and_a_prospect_added(open_phone: OpenPhone) -> None:
    screen = open_phone("advisor5")
    go_to(screen, "客户")
    assert_thumb_sized(screen, "filter-", "add-prospect", "customer-")
    screen.tap("add-prospect")
    screen.type("姓名", "欧阳璟瑄")
    screen.type("电话", "15400001234")
    screen.tap(first(screen, "source-"))
    screen.tap("save-prospect")
    screen.at("save-prospect").wait_for(state="detached")
    for words in ("璟瑄", "oyjx", "1234"):
        screen.type("姓名、拼音、尾号", words)
        spoken(screen, "欧阳璟瑄")


def test_a_wide_dark_screen_shows_list_and_figures_side_by_side(open_phone: OpenPhone) -> None:
    screen = open_phone("advisor2", size=WIDE, dark=True)
    spoken(screen, "接下来")
    ring = screen.at("ring-calls").bounding_box()
    row = screen.at(first(screen, "call-next-")).bounding_box()
    assert ring is not None
    assert row is not None
    assert row["x"] + row["width"] < ring["x"]
