"""What a person does and looks for, again and again, in the walks."""

from playwright.sync_api import expect

from tests.e2e.browser import Screen

PIN = "428190"


def type_pin(screen: Screen, pin: str) -> None:
    """Tap the first digit, and type the others on a keyboard, which is quicker."""
    screen.tap(f"pin-{pin[0]}")
    screen.page.keyboard.type(pin[1:])


def choose_pin(screen: Screen, pin: str = PIN) -> None:
    """Set a PIN after signing in, and wait for the app."""
    type_pin(screen, pin)
    screen.see("再输一次")
    type_pin(screen, pin)
    screen.at("pin-dots").wait_for(state="detached")


def enter_pin(screen: Screen, pin: str = PIN) -> None:
    """Come back with the PIN, and wait for the app."""
    type_pin(screen, pin)
    screen.at("pin-dots").wait_for(state="detached")


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


def assert_thumb_sized(screen: Screen, *prefixes: str) -> None:
    """Fail where the first target whose identifier begins so is under 48 pixels either way."""
    small: dict[str, dict[str, float]] = {}
    for prefix in prefixes:
        box = screen.at(first(screen, prefix)).first.bounding_box()
        assert box is not None, f"{prefix} is not in sight"
        if min(box["width"], box["height"]) < 48:
            small[prefix] = {"width": box["width"], "height": box["height"]}
    assert not small
