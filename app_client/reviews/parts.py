"""What a review looks like, for its advisor and for heads alike: scores with their words, and comments with their moments."""

from collections.abc import Sequence

import flet as ft

from app_client.i18n import t
from app_client.reviews.words import BEST_SCORE, comment_words, item_word, moment_words, score_words
from app_client.theme import BODY, Role
from app_client.widgets import Tone, badge, body, card, note, runs, section_header, segment_bar
from shared_models.reviews import Comment, Item, Scores

_WEAK = 2


def score_parts(scores: Scores) -> list[ft.Control]:
    """A line for each item: its score in figure, word and bar."""
    return [_score(item, scores.of(item)) for item in Item]


def _score(item: Item, score: int | None) -> ft.Control:
    word, words = item_word(item), score_words(score)
    color = Role.MUTE if score is None else Role.WARN if score <= _WEAK else Role.OK
    bar = segment_bar([((score or 0) / BEST_SCORE, color)])
    return ft.Semantics(
        content=ft.Column(
            [
                ft.Row(
                    [ft.Container(body(word), expand=True), runs([(words, color, score is not None)], size=BODY)],
                    spacing=8,
                ),
                *([bar] if score is not None else []),
            ],
            spacing=6,
            tight=True,
        ),
        label=f"{word} {words}",
        container=True,
        exclude_semantics=True,
    )


def comment_parts(comments: Sequence[Comment]) -> list[ft.Control]:
    """What was noted, each after its moment in the recording."""
    if not comments:
        return []
    return [section_header(t("评语")), card([_comment(each) for each in comments], spacing=10)]


def _comment(comment: Comment) -> ft.Control:
    moment = [] if comment.at_seconds is None else [badge(moment_words(comment.at_seconds), Tone.PLAIN)]
    return ft.Semantics(
        content=ft.Row(
            [*moment, ft.Container(note(comment.text, color=Role.INK), expand=True)],
            spacing=10,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        label=comment_words(comment),
        container=True,
        exclude_semantics=True,
    )
