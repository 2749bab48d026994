"""The look of Day2053: palette, type scale, spacing and the Flet themes made of them; no control is built here.

Widgets name colours by role (`Role.INK`, …), never by value, so that a change between light and dark needs no re-render:
the client resolves the role in whichever `ColorScheme` is in force. What each role means is said in `Role`.
"""

from dataclasses import dataclass
from typing import Final

import flet as ft

BRAND_NAME: Final = "Day2053"

# Type scale: four sizes, two weights.
TITLE: Final = 22
BODY: Final = 16
NOTE: Final = 13
TINY: Final = 11
REGULAR: Final = ft.FontWeight.W_400
BOLD: Final = ft.FontWeight.W_700

# Spacing: an 8-pixel grid; 4 for the gap between the lines of one thing.
GRID: Final = 8
GUTTER: Final = 16
TARGET: Final = 48
RADIUS: Final = 16
RADIUS_CARD: Final = 18
RADIUS_SHEET: Final = 26
WIDE: Final = 900
MOTION_MS: Final = 150

# FontManifest.json names the Chinese faces `Roboto`, Material's default, so no style has to ask for them.
RARE_FAMILY: Final = "Day2053 Rare"


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of one brightness, as `#rrggbb`; the pairs in `text_pairs` hold WCAG AA."""

    ink: str
    mute: str
    line: str
    outline: str
    bg: str
    card: str
    fill: str
    track: str
    brand: str
    on_brand: str
    brand_tint: str
    on_brand_tint: str
    ok: str
    on_ok: str
    ok_tint: str
    on_ok_tint: str
    gold: str
    on_gold: str
    gold_tint: str
    on_gold_tint: str
    warn: str
    warn_tint: str
    violet: str
    violet_tint: str
    bad: str
    on_bad: str
    bad_tint: str
    on_bad_tint: str
    inverse: str
    on_inverse: str
    inverse_brand: str

    def text_pairs(self) -> list[tuple[str, str]]:
        """(text, background) pairs that the widgets put together; each is at least 4.5:1 (WCAG 2.2 §1.4.3)."""
        surfaces = [self.bg, self.card, self.fill]
        on_surfaces = [self.ink, self.mute, self.brand, self.ok, self.bad, self.warn, self.violet, self.on_gold_tint]
        return [(text, surface) for text in on_surfaces for surface in surfaces] + [
            (self.on_brand, self.brand),
            (self.on_ok, self.ok),
            (self.on_bad, self.bad),
            (self.on_gold, self.gold),
            (self.on_brand_tint, self.brand_tint),
            (self.on_ok_tint, self.ok_tint),
            (self.on_gold_tint, self.gold_tint),
            (self.warn, self.warn_tint),
            (self.violet, self.violet_tint),
            (self.on_bad_tint, self.bad_tint),
            (self.mute, self.brand_tint),
            (self.mute, self.ok_tint),
            (self.mute, self.gold_tint),
            (self.mute, self.bad_tint),
            (self.on_inverse, self.inverse),
            (self.inverse_brand, self.inverse),
        ]

    def graphic_pairs(self) -> list[tuple[str, str]]:
        """(graphic, background) pairs; each is at least 3:1 (WCAG 2.2 §1.4.11)."""
        return [(mark, self.card) for mark in (self.brand, self.ok, self.gold, self.warn, self.bad, self.outline)]


LIGHT: Final = Palette(
    ink="#16202e",
    mute="#566274",
    line="#e6e9ef",
    outline="#7c8797",
    bg="#f5f6f9",
    card="#ffffff",
    fill="#f0f3f7",
    track="#e6ebf2",
    brand="#0f4c81",
    on_brand="#ffffff",
    brand_tint="#e4eef8",
    on_brand_tint="#0f4c81",
    ok="#197455",
    on_ok="#ffffff",
    ok_tint="#e5f3ed",
    on_ok_tint="#156549",
    gold="#b98b2e",
    on_gold="#16202e",
    gold_tint="#fbf1e1",
    on_gold_tint="#7d5400",
    warn="#a94d08",
    warn_tint="#fdf0e4",
    violet="#6b4fa0",
    violet_tint="#f0ebf8",
    bad="#b3261e",
    on_bad="#ffffff",
    bad_tint="#fbeceb",
    on_bad_tint="#a8221b",
    inverse="#1f2b3b",
    on_inverse="#f2f5f9",
    inverse_brand="#9cc8f2",
)

DARK: Final = Palette(
    ink="#e8edf4",
    mute="#a3afbf",
    line="#263243",
    outline="#75839a",
    bg="#0d131b",
    card="#17202c",
    fill="#212c3a",
    track="#2b3748",
    brand="#8fc1f0",
    on_brand="#06294a",
    brand_tint="#16324d",
    on_brand_tint="#b5d8f8",
    ok="#6cc9a4",
    on_ok="#00382a",
    ok_tint="#143a2d",
    on_ok_tint="#9fe0c6",
    gold="#d9b25f",
    on_gold="#2c2000",
    gold_tint="#3a2f17",
    on_gold_tint="#ecd08f",
    warn="#f2a365",
    warn_tint="#3f2a19",
    violet="#c5b2ec",
    violet_tint="#332a48",
    bad="#f59a92",
    on_bad="#4f0d09",
    bad_tint="#452220",
    on_bad_tint="#ffb9b3",
    inverse="#e8edf4",
    on_inverse="#16202e",
    inverse_brand="#0f4c81",
)


class Role:
    """Colour roles by what they mean here; the value is the Material role that carries them."""

    INK: Final = ft.Colors.ON_SURFACE
    MUTE: Final = ft.Colors.ON_SURFACE_VARIANT
    LINE: Final = ft.Colors.OUTLINE_VARIANT
    OUTLINE: Final = ft.Colors.OUTLINE
    BG: Final = ft.Colors.SURFACE
    CARD: Final = ft.Colors.SURFACE_CONTAINER_LOWEST
    FILL: Final = ft.Colors.SURFACE_CONTAINER
    TRACK: Final = ft.Colors.SURFACE_CONTAINER_HIGHEST
    # Brand blue: what can be tapped.
    BRAND: Final = ft.Colors.PRIMARY
    ON_BRAND: Final = ft.Colors.ON_PRIMARY
    BRAND_TINT: Final = ft.Colors.PRIMARY_CONTAINER
    ON_BRAND_TINT: Final = ft.Colors.ON_PRIMARY_CONTAINER
    # Green: done.
    OK: Final = ft.Colors.SECONDARY
    ON_OK: Final = ft.Colors.ON_SECONDARY
    OK_TINT: Final = ft.Colors.SECONDARY_CONTAINER
    ON_OK_TINT: Final = ft.Colors.ON_SECONDARY_CONTAINER
    # Gold: products and tier. GOLD is for graphics only; text on a surface is GOLD_TEXT.
    GOLD: Final = ft.Colors.TERTIARY
    ON_GOLD: Final = ft.Colors.ON_TERTIARY
    GOLD_TINT: Final = ft.Colors.TERTIARY_CONTAINER
    GOLD_TEXT: Final = ft.Colors.ON_TERTIARY_CONTAINER
    # Amber: time.
    WARN: Final = ft.Colors.ON_TERTIARY_FIXED
    WARN_TINT: Final = ft.Colors.TERTIARY_FIXED
    # Violet: prospects.
    VIOLET: Final = ft.Colors.ON_SECONDARY_FIXED
    VIOLET_TINT: Final = ft.Colors.SECONDARY_FIXED
    # Red: behind or refused, nothing else.
    BAD: Final = ft.Colors.ERROR
    ON_BAD: Final = ft.Colors.ON_ERROR
    BAD_TINT: Final = ft.Colors.ERROR_CONTAINER
    ON_BAD_TINT: Final = ft.Colors.ON_ERROR_CONTAINER
    INVERSE: Final = ft.Colors.INVERSE_SURFACE
    ON_INVERSE: Final = ft.Colors.ON_INVERSE_SURFACE
    INVERSE_BRAND: Final = ft.Colors.INVERSE_PRIMARY


def contrast(text: str, background: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(text), luminance(background)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_style(size: int, *, weight: ft.FontWeight = REGULAR, color: ft.ColorValue | None = None) -> ft.TextStyle:
    """A style of the scale that can show customers' rare characters."""
    return ft.TextStyle(size=size, weight=weight, color=color, letter_spacing=0, font_family_fallback=[RARE_FAMILY])


