"""A server that dies and a line that drops under an open page: nothing is lost, and the page says what it is."""

from playwright.sync_api import Browser

from tests.e2e.browser import Screen, open_app, phone_context
from tests.e2e.conftest import OpenPhone, sign_in
from tests.e2e.stage import Stage
from tests.e2e.steps import call_next, first, spoken


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
    screen.scroll_to(screen.words("今天已拨"))
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
