"""Hints (提示) as a head sees them, beside the activity, with what the advisor said of them; they change no figure and no order."""

from collections.abc import Sequence

import flet as ft

from app_client.hints.words import hint_words, standing_words
from app_client.i18n import t
from app_client.team.queries import TeamView
from app_client.team.words import moment_words
from app_client.theme import Role
from app_client.widgets import note
from shared_models.activity import ActivityKind
from shared_models.hint_answers import HintCode
from shared_models.hints import AnsweredHint
from shared_models.policy import zone
from shared_models.team import TeamActivity


def with_hints(found: Sequence[TeamActivity]) -> list[TeamActivity]:
    """Those that have a hint, in the order they came."""
    return [each for each in found if each.hints]


def summary_words(found: Sequence[TeamActivity]) -> str:
    """`3 处提示，2 处已说明` of one advisor's day, each hint once; empty where there is none."""
    hints = {(hint.code, hint.group): hint for each in found for hint in each.hints}
    unanswered = sum(hint.answer is None for hint in hints.values())
    return standing_words(len(hints), unanswered) if hints else ""


def says_other_card(activity: TeamActivity) -> bool:
    """Whether a hint tells of the card already."""
    return any(hint.code is HintCode.OTHER_CARD for hint in activity.hints)


def hint_remarks(activity: TeamActivity, view: TeamView) -> list[ft.Control]:
    """Each hint by its mark, the advisor's answer beneath it."""
    return [_remark(hint, activity, view) for hint in activity.hints]


def spoken_hints(activity: TeamActivity, view: TeamView) -> list[str]:
    """The same for who listens."""
    return [words for hint in activity.hints for words in _lines(hint, activity, view) if words]


def _remark(hint: AnsweredHint, activity: TeamActivity, view: TeamView) -> ft.Control:
    words, said = _lines(hint, activity, view)
    lines: list[ft.Control] = [note(words, color=Role.WARN)]
    if said:
        lines.append(note(said, color=Role.INK))
    return ft.Row(
        [
            ft.Icon(ft.Icons.CHAT_OUTLINED if said else ft.Icons.CHAT_BUBBLE_OUTLINE, size=16, color=Role.WARN),
            ft.Column(lines, spacing=2, tight=True, expand=True),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _lines(hint: AnsweredHint, activity: TeamActivity, view: TeamView) -> tuple[str, str]:
    """The hint's sentence, and the answer with when it was given; empty while there is none."""
    policy = view.team.policy
    words = hint_words(hint, policy, is_visit=activity.kind == ActivityKind.VISIT)
    if hint.answer is None:
        return words, ""
    at = moment_words(hint.answer.at.astimezone(zone(policy.timezone)), view)
    return words, t("客户经理说明：{text}（{at}）", text=hint.answer.text, at=at)
