"""What belongs to a whole page: its theme, its language, its size; kept in the session, since one process serves many."""

import flet as ft

from app_client.flet_typed import observable, use_observed
from app_client.i18n import Language, follow
from app_client.theme import WIDE, apply_theme

_LANGUAGE = "language"
_VIEWPORT = "viewport"
# Lower, a phone lies on its side; a keyboard makes no window lower than it is wide.
_LOW = 480


@observable
class Viewport:
    """Whether the window is at least 900 wide, and whether a phone lies on its side; changes only when one of them does."""

    def __init__(self, *, width: float, height: float) -> None:
        self.wide = self.low = False
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
    speak(page, language)


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


def _use_viewport() -> Viewport:
    page = ft.context.page
    viewport: Viewport | None = page.session.store.get(_VIEWPORT)
    if viewport is None:
        viewport = Viewport(width=page.width or 0, height=page.height or 0)
        page.session.store.set(_VIEWPORT, viewport)
    return use_observed(viewport)
