"""What belongs to a whole page: its theme, its language, its size and that of its type; kept in the session, since one process serves many."""

import flet as ft

from app_client.flet_typed import observable, use_observed
from app_client.i18n import Language, follow
from app_client.theme import WIDE, apply_theme

_LANGUAGE = "language"
_VIEWPORT = "viewport"
# Lower, a phone lies on its side; a keyboard makes no window lower than it is wide.
_LOW = 480
_PROBE = 100
_PHONE_WIDTH = 390
_LARGE_TYPE = 1.3


@observable
class Viewport:
    """Whether the window is at least 900 wide, whether a phone lies on its side, and how large its person wants type: 1 is usual.

    Changes only when one of them does.
    """

    def __init__(self, *, width: float, height: float) -> None:
        self.wide = self.low = False
        self.type_scale = 1.0
        self.resize(width, height)

    def resize(self, width: float, height: float) -> None:
        """Take the window's size; 0 while it is not known."""
        wide, low = width >= WIDE, 0 < height < min(width, _LOW)
        if (wide, low) != (self.wide, self.low):
            self.wide, self.low = wide, low


def _language_of_page() -> Language:
    try:
        page = ft.context.page
    except RuntimeError:
        return Language.ZH
    spoken = page.session.store.get(_LANGUAGE)
    return spoken if isinstance(spoken, Language) else Language.ZH


follow(_language_of_page)


def prepare_page(page: ft.Page, *, language: Language = Language.ZH, mode: ft.ThemeMode = ft.ThemeMode.SYSTEM) -> None:
    """Dress a new page and set its language; call it first thing in `main`, before `page.render_views`."""
    apply_theme(page, mode)
    # No page.fonts: a browser has the Chinese faces from FontManifest.json, a phone has its own (and would not read woff2).
    viewport = Viewport(width=page.width or 0, height=page.height or 0)
    page.session.store.set(_VIEWPORT, viewport)

    def resized(event: ft.PageResizeEvent) -> None:
        viewport.resize(event.width, event.height)

    page.on_resize = resized
    _measure_type(page, viewport)
    speak(page, language)


def _measure_type(page: ft.Page, viewport: Viewport) -> None:
    """Learn how large the device writes by a mark that nobody sees, since Flet does not tell."""

    def measured(event: ft.LayoutSizeChangeEvent[ft.LayoutControl]) -> None:
        scale = round(event.height / _PROBE, 2)
        if scale > 0 and scale != viewport.type_scale:
            viewport.type_scale = scale

    mark = ft.Icon(ft.Icons.CIRCLE, size=_PROBE, apply_text_scaling=True, on_size_change=measured)
    page.overlay.append(ft.Container(mark, left=-10 * _PROBE))


def speak(page: ft.Page, language: Language) -> None:
    """Change the session's language. Then re-render the root with `keyed(language, Root)`: memoized rows do not notice by themselves."""
    page.session.store.set(_LANGUAGE, language)
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[ft.Locale("zh", "CN"), ft.Locale("en", "GB")],
        current_locale=ft.Locale("zh", "CN") if language is Language.ZH else ft.Locale("en", "GB"),
    )


def set_theme_mode(page: ft.Page, mode: ft.ThemeMode) -> None:
    """Light, dark or the system's; the client repaints by itself."""
    page.theme_mode = mode
    page.update()


def use_wide() -> bool:
    """A hook: whether the window is wide enough for list and detail side by side; re-renders when that changes."""
    return _use_viewport().wide


def use_low() -> bool:
    """A hook: whether a phone lies on its side, too low for one thing beneath the other; re-renders when that changes."""
    return _use_viewport().low


def type_scale() -> float:
    """How large type is on the page in whose render or event we are; its screens, by `use_wide`, are rendered anew when that changes."""
    try:
        page = ft.context.page
    except RuntimeError:
        return 1.0
    return _viewport_of(page).type_scale


def has_large_type() -> bool:
    """Whether type is so large that a line of a phone has room for one thing, and most words of a button take two lines."""
    return type_scale() > _LARGE_TYPE


def page_width() -> float:
    """How wide that page is; a phone's width where it is not known."""
    try:
        return ft.context.page.width or _PHONE_WIDTH
    except RuntimeError:
        return _PHONE_WIDTH


def _use_viewport() -> Viewport:
    return use_observed(_viewport_of(ft.context.page))


def _viewport_of(page: ft.Page) -> Viewport:
    viewport: Viewport | None = page.session.store.get(_VIEWPORT)
    if viewport is None:
        viewport = Viewport(width=page.width or 0, height=page.height or 0)
        page.session.store.set(_VIEWPORT, viewport)
    return viewport