def _color_scheme(palette: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=palette.brand,
        on_primary=palette.on_brand,
        primary_container=palette.brand_tint,
        on_primary_container=palette.on_brand_tint,
        secondary=palette.ok,
        on_secondary=palette.on_ok,
        secondary_container=palette.ok_tint,
        on_secondary_container=palette.on_ok_tint,
        tertiary=palette.gold,
        on_tertiary=palette.on_gold,
        tertiary_container=palette.gold_tint,
        on_tertiary_container=palette.on_gold_tint,
        tertiary_fixed=palette.warn_tint,
        on_tertiary_fixed=palette.warn,
        secondary_fixed=palette.violet_tint,
        on_secondary_fixed=palette.violet,
        error=palette.bad,
        on_error=palette.on_bad,
        error_container=palette.bad_tint,
        on_error_container=palette.on_bad_tint,
        surface=palette.bg,
        on_surface=palette.ink,
        on_surface_variant=palette.mute,
        surface_container_lowest=palette.card,
        surface_container_low=palette.card,
        surface_container=palette.fill,
        surface_container_high=palette.fill,
        surface_container_highest=palette.track,
        surface_bright=palette.card,
        surface_dim=palette.bg,
        surface_tint="#00000000",
        outline=palette.outline,
        outline_variant=palette.line,
        inverse_surface=palette.inverse,
        on_inverse_surface=palette.on_inverse,
        inverse_primary=palette.inverse_brand,
        shadow="#00000000",
        scrim="#0b1523",
    )


