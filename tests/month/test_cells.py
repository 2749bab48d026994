"""The steps of a calendar's colour, and that each can be read in either theme."""

from datetime import date
from itertools import pairwise

import pytest

from app_client.month.heat import STEP_OPACITIES
from app_client.month.queries import Cell, Kind
from app_client.month.words import count_words
from app_client.theme import DARK, LIGHT, Palette, contrast


@pytest.mark.parametrize(
    ("value", "target", "step"),
    [(0, 20, 0), (9, 20, 1), (10, 20, 2), (16, 20, 2), (17, 20, 3), (19, 20, 3), (20, 20, 4), (31, 20, 4), (3, 0, 4)],
)
def test_a_step_is_how_much_of_the_target_there_is(value: int, target: int, step: int) -> None:
    assert Cell(date(2026, 11, 2), Kind.WORKED, value, target).step == step


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_figure_can_be_read_on_every_step_and_the_steps_are_told_apart(palette: Palette) -> None:
    tints = [_over(palette.brand, palette.card, opacity) for opacity in STEP_OPACITIES[1:]]
    assert all(contrast(palette.ink, tint) >= 4.5 for tint in tints)
    assert contrast(palette.on_brand, palette.brand) >= 4.5
    from_card = [contrast(each, palette.card) for each in [palette.fill, *tints, palette.brand]]
    assert all(darker > 1.1 * lighter for lighter, darker in pairwise(from_card))


@pytest.mark.parametrize(
    ("count", "words"), [(9_999, "9999"), (10_000, "1万"), (23_456, "2.3万"), (1_000_000, "100万")]
)
def test_a_large_count_has_room_in_a_cell(count: int, words: str) -> None:
    assert count_words(count) == words


def _over(colour: str, ground: str, opacity: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(b + (a - b) * opacity):02x}" for a, b in pairs)
