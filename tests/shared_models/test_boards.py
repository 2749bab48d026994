"""Boards: what a phone records when one was shown."""

from uuid import UUID

from shared_models.boards import BoardShown, CardShown, Reaction

BOARD = UUID(int=1)


def test_what_was_sent_without_cards_and_reaction_is_the_same_content_still() -> None:
    """A repeat of an activity from before there were cards is a repeat, and no clash of ids."""
    shown = BoardShown(board_id=BOARD, board_version=1, seconds=40)
    assert set(shown.model_dump(mode="json")) == {"board_id", "board_version", "visit_id", "call_id", "seconds"}


def test_cards_and_reaction_are_kept() -> None:
    cards = (CardShown(key="first", seconds=15), CardShown(key="second", seconds=25))
    shown = BoardShown(board_id=BOARD, board_version=1, seconds=40, cards=cards, reaction=Reaction.WANTS_MORE)
    assert BoardShown.model_validate(shown.model_dump(mode="json")) == shown
