"""The palette can be read: WCAG contrast of every pair the widgets put together, in light and in dark."""

import pytest

from app_client.theme import DARK, LIGHT, Palette, contrast


def test_contrast_matches_the_published_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable(palette: Palette) -> None:
    poor = [pair for pair in palette.text_pairs() if contrast(*pair) < 4.5]
    assert not poor


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_graphics_can_be_told_from_their_card(palette: Palette) -> None:
    poor = [pair for pair in palette.graphic_pairs() if contrast(*pair) < 3]
    assert not poor
