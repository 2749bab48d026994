"""The seconds of cards: whole, together the board's, and never more than passed."""

from hypothesis import given
from hypothesis import strategies as st

from app_client.boards.exposure import Exposure

KEYS = st.sampled_from(["first", "second", "third", None])
TURNS = st.lists(st.tuples(KEYS, st.floats(0, 90_000)), max_size=30)


def after(turns: list[tuple[str | None, float]]) -> tuple[Exposure, dict[str, float]]:
    """What is known after these turns, each lasting so long, and how long each card truly faced the customer."""
    at, exposure, truly = 0.0, Exposure(), dict[str, float]()
    for key, lasted in turns:
        exposure = exposure.turn(key, at=at)
        at += lasted
        if key is not None:
            truly[key] = truly.get(key, 0.0) + lasted
    return exposure.turn(None, at=at), truly


@given(TURNS)
def test_cards_make_the_board_and_stand_in_the_order_first_shown(turns: list[tuple[str | None, float]]) -> None:
    exposure, truly = after(turns)
    cards = exposure.cards()
    assert sum(card.seconds for card in cards) == exposure.seconds <= 86_400
    assert [card.key for card in cards] == list(truly)


@given(st.lists(st.tuples(KEYS, st.floats(0, 600)), max_size=30))
def test_a_card_is_at_most_a_second_off(turns: list[tuple[str | None, float]]) -> None:
    exposure, truly = after(turns)
    for card in exposure.cards():
        assert abs(card.seconds - truly[card.key]) <= 1 + 1e-6


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    exposure = Exposure().turn("first", at=10).turn("second", at=4).turn(None, at=9)
    assert [(card.key, card.seconds) for card in exposure.cards()] == [("first", 0), ("second", 5)]