def _text_theme() -> ft.TextTheme:
    return ft.TextTheme(
        display_large=text_style(TITLE, weight=BOLD),
        display_medium=text_style(TITLE, weight=BOLD),
        display_small=text_style(TITLE, weight=BOLD),
        headline_large=text_style(TITLE, weight=BOLD),
        headline_medium=text_style(TITLE, weight=BOLD),
        headline_small=text_style(TITLE, weight=BOLD),
        title_large=text_style(TITLE, weight=BOLD),
        title_medium=text_style(BODY, weight=BOLD),
        title_small=text_style(BODY, weight=BOLD),
        body_large=text_style(BODY),
        body_medium=text_style(BODY),
        body_small=text_style(NOTE),
        label_large=text_style(BODY, weight=BOLD),
        label_medium=text_style(NOTE),
        label_small=text_style(TINY),
    )


def _theme(palette: Palette) -> ft.Theme:
    rounded = ft.RoundedRectangleBorder(radius=RADIUS)
    return ft.Theme(
        color_scheme=_color_scheme(palette),
        text_theme=_text_theme(),
        scaffold_bgcolor=palette.bg,
        canvas_color=palette.bg,
        # The keyboard's place must be seen: InkWell paints this under whatever has the focus.
        focus_color=ft.Colors.with_opacity(0.24, palette.brand),
        hover_color=ft.Colors.with_opacity(0.06, palette.brand),
        divider_theme=ft.DividerTheme(color=palette.line, thickness=1, space=1),
        appbar_theme=ft.AppBarTheme(bgcolor=palette.bg, elevation=0, color=palette.ink),
        bottom_sheet_theme=ft.BottomSheetTheme(
            bgcolor=palette.card,
            elevation=0,
            shape=ft.RoundedRectangleBorder(
                radius=ft.BorderRadius(top_left=RADIUS_SHEET, top_right=RADIUS_SHEET, bottom_left=0, bottom_right=0)
            ),
            drag_handle_color=palette.outline,
            barrier_color="#990b1523",
        ),
        # On a wide window the chosen day stands in a narrow column.
        date_picker_theme=ft.DatePickerTheme(
            bgcolor=palette.card, elevation=0, header_headline_text_style=text_style(BODY, weight=BOLD)
        ),
        dialog_theme=ft.DialogTheme(bgcolor=palette.card, elevation=0, shape=ft.RoundedRectangleBorder(radius=20)),
        filled_button_theme=ft.FilledButtonTheme(
            style=ft.ButtonStyle(shape=rounded, elevation=0, text_style=text_style(BODY, weight=BOLD))
        ),
        text_button_theme=ft.TextButtonTheme(
            style=ft.ButtonStyle(shape=rounded, text_style=text_style(NOTE, weight=BOLD))
        ),
        outlined_button_theme=ft.OutlinedButtonTheme(
            style=ft.ButtonStyle(shape=rounded, text_style=text_style(BODY, weight=BOLD))
        ),
        navigation_bar_theme=ft.NavigationBarTheme(
            bgcolor=palette.card,
            elevation=0,
            indicator_color=palette.brand_tint,
            height=72,
            label_text_style={
                ft.ControlState.SELECTED: text_style(TINY, weight=BOLD, color=palette.brand),
                ft.ControlState.DEFAULT: text_style(TINY, color=palette.mute),
            },
        ),
        navigation_rail_theme=ft.NavigationRailTheme(
            bgcolor=palette.card,
            elevation=0,
            indicator_color=palette.brand_tint,
            selected_label_text_style=text_style(NOTE, weight=BOLD, color=palette.brand),
            unselected_label_text_style=text_style(NOTE, color=palette.mute),
        ),
        snackbar_theme=ft.SnackBarTheme(
            bgcolor=palette.inverse,
            content_text_style=text_style(BODY, color=palette.on_inverse),
            action_text_color=palette.inverse_brand,
            elevation=0,
            shape=rounded,
        ),
        progress_indicator_theme=ft.ProgressIndicatorTheme(color=palette.brand, circular_track_color=palette.track),
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.FADE_UPWARDS,
            linux=ft.PageTransitionTheme.FADE_UPWARDS,
            windows=ft.PageTransitionTheme.FADE_UPWARDS,
        ),
    )


def light_theme() -> ft.Theme:
    """The light look, for what leaves the app whatever that is dressed in."""
    return _theme(LIGHT)


def apply_theme(page: ft.Page, mode: ft.ThemeMode = ft.ThemeMode.SYSTEM) -> None:
    """Dress a page: both themes, the mode, the title and no padding; call it before the first render."""
    page.title = BRAND_NAME
    page.theme = _theme(LIGHT)
    page.dark_theme = _theme(DARK)
    page.theme_mode = mode
    # While Flutter fades between two themes, styles lose their fallback font, and it goes looking for one on the net.
    page.theme_animation_style = ft.AnimationStyle.no_animation()
    page.padding = 0
